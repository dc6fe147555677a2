//! News for the other nodes: which databases this one has changed.

use super::pulse::{LOOK_TIME, Watched};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_postgres::{Client, Statement};

/// Between two tellings: many commits in a row are one piece of news.
const TELL_GAP: Duration = Duration::from_millis(20);

/// That a database changed, to be told to other nodes. Nobody is told again until this is dropped.
pub struct News(Arc<Watched>);

impl News {
    /// Of a database that has changed; none when others are about to be told of it anyway.
    pub fn of(database: &Arc<Watched>) -> Option<News> {
        (!database.has_news.swap(true, Ordering::AcqRel)).then(|| News(database.clone()))
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.0.has_news.store(false, Ordering::Release);
    }
}

/// Tells other nodes which databases changed, as long as this node is connected.
pub async fn tell(client: Arc<Client>, notify: Statement, channel: String, mut news: UnboundedReceiver<News>) {
    while let Some(first) = news.recv().await {
        let mut changed = vec![first];
        while let Ok(next) = news.try_recv() {
            changed.push(next);
        }
        for one in changed {
            let schema = one.0.schema.clone();
            // What changes from here on is told anew.
            drop(one);
            match tokio::time::timeout(LOOK_TIME, client.execute(&notify, &[&channel, &schema])).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::debug!(%error, "other nodes were not told of a change"),
                // Whoever has news next connects anew.
                Err(_) => return,
            }
        }
        tokio::time::sleep(TELL_GAP).await;
    }
}
