//! From the tree of an expression to NX.

use super::calls;
use super::code::{Block, Code, Variables};
use super::parser::{Expr, Parsed};
use super::{World, fields, references};

/// A part that was written, or why it cannot be.
pub type Written = Result<Code, String>;

/// Writes one expression.
pub struct Writer<'a, 'w, 'v> {
    pub world: &'a World<'w, 'v>,
    pub variables: Variables,
    /// The fields that the expression names.
    fields: Vec<Code>,
}

/// An expression in NX.
pub fn write(world: &World<'_, '_>, parsed: &Parsed) -> Written {
    let named = parsed.references.iter().map(|reference| {
        let field = references::find(world, &reference.name);
        let field = field.ok_or_else(|| format!("names the field {{{}}}, which is not there", reference.name))?;
        fields::code(world, field)
    });
    let fields = named.collect::<Result<_, String>>()?;
    let mut writer = Writer { world, variables: Variables::default(), fields };
    writer.expr(&parsed.root)
}

impl Writer<'_, '_, '_> {
    fn expr(&mut self, expr: &Expr) -> Written {
        match expr {
            Expr::Number(number) => Ok(Code::number(format!("{number:?}")).filled()),
            Expr::Text(text) => Ok(Code::literal(text)),
            Expr::Bool(value) => Ok(Code::bool(value.to_string()).filled()),
            Expr::Field(place) => self.fields.get(*place).cloned().ok_or_else(|| "names no field".to_owned()),
            Expr::Call { name, arguments } => {
                let function = calls::find(name)?;
                function.check(arguments.len())?;
                let arguments = arguments.iter().map(|argument| self.expr(argument)).collect::<Result<_, _>>()?;
                (function.write)(self, function.name, arguments)
            }
            Expr::Chain { first, rest } => {
                let first = self.expr(first)?;
                let rest: Vec<_> =
                    rest.iter().map(|(sign, part)| Ok((*sign, self.expr(part)?))).collect::<Result<_, String>>()?;
                self.chain(first, rest)
            }
            Expr::Not(of) => {
                let of = self.expr(of)?;
                Ok(Code::bool(format!("(not {})", of.text)).filled())
            }
            Expr::Negate(of) => {
                let of = self.expr(of)?;
                let filled = of.filled;
                let of = self.number("-", of)?;
                Ok(Code { filled, ..Code::number(format!("(-{of})")) })
            }
        }
    }

    /// The name under which a block has a value.
    pub fn hold(&mut self, block: &mut Block, text: &str) -> String {
        self.variables.hold(block, text)
    }
}
