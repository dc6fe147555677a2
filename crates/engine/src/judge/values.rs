//! The judgement of one value: its shape by the kind, then the field's validators that need nothing else.

use model::error::{Fault, Path};
use model::{Field, Value};

/// Refuses a value that does not fit its field. `here` makes the path only when there is something to say.
pub fn check(field: &Field, value: &Value, here: impl Fn() -> Path) -> Result<(), Fault> {
    if *value == Value::Null {
        return Ok(());
    }
    if let Err(rule) = field.kind.check(value) {
        return Err(Fault::new(here(), rule));
    }
    if value.is_empty() {
        return Ok(());
    }
    for validator in &field.validators {
        if let Err(rule) = validator.check(&field.kind, value) {
            return Err(Fault::new(here(), rule));
        }
    }
    Ok(())
}
