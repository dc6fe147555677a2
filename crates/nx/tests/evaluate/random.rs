//! Random scripts over random records give the same with lowering as without.

use super::{Lowering, Setting, answer};
use nx::testing::{random_script, random_world};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lowering_changes_nothing(world in any::<u64>(), script in any::<u64>()) {
        let source = random_script(script);
        let mut host = random_world(world);
        let (off, _) = answer(&source, &mut host, Lowering::Off, Setting::QUERY);
        let (on, _) = answer(&source, &mut host, Lowering::On, Setting::QUERY);
        // A condition that the store tests first may spare a mistake in another.
        if !off.starts_with("failed") {
            prop_assert_eq!(on, off, "{}", source);
        }
    }
}

#[test]
fn most_random_scripts_run_and_are_lowered() {
    let (mut failed, mut lowered, mut queries) = (0, 0, 0);
    for seed in 0..500 {
        let source = random_script(seed);
        let mut host = random_world(seed);
        let (result, off) = answer(&source, &mut host, Lowering::Off, Setting::QUERY);
        failed += usize::from(result.starts_with("failed"));
        let (_, on) = answer(&source, &mut host, Lowering::On, Setting::QUERY);
        lowered += usize::from(on.spent.tested < off.spent.tested);
        queries += usize::from(on.spent.queries > 0);
    }
    assert!(failed < 50, "{failed} failed");
    assert!(lowered > 200, "{lowered} had conditions that the store tests");
    assert!(queries > 450, "{queries} asked the host");
}
