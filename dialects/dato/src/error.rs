//! Errors in this door's shape: `{"data": [{"id", "type": "api_error", "attributes": {"code", "details"}}]}`.
//!
//! The code stands twice: clients of the reference's time read the `id`, later ones `attributes.code` (facts, "Errors").
//! Several faults are several elements of the list. A path says where a fault is: below `data` it is the form of the
//! body, below `attributes` a value of what is written, else a parameter.

use axum::http::StatusCode;
use axum::response::Response;
use edge::respond;
use model::error::{Fault, Path, Rule, Step, Subject};
use model::{Error, Json};
use serde_json::{Map, json};

/// What a body is that is no JSON.
pub const BODY: &str = "body";
/// The first step of the path of what is wrong with the form of a body.
const FORM: &str = "data";
/// The first step of the path of an attribute.
const ATTRIBUTES: &str = "attributes";

/// Refusals that the vendor has a code of its own for: what is well-formed and against the present state.
const CODES: &[&str] = &["DUPLICATE_SINGLETON", "TITLE_ALREADY_PRESENT", "DELETE_RESTRICTION", "INVALID_CREDENTIALS"];

/// A refusal with one of the vendor's own codes.
pub fn refused(code: &'static str, why: &str) -> Error {
    debug_assert!(CODES.contains(&code), "{code} is not listed");
    Error::Conflict(format!("{code}: {why}"))
}

/// The path of an attribute.
pub fn attribute(name: &str) -> Path {
    Path::of(ATTRIBUTES).key(name)
}

/// An attribute with a wrong value.
pub fn wrong(name: &str, rule: Rule) -> Error {
    Error::invalid(attribute(name), rule)
}

/// A body whose form is wrong at a place, in words that continue the place's name.
pub fn malformed(place: &[&str], why: &str) -> Error {
    let at = place.iter().fold(Path::of(FORM), |path, step| path.key(*step));
    Error::invalid(at, Rule::Malformed(why.to_owned()))
}

/// Attributes that must be there and are not. `required` are all that must be.
pub fn missing(required: &[&str], missing: &[&str]) -> Error {
    let fault = |name: &&str| {
        Fault::with(Path::of(FORM).key(ATTRIBUTES).key(*name), Rule::Required, required.join(","))
    };
    Error::Invalid(missing.iter().map(fault).collect())
}

/// Something that is not there, or not to be known.
pub fn not_found(subject: Subject) -> Error {
    Error::not_found(subject, "")
}

/// Faults of the core at names of ours: `(theirs, ours)`. What else is at a field of a table is at its settings.
pub fn renamed(error: Error, names: &[(&str, &str)]) -> Error {
    let Error::Invalid(faults) = error else { return error };
    let renamed = |fault: Fault| match first_key(&fault.at) {
        // It is in words of ours already.
        Some(FORM | ATTRIBUTES) => fault,
        Some(_) | None => Fault { at: renamed_path(fault.at, names), ..fault },
    };
    Error::Invalid(faults.into_iter().map(renamed).collect())
}

fn renamed_path(at: Path, names: &[(&str, &str)]) -> Path {
    let last = at.0.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) | Step::Field(..) => None,
    });
    let ours = names.iter().find(|(theirs, _)| Some(*theirs) == last).map(|(_, ours)| *ours);
    match ours {
        Some(ours) => attribute(ours),
        None => at,
    }
}

/// One element of the list.
struct Said {
    code: &'static str,
    details: Json,
}

/// The error as an answer.
pub fn render(error: &Error) -> Response {
    let (status, said) = describe(error);
    let list: Vec<Json> = said
        .into_iter()
        .map(|Said { code, details }| {
            json!({"id": code, "type": "api_error", "attributes": {"code": code, "details": details}})
        })
        .collect();
    respond::json(status, json!({ "data": list }).to_string().into_bytes())
}

