//! Errors: every way a request can fail, as causes with data. A dialect renders them in one total match.

use crate::access::Ability;
use crate::ids::FieldId;
use std::fmt;

/// The result of anything that can fail for a cause of ours.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request failed.
#[derive(Clone, PartialEq, Debug)]
pub enum Error {
    /// No, unknown, expired or revoked credentials.
    Unauthenticated(Credentials),
    /// Known, but not allowed. What the actor may not know of is [`Error::NotFound`] instead.
    Forbidden(Ability),
    /// Not there, or not for this actor to know.
    NotFound { subject: Subject, given: String },
    /// Something in the request is wrong; nothing was written.
    Invalid(Vec<Fault>),
    /// A script that cannot be run, or stopped: why, and where (counted from 1, columns in characters).
    Script { message: String, line: u32, column: u32 },
    /// Well-formed, but against the present state, with the reason.
    Conflict(String),
    /// What the request expected of a record (`If-Match`) is not so any more; nothing was written.
    PreconditionFailed,
    /// Larger than we take: what, and the bound.
    TooLarge { what: &'static str, limit: u64 },
    /// Too many requests; seconds until the next one may come.
    RateLimited { retry_after: u32 },
    /// More requests at once than the server takes; seconds until one may fare better.
    Busy { retry_after: u32 },
    /// The request took longer than its budget.
    TimedOut,
    /// The store cannot serve just now (disk full, engine away): retry later.
    Unavailable(String),
    /// A fault of ours. The text goes to the log, never to a client.
    Internal(String),
}

/// What was wrong with the credentials.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Credentials {
    Missing,
    Unknown,
    Expired,
    WrongPassword,
}

/// What was looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    Workspace,
    Database,
    Table,
    Field,
    Record,
    View,
    NavItem,
    Choice,
    User,
    Token,
    Invitation,
    Index,
    TrashItem,
    File,
    /// What happened when a database was deployed.
    Deploy,
    Route,
}

impl Subject {
    /// The word for messages.
    pub fn word(self) -> &'static str {
        match self {
            Subject::Workspace => "workspace",
            Subject::Database => "database",
            Subject::Table => "table",
            Subject::Field => "field",
            Subject::Record => "record",
            Subject::View => "view",
            Subject::NavItem => "item",
            Subject::Choice => "option",
            Subject::User => "user",
            Subject::Token => "token",
            Subject::Invitation => "invitation",
            Subject::Index => "index",
            Subject::TrashItem => "item of the trash",
            Subject::File => "file",
            Subject::Deploy => "deploy",
            Subject::Route => "endpoint",
        }
    }
}

/// One wrong part of a request.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// Where in the request, or which field of which record.
    pub at: Path,
    /// The rule it breaks.
    pub rule: Rule,
    /// What was given, shortened, if it may be repeated to the client.
    pub given: Option<String>,
}

/// The rule that a part of a request breaks. A validator's rule carries the validator's bounds.
#[derive(Clone, PartialEq, Debug)]
pub enum Rule {
    /// No such name or word.
    Unknown,
    /// Must be there.
    Required,
    /// Another record has it already.
    Unique,
    /// Must be of this type.
    Type(&'static str),
    /// Text length outside its bounds, in characters.
    Length { min: Option<u64>, max: Option<u64>, eq: Option<u64> },
    /// Number outside its bounds.
    Range { min: Option<f64>, max: Option<f64> },
    /// Text does not match: the name of the pattern or the pattern.
    Pattern(String),
    /// Not one of the listed values.
    Enum(Vec<String>),
    /// Date outside its bounds (ISO text).
    DateRange { min: Option<String>, max: Option<String> },
    /// List length outside its bounds.
    Size { min: Option<u64>, max: Option<u64>, eq: Option<u64> },
    /// A reference to a record of a table that the field does not allow.
    TargetTable,
    /// A reference to a record that does not exist.
    TargetRecord,
    /// File too large or too small, in bytes.
    FileSize { min: Option<u64>, max: Option<u64> },
    /// File extension not in the list.
    Extension(Vec<String>),
    /// Image outside the allowed pixels.
    ImageDimensions,
    /// The field is computed or fixed and cannot be written.
    ReadOnly,
    /// The name or key is taken.
    Taken,
    /// The operator does not exist for this kind of field.
    Operator { operator: String, kind: &'static str },
    /// Not what the place asks for, said in words that continue "X ".
    Malformed(String),
    /// More than the place takes.
    TooMany { limit: u64 },
    /// Nested deeper than we follow.
    TooDeep { limit: u64 },
    /// The cell was changed since by somebody else, so this undo is refused.
    ChangedSince,
}

/// Where something is: keys and positions from the outside in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Path(pub Vec<Step>);

/// One step of a [`Path`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    Key(String),
    Index(usize),
    /// A field, by number and by its name of now.
    Field(FieldId, String),
}

impl Path {
    /// The path of one key.
    pub fn of(key: impl Into<String>) -> Path {
        Path(vec![Step::Key(key.into())])
    }

    /// The path of one field.
    pub fn field(id: FieldId, name: impl Into<String>) -> Path {
        Path(vec![Step::Field(id, name.into())])
    }

    /// This path and a key.
    pub fn key(mut self, key: impl Into<String>) -> Path {
        self.0.push(Step::Key(key.into()));
        self
    }

    /// This path and a position.
    pub fn index(mut self, index: usize) -> Path {
        self.0.push(Step::Index(index));
        self
    }

    /// This path below `outer`.
    pub fn under(self, mut outer: Path) -> Path {
        outer.0.extend(self.0);
        outer
    }

