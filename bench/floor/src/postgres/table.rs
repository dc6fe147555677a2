//! The one table: its statements, and a row of it as JSON.

use super::connections::Connection;
use crate::door::{self, Answer, Fault};
use crate::fields::{COLUMNS, Fields};
use crate::json::{Cell, write_record};
use crate::query::Argument;
use bytes::BytesMut;
use futures_util::TryStreamExt;
use std::error::Error;
use std::pin::pin;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// Text is compared by bytes, as `SQLite` does; anything else would cost more.
const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS companies (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
     created timestamptz NOT NULL DEFAULT now(), name text COLLATE \"C\", status text COLLATE \"C\", \
     revenue double precision, founded text COLLATE \"C\", email text COLLATE \"C\", active boolean, \
     notes text COLLATE \"C\", city text COLLATE \"C\")";
const INDEX_FILTER: &str = "CREATE INDEX IF NOT EXISTS companies_status_revenue ON companies (status, revenue)";
const INDEX_EMAIL: &str = "CREATE INDEX IF NOT EXISTS companies_email ON companies (email)";
const INSERT: &str = "INSERT INTO companies (name, status, revenue, founded, email, active, notes, city) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id, created";
/// One statement and one plan for any number of rows. They come back in the order in which they are in the arrays.
const INSERT_MANY: &str = "INSERT INTO companies (name, status, revenue, founded, email, active, notes, city) \
     SELECT * FROM unnest($1::text[], $2::text[], $3::float8[], $4::text[], $5::text[], $6::bool[], $7::text[], \
     $8::text[]) RETURNING id, created";
const SELECT: &str = "SELECT id, created, name, status, revenue, founded, email, active, notes, city FROM companies";
const SELECT_ONE: &str =
    "SELECT id, created, name, status, revenue, founded, email, active, notes, city FROM companies WHERE id = $1";
const RETURNING: &str = " RETURNING id, created, name, status, revenue, founded, email, active, notes, city";

type Arguments<'a> = Vec<&'a (dyn ToSql + Sync)>;

pub async fn make(connection: &Connection, index: bool) -> Result<(), tokio_postgres::Error> {
    connection.client.batch_execute(CREATE_TABLE).await?;
    if index {
        connection.client.batch_execute(INDEX_FILTER).await?;
        connection.client.batch_execute(INDEX_EMAIL).await?;
    }
    Ok(())
}

pub async fn get(connection: &Connection, id: i64) -> Answer {
    let statement = connection.prepare(SELECT_ONE).await?;
    record_of_row(&connection.client.query_opt(&statement, &[&id]).await?.ok_or_else(Fault::not_found)?)
}

/// The records that `tail` (everything after `FROM companies`) selects.
pub async fn list(connection: &Connection, tail: &str, arguments: &[Argument]) -> Answer {
    let statement = connection.prepare(&format!("{SELECT}{tail}")).await?;
    let mut rows = pin!(connection.client.query_raw(&statement, arguments).await?);
    let mut out = Vec::with_capacity(48 * 1024);
    out.extend_from_slice(br#"{"records":["#);
    let mut separator: &[u8] = b"";
    while let Some(row) = rows.try_next().await? {
        out.extend_from_slice(separator);
        separator = b",";
        write_row(&mut out, &row)?;
    }
    out.extend_from_slice(br#"],"offset":null}"#);
    Ok(out)
}

/// The one number that a statement gives.
pub async fn figure(connection: &Connection, sql: &str, arguments: &[Argument]) -> Answer {
    let statement = connection.prepare(sql).await?;
    let mut rows = pin!(connection.client.query_raw(&statement, arguments).await?);
    let first = rows.try_next().await?;
    Ok(door::figure(first.map(|row| row.try_get(0)).transpose()?.flatten()))
}

pub async fn create_one(connection: &Connection, new: &Fields) -> Answer {
    let statement = connection.prepare(INSERT).await?;
    let Fields { name, status, revenue, founded, email, active, notes, city } = new;
    let row =
        connection.client.query_one(&statement, &[name, status, revenue, founded, email, active, notes, city]).await?;
    created(std::slice::from_ref(new), &[row])
}

pub async fn create_many(connection: &Connection, new: &[Fields]) -> Answer {
    let statement = connection.prepare(INSERT_MANY).await?;
    let text = |column: fn(&Fields) -> &Option<String>| -> Vec<Option<&str>> {
        new.iter().map(|fields| column(fields).as_deref()).collect()
    };
    let revenues: Vec<Option<f64>> = new.iter().map(|fields| fields.revenue).collect();
    let actives: Vec<Option<bool>> = new.iter().map(|fields| fields.active).collect();
    let (names, statuses, dates) = (text(|f| &f.name), text(|f| &f.status), text(|f| &f.founded));
    let (emails, notes, cities) = (text(|f| &f.email), text(|f| &f.notes), text(|f| &f.city));
    let rows = connection
        .client
        .query(&statement, &[&names, &statuses, &revenues, &dates, &emails, &actives, &notes, &cities])
        .await?;
    created(new, &rows)
}

pub async fn update(connection: &Connection, id: i64, fields: &Fields) -> Answer {
    let Fields { name, status, revenue, founded, email, active, notes, city } = fields;
    let (mut sql, mut arguments) = (String::from("UPDATE companies SET "), Arguments::from([&id as _]));
    let given: [Option<&(dyn ToSql + Sync)>; 8] = [
        name.as_ref().map(|value| value as _),
        status.as_ref().map(|value| value as _),
        revenue.as_ref().map(|value| value as _),
        founded.as_ref().map(|value| value as _),
        email.as_ref().map(|value| value as _),
        active.as_ref().map(|value| value as _),
        notes.as_ref().map(|value| value as _),
        city.as_ref().map(|value| value as _),
    ];
    for (column, value) in COLUMNS.iter().zip(given) {
        if let Some(value) = value {
            sql.push_str(if arguments.len() > 1 { ", " } else { "" });
            arguments.push(value);
            sql += &format!("{column} = ${}", arguments.len());
        }
    }
    sql.extend([" WHERE id = $1", RETURNING]);
    let statement = connection.prepare(&sql).await?;
    record_of_row(&connection.client.query_opt(&statement, &arguments).await?.ok_or_else(Fault::not_found)?)
}

/// The answer to new records, of which PostgreSQL only needs to tell what it gave them.
fn created(new: &[Fields], rows: &[Row]) -> Answer {
    let mut out = Vec::with_capacity(512 * new.len() + 64);
    out.extend_from_slice(br#"{"records":["#);
    for (place, (fields, row)) in new.iter().zip(rows).enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let cells = [
            Cell::from(fields.name.as_ref()),
            Cell::from(fields.status.as_ref()),
            fields.revenue.map_or(Cell::Null, Cell::Number),
            Cell::from(fields.founded.as_ref()),
            Cell::from(fields.email.as_ref()),
            fields.active.map_or(Cell::Null, Cell::Flag),
            Cell::from(fields.notes.as_ref()),
            Cell::from(fields.city.as_ref()),
        ];
        write_record(&mut out, row.try_get(0)?, &time(row)?, &cells);
    }
    out.extend_from_slice(b"]}");
    Ok(out)
}

fn record_of_row(row: &Row) -> Answer {
    let mut out = Vec::with_capacity(1024);
    write_row(&mut out, row)?;
    Ok(out)
}

fn write_row(out: &mut Vec<u8>, row: &Row) -> Result<(), Fault> {
    let mut cells = [Cell::Null; 8];
    for (place, cell) in cells.iter_mut().enumerate() {
        *cell = row.try_get::<_, Option<Cell>>(place + 2)?.unwrap_or(Cell::Null);
    }
    write_record(out, row.try_get(0)?, &time(row)?, &cells);
    Ok(())
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Cell<'a>, Box<dyn Error + Sync + Send>> {
        Ok(match *kind {
            Type::BOOL => Cell::Flag(bool::from_sql(kind, raw)?),
            Type::FLOAT8 => Cell::Number(f64::from_sql(kind, raw)?),
            _ => Cell::Text(raw),
        })
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::BOOL | Type::FLOAT8 | Type::TEXT)
    }
}

impl ToSql for Argument {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Argument::Text(text) => text.to_sql(kind, out),
            Argument::Real(number) => number.to_sql(kind, out),
            Argument::Integer(number) => number.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::TEXT | Type::FLOAT8 | Type::INT8)
    }

    to_sql_checked!();
}

