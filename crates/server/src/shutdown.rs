//! The end: asked for by a signal, and not put off for ever.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Becomes true at the first SIGINT or SIGTERM; the second one ends the process at once.
pub fn on_signal() -> std::io::Result<watch::Receiver<bool>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        either(&mut interrupt, &mut terminate).await;
        tracing::info!("stopping: no new requests, those that run may end");
        // Nobody may be listening any more.
        let _ = sender.send(true);
        either(&mut interrupt, &mut terminate).await;
        tracing::warn!("stopped at once");
        std::process::exit(130);
    });
    Ok(receiver)
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}
