//! Laws of conditions.

use super::{Condition, is_like};
use crate::rbac::{Asked, Plane};

const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
const NAME: &str = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]";

fn scope(container: &str) -> String {
    format!(
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/{container}"
    )
}

fn holds_at(condition: &str, action: &str, sub_operation: Option<&str>, scope: &str) -> bool {
    let asked = Asked {
        action,
        sub_operation,
        scope,
        plane: Plane::Data,
    };
    Condition::parse(condition).unwrap().holds(&asked)
}

/// For a blob of the container `orders`.
fn holds(condition: &str) -> bool {
    holds_at(condition, READ, None, &scope("orders"))
}

fn only(container: &str) -> String {
    format!("((!(ActionMatches{{'{READ}'}})) OR ({NAME} StringEquals '{container}'))")
}

#[test]
fn a_container_condition_holds_for_its_container_only() {
    assert!(holds(&only("orders")));
    assert!(!holds(&only("invoices")));
    assert!(!holds(&only("ORDERS")));
    assert!(
        holds(&format!("{NAME} StringEquals 'orders'")),
        "without a guard"
    );
    assert!(!holds(&format!("{NAME} StringEquals 'invoices'")));
}

#[test]
fn a_guarded_condition_says_nothing_about_other_actions() {
    let get = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
    assert!(holds_at(&only("orders"), get, None, "/subscriptions/s"));
}

#[test]
fn every_operator_means_what_its_name_says() {
    for (comparison, expected) in [
        ("StringEquals 'orders'", true),
        ("StringEqualsIgnoreCase 'Orders'", true),
        ("StringNotEquals 'orders'", false),
        ("StringNotEqualsIgnoreCase 'ORDERS'", false),
        ("StringStartsWith 'ord'", true),
        ("StringStartsWith 'Ord'", false),
        ("StringStartsWithIgnoreCase 'Ord'", true),
        ("StringNotStartsWith 'inv'", true),
        ("StringLike 'o*s'", true),
        ("StringLike 'o?s'", false),
        ("StringNotLike '*'", false),
        ("StringLikeIgnoreCase 'O*'", true),
        ("ForAnyOfAnyValues:StringEquals {'a', 'orders'}", true),
        ("ForAnyOfAnyValues:StringEquals {'a', 'b'}", false),
        ("ForAnyOfAllValues:StringLike {'o*', '*s'}", true),
        ("ForAllOfAllValues:StringNotEquals {'a', 'orders'}", false),
    ] {
        assert_eq!(
            holds(&format!("{NAME} {comparison}")),
            expected,
            "{comparison}"
        );
    }
}

#[test]
fn words_and_signs_join_alike() {
    let (yes, no) = (
        format!("{NAME} StringLike '*'"),
        format!("{NAME} StringLike 'x'"),
    );
    for (condition, expected) in [
        (format!("{yes} AND {no}"), false),
        (format!("{yes} && {yes}"), true),
        (format!("{no} OR {yes}"), true),
        (format!("{no} || {no} || {no}"), false),
        (format!("NOT {no}"), true),
        (format!("!({yes} and {yes})"), false),
        (format!("({no} AND {no}) OR {yes}"), true),
        (format!("{no} AND ({no} OR {yes})"), false),
        (format!("!!({yes})"), true),
    ] {
        assert_eq!(holds(&condition), expected, "{condition}");
    }
}

/// What the portal writes for "read a blob": listing is left out of the guard, so it stays allowed.
#[test]
fn a_suboperation_is_part_of_what_is_asked() {
    let condition = format!(
        "((!(ActionMatches{{'{READ}'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR ({NAME} StringEquals 'invoices'))"
    );
    assert!(!holds(&condition));
    assert!(holds_at(
        &condition,
        READ,
        Some("Blob.List"),
        &scope("orders")
    ));
}

#[test]
fn what_has_no_container_is_compared_with_nothing() {
    let vault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
    for condition in [
        format!("{NAME} StringEquals 'orders'"),
        format!("!({NAME} StringEquals 'orders')"),
        format!("{NAME} StringNotEquals 'orders'"),
    ] {
        assert!(!holds_at(&condition, READ, None, vault), "{condition}");
    }
    let either = format!("{NAME} StringEquals 'x' OR ActionMatches{{'*'}}");
    assert!(holds_at(&either, READ, None, vault));
}

#[test]
fn other_forms_are_refused_with_the_reason() {
    let deep = format!("{}{NAME} StringLike '*'{}", "(".repeat(60), ")".repeat(60));
    let both = format!("{NAME} StringLike 'a' AND {NAME} StringLike 'b' OR {NAME} StringLike 'c'");
    for (condition, why) in [
        ("", "it ends where a function, an attribute or ( belongs"),
        (
            "true",
            "it has true where a function or an attribute belongs",
        ),
        (
            "@Request[x:y] StringEquals 'y'",
            "the attribute @Request[x:y] is not known to the mock",
        ),
        (
            "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] NumericEquals 3",
            "the operator NumericEquals is not known to the mock",
        ),
        (
            "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals orders",
            "it has orders where a text in single quotes belongs",
        ),
        ("ActionMatches{'a'", "it ends where } belongs"),
        ("ActionMatches{'a}", "a quoted text does not end"),
        ("(ActionMatches{'a'}", "it ends where ) belongs"),
        ("ActionMatches{'a'})", "it goes on with ) after its end"),
        (&both, "it has AND beside OR without parentheses"),
        (&deep, "it is nested more than 50 times"),
        (&"(".repeat(9000), "it is longer than 8 KB"),
    ] {
        assert_eq!(Condition::parse(condition).unwrap_err(), why, "{condition}");
    }
}

#[test]
fn a_pattern_covers_the_whole_name() {
    for (pattern, name, expected) in [
        ("", "", true),
        ("", "a", false),
        ("*", "", true),
        ("a*c?", "abcd", true),
        ("a*c", "abcd", false),
        ("*b*", "abcd", true),
        (r"a\*", "a*", true),
        (r"a\*", "ab", false),
        ("???", "äöü", true),
    ] {
        assert_eq!(is_like(name, pattern), expected, "{pattern} over {name}");
    }
}
