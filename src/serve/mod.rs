//! Serving: the reader's site, the published files and an API for reading, over HTTP.
//!
//! What a path holds is the same as in the folder that `ledger publish` writes (`docs/spec/published.md`). Everything
//! is read when it is asked for, so what was appended or erased shows at once. Nothing can be written, no
//! cookie is set, and nobody is remembered.
//!
//! Every connection has a time in which it must ask and an age at which it ends, and a place among a fixed
//! number; requests have no body and short lines.

mod api;
pub(crate) mod listener;
mod pool;
mod reply;
mod route;

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;

use crate::site::{SiteError, Texts};
use crate::store::StoreError;
use listener::{accept, asked_to_end};
use pool::Pool;
use reply::Reply;

/// Most connections at a time; others wait.
pub const MAX_CONNECTIONS: usize = 512;

/// How long a client may take to ask, or to ask again.
const ASKING: Duration = Duration::from_secs(10);

/// How long a connection may be used for further requests.
const AGE: Duration = Duration::from_secs(60);

/// How long an answer may take from the end of that age, or from when the server was asked to end.
const GRACE: Duration = Duration::from_secs(30);

/// How long a request waits for others to be looked up before it is refused.
const PATIENCE: Duration = Duration::from_secs(5);

/// Most bytes of answers that are being sent, in KiB: slow readers of long texts must not fill the memory.
pub const MAX_SENDING_KIB: usize = 256 << 10;

/// Longest request line with its headers, in bytes.
pub const MAX_HEAD_LEN: usize = 16 << 10;

/// Longest address that is asked for, in bytes.
pub const MAX_ADDRESS_LEN: usize = 2048;

/// What is served, and where.
#[derive(Debug)]
pub struct Options {
    pub ledger: PathBuf,
    pub texts: Texts,
    /// What stands before every path, where a proxy passes it on: empty, or `/` and more, without `/` at its end.
    pub prefix: String,
    /// Is told what the operator should know.
    pub report: fn(&str),
}

/// A site that is ready to answer.
#[derive(Debug)]
pub struct Server {
    options: Options,
    pool: Pool,
    /// Requests that are looked up at a time.
    looking: Arc<Semaphore>,
    /// What is free of [`MAX_SENDING_KIB`].
    room: Arc<Semaphore>,
}

impl Server {
    /// Opens the ledger.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it is none, or can't be read.
    pub fn open(options: Options) -> Result<Self, StoreError> {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Server {
            pool: Pool::open(options.ledger.clone())?,
            looking: Arc::new(Semaphore::new(threads.max(2))),
            room: Arc::new(Semaphore::new(MAX_SENDING_KIB)),
            options,
        })
    }

    /// Answers requests until the process is asked to end. Those that were begun are answered before this
    /// returns.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from listening.
    pub fn serve(self, listener: TcpListener) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(Arc::new(self).listen(listener))
    }

    async fn listen(self: Arc<Self>, listener: TcpListener) -> io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&self));
        let service = ServiceBuilder::new()
            .layer(CompressionLayer::new())
            .service(router);
        let (ending, ended) = watch::channel(());
        let end = asked_to_end()?;
        tokio::pin!(end);
        loop {
            let (stream, place) = tokio::select! {
                () = &mut end => break,
                accepted = accept(&listener, &places) => accepted,
            };
            let service = TowerToHyperService::new(service.clone());
            let ended = ended.clone();
            tokio::spawn(async move {
                converse(stream, service, ended).await;
                drop(place);
            });
        }
        drop(listener);
        drop(ending);
        // All places are free when nobody is served any more.
        let _ = timeout(GRACE, places.acquire_many(MAX_CONNECTIONS as u32)).await;
        Ok(())
    }

    /// Looks up what is asked for, on a thread that may wait for the disk.
    async fn reply(self: Arc<Self>, request: route::Asked) -> Reply {
        let place = Arc::clone(&self.looking).acquire_owned();
        let Ok(Ok(place)) = timeout(PATIENCE, place).await else {
            return busy();
        };
        let server = Arc::clone(&self);
        let done = tokio::task::spawn_blocking(move || {
            // The work goes on when whoever asked has hung up, so it holds its place itself.
            let _place = place;
            let options = &server.options;
            let reply = server
                .pool
                .read(|store| route::reply(store, options.texts, &options.prefix, &request));
            let reply = reply.unwrap_or_else(|error: SiteError| {
                (options.report)(&with_causes(&error));
                failed()
            });
            reply.tagged()
        });
        let reply = done.await.unwrap_or_else(|_| {
            (self.options.report)(
                "a request could not be answered: this is a fault of the program",
            );
            failed()
        });
        // At most 64 MiB, the longest object or bundle, so it fits into the number.
        let kib = (reply.bytes.len() >> 10).min(MAX_SENDING_KIB - 1) as u32 + 1;
        let room = Arc::clone(&self.room).acquire_many_owned(kib);
        match timeout(PATIENCE, room).await {
            Ok(Ok(room)) => reply.hold(room),
            _ => busy(),
        }
    }
}

fn busy() -> Reply {
    let text = "too many requests at a time; ask again in a moment";
    Reply::problem(StatusCode::SERVICE_UNAVAILABLE, text)
}

fn failed() -> Reply {
    Reply::problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the ledger can't be read here at the moment; its operator was told",
    )
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// Answers one connection's requests, for as long as it may last.
async fn converse<S>(
    stream: tokio::net::TcpStream,
    service: TowerToHyperService<S>,
    mut ended: watch::Receiver<()>,
) where
    S: tower::Service<Request<hyper::body::Incoming>, Error = Infallible> + Clone + Send + 'static,
    S::Response: Send,
    TowerToHyperService<S>: hyper::service::Service<
            Request<hyper::body::Incoming>,
            Response = Response<tower_http::compression::CompressionBody<Body>>,
            Error = Infallible,
        >,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(ASKING)
        .max_buf_size(MAX_HEAD_LEN)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // Whoever breaks off or is too slow hears nothing more.
        _ = connection.as_mut() => return,
        () = sleep(AGE) => {}
        _ = ended.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(GRACE, connection).await;
}

async fn answer(
    State(server): State<Arc<Server>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let has_body = headers.contains_key(header::TRANSFER_ENCODING)
        || headers
            .get(header::CONTENT_LENGTH)
            .is_some_and(|len| len != "0");
    let reply = if !matches!(method, Method::GET | Method::HEAD) {
        Reply::problem(
            StatusCode::METHOD_NOT_ALLOWED,
            "expected GET or HEAD: nothing can be changed here",
        )
    } else if has_body {
        Reply::problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "expected a request without a body",
        )
    } else if uri
        .path_and_query()
        .is_some_and(|path| path.as_str().len() > MAX_ADDRESS_LEN)
    {
        Reply::problem(
            StatusCode::URI_TOO_LONG,
            &format!("expected an address of at most {MAX_ADDRESS_LEN} bytes"),
        )
    } else {
        match route::Asked::parse(&uri, &headers, &server.options.prefix) {
            Ok(asked) => server.reply(asked).await,
            Err(reply) => *reply,
        }
    };
    reply.send(&headers)
}
