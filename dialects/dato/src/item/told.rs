//! What is wrong with an item, all of it together: what the body says wrongly, and what the core refuses.

use super::shape::Shape;
use crate::error::{attribute, refused};
use model::error::{Fault, Step};
use model::{Error, FieldId, Result, Rule};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// What the last run of a write learned, for the answer when it is refused.
#[derive(Clone, Debug, Default)]
pub struct Told(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    faults: Vec<Fault>,
    /// The attribute of each field, and the validator that says where its links lead.
    attributes: HashMap<FieldId, (String, Option<&'static str>)>,
}

impl Told {
    /// Begins a run, about items of a shape.
    pub fn begin(&self, shape: &Shape) {
        let attribute = |c: &super::shape::Column| (c.id, (c.key.clone(), c.field_type.target_validator()));
        let attributes = shape.columns.iter().map(attribute).collect();
        *self.0.lock() = Inner { faults: Vec::new(), attributes };
    }

    /// Notes what is wrong with an attribute.
    pub fn note(&self, fault: Fault) {
        self.0.lock().faults.push(fault);
    }

    /// Refuses a write that the core let pass when something was noted.
    pub fn admit(&self) -> Result<()> {
        if self.0.lock().faults.is_empty() { Ok(()) } else { Err(Error::Invalid(Vec::new())) }
    }

    /// The error with attributes in the place of fields, and with what was noted.
    pub fn explain(&self, error: Error) -> Error {
        let inner = self.0.lock();
        let Error::Invalid(faults) = error else { return error };
        let told = faults.into_iter().map(|fault| inner.explained(fault));
        let mut all: Vec<Fault> = inner.faults.iter().cloned().chain(told).collect();
        let mut seen: Vec<(model::Path, String)> = Vec::new();
        all.retain(|fault| {
            let key = (fault.at.clone(), fault.rule.to_string());
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        });
        Error::Invalid(all)
    }
}

impl Inner {
    fn explained(&self, fault: Fault) -> Fault {
        let field = fault.at.0.iter().find_map(|step| match step {
            Step::Field(id, name) => Some((*id, name)),
            Step::Key(_) | Step::Index(_) => None,
        });
        let Some((id, name)) = field else { return fault };
        let (key, validator) = self.attributes.get(&id).cloned().unwrap_or_else(|| (name.clone(), None));
        let given = match &fault.rule {
            Rule::TargetTable => validator.map(str::to_owned),
            _ => None,
        };
        Fault { at: attribute(&key), rule: fault.rule, given }
    }
}

/// There is one record only.
pub fn duplicate_singleton() -> Error {
    refused("DUPLICATE_SINGLETON", "The item type is a singleton and has its item already")
}
