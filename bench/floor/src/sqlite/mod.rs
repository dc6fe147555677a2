//! The floor over an `SQLite` file. Start reading at `threads`.

mod table;
mod threads;

use crate::door::{Answer, Figure, Records};
use crate::fields::Fields;
use crate::query::{self, Like};
pub use table::{INDEX_EMAIL, INDEX_FILTER, INDEX_SEQ};
pub use threads::Store;
use threads::hand_over;

impl Records for Store {
    async fn list(&self, query: &str) -> Answer {
        let (tail, arguments) = query::select(query, Like::Like)?;
        hand_over(&self.lists, Box::new(move |connection: &_, _| table::list(connection, &tail, arguments))).await
    }

    async fn figure(&self, figure: Figure, query: &str) -> Answer {
        let (conditions, arguments) = query::conditions(query, Like::Like)?;
        let sql = format!("{}{conditions}", figure.sql());
        hand_over(&self.lists, Box::new(move |connection: &_, _| table::figure(connection, &sql, arguments))).await
    }

    async fn changes(&self, last: i64) -> Answer {
        hand_over(&self.lists, Box::new(move |connection: &_, _| table::changes(connection, last))).await
    }

    async fn get(&self, id: i64) -> Answer {
        self.read_point(|connection| table::get(connection, id))
    }

    async fn create(&self, records: Vec<Fields>) -> Answer {
        hand_over(&self.writes, Box::new(move |connection: &_, seq| table::create(connection, seq, records))).await
    }

    async fn update(&self, id: i64, fields: Fields) -> Answer {
        hand_over(&self.writes, Box::new(move |connection: &_, seq| table::update(connection, seq, id, fields))).await
    }
}
