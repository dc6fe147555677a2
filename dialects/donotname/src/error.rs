//! Errors in this door's shape: `{message, status, code, statusCode}` (facts A0, A1).

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use edge::{json, respond};
use model::error::{Credentials, Subject};
use model::{Ability, Error};

/// The status, code and message of an error. What is not there and what is not to be known have the same message,
/// and none of them repeats what was given, except the key of a field that a body or filter names (facts A3).
pub fn describe(error: &Error) -> (StatusCode, &'static str, String) {
    let (status, code) = match error {
        Error::Unauthenticated(Credentials::WrongPassword) => (StatusCode::BAD_REQUEST, "invalid_credentials"),
        Error::Unauthenticated(Credentials::Missing | Credentials::Unknown | Credentials::Expired) => {
            (StatusCode::UNAUTHORIZED, "unauthorized")
        }
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "restricted_resource"),
        Error::NotFound { subject: Subject::View, .. } => (StatusCode::NOT_FOUND, "view_not_found"),
        Error::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found"),
        Error::Invalid(_) | Error::Script { .. } => (StatusCode::BAD_REQUEST, "validation_error"),
        Error::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
        Error::PreconditionFailed => (StatusCode::PRECONDITION_FAILED, "precondition_failed"),
        Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large"),
        Error::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
        Error::TimedOut => (StatusCode::REQUEST_TIMEOUT, "request_timeout"),
        Error::Busy { .. } => (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable"),
        Error::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "database_connection_unavailable"),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error"),
    };
    (status, code, message(error))
}

/// The error as an answer.
pub fn render(error: &Error) -> Response {
    let (status, code, message) = describe(error);
    let mut response = plain(status, code, &message);
    if let Error::RateLimited { retry_after } = error {
        let seconds = HeaderValue::from(*retry_after);
        response.headers_mut().insert(HeaderName::from_static("retry-after"), seconds);
    }
    response
}

/// An error that has no cause in the core, as an answer.
pub fn plain(status: StatusCode, code: &str, message: &str) -> Response {
    let mut body = Vec::with_capacity(128);
    body.extend_from_slice(b"{\"message\":");
    json::string(&mut body, message);
    body.extend_from_slice(b",\"status\":");
    json::integer(&mut body, status.as_u16().into());
    body.extend_from_slice(b",\"code\":");
    json::string(&mut body, code);
    body.extend_from_slice(b",\"statusCode\":");
    json::integer(&mut body, status.as_u16().into());
    body.push(b'}');
    respond::json(status, body)
}

fn message(error: &Error) -> String {
    match error {
        // The spelling of a field's key is the client's own, so it may be repeated.
        Error::NotFound { subject: Subject::Field, given } if given.starts_with(KEY) => {
            format!("Field {} not found", &given[KEY.len()..])
        }
        Error::NotFound { subject, .. } => format!("{} not found", noun(*subject)),
        Error::Forbidden(ability) => format!("Not allowed: {}", needs(*ability)),
        Error::Unauthenticated(_)
        | Error::Invalid(_)
        | Error::Script { .. }
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

/// How [`unknown_field`] marks what it may repeat.
const KEY: &str = "key ";

/// "Field name: X not found" (facts A3): the kind of key and the key, cut short.
pub fn unknown_field(key_word: &str, key: &str) -> Error {
    let short: String = key.chars().take(100).collect();
    Error::not_found(Subject::Field, format!("{KEY}{key_word}: {short}"))
}

/// The things of the core in this door's words.
fn noun(subject: Subject) -> &'static str {
    match subject {
        Subject::Workspace => "Space",
        Subject::Database => "Base",
        Subject::Table => "Table",
        Subject::Field => "Field",
        Subject::Record => "Record",
        Subject::View => "View",
        Subject::NavItem => "Item",
        Subject::Choice => "Choice",
        Subject::User => "User",
        Subject::Token => "Access token",
        Subject::Invitation => "Invitation",
        Subject::Deploy => "Deploy",
        Subject::Index => "Index",
        Subject::TrashItem => "Trash item",
        Subject::File => "File",
        Subject::Route => "Endpoint",
    }
}

fn needs(ability: Ability) -> String {
    match crate::scopes::word_of(ability) {
        Some(word) => format!("{word} is needed"),
        None => format!("you may not {}", ability.word()),
    }
}

/// What an address names is not to be told apart from what is in a database that the actor cannot reach (S30): both
/// are "not found" of the thing that the address is of.
pub fn hidden_behind(subject: Subject) -> impl FnOnce(Error) -> Error {
    move |error| match error {
        Error::NotFound { subject: Subject::Database | Subject::Workspace | Subject::Table, .. } => {
            Error::not_found(subject, "")
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Path, Rule};

    #[test]
    fn an_error_has_four_keys_and_names_the_offending_part() {
        let cases = [
            (
                Error::invalid_given(Path::of("take"), Rule::Malformed("must be a whole number".to_owned()), "x"),
                400,
                "validation_error",
                "take must be a whole number (given: x)",
            ),
            (Error::not_found(Subject::Record, "7"), 404, "not_found", "Record not found"),
            (Error::not_found(Subject::View, "7"), 404, "view_not_found", "View not found"),
            (unknown_field("name", "Nme"), 404, "not_found", "Field name: Nme not found"),
            (
                Error::Forbidden(Ability::RecordCreate),
                403,
                "restricted_resource",
                "Not allowed: record|create is needed",
            ),
            (Error::Unauthenticated(Credentials::Unknown), 401, "unauthorized", "The token is not valid"),
            (
                Error::Unauthenticated(Credentials::WrongPassword),
                400,
                "invalid_credentials",
                "E-mail or password is wrong",
            ),
            (Error::Internal("secret".to_owned()), 500, "internal_server_error", "Internal error"),
        ];
        for (error, status, code, message) in cases {
            assert_eq!(describe(&error), (StatusCode::from_u16(status).expect("status"), code, message.to_owned()));
        }
    }
}
