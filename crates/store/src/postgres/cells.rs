//! Cells on the way to and from PostgreSQL, in its binary form.

use crate::tx::Row;
use bytes::BytesMut;
use model::{Cell, StoredCell};
use std::error::Error;
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

/// A row as it comes.
pub struct PostgresRow<'r>(pub &'r tokio_postgres::Row);

/// A cell as it comes.
struct Found<'r>(Cell<'r>);

impl<'r> FromSql<'r> for Found<'r> {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Found<'r>, Box<dyn Error + Sync + Send>> {
        Ok(Found(decode(kind, raw)))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Row for PostgresRow<'_> {
    fn cell(&self, index: usize) -> Cell<'_> {
        self.0.try_get::<usize, Option<Found<'_>>>(index).ok().flatten().map_or(Cell::Null, |Found(cell)| cell)
    }
}

/// A cell from its binary form. The printer casts what is not one of these types.
fn decode<'r>(kind: &Type, raw: &'r [u8]) -> Cell<'r> {
    let text = || std::str::from_utf8(raw).map_or(Cell::Null, Cell::Text);
    match *kind {
        Type::INT8 => raw.try_into().map_or(Cell::Null, |b| Cell::Integer(i64::from_be_bytes(b))),
        Type::INT4 => raw.try_into().map_or(Cell::Null, |b| Cell::Integer(i32::from_be_bytes(b).into())),
        Type::INT2 => raw.try_into().map_or(Cell::Null, |b| Cell::Integer(i16::from_be_bytes(b).into())),
        Type::BOOL => Cell::Integer(i64::from(raw == [1])),
        Type::FLOAT8 => raw.try_into().map_or(Cell::Null, |b| Cell::Real(f64::from_be_bytes(b))),
        Type::FLOAT4 => raw.try_into().map_or(Cell::Null, |b| Cell::Real(f32::from_be_bytes(b).into())),
        Type::BYTEA => Cell::Bytes(raw),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN | Type::JSON => text(),
        _ => Cell::Null,
    }
}

/// A parameter of a statement.
#[derive(Debug)]
pub enum Param<'p> {
    One(Bound<'p>),
    /// The cells of a column, for an array.
    Column(Vec<Bound<'p>>),
}

/// A cell to be bound.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'p>(pub Cell<'p>);

impl<'p> From<&'p StoredCell> for Bound<'p> {
    fn from(cell: &'p StoredCell) -> Bound<'p> {
        Bound(cell.borrow())
    }
}

/// Whether a cell can be bound where the server expects a type.
pub fn fits(cell: Cell<'_>, kind: &Type) -> bool {
    match cell {
        Cell::Null => true,
        Cell::Integer(number) => match *kind {
            Type::INT8 | Type::FLOAT8 => true,
            Type::INT4 => i32::try_from(number).is_ok(),
            Type::INT2 => i16::try_from(number).is_ok(),
            _ => false,
        },
        Cell::Real(_) => *kind == Type::FLOAT8,
        Cell::Text(_) => matches!(*kind, Type::TEXT | Type::VARCHAR | Type::UNKNOWN | Type::JSON | Type::NAME),
        Cell::Bytes(_) => *kind == Type::BYTEA,
    }
}

/// The type of a cell where the server's guess does not fit it.
pub fn own_type(cell: Cell<'_>, guessed: &Type) -> Type {
    match cell {
        Cell::Null => guessed.clone(),
        Cell::Integer(_) => Type::INT8,
        Cell::Real(_) => Type::FLOAT8,
        Cell::Text(_) => Type::TEXT,
        Cell::Bytes(_) => Type::BYTEA,
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, kind) {
            (Cell::Null, _) => return Ok(IsNull::Yes),
            (Cell::Integer(number), &Type::FLOAT8) => out.extend_from_slice(&(number as f64).to_be_bytes()),
            (Cell::Integer(number), &Type::INT4) => out.extend_from_slice(&i32::try_from(number)?.to_be_bytes()),
            (Cell::Integer(number), &Type::INT2) => out.extend_from_slice(&i16::try_from(number)?.to_be_bytes()),
            (Cell::Integer(number), _) => out.extend_from_slice(&number.to_be_bytes()),
            (Cell::Real(number), _) => out.extend_from_slice(&number.to_be_bytes()),
            (Cell::Text(text), _) => out.extend_from_slice(text.as_bytes()),
            (Cell::Bytes(bytes), _) => out.extend_from_slice(bytes),
        }
        if fits(self.0, kind) { Ok(IsNull::No) } else { Err(format!("a parameter of another type than {kind}").into()) }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Param<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Param::One(cell) => cell.to_sql(kind, out),
            Param::Column(cells) => match kind.kind() {
                Kind::Array(_) => cells.to_sql(kind, out),
                _ => Err("a column is bound to an array".into()),
            },
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