fn describe(error: &Error) -> (StatusCode, Vec<Said>) {
    let one = |status, code| (status, vec![Said { code, details: json!({}) }]);
    let told = |status, code, why: String| (status, vec![Said { code, details: json!({ "message": why }) }]);
    match error {
        Error::Unauthenticated(model::error::Credentials::Missing) => one(StatusCode::UNAUTHORIZED, "INVALID_SITE"),
        Error::Unauthenticated(model::error::Credentials::WrongPassword) => {
            one(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS")
        }
        Error::Unauthenticated(
            model::error::Credentials::Unknown | model::error::Credentials::Expired,
        ) => one(StatusCode::UNAUTHORIZED, "INVALID_AUTHORIZATION_HEADER"),
        Error::Forbidden(ability) => told(
            StatusCode::FORBIDDEN,
            "INSUFFICIENT_PERMISSIONS",
            format!("This token is not allowed to {}", ability.word()),
        ),
        Error::NotFound { subject: Subject::Route, .. } => one(StatusCode::NOT_FOUND, "INVALID_ENDPOINT"),
        Error::NotFound { .. } => one(StatusCode::NOT_FOUND, "NOT_FOUND"),
        Error::Invalid(faults) => of_faults(faults),
        Error::Script { .. } => told(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_FIELD", error.to_string()),
        Error::Conflict(why) => of_conflict(why),
        Error::PreconditionFailed => one(StatusCode::UNPROCESSABLE_ENTITY, "STALE_ITEM_VERSION"),
        Error::TooLarge { .. } => told(StatusCode::PAYLOAD_TOO_LARGE, "REQUEST_TOO_LARGE", error.to_string()),
        Error::RateLimited { retry_after } => (
            StatusCode::TOO_MANY_REQUESTS,
            vec![Said { code: "RATE_LIMIT_EXCEEDED", details: json!({ "retry_after": retry_after }) }],
        ),
        Error::TimedOut => one(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT"),
        Error::Busy { .. } | Error::Unavailable(_) => one(StatusCode::SERVICE_UNAVAILABLE, "MAINTENANCE_MODE"),
        Error::Internal(_) => one(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR"),
    }
}

fn of_conflict(why: &str) -> (StatusCode, Vec<Said>) {
    let known = CODES.iter().find_map(|code| Some((*code, why.strip_prefix(code)?.strip_prefix(": ")?)));
    let (code, why) = known.unwrap_or(("CONFLICT", why));
    let status = if code == "INVALID_CREDENTIALS" { StatusCode::UNAUTHORIZED } else { StatusCode::UNPROCESSABLE_ENTITY };
    (status, vec![Said { code, details: json!({ "message": why }) }])
}

/// The faults, one element each; those of the form of the body are one.
fn of_faults(faults: &[Fault]) -> (StatusCode, Vec<Said>) {
    if let [fault] = faults
        && fault.at == Path::of(BODY)
    {
        let details = json!({ "message": fault.to_string() });
        return (StatusCode::BAD_REQUEST, vec![Said { code: "INVALID_JSON_BODY", details }]);
    }
    let (mut said, mut messages) = (Vec::new(), Vec::new());
    let (mut required, mut missing) = (Vec::new(), Vec::new());
    for fault in faults {
        match (first_key(&fault.at), &fault.rule) {
            (Some(FORM), Rule::Required) => {
                missing.push(last_key(&fault.at));
                required = fault.given.iter().flat_map(|all| all.split(',')).map(str::to_owned).collect();
            }
            (Some(FORM), _) => messages.push(format!("#/{}: {}", pointer(&fault.at), fault.rule)),
            (Some(ATTRIBUTES), rule) => said.push(Said { code: "INVALID_FIELD", details: of_rule(fault, rule) }),
            (Some(_) | None, _) => messages.push(fault.to_string()),
        }
    }
    if !missing.is_empty() {
        let details = json!({ "required_fields": required, "missing_fields": missing });
        said.push(Said { code: "MISSING_FIELDS", details });
    }
    if !messages.is_empty() {
        said.push(Said { code: "INVALID_FORMAT", details: json!({ "messages": messages }) });
    }
    (StatusCode::UNPROCESSABLE_ENTITY, said)
}

fn first_key(path: &Path) -> Option<&str> {
    match path.0.first() {
        Some(Step::Key(key)) => Some(key),
        Some(Step::Index(_) | Step::Field(..)) | None => None,
    }
}

fn last_key(path: &Path) -> String {
    path.0.last().map(|step| Path(vec![step.clone()]).to_string()).unwrap_or_default()
}

fn pointer(path: &Path) -> String {
    let steps: Vec<String> = path.0.iter().map(|step| Path(vec![step.clone()]).to_string()).collect();
    steps.join("/")
}

/// What is said of an attribute: `field`, `code` and the bounds that it breaks.
fn of_rule(fault: &Fault, rule: &Rule) -> Json {
    let field = Path(fault.at.0[1..].to_vec()).to_string();
    let mut details = Map::new();
    details.insert("field".to_owned(), field.into());
    let validator = fault.given.as_deref();
    details.insert("code".to_owned(), format!("VALIDATION_{}", code(rule, validator)).into());
    let mut put = |key: &str, value: Json| {
        if !value.is_null() {
            details.insert(key.to_owned(), value);
        }
    };
    match rule {
        Rule::Length { min, max, eq } | Rule::Size { min, max, eq } => {
            put("min", json!(min));
            put("max", json!(max));
            put("eq", json!(eq));
        }
        Rule::Range { min, max } => {
            put("min", json!(min));
            put("max", json!(max));
        }
        Rule::DateRange { min, max } => {
            put("min", json!(min));
            put("max", json!(max));
        }
        Rule::FileSize { min, max } => {
            put("min", json!(min));
            put("max", json!(max));
        }
        Rule::Pattern(pattern) => put("pattern", json!(pattern)),
        Rule::Enum(values) => put("values", json!(values)),
        Rule::Extension(values) => put("extensions", json!(values)),
        Rule::Unknown
        | Rule::Required
        | Rule::Unique
        | Rule::Type(_)
        | Rule::TargetTable
        | Rule::TargetRecord
        | Rule::ImageDimensions
        | Rule::ReadOnly
        | Rule::Taken
        | Rule::Operator { .. }
        | Rule::Malformed(_)
        | Rule::TooMany { .. }
        | Rule::TooDeep { .. }
        | Rule::ChangedSince => put("message", json!(rule.to_string())),
    }
    Json::Object(details)
}

/// The vendor's word for a broken rule. `validator` is the one that a link to a wrong table breaks.
fn code(rule: &Rule, validator: Option<&str>) -> String {
    let word = match rule {
        Rule::Required => "REQUIRED",
        Rule::Unique => "UNIQUE",
        Rule::Taken => "UNIQUENESS",
        Rule::Length { .. } => "LENGTH",
        Rule::Range { .. } => "NUMBER_RANGE",
        Rule::Pattern(_) => "FORMAT",
        Rule::Enum(_) => "ENUM",
        Rule::DateRange { .. } => "DATE_RANGE",
        Rule::Size { .. } => "SIZE",
        Rule::TargetTable => return validator.unwrap_or("item_item_type").to_uppercase(),
        Rule::FileSize { .. } => "FILE_SIZE",
        Rule::Extension(_) => "EXTENSION",
        Rule::ImageDimensions => "IMAGE_DIMENSIONS",
        Rule::ReadOnly => "READ_ONLY",
        Rule::Unknown if validator == Some(LOCALES) => "INVALID_LOCALES",
        Rule::Unknown => "INCLUSION",
        Rule::Type(_)
        | Rule::TargetRecord
        | Rule::Operator { .. }
        | Rule::Malformed(_)
        | Rule::TooMany { .. }
        | Rule::TooDeep { .. }
        | Rule::ChangedSince => "INVALID",
    };
    word.to_owned()
}

/// What is given of a fault about a locale that the site does not have.
pub const LOCALES: &str = "locales";

#[cfg(test)]
mod tests {
    use super::*;
    use model::Ability;
    use model::error::Credentials;

    fn shown(error: &Error) -> (u16, String) {
        let (status, said) = describe(error);
        let said: Vec<String> = said.into_iter().map(|s| format!("{} {}", s.code, s.details)).collect();
        (status.as_u16(), said.join("; "))
    }

    #[test]
    fn every_cause_has_a_code_and_a_status() {
        let cases: &[(Error, u16, &str)] = &[
            (Error::Unauthenticated(Credentials::Missing), 401, "INVALID_SITE {}"),
            (Error::Unauthenticated(Credentials::Unknown), 401, "INVALID_AUTHORIZATION_HEADER {}"),
            (Error::Unauthenticated(Credentials::WrongPassword), 401, "INVALID_CREDENTIALS {}"),
            (
                Error::Forbidden(Ability::RecordUpdate),
                403,
                r#"INSUFFICIENT_PERMISSIONS {"message":"This token is not allowed to change records"}"#,
            ),
            (not_found(Subject::Route), 404, "INVALID_ENDPOINT {}"),
            (not_found(Subject::Record), 404, "NOT_FOUND {}"),
            (
                wrong("slug", Rule::Unique),
                422,
                r#"INVALID_FIELD {"field":"slug","code":"VALIDATION_UNIQUE","message":"must be unique, and another record has this value"}"#,
            ),
            (
                wrong("age", Rule::Range { min: Some(1.0), max: None }),
                422,
                r#"INVALID_FIELD {"field":"age","code":"VALIDATION_NUMBER_RANGE","min":1.0}"#,
            ),
            (
                missing(&["name", "api_key"], &["api_key"]),
                422,
                r#"MISSING_FIELDS {"required_fields":["name","api_key"],"missing_fields":["api_key"]}"#,
            ),
            (
                malformed(&["type"], "must be item"),
                422,
                r##"INVALID_FORMAT {"messages":["#/data/type: must be item"]}"##,
            ),
            (Error::malformed(BODY, "is not JSON"), 400, r#"INVALID_JSON_BODY {"message":"body is not JSON"}"#),
            (refused("DUPLICATE_SINGLETON", "x"), 422, r#"DUPLICATE_SINGLETON {"message":"x"}"#),
            (Error::Conflict("y".to_owned()), 422, r#"CONFLICT {"message":"y"}"#),
            (Error::RateLimited { retry_after: 3 }, 429, r#"RATE_LIMIT_EXCEEDED {"retry_after":3}"#),
            (Error::Internal("secret".to_owned()), 500, "INTERNAL_SERVER_ERROR {}"),
            (Error::Unavailable("secret".to_owned()), 503, "MAINTENANCE_MODE {}"),
        ];
        for (error, status, text) in cases {
            assert_eq!(shown(error), (*status, (*text).to_owned()));
        }
    }

    #[test]
    fn several_faults_are_told_together() {
        let faults = vec![Fault::new(attribute("a"), Rule::Required), Fault::new(attribute("b"), Rule::Type("text"))];
        let (status, said) = describe(&Error::Invalid(faults));
        assert_eq!((status.as_u16(), said.len()), (422, 2));
        assert_eq!(said[1].details["field"], "b");
    }
}
