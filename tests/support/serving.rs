//! A witness or a site that runs as a process of its own, and is asked over the network as anybody would.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::desk::Desk;

/// A running `ledger witness serve` or `ledger serve`, killed when dropped.
pub struct Serving {
    process: Child,
    /// What it said when it began to listen.
    pub said: Value,
    pub url: String,
    /// The witness's key; a site has none.
    pub key: String,
}

impl Serving {
    /// Starts the witness whose key is on this desk, on a free port, by the clock of the machine.
    pub fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let mut command = desk.command();
        command.args(["witness", "serve"]);
        Self::run(command, arguments).unwrap_or_else(|said| panic!("no witness: {said}"))
    }

    /// Starts the site of the ledger on this desk, on a free port.
    pub fn site(desk: &Desk, arguments: &[&str]) -> Self {
        let mut command = desk.command();
        command.arg("serve");
        Self::run(command, arguments).unwrap_or_else(|said| panic!("no site: {said}"))
    }

    /// Starts a server by this command, which lacks only where to listen and these arguments. If it ends before it
    /// listens, returns what it says.
    pub fn run(mut command: Command, arguments: &[&str]) -> Result<Self, String> {
        let mut process = command
            .env_remove("LEDGER_NOW")
            .args(["--listen", "127.0.0.1:0", "--json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let said = process.stdout.take().expect("a pipe");
        let said = serde_json::Deserializer::from_reader(said)
            .into_iter()
            .next();
        let Some(said) = said else {
            let output = process.wait_with_output().expect("an end");
            assert_eq!(output.status.code(), Some(3), "{output:?}");
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        };
        let said: Value = said.expect("JSON");
        let text = |field: &str| said[field].as_str().unwrap_or_default().to_owned();
        let (url, key) = (text("url"), text("key"));
        Ok(Serving {
            process,
            said,
            url,
            key,
        })
    }

    /// Ends it as the kernel would, in the middle of whatever it does.
    pub fn kill(mut self) {
        self.process.kill().expect("a process");
        self.process.wait().expect("an end");
    }

    /// How many threads it has.
    #[cfg(target_os = "linux")]
    pub fn threads(&self) -> usize {
        let tasks = format!("/proc/{}/task", self.process.id());
        std::fs::read_dir(tasks).expect("a process").count()
    }

    /// Asks it to end, and returns its exit code.
    #[cfg(unix)]
    pub fn end(mut self, signal: &str) -> Option<i32> {
        let id = self.process.id().to_string();
        let sent = std::process::Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", signal, &id])
            .status();
        assert!(sent.expect("a shell").success());
        self.process.wait().expect("an end").code()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nhost: witness\r\nconnection: close\r\n\r\n"
        ))
    }

    pub fn add_checkpoint(&self, body: &str) -> Answer {
        let len = body.len();
        self.exchange(&format!(
            "POST /add-checkpoint HTTP/1.1\r\nhost: witness\r\ncontent-length: {len}\r\n\r\n{body}"
        ))
    }

    /// Sends these bytes, and reads until the witness closes.
    pub fn exchange(&self, bytes: &str) -> Answer {
        let address = self.url.trim_start_matches("http://");
        let address = address.split('/').next().expect("an address");
        let mut stream = TcpStream::connect(address).expect("a connection");
        // A witness that has read enough closes before it has read all.
        let _ = stream.write_all(bytes.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Answer {
            status: status.expect("a status"),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}
