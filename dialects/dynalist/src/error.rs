//! Errors in this door's shape: `{_code, _msg}`, with status 200 whatever they are (facts 1.3).

use axum::http::StatusCode;
use axum::response::Response;
use edge::{json, respond};
use model::Error;
use model::error::{Path, Subject};

/// What is too large when the space for uploads is used up.
pub const QUOTA: &str = "space for uploads";

/// The code and message of an error. What is not there and what is not to be known are one code with one message.
pub fn describe(error: &Error) -> (&'static str, String) {
    let code = match error {
        Error::Unauthenticated(_) => "InvalidToken",
        Error::Forbidden(_) => "Unauthorized",
        Error::NotFound { subject: Subject::Record, .. } => "NodeNotFound",
        // The inbox is the one item that a request can ask for without naming it.
        Error::NotFound { subject: Subject::NavItem, .. } => "NoInbox",
        Error::NotFound { .. } => "NotFound",
        Error::TooLarge { what, .. } if *what == QUOTA => "QuotaExceeded",
        Error::Invalid(_)
        | Error::Script { .. }
        | Error::Conflict(_)
        | Error::PreconditionFailed
        | Error::TooLarge { .. } => "Invalid",
        Error::RateLimited { .. } => "TooManyRequests",
        Error::Busy { .. } | Error::TimedOut | Error::Unavailable(_) | Error::Internal(_) => "LockFail",
    };
    (code, message(error))
}

/// The error as an answer. Only an address that is not spoken has a status of its own: no client knows it.
pub fn render(error: &Error) -> Response {
    let (code, message) = describe(error);
    let mut body = Vec::with_capacity(96);
    body.extend_from_slice(b"{\"_code\":");
    json::string(&mut body, code);
    body.extend_from_slice(b",\"_msg\":");
    json::string(&mut body, &message);
    body.push(b'}');
    let status = match error {
        Error::NotFound { subject: Subject::Route, .. } => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    respond::json(status, body)
}

fn message(error: &Error) -> String {
    match error {
        Error::NotFound { subject: Subject::Record, given } if !given.is_empty() => {
            format!("The node of {given} is not found.")
        }
        Error::NotFound { subject, .. } => match subject {
            Subject::Record => "The node is not found.",
            Subject::NavItem => "The location of the inbox is not configured, or not valid.",
            Subject::Table | Subject::Database | Subject::Workspace => "The document is not found.",
            Subject::File => "The file is not found.",
            Subject::Route => "There is no such address.",
            Subject::Field
            | Subject::View
            | Subject::Choice
            | Subject::User
            | Subject::Token
            | Subject::Invitation
            | Subject::Index
            | Subject::TrashItem
            | Subject::Deploy => "It is not found.",
        }
        .to_owned(),
        Error::Forbidden(ability) => format!("You don't have permission to {}.", ability.word()),
        Error::TooLarge { what, limit } if *what == QUOTA => format!("The {what} is full: {limit} bytes."),
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

/// A node that is not there, named by where the request names it. Nothing of what was given comes back.
pub fn no_node(at: &Path) -> Error {
    Error::not_found(Subject::Record, at.to_string())
}

/// A document that is not there or not to be known.
pub fn no_document() -> Error {
    Error::not_found(Subject::Table, "")
}

/// There is no inbox.
pub fn no_inbox() -> Error {
    Error::not_found(Subject::NavItem, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::error::Credentials;
    use model::{Ability, Rule};

    #[test]
    fn an_error_has_the_code_of_its_cause_and_names_the_offending_part() {
        let at = Path::of("changes").index(2).key("node_id");
        let cases = [
            (no_node(&at), "NodeNotFound", "The node of changes[2].node_id is not found."),
            (no_document(), "NotFound", "The document is not found."),
            (no_inbox(), "NoInbox", "The location of the inbox is not configured, or not valid."),
            (Error::Unauthenticated(Credentials::Missing), "InvalidToken", "Credentials are missing"),
            (Error::Forbidden(Ability::RecordUpdate), "Unauthorized", "You don't have permission to change records."),
            (Error::RateLimited { retry_after: 1 }, "TooManyRequests", "Too many requests"),
            (
                Error::invalid(
                    Path::of("changes").index(0).key("color"),
                    Rule::Range { min: Some(0.0), max: Some(6.0) },
                ),
                "Invalid",
                "changes[0].color must be a number from 0 to 6",
            ),
            (Error::TooLarge { what: QUOTA, limit: 5 }, "QuotaExceeded", "The space for uploads is full: 5 bytes."),
            (Error::TooLarge { what: "body", limit: 5 }, "Invalid", "The body is larger than 5"),
            (Error::Internal("secret".to_owned()), "LockFail", "Internal error"),
        ];
        for (error, code, message) in cases {
            assert_eq!(describe(&error), (code, message.to_owned()));
        }
    }
}
