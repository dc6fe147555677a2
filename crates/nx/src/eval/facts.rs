//! What an expression does and depends on, known from the tree: whether it may be worked out once, elsewhere or in
//! another order.

use crate::builtin::Effect;
use crate::ir::{Kind, Node, Place, Program};
use std::collections::HashMap;

/// What an expression does and depends on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Traits {
    /// Writes records.
    pub writes: bool,
    /// Gives another value each time.
    pub chance: bool,
    /// Reads records.
    pub reads: bool,
    /// Has a `break` for a loop around it.
    pub breaks: bool,
    /// Variables that it sets.
    pub sets: Vec<Place>,
    /// Variables that it reads.
    pub uses: Vec<Place>,
    /// Contexts around it that it reads, by their numbers.
    pub contexts: Vec<usize>,
    /// How many nodes it has.
    pub nodes: usize,
}

impl Traits {
    fn join(&mut self, other: Traits) {
        self.writes |= other.writes;
        self.chance |= other.chance;
        self.reads |= other.reads;
        self.breaks |= other.breaks;
        self.nodes = self.nodes.saturating_add(other.nodes);
        other.sets.into_iter().for_each(|place| add(&mut self.sets, place));
        other.uses.into_iter().for_each(|place| add(&mut self.uses, place));
        other.contexts.into_iter().for_each(|context| add(&mut self.contexts, context));
    }

    /// Whether evaluating it changes nothing but what it gives, which is the same each time as long as nothing else
    /// changes.
    pub fn is_steady(&self) -> bool {
        !self.writes && !self.chance && !self.breaks && self.sets.is_empty()
    }

