//! Listening: a witness over HTTP.
//!
//! `POST /add-checkpoint` and `GET /HASH/checkpoint` are those of C2SP tlog-witness; `GET /` says who this
//! is. Every connection has one request, a time in which all of it must happen, and a place among a fixed
//! number, so that nobody can take more than that.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};
use tokio::time::timeout;

use crate::cli::context::Context;
use crate::log::add_checkpoint::MAX_REQUEST_LEN;
use crate::serve::listener::{accept, asked_to_end};
use crate::witness::{Refusal, SqliteState, Witness};

/// Most connections at a time; others wait.
const MAX_CONNECTIONS: u32 = 64;

/// How long a connection may last, from its first byte to its last.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A witness at work.
#[derive(Debug)]
pub struct Booth {
    pub witness: Witness,
    /// Whoever works with it has it until the work is done, though the connection may end before. The others wait without a
    /// thread.
    pub state: Arc<Mutex<SqliteState>>,
    /// Has the clock.
    pub context: Context,
}

/// Answers requests until the process is asked to end. Those that were begun are answered before this
/// returns.
pub fn serve(listener: TcpListener, booth: Booth) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
        let service = TowerToHyperService::new(router(Arc::new(booth)));
        let end = asked_to_end()?;
        tokio::pin!(end);
        loop {
            let (stream, permit) = tokio::select! {
                () = &mut end => break,
                accepted = accept(&listener, &permits) => accepted,
            };
            let connection = http1::Builder::new()
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service.clone());
            tokio::spawn(async move {
                // Whoever breaks off or is too slow hears nothing more.
                let _ = timeout(TIMEOUT, connection).await;
                drop(permit);
            });
        }
        // All permits are back when nobody is served any more.
        let _ = timeout(TIMEOUT, permits.acquire_many(MAX_CONNECTIONS)).await;
        Ok(())
    })
}

fn router(booth: Arc<Booth>) -> Router {
    Router::new()
        .route("/", get(about))
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(latest))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_LEN))
        .with_state(booth)
}

async fn about(State(booth): State<Arc<Booth>>) -> Response {
    let logs = booth.witness.logs().iter().map(ToString::to_string);
    let logs: Vec<String> = logs.collect();
    let text = format!(
        "{}\n\nThis is a witness (c2sp.org/tlog-witness). The line above is its key. It knows the logs:\n\n{}\n",
        booth.witness.key(),
        logs.join("\n"),
    );
    plain(StatusCode::OK, text)
}

async fn add_checkpoint(State(booth): State<Arc<Booth>>, body: Bytes) -> Response {
    answer(Arc::clone(&booth.state), move |mut state| {
        let now = booth.context.now().map(|now| now.unix_seconds());
        let Some(now) = now.ok().and_then(|now| u64::try_from(now).ok()) else {
            return failed();
        };
        match booth.witness.add_checkpoint(&mut *state, &body, now) {
            Ok(line) => plain(StatusCode::OK, format!("{line}\n")),
            Err(refusal) => refused(&refusal),
        }
    })
    .await
}

async fn latest(State(booth): State<Arc<Booth>>, Path(origin): Path<String>) -> Response {
    answer(Arc::clone(&booth.state), move |state| {
        match booth.witness.latest(&*state, &origin) {
            Ok(Some(note)) => plain(StatusCode::OK, note.to_string()),
            Ok(None) => plain(StatusCode::NOT_FOUND, "nothing was cosigned\n".to_owned()),
            Err(_) => failed(),
        }
    })
    .await
}

/// Lets a thread of its own wait for the disk.
async fn answer<S: Send + 'static>(
    state: Arc<Mutex<S>>,
    work: impl FnOnce(OwnedMutexGuard<S>) -> Response + Send + 'static,
) -> Response {
    let state = state.lock_owned().await;
    let done = tokio::task::spawn_blocking(move || work(state)).await;
    done.unwrap_or_else(|_| failed())
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status());
    match (refusal, status) {
        (Refusal::Conflict { latest, .. }, Ok(status)) => {
            let size = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            (status, size, format!("{latest}\n")).into_response()
        }
        // What is wrong here is for the operator to know.
        (Refusal::State(_) | Refusal::Cosigning(_), _) | (_, Err(_)) => failed(),
        (_, Ok(status)) => plain(status, format!("{refusal}\n")),
    }
}

fn failed() -> Response {
    let text = "the witness could not decide\n".to_owned();
    plain(StatusCode::INTERNAL_SERVER_ERROR, text)
}

fn plain(status: StatusCode, text: String) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, kind, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_gives_up_waiting_leaves_no_work_behind() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (state, work) = (Arc::new(Mutex::new(())), Arc::new(()));
        runtime.block_on(async {
            let busy = Arc::clone(&state).lock_owned().await;
            for _ in 0..20 {
                let work = Arc::clone(&work);
                let answer = answer(Arc::clone(&state), move |_| {
                    drop(work);
                    failed()
                });
                let gave_up = timeout(Duration::from_millis(1), answer).await;
                assert!(gave_up.is_err());
            }
            assert_eq!(Arc::strong_count(&work), 1);
            drop(busy);
            let done = answer(state, |_| plain(StatusCode::OK, String::new())).await;
            assert_eq!(done.status(), StatusCode::OK);
        });
    }
}
