//! The floor over PostgreSQL. Every request is one statement, and therefore a transaction of its own; there is no
//! change number, no log and no lock that all writes take. Start reading at `connections`.

mod connections;
mod table;

use crate::door::{Answer, Fault, Figure, Records};
use crate::fields::Fields;
use crate::query::{self, Like};
use connections::Connections;
use tokio_postgres::Error;

/// The fastest of 2, 4, 8, 16 and 32, with 8 and 32 clients on 2 cores. Reads want no more than there are cores: what
/// is behind each other on a connection costs PostgreSQL fewer changes of process. Writes wait for the disk, and one
/// fsync serves all connections that wait.
pub const READERS: &str = "2";
pub const WRITERS: &str = "16";

pub struct Store {
    readers: Connections,
    writers: Connections,
}

impl Store {
    pub async fn open(url: &str, index: bool, readers: usize, writers: usize) -> Result<Store, Error> {
        let writers = Connections::open(url, writers).await?;
        table::make(writers.next(), index).await?;
        Ok(Store { readers: Connections::open(url, readers).await?, writers })
    }
}

impl Records for Store {
    async fn list(&self, query: &str) -> Answer {
        let (tail, arguments) = query::select(query, Like::ILike)?;
        table::list(self.readers.next(), &tail, &arguments).await
    }

    async fn figure(&self, figure: Figure, query: &str) -> Answer {
        let (conditions, arguments) = query::conditions(query, Like::ILike)?;
        table::figure(self.readers.next(), &format!("{}{conditions}", figure.sql()), &arguments).await
    }

    async fn changes(&self, _: i64) -> Answer {
        Err(Fault::invalid("changes have no numbers here".to_owned()))
    }

    async fn get(&self, id: i64) -> Answer {
        table::get(self.readers.next(), id).await
    }

    async fn create(&self, mut records: Vec<Fields>) -> Answer {
        match (records.pop(), records.is_empty()) {
            (None, _) => Err(Fault::invalid("no records".to_owned())),
            (Some(only), true) => table::create_one(self.writers.next(), &only).await,
            (Some(last), false) => {
                records.push(last);
                table::create_many(self.writers.next(), &records).await
            }
        }
    }

    async fn update(&self, id: i64, fields: Fields) -> Answer {
        table::update(self.writers.next(), id, &fields).await
    }
}
