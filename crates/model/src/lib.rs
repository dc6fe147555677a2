//! The words everyone uses: what can be kept ([`Value`], [`Field`], [`Table`], [`NavItem`]), every read that can be
//! asked ([`Query`]), every write that can be asked ([`Change`]) and every way it can fail ([`Error`]).
//!
//! No IO lives here, and nothing here knows an API dialect or a database engine.
//! Start with [`schema::Schema`], then [`query::Query`] and [`change::Change`].

pub mod access;
pub mod cell;
pub mod change;
pub mod error;
pub mod evaluate;
pub mod expr;
pub mod field;
pub mod filter;
pub mod ids;
pub mod kind;
pub mod nav;
pub mod numbered;
pub mod query;
pub mod rank;
pub mod schema;
pub mod sum;
pub mod table;
pub mod text;
pub mod time;
pub mod validator;
pub mod value;
pub mod view;

pub use access::{Ability, AbilitySet, Actor, Role};
pub use cell::{Cell, StoredCell};
pub use change::Change;
pub use error::{Error, Fault, Path, Result, Rule, Subject};
pub use expr::Expr;
pub use field::{Field, Slot};
pub use filter::{Filter, Predicate, Test};
pub use ids::{
    ChoiceId, ColumnId, DatabaseId, DatabaseKey, FieldId, InvitationId, LocaleId, NavId, RecordAddress, RecordId, Seq,
    TableId, TokenId, UserId, ViewId, WorkspaceId,
};
pub use kind::Kind;
pub use nav::NavItem;
pub use query::Query;
pub use schema::Schema;
pub use table::Table;
pub use validator::Validator;
pub use value::Value;
pub use view::View;

/// JSON as the core keeps it: key order is the writer's.
pub type Json = serde_json::Value;

/// One opaque JSON value per dialect name, kept for a dialect that needs to give back what the core has no word for
/// (Dato `appeareance`, Donotname `columnMeta`, Ninox `uis`). The core never looks inside.
pub type Bag = std::collections::BTreeMap<String, Json>;
