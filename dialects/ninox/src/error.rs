//! Errors in this door's shape: `{message}` (facts 2, 11).

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use edge::{json, respond};
use model::Error;
use model::error::{Credentials, Subject};

/// The status and message of an error. What is not there and what is not to be known have the same message, and none of
/// them repeats what was given, except the key of a field that a body names.
pub fn describe(error: &Error) -> (StatusCode, String) {
    let status = match error {
        Error::Unauthenticated(
            Credentials::Missing | Credentials::Unknown | Credentials::Expired | Credentials::WrongPassword,
        ) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        // Published guidance to clients is to read a 500 as "bad mapping" (facts 4, 12.7).
        Error::NotFound { subject: Subject::Field, .. } => StatusCode::INTERNAL_SERVER_ERROR,
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Invalid(_) | Error::Script { .. } => StatusCode::BAD_REQUEST,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::TimedOut => StatusCode::REQUEST_TIMEOUT,
        Error::Busy { .. } | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, message(error))
}

/// The error as an answer.
pub fn render(error: &Error) -> Response {
    let (status, message) = describe(error);
    let mut response = match error {
        Error::Script { line, column, .. } => script(status, &message, (*line, *column)),
        _ => plain(status, &message),
    };
    if let Error::RateLimited { retry_after } = error {
        let seconds = HeaderValue::from(*retry_after);
        response.headers_mut().insert(HeaderName::from_static("retry-after"), seconds);
    }
    response
}

/// An error that has no cause in the core, as an answer.
pub fn plain(status: StatusCode, message: &str) -> Response {
    let mut body = Vec::with_capacity(64);
    body.extend_from_slice(b"{\"message\":");
    json::string(&mut body, message);
    body.push(b'}');
    respond::json(status, body)
}

/// A mistake of a script with its place, both from 1 (facts 11).
fn script(status: StatusCode, message: &str, (line, column): (u32, u32)) -> Response {
    let mut body = Vec::with_capacity(96);
    body.extend_from_slice(b"{\"message\":");
    json::string(&mut body, message);
    body.extend_from_slice(b",\"line\":");
    json::integer(&mut body, line.into());
    body.extend_from_slice(b",\"column\":");
    json::integer(&mut body, column.into());
    body.push(b'}');
    respond::json(status, body)
}

fn message(error: &Error) -> String {
    match error {
        Error::Script { message, .. } => message.clone(),
        Error::NotFound { subject: Subject::Workspace, .. } => "Team Not Found".to_owned(),
        Error::NotFound { subject: Subject::Database, .. } => "Database Not Found".to_owned(),
        Error::NotFound { subject: Subject::Table, .. } => "Table Not Found".to_owned(),
        Error::NotFound { subject: Subject::Field, given } => format!("Field not found: {given}"),
        Error::NotFound { subject: Subject::Record, .. } => "Record not found".to_owned(),
        Error::NotFound { subject: Subject::Route, .. } => "End-point not found".to_owned(),
        Error::NotFound { subject, .. } => format!("{} not found", noun(*subject)),
        Error::Unauthenticated(_)
        | Error::Forbidden(_)
        | Error::Invalid(_)
        | Error::Conflict(_)
        | Error::PreconditionFailed
        | Error::TooLarge { .. }
        | Error::RateLimited { .. }
        | Error::Busy { .. }
        | Error::TimedOut
        | Error::Unavailable(_)
        | Error::Internal(_) => error.to_string(),
    }
}

/// A key of a record that is no field, or one that cannot be written (facts 4).
pub fn unknown_field(key: &str) -> Error {
    let short: String = key.chars().take(100).collect();
    Error::not_found(Subject::Field, short)
}

/// The things of the core in this door's words.
fn noun(subject: Subject) -> &'static str {
    match subject {
        Subject::Workspace => "Team",
        Subject::Database => "Database",
        Subject::Table => "Table",
        Subject::Field => "Field",
        Subject::Record => "Record",
        Subject::View => "View",
        Subject::NavItem => "Item",
        Subject::Choice => "Choice",
        Subject::User => "User",
        Subject::Token => "Token",
        Subject::Invitation => "Invitation",
        Subject::Deploy => "Deploy",
        Subject::Index => "Index",
        Subject::TrashItem => "Item of the trash",
        Subject::File => "File",
        Subject::Route => "End-point",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Path, Rule};

    #[test]
    fn an_error_has_a_message_and_names_the_offending_part() {
        let cases = [
            (Error::not_found(Subject::Workspace, "7"), 404, "Team Not Found"),
            (Error::not_found(Subject::Record, "7"), 404, "Record not found"),
            (Error::not_found(Subject::Route, ""), 404, "End-point not found"),
            (unknown_field("Nme"), 500, "Field not found: Nme"),
            (Error::invalid(Path::of("page"), Rule::Type("a number")), 400, "page must be a number"),
            (Error::Unauthenticated(Credentials::Unknown), 401, "The token is not valid"),
            (Error::Internal("secret".to_owned()), 500, "Internal error"),
        ];
        for (error, status, message) in cases {
            assert_eq!(describe(&error), (StatusCode::from_u16(status).expect("status"), message.to_owned()));
        }
    }
}
