//! What the other tests ask of the parser.

use nx::diagnostic::{Diagnostic, Mistakes};
use nx::syntax::{ast::Block, parse};

/// The tree of a script, or its mistakes.
pub fn read(source: &str) -> Result<Block, Vec<Diagnostic>> {
    let mut mistakes = Mistakes::of(source);
    let tree = parse(source, &mut mistakes);
    if mistakes.is_empty() { Ok(tree) } else { Err(mistakes.into_sorted()) }
}

/// The canonical text of a script without mistakes.
pub fn canonical(source: &str) -> String {
    match read(source) {
        Ok(tree) => tree.to_string(),
        Err(mistakes) => panic!("{source}\n{}", nx::diagnostic::draw(source, &mistakes)),
    }
}

/// The mistakes of a script without their places.
pub fn mistakes(source: &str) -> Vec<String> {
    read(source).expect_err(source).into_iter().map(|mistake| mistake.message).collect()
}

/// Runs a test on a thread with the stack of a server's thread.
pub fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(test).expect("a thread");
    thread.join().expect("the test passes");
}
