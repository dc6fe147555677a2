//! What a script about one record reads: which fields of which records, and how they are reached from it.
//!
//! It decides when a formula has to be worked out anew. It may name more than a run reads (a branch that is not taken),
//! never less. Start with [`of`].

use crate::builtin::Effect;
use crate::ir::{Access, Kind, Node, Place, Program};
use crate::value::Value;
use model::kind::Kind as FieldKind;
use model::{FieldId, Schema, TableId};
use std::collections::{BTreeSet, HashMap};

/// Most steps of a way; what is reached by a longer one counts as read from its whole table.
const LONGEST: usize = 8;
/// Most ways that are followed; a script with more reads whole tables.
const MOST: usize = 200;

/// One link field on the way from the record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Step {
    pub table: TableId,
    pub field: FieldId,
}

/// Something that a script reads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dependency {
    /// Of the records of `table` reached by `way` from the record, no step being the record itself.
    Reached { way: Vec<Step>, table: TableId, what: What },
    /// Any record of a table.
    Anywhere(TableId),
}

/// What is read of a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum What {
    Field(FieldId),
    /// Its times and people, or a field that is known only when it runs.
    Anything,
}

/// Where records come from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Origin {
    Reached(Vec<Step>, TableId),
    Anywhere(TableId),
}

type Origins = BTreeSet<Origin>;

/// What a program about a record of `about` reads.
pub fn of(program: &Program, schema: &Schema, about: TableId) -> BTreeSet<Dependency> {
    let mut walk = Walk {
        schema,
        contexts: vec![Origins::from([Origin::Reached(Vec::new(), about)])],
        variables: HashMap::new(),
        results: vec![Origins::new(); program.functions.len()],
        frame: None,
        found: BTreeSet::new(),
    };
    // What a variable holds may come from an assignment further down in a loop, and what a function gives from a call
    // of itself: the walk is repeated until nothing new turns up.
    loop {
        let before = (walk.found.len(), walk.known());
        walk.node(&program.root);
        for (number, function) in program.functions.iter().enumerate() {
            walk.frame = Some(number);
            let given = walk.node(&function.body);
            walk.results[number].extend(given);
            walk.frame = None;
        }
        if before == (walk.found.len(), walk.known()) {
            return walk.found;
        }
    }
}

struct Walk<'p> {
    schema: &'p Schema,
    contexts: Vec<Origins>,
    /// By function (none: the script's own) and place.
    variables: HashMap<(Option<usize>, usize), Origins>,
    results: Vec<Origins>,
    frame: Option<usize>,
    found: BTreeSet<Dependency>,
}

