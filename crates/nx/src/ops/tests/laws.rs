//! What holds for any values.

use super::*;
use crate::testing::any_value;
use proptest::prelude::*;
use std::cmp::Ordering;

proptest! {
    #[test]
    fn order_is_total(a in any_value(), b in any_value(), c in any_value()) {
        prop_assert_eq!(ops::order(&a, &a), Ordering::Equal);
        prop_assert_eq!(ops::order(&a, &b), ops::order(&b, &a).reverse());
        let mut sorted = [&a, &b, &c];
        sorted.sort_by(|a, b| ops::order(a, b));
        let [low, middle, high] = sorted;
        prop_assert_ne!(ops::order(low, high), Ordering::Greater);
        if ops::order(low, middle).is_eq() && ops::order(middle, high).is_eq() {
            prop_assert_eq!(ops::order(low, high), Ordering::Equal);
        }
    }

    #[test]
    fn equality_is_symmetric_and_everything_equals_itself(a in any_value(), b in any_value()) {
        let schema = schema();
        prop_assert!(ops::equal(&a, &a, &schema));
        prop_assert_eq!(ops::equal(&a, &b, &schema), ops::equal(&b, &a, &schema));
        let turned = ops::compare(&b, &a, &schema).map(Ordering::reverse);
        prop_assert_eq!(ops::compare(&a, &b, &schema), turned);
    }

    #[test]
    fn a_result_is_json_and_reads_back(value in any_value()) {
        let text = json(&value);
        let read: model::Json = serde_json::from_str(&text).unwrap();
        // What JSON has words for comes back as it was.
        prop_assert_eq!(json(&ops::from_json(&read)), text);
    }

    #[test]
    fn operators_never_panic_and_give_finite_numbers(a in any_value(), b in any_value()) {
        use crate::ir::Operator::*;
        let schema = schema();
        for operator in [Add, Subtract, Multiply, Divide, Remainder, Equal, Less, GreaterOrEqual, Like] {
            if let Ok(Value::Number(number)) = ops::binary(operator, &a, &b, &schema) {
                prop_assert!(number.is_finite());
            }
        }
        let _: Result<Value, crate::Fault> = ops::negate(&a);
    }

    #[test]
    fn assignments_keep_what_the_field_takes(value in any_value()) {
        let schema = schema();
        for field in schema.tables.values().flat_map(|table| table.live_fields()) {
            if let Ok(kept) = ops::assign(&value, &field.kind, &schema) {
                prop_assert!(field.kind.check(&kept).is_ok(), "{:?} in {}", kept, field.name);
            }
        }
    }
}
