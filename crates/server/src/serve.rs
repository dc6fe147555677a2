//! Connections: accepted, bounded in number and patience, and ended gently.
//!
//! This is `axum::serve` without what we do not use and with what it leaves out: a time limit for a request's head,
//! also that of a connection that lies idle, and a bound on connections.

mod patience;

use axum::body::{Body, HttpBody};
use edge::Mounted;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use patience::Patience;
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};

/// How long a connection may take for the head of its next request, idleness included.
const HEAD_PATIENCE: Duration = Duration::from_secs(60);
/// How long requests may go on once the server ends.
const END_PATIENCE: Duration = Duration::from_secs(10);
/// More headers than any client sends.
const MOST_HEADERS: usize = 100;
/// Bytes of a request's head; a query string may be long.
const LONGEST_HEAD: usize = 256 << 10;
/// After an accept that failed, since the next one would fail too: the process is out of file descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// Accepts connections until `stop` says so, and then waits for those that are answering.
pub async fn serve(listener: TcpListener, doors: Mounted, most: usize, stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(most));
    // Every connection holds a sender, so the receiver ends after the last connection.
    let (alive, mut all_gone) = mpsc::channel::<Infallible>(1);
    let mut stopping = stop.clone();
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await.expect("the places are never closed");
            (place, listener.accept().await)
        };
        let (place, (stream, peer)) = tokio::select! {
            (place, accepted) = accepted => match accepted {
                Ok((stream, peer)) => (place, (stream, peer)),
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            },
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let (doors, stop, alive) = (doors.clone(), stop.clone(), alive.clone());
        tokio::spawn(async move {
            connection(stream, peer, doors, stop).await;
            drop((place, alive));
        });
    }
    drop((listener, alive));
    if tokio::time::timeout(END_PATIENCE, all_gone.recv()).await.is_err() {
        tracing::warn!("some requests did not end in time and are cut off");
    }
}

/// Answers the requests of one connection.
async fn connection(stream: TcpStream, peer: SocketAddr, doors: Mounted, mut stop: watch::Receiver<bool>) {
    // A small answer must not wait until the one before is acknowledged.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let answer = doors.clone().answer_to(peer.ip(), request.map(body));
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let mut http = http1::Builder::new();
    let patience = Patience::new();
    http.timer(patience.clone()).header_read_timeout(HEAD_PATIENCE);
    http.max_headers(MOST_HEADERS).max_buf_size(LONGEST_HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut stopped = pin!(stop.wait_for(|stop| *stop));
    let mut asked = false;
    let mut alarm = patience.alarm(HEAD_PATIENCE);
    let ended = poll_fn(|context| {
        alarm.poll(context);
        if !asked && stopped.as_mut().poll(context).is_ready() {
            asked = true;
            connection.as_mut().graceful_shutdown();
        }
        Pin::new(&mut connection).poll(context)
    });
    if let Err(error) = ended.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The body of a request. Most have none, and need no room for one.
fn body(incoming: hyper::body::Incoming) -> Body {
    if incoming.is_end_stream() { Body::empty() } else { Body::new(incoming) }
}
