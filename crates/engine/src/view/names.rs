//! What kinds of fields ask about users and records while values are read, compared and shown.

use super::Scope;
use model::filter::{Filter, Operand, Predicate};
use model::kind::{Class, Names};
use model::query::{Page, Projection, Query};
use model::time::Instant as Moment;
use model::{RecordAddress, Slot, TableId, UserId, Value};
use std::cell::RefCell;
use store::database::catalog::Catalog;
use store::print;
use store::tx::{STOP, Tx};

/// Users for coercion and display while rows stream; titles of records come with the rows.
pub(crate) struct SeenNames<'a> {
    pub scope: &'a Scope,
}

impl Names for SeenNames<'_> {
    fn now(&self) -> Moment {
        self.scope.now
    }

    fn find_user(&self, text: &str) -> Option<UserId> {
        self.scope.directory.find(text).filter(|user| self.scope.members.has(*user))
    }

    fn user_name(&self, user: UserId) -> Option<String> {
        self.scope.directory.get(user).map(|u| u.name.clone())
    }

    fn find_record(&self, _: &[TableId], _: &str) -> Option<RecordAddress> {
        None
    }

    fn record_title(&self, _: RecordAddress) -> Option<String> {
        None
    }
}

/// Users and record titles, read when asked.
pub(crate) struct ReadingNames<'a> {
    pub tx: RefCell<&'a mut dyn Tx>,
    pub catalog: &'a Catalog,
    pub scope: &'a Scope,
}

impl Names for ReadingNames<'_> {
    fn now(&self) -> Moment {
        self.scope.now
    }

    fn find_user(&self, text: &str) -> Option<UserId> {
        self.scope.directory.find(text).filter(|user| self.scope.members.has(*user))
    }

    fn user_name(&self, user: UserId) -> Option<String> {
        self.scope.directory.get(user).map(|u| u.name.clone())
    }

    fn find_record(&self, tables: &[TableId], title: &str) -> Option<RecordAddress> {
        for table in tables {
            let Ok(table) = self.catalog.schema.table(*table) else { continue };
            let Ok(primary) = table.field(table.primary) else { continue };
            // Titles are compared as text: only a primary field of text can be found by it.
            if primary.kind.class() != Class::Text {
                continue;
            }
            let mut query = Query::table(table.id);
            query.filter = Filter::field(primary.id, Predicate::Equals(Value::text(title)));
            query.page = Page::Window { skip: 0, take: 1 };
            let mut found = None;
            let result = print::select(
                &mut **self.tx.borrow_mut(),
                self.catalog,
                &query,
                &SeenNames { scope: self.scope },
                &mut |row| {
                    found = Some(row.id());
                    Ok(STOP)
                },
            );
            if let (Ok(()), Some(record)) = (result, found) {
                return Some(RecordAddress { table: table.id, record });
            }
        }
        None
    }

    fn record_title(&self, record: RecordAddress) -> Option<String> {
        let table = self.catalog.schema.table(record.table).ok()?;
        let primary = table.field(table.primary).ok()?;
        let projection = Projection::These(vec![Operand::Slot(Slot::plain(primary.id))]);
        let mut title = None;
        print::by_ids(
            &mut **self.tx.borrow_mut(),
            self.catalog,
            record.table,
            &[record.record],
            &projection,
            &mut |row| {
                title = Some(row.value(0));
                Ok(STOP)
            },
        )
        .ok()?;
        Some(primary.kind.behaviour().display(&title?, &SeenNames { scope: self.scope }))
    }
}