impl Walk<'_> {
    /// How much is known of variables and functions: grows until the end.
    fn known(&self) -> usize {
        let of = |origins: &Origins| origins.len();
        self.variables.values().map(of).sum::<usize>() + self.results.iter().map(of).sum::<usize>()
    }

    fn slot(&self, place: Place) -> (Option<usize>, usize) {
        match place {
            Place::Global(at) => (None, at),
            Place::Local(at) => (self.frame, at),
        }
    }

    fn set(&mut self, place: Place, origins: &Origins) {
        let slot = self.slot(place);
        self.variables.entry(slot).or_default().extend(origins.iter().cloned());
    }

    fn nodes<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>) -> Origins {
        let mut all = Origins::new();
        for node in nodes {
            all.extend(self.node(node));
        }
        all
    }

    /// Notes what a node reads; where the records that it may give come from.
    fn node(&mut self, node: &Node) -> Origins {
        match &node.kind {
            Kind::Constant(Value::Record(record)) => Origins::from([Origin::Anywhere(record.table)]),
            Kind::Constant(_) | Kind::Break => Origins::new(),
            Kind::Create(table) => Origins::from([Origin::Anywhere(*table)]),
            Kind::Template(parts) => {
                self.nodes(parts);
                Origins::new()
            }
            Kind::Array(items) => self.nodes(items),
            Kind::Object(entries) => self.nodes(entries.iter().map(|(_, node)| node)),
            Kind::Variable(place) => self.variables.get(&self.slot(*place)).cloned().unwrap_or_default(),
            Kind::SetVariable(place, value) => {
                let origins = self.node(value);
                self.set(*place, &origins);
                origins
            }
            Kind::Block(statements) => {
                let mut last = Origins::new();
                for statement in statements {
                    last = self.node(statement);
                }
                last
            }
            Kind::This(depth) => self.contexts.get(depth.0).cloned().unwrap_or_default(),
            Kind::Field { of, access, .. } => {
                let origins = self.node(of);
                self.access(&origins, *access)
            }
            Kind::Key { of, name } => {
                let origins = self.node(of);
                self.key(&origins, name)
            }
            Kind::FreeName { name, contexts } => {
                let mut given = Origins::new();
                for depth in contexts {
                    let origins = self.contexts.get(depth.0).cloned().unwrap_or_default();
                    given.extend(self.key(&origins, name));
                }
                given
            }
            Kind::Select(table) => {
                self.found.insert(Dependency::Anywhere(*table));
                Origins::from([Origin::Anywhere(*table)])
            }
            Kind::Filter { of, context, condition: body } | Kind::Order { of, context, key: body } => {
                let origins = self.node(of);
                self.within(context.0, origins.clone(), body);
                origins
            }
            Kind::Map { of, context, body } => {
                let origins = self.node(of);
                self.within(context.0, origins, body)
            }
            Kind::Not(of) | Kind::Negate(of) => {
                self.node(of);
                Origins::new()
            }
            Kind::Delete(of) => {
                self.node(of);
                Origins::new()
            }
            Kind::And(left, right) | Kind::Or(left, right) | Kind::Binary { left, right, .. } => {
                self.nodes([&**left, &**right]);
                Origins::new()
            }
            Kind::Call { builtin, arguments } => {
                let mut origins = self.nodes(arguments);
                for argument in arguments {
                    if let Kind::Constant(Value::Table(table)) = &argument.kind {
                        origins.insert(Origin::Anywhere(*table));
                        self.found.insert(Dependency::Anywhere(*table));
                    }
                }
                // A function that reads may read anything of the records that it is given (`get`, `files`).
                if builtin.effect == Effect::Reads {
                    self.read(&origins, What::Anything);
                }
                origins
            }
            Kind::CallFunction { function, arguments } => {
                for (at, argument) in arguments.iter().enumerate() {
                    let origins = self.node(argument);
                    self.variables.entry((Some(*function), at)).or_default().extend(origins);
                }
                self.results.get(*function).cloned().unwrap_or_default()
            }
            Kind::If { condition, then, otherwise } => {
                self.node(condition);
                self.nodes([Some(&**then), otherwise.as_deref()].into_iter().flatten())
            }
            Kind::Switch { subject, cases, default } => {
                self.node(subject);
                let mut given = Origins::new();
                for (case, body) in cases {
                    self.node(case);
                    given.extend(self.node(body));
                }
                given.extend(self.nodes(default.as_deref()));
                given
            }
            Kind::ForEach { place, of, body } => {
                let origins = self.node(of);
                self.set(*place, &origins);
                self.node(body)
            }
            Kind::ForRange { from, to, step, body, .. } => {
                self.nodes([Some(&**from), Some(&**to), step.as_deref()].into_iter().flatten());
                self.node(body)
            }
            Kind::While { condition, body } => {
                self.nodes([&**condition, &**body]);
                Origins::new()
            }
            Kind::Assign { of, value, .. } | Kind::AssignKey { of, value, .. } => {
                self.node(of);
                self.node(value)
            }
        }
    }

    fn within(&mut self, depth: usize, items: Origins, body: &Node) -> Origins {
        self.contexts.resize(depth.max(1), Origins::new());
        self.contexts.push(items);
        let given = self.node(body);
        self.contexts.truncate(depth.max(1));
        given
    }

    fn read(&mut self, origins: &Origins, what: What) {
        for origin in origins {
            self.found.insert(match origin {
                Origin::Anywhere(table) => Dependency::Anywhere(*table),
                Origin::Reached(way, table) => Dependency::Reached { way: way.clone(), table: *table, what },
            });
        }
    }

    fn access(&mut self, origins: &Origins, access: Access) -> Origins {
        match access {
            Access::Itself => origins.clone(),
            Access::System(_) => {
                self.read(origins, What::Anything);
                Origins::new()
            }
            Access::Field(field) => {
                let mut given = Origins::new();
                for origin in origins {
                    self.read_field(origin, field, 0);
                    given.extend(self.follow(origin, field, 0));
                }
                given
            }
        }
    }

    /// A name that is looked up when it runs: the field of that name in each table that the records may be of.
    fn key(&mut self, origins: &Origins, name: &str) -> Origins {
        let mut given = Origins::new();
        for origin in origins {
            let (Origin::Anywhere(id) | Origin::Reached(_, id)) = origin;
            let Ok(table) = self.schema.table(*id) else { continue };
            let found = table.live_fields().find(|field| field.name.to_lowercase() == name.to_lowercase());
            match found.map(|field| field.id) {
                Some(field) => {
                    self.read_field(origin, field, 0);
                    given.extend(self.follow(origin, field, 0));
                }
                None => self.read(&Origins::from([origin.clone()]), What::Anything),
            }
        }
        given
    }

    /// Notes that a field is read; of a lookup or rollup also what it shows.
    fn read_field(&mut self, origin: &Origin, field: FieldId, depth: usize) {
        self.read(&Origins::from([origin.clone()]), What::Field(field));
        let (Origin::Anywhere(id) | Origin::Reached(_, id)) = origin;
        let kind = self.schema.table(*id).and_then(|table| table.field(field)).map(|field| field.kind.clone());
        let (link, target) = match kind {
            Ok(FieldKind::Lookup(kind)) => (kind.link, kind.target),
            Ok(FieldKind::Rollup(kind)) => (kind.link, kind.target),
            _ => return,
        };
        if depth < LONGEST {
            self.read_field(origin, link, depth + 1);
            for there in self.follow(origin, link, depth + 1) {
                self.read_field(&there, target, depth + 1);
            }
        }
    }

    /// The records that a link field holds, or a lookup of one.
    fn follow(&self, origin: &Origin, field: FieldId, depth: usize) -> Vec<Origin> {
        let (Origin::Anywhere(id) | Origin::Reached(_, id)) = origin;
        let Ok(kind) = self.schema.table(*id).and_then(|table| table.field(field)).map(|field| &field.kind) else {
            return Vec::new();
        };
        let targets = match kind {
            FieldKind::Reference(kind) => kind.targets.clone(),
            FieldKind::Links(kind) => kind.targets.clone(),
            FieldKind::Reverse(kind) => vec![kind.table],
            FieldKind::Lookup(kind) if depth < LONGEST => {
                let linked = self.follow(origin, kind.link, depth + 1);
                return linked.iter().flat_map(|there| self.follow(there, kind.target, depth + 1)).collect();
            }
            _ => return Vec::new(),
        };
        let target = |target: TableId| match origin {
            Origin::Reached(way, table) if way.len() < LONGEST && self.found.len() < MOST => {
                let mut way = way.clone();
                way.push(Step { table: *table, field });
                Origin::Reached(way, target)
            }
            Origin::Reached(..) | Origin::Anywhere(_) => Origin::Anywhere(target),
        };
        targets.into_iter().map(target).collect()
    }
}