    /// Whether it reads a context of this number or a deeper one.
    pub fn reads_context(&self, from: usize) -> bool {
        self.contexts.iter().any(|context| *context >= from)
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// What the functions of a script do.
#[derive(Debug)]
pub(crate) struct Facts {
    functions: Vec<Traits>,
    /// How often the script's own variables are named in it.
    named: HashMap<Place, usize>,
}

impl Facts {
    pub fn of(program: &Program) -> Facts {
        let mut named = HashMap::new();
        count_names(&program.root, &mut named);
        // Places of a frame of a function are named in that function alone, but those of two have the same numbers.
        program.functions.iter().for_each(|function| count_names(&function.body, &mut named));
        let mut facts = Facts { functions: vec![Traits::default(); program.functions.len()], named };
        // Functions call each other: what they do spreads until nothing new is found.
        loop {
            let mut news = false;
            for (i, function) in program.functions.iter().enumerate() {
                let mut found = facts.traits(&function.body);
                // Its own frame and contexts are nobody else's, and no break leaves it.
                found.sets.retain(|place| matches!(place, Place::Global(_)));
                found.uses.retain(|place| matches!(place, Place::Global(_)));
                found.contexts.clear();
                found.breaks = false;
                found.nodes = 1;
                if found != facts.functions[i] {
                    facts.functions[i] = found;
                    news = true;
                }
            }
            if !news {
                return facts;
            }
        }
    }

    /// Whether an expression may run for each record when that is read, or not at all: it writes nothing, and no
    /// variable that it sets is named elsewhere.
    pub fn is_harmless(&self, node: &Node) -> bool {
        let traits = self.traits(node);
        if traits.writes || traits.breaks {
            return false;
        }
        if traits.sets.is_empty() {
            return true;
        }
        let mut within = HashMap::new();
        count_names(node, &mut within);
        traits.sets.iter().all(|place| within.get(place) == self.named.get(place))
    }

    /// What an expression does and depends on.
    pub fn traits(&self, node: &Node) -> Traits {
        let mut traits = Traits { nodes: 1, ..Traits::default() };
        for child in node.children() {
            let mut of_child = self.traits(child);
            if let Some(context) = node.binds(child) {
                of_child.contexts.retain(|read| *read != context);
            }
            traits.join(of_child);
        }
        match &node.kind {
            Kind::Variable(place) => add(&mut traits.uses, *place),
            Kind::SetVariable(place, _) => add(&mut traits.sets, *place),
            Kind::ForEach { place, .. } | Kind::ForRange { place, .. } => {
                add(&mut traits.sets, *place);
                traits.breaks = false;
            }
            Kind::While { .. } => traits.breaks = false,
            Kind::Break => traits.breaks = true,
            Kind::This(depth) => add(&mut traits.contexts, depth.0),
            Kind::FreeName { contexts, .. } => {
                traits.reads = true;
                contexts.iter().for_each(|depth| add(&mut traits.contexts, depth.0));
            }
            Kind::Field { .. } | Kind::Key { .. } | Kind::Select(_) => traits.reads = true,
            Kind::Create(_) | Kind::Delete(_) | Kind::Assign { .. } | Kind::AssignKey { .. } => traits.writes = true,
            Kind::Call { builtin, .. } => match builtin.effect {
                Effect::Pure => {}
                Effect::Reads => traits.reads = true,
                // The moment and who asks are the same in a whole script.
                Effect::Volatile => {
                    traits.reads = true;
                    traits.chance |= builtin.name == "random";
                }
                Effect::Writes => traits.writes = true,
            },
            Kind::CallFunction { function, .. } => {
                traits.join(self.functions.get(*function).cloned().unwrap_or_default());
            }
            Kind::Constant(_)
            | Kind::Template(_)
            | Kind::Array(_)
            | Kind::Object(_)
            | Kind::Block(_)
            | Kind::Filter { .. }
            | Kind::Map { .. }
            | Kind::Order { .. }
            | Kind::Not(_)
            | Kind::And(_, _)
            | Kind::Or(_, _)
            | Kind::Negate(_)
            | Kind::Binary { .. }
            | Kind::If { .. }
            | Kind::Switch { .. } => {}
        }
        traits
    }
}

fn count_names(node: &Node, named: &mut HashMap<Place, usize>) {
    match &node.kind {
        Kind::Variable(place)
        | Kind::SetVariable(place, _)
        | Kind::ForEach { place, .. }
        | Kind::ForRange { place, .. } => *named.entry(*place).or_default() += 1,
        _ => {}
    }
    node.children().into_iter().for_each(|child| count_names(child, named));
}

impl Node {
    /// The expressions that it is made of, in the order in which they run.
    pub(crate) fn children(&self) -> Vec<&Node> {
        match &self.kind {
            Kind::Constant(_)
            | Kind::Variable(_)
            | Kind::This(_)
            | Kind::FreeName { .. }
            | Kind::Select(_)
            | Kind::Break
            | Kind::Create(_) => Vec::new(),
            Kind::Template(parts) | Kind::Array(parts) | Kind::Block(parts) => parts.iter().collect(),
            Kind::Object(entries) => entries.iter().map(|(_, node)| node).collect(),
            Kind::SetVariable(_, node) | Kind::Not(node) | Kind::Negate(node) | Kind::Delete(node) => vec![node],
            Kind::Field { of, .. } | Kind::Key { of, .. } => vec![of],
            Kind::Filter { of, condition: inner, .. }
            | Kind::Map { of, body: inner, .. }
            | Kind::Order { of, key: inner, .. } => vec![of, inner],
            Kind::And(left, right) | Kind::Or(left, right) | Kind::Binary { left, right, .. } => vec![left, right],
            Kind::Call { arguments, .. } | Kind::CallFunction { arguments, .. } => arguments.iter().collect(),
            Kind::If { condition, then, otherwise } => {
                [Some(condition), Some(then), otherwise.as_ref()].into_iter().flatten().map(Box::as_ref).collect()
            }
            Kind::Switch { subject, cases, default } => {
                let mut parts: Vec<&Node> = vec![subject];
                cases.iter().for_each(|(case, body)| parts.extend([case, body]));
                parts.extend(default.as_deref());
                parts
            }
            Kind::ForEach { of, body, .. } => vec![of, body],
            Kind::ForRange { from, to, step, body, .. } => {
                [Some(from), Some(to), step.as_ref(), Some(body)].into_iter().flatten().map(Box::as_ref).collect()
            }
            Kind::While { condition, body } => vec![condition, body],
            Kind::Assign { of, value, .. } | Kind::AssignKey { of, value, .. } => vec![of, value],
        }
    }

    /// The context that it makes for a part of its own.
    pub(super) fn binds(&self, child: &Node) -> Option<usize> {
        match &self.kind {
            Kind::Filter { context, condition: inner, .. }
            | Kind::Map { context, body: inner, .. }
            | Kind::Order { context, key: inner, .. } => std::ptr::eq(inner.as_ref(), child).then_some(context.0),
            _ => None,
        }
    }
}
