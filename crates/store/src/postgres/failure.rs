//! What an error of PostgreSQL means for us.

use model::Error;
use tokio_postgres::error::SqlState;

/// An error, and what it says about the connection and the transaction.
#[derive(Clone, Debug)]
pub struct Failure {
    pub error: Error,
    /// The connection is gone, or the server will not have us: what was not committed is not written, and another
    /// attempt may do better.
    pub lost: bool,
    code: Option<SqlState>,
}

impl Failure {
    /// The server cannot be reached.
    pub fn lost(why: String) -> Failure {
        Failure { error: Error::Unavailable(why), lost: true, code: None }
    }

    /// A fault of ours.
    pub fn own(why: String) -> Failure {
        Failure { error: Error::Internal(why), lost: false, code: None }
    }

    /// Whether a query was stopped.
    pub fn is_cancelled(&self) -> bool {
        self.code == Some(SqlState::QUERY_CANCELED)
    }

    /// Whether a number was too large, or too small to be told from 0.
    pub fn is_out_of_range(&self) -> bool {
        self.code == Some(SqlState::NUMERIC_VALUE_OUT_OF_RANGE)
    }

    /// Whether a lock was waited for in vain.
    pub fn is_of_a_lock(&self) -> bool {
        self.code == Some(SqlState::LOCK_NOT_AVAILABLE)
    }

    /// Whether something was divided by zero.
    pub fn is_division_by_zero(&self) -> bool {
        self.code == Some(SqlState::DIVISION_BY_ZERO)
    }

    /// Whether the server or the way to it is gone, so that other connections will hardly have outlived it.
    pub fn is_gone(&self) -> bool {
        self.lost && self.code.as_ref().is_none_or(|code| matches!(&code.code()[..2], "08" | "57"))
    }

    /// Whether a table, schema or database is not there.
    pub fn is_missing(&self) -> bool {
        let missing = [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME, SqlState::INVALID_CATALOG_NAME];
        self.code.as_ref().is_some_and(|code| missing.contains(code))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        failure.error
    }
}

/// The failure behind an error of the driver.
pub fn of(error: &tokio_postgres::Error) -> Failure {
    let Some(said) = error.as_db_error() else {
        // Not said by the server: the connection, or a parameter that we could not write.
        let why = whole(error);
        return match error.is_closed() || is_transport(error) {
            true => Failure::lost(format!("the connection to PostgreSQL is lost: {why}")),
            false => Failure::own(why),
        };
    };
    let code = said.code().clone();
    let class = &code.code()[..2];
    // Connection, resources, and what an administrator or a change of the leading server does.
    let lost = matches!(class, "08" | "57" | "53" | "58")
        && ![SqlState::QUERY_CANCELED, SqlState::DISK_FULL].contains(&code)
        || [
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
        ]
        .contains(&code);
    let message = format!("PostgreSQL says: {} ({})", said.message(), code.code());
    let error = match () {
        () if code == SqlState::QUERY_CANCELED => Error::TimedOut,
        () if code == SqlState::DISK_FULL => Error::Unavailable("the disk of PostgreSQL is full".to_owned()),
        () if lost
            || matches!(class, "28" | "3D" | "3F")
            || [SqlState::LOCK_NOT_AVAILABLE, SqlState::INSUFFICIENT_PRIVILEGE, SqlState::UNDEFINED_TABLE]
                .contains(&code) =>
        {
            Error::Unavailable(message)
        }
        () => Error::Internal(message),
    };
    Failure { error, lost, code: Some(code) }
}

/// [`of`] for a statement that cannot be prepared: the text is ours, so it may be told in our own log.
pub fn of_statement(error: &tokio_postgres::Error, sql: &str) -> Failure {
    let mut failure = of(error);
    if let Error::Internal(why) = &mut failure.error {
        why.push_str(": ");
        why.push_str(sql);
    }
    failure
}

fn is_transport(error: &tokio_postgres::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<std::io::Error>() {
            return true;
        }
        source = cause.source();
    }
    // The first error of a connection that cannot be made has no other mark.
    error.to_string().starts_with("error connecting") || error.to_string().starts_with("error performing TLS")
}

/// What an error says, and what is behind it.
pub fn whole(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
