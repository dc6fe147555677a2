//! The language from text to checked tree: grammar, round trips, mistakes, names, types, completion.

mod completion;
mod corpus;
mod dump;
mod grammar;
mod hostile;
mod round_trip;
mod sources;
mod world;
