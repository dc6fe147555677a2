//! The users of the server and the present, for the text of a value.

use engine::View;
use engine::access::Directory;
use model::kind::Names;
use model::time::Instant;
use model::{RecordAddress, TableId, UserId};
use std::sync::Arc;

/// The users as this actor may see them.
pub struct People {
    directory: Arc<Directory>,
    now: Instant,
}

impl People {
    pub fn of(view: &View<'_>) -> People {
        People { directory: view.directory().clone(), now: view.now() }
    }
}

impl Names for People {
    fn now(&self) -> Instant {
        self.now
    }

    fn find_user(&self, text: &str) -> Option<UserId> {
        self.directory.find(text)
    }

    fn user_name(&self, user: UserId) -> Option<String> {
        self.directory.get(user).map(|u| u.name.clone())
    }

    fn find_record(&self, _: &[TableId], _: &str) -> Option<RecordAddress> {
        None
    }

    fn record_title(&self, _: RecordAddress) -> Option<String> {
        None
    }
}