    /// The field the path goes through, if any.
    pub fn field_id(&self) -> Option<FieldId> {
        self.0.iter().find_map(|step| match step {
            Step::Field(id, _) => Some(*id),
            Step::Key(_) | Step::Index(_) => None,
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(name) | Step::Field(_, name) => {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(name)?;
                }
            }
        }
        Ok(())
    }
}

impl Fault {
    /// A fault that repeats nothing of what was given.
    pub fn new(at: Path, rule: Rule) -> Fault {
        Fault { at, rule, given: None }
    }

    /// A fault that repeats what was given, cut at 100 characters.
    pub fn with(at: Path, rule: Rule, given: impl Into<String>) -> Fault {
        let given: String = given.into();
        let given = match given.char_indices().nth(100) {
            Some((end, _)) => format!("{}…", &given[..end]),
            None => given,
        };
        Fault { at, rule, given: Some(given) }
    }
}

impl Error {
    /// One fault.
    pub fn invalid(at: Path, rule: Rule) -> Error {
        Error::Invalid(vec![Fault::new(at, rule)])
    }

    /// One fault that names what was given.
    pub fn invalid_given(at: Path, rule: Rule, given: impl Into<String>) -> Error {
        Error::Invalid(vec![Fault::with(at, rule, given)])
    }

    /// Something that is not there.
    pub fn not_found(subject: Subject, given: impl Into<String>) -> Error {
        Error::NotFound { subject, given: given.into() }
    }

    /// A malformed part, in words that continue its name.
    pub fn malformed(at: impl Into<String>, why: impl Into<String>) -> Error {
        Error::invalid(Path::of(at), Rule::Malformed(why.into()))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Unknown => f.write_str("is unknown"),
            Rule::Required => f.write_str("is required"),
            Rule::Unique => f.write_str("must be unique, and another record has this value"),
            Rule::Type(expected) => write!(f, "must be {expected}"),
            Rule::Length { min, max, eq } => bounds(f, "must have a length", min, max, eq),
            Rule::Range { min, max } => bounds(f, "must be a number", min, max, &None),
            Rule::Pattern(name) => write!(f, "must match the pattern {name}"),
            Rule::Enum(values) => write!(f, "must be one of {}", values.join(", ")),
            Rule::DateRange { min, max } => bounds(f, "must be a date", min, max, &None),
            Rule::Size { min, max, eq } => bounds(f, "must have a number of items", min, max, eq),
            Rule::TargetTable => f.write_str("must refer to a record of an allowed table"),
            Rule::TargetRecord => f.write_str("must refer to a record that exists"),
            Rule::FileSize { min, max } => bounds(f, "must have a size in bytes", min, max, &None),
            Rule::Extension(list) => write!(f, "must be a file of type {}", list.join(", ")),
            Rule::ImageDimensions => f.write_str("must be an image of the allowed size"),
            Rule::ReadOnly => f.write_str("is computed and cannot be written"),
            Rule::Taken => f.write_str("is already taken"),
            Rule::Operator { operator, kind } => {
                write!(f, "does not know the operator {operator} (it is a field of kind {kind})")
            }
            Rule::Malformed(why) => f.write_str(why),
            Rule::TooMany { limit } => write!(f, "must have at most {limit} items"),
            Rule::TooDeep { limit } => write!(f, "must not be nested deeper than {limit} levels"),
            Rule::ChangedSince => f.write_str("was changed since, so this cannot be undone"),
        }
    }
}

/// Writes `head` and the bounds that are set.
fn bounds<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    head: &str,
    min: &Option<T>,
    max: &Option<T>,
    eq: &Option<T>,
) -> fmt::Result {
    f.write_str(head)?;
    match (eq, min, max) {
        (Some(eq), _, _) => write!(f, " of exactly {eq}"),
        (None, Some(min), Some(max)) => write!(f, " from {min} to {max}"),
        (None, Some(min), None) => write!(f, " of at least {min}"),
        (None, None, Some(max)) => write!(f, " of at most {max}"),
        (None, None, None) => Ok(()),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at, self.rule)?;
        match &self.given {
            Some(given) => write!(f, " (given: {given})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unauthenticated(Credentials::Missing) => f.write_str("Credentials are missing"),
            Error::Unauthenticated(Credentials::Unknown) => f.write_str("The token is not valid"),
            Error::Unauthenticated(Credentials::Expired) => f.write_str("The token has expired"),
            Error::Unauthenticated(Credentials::WrongPassword) => f.write_str("E-mail or password is wrong"),
            Error::Forbidden(ability) => write!(f, "Not allowed: {}", ability.word()),
            Error::NotFound { subject, given } => write!(f, "No {} {given}", subject.word()),
            Error::Invalid(faults) => {
                for (i, fault) in faults.iter().enumerate() {
                    if i > 0 {
                        f.write_str("; ")?;
                    }
                    write!(f, "{fault}")?;
                }
                Ok(())
            }
            Error::Script { message, line, column } => write!(f, "{message} (line {line}, column {column})"),
            Error::Conflict(why) => f.write_str(why),
            Error::PreconditionFailed => f.write_str("The record was changed since it was read"),
            Error::Busy { .. } => f.write_str("The server has too much to do just now"),
            Error::TooLarge { what, limit } => write!(f, "The {what} is larger than {limit}"),
            Error::RateLimited { .. } => f.write_str("Too many requests"),
            Error::TimedOut => f.write_str("The request took too long"),
            Error::Unavailable(_) => f.write_str("The store is not available just now"),
            Error::Internal(_) => f.write_str("Internal error"),
        }
    }
}

impl std::error::Error for Error {}