/// The second column as `2026-01-31T12:00:00.000Z`.
fn time(row: &Row) -> Result<[u8; 24], Fault> {
    Ok(written(row.try_get::<_, Microseconds>(1)?.0))
}

/// Since the start of the year 2000.
struct Microseconds(i64);

impl FromSql<'_> for Microseconds {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Microseconds, Box<dyn Error + Sync + Send>> {
        Ok(Microseconds(i64::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::TIMESTAMPTZ
    }
}

fn written(microseconds: i64) -> [u8; 24] {
    let milliseconds = microseconds.div_euclid(1000);
    let (days, rest) = (milliseconds.div_euclid(86_400_000), milliseconds.rem_euclid(86_400_000));
    // Years are counted from March, so that the leap day is the last of its year; from 0000-03-01 to 2000-01-01 it is
    // 730,425 days, and 400 years have 146,097.
    let days = days + 730_425;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * march + 2) / 5 + 1, if march < 10 { march + 3 } else { march - 9 });
    let year = year + era * 400 + i64::from(month <= 2);
    let mut out = *b"0000-00-00T00:00:00.000Z";
    let parts = [
        (0, 4, year),
        (5, 2, month),
        (8, 2, day),
        (11, 2, rest / 3_600_000),
        (14, 2, rest / 60_000 % 60),
        (17, 2, rest / 1000 % 60),
        (20, 3, rest % 1000),
    ];
    for (from, digits, mut number) in parts {
        for place in (from..from + digits).rev() {
            out[place] = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_clients_read_it() {
        let shown = |seconds: i64| String::from_utf8(written(seconds * 1_000_000 + 7_999).to_vec()).expect("digits");
        assert_eq!(shown(0), "2000-01-01T00:00:00.007Z");
        assert_eq!(shown(5_097_599), "2000-02-28T23:59:59.007Z");
        assert_eq!(shown(5_097_600), "2000-02-29T00:00:00.007Z");
        assert_eq!(shown(838_857_600 + 43_261), "2026-08-01T12:01:01.007Z");
    }
}
