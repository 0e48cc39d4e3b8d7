use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize as Derive;
use serde::de::{Deserialize, Deserializer, Visitor};

use super::*;
use crate::{Scalar, ScalarStyle, parse, render};

fn source(text: &str) -> (Arc<SourceFile>, Node) {
    let file = SourceFile::new("f.yaml", text);
    let node = parse(&file).unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    (file, node)
}

fn value<T: DeserializeOwned>(text: &str) -> T {
    let (file, node) = source(text);
    match read(&file, &node, Mode::Load) {
        Ok((value, _)) => value,
        Err(problems) => panic!("{}", render(&problems, false)),
    }
}

fn problems<T: DeserializeOwned>(text: &str) -> Vec<Problem> {
    let (file, node) = source(text);
    match read::<T>(&file, &node, Mode::Load) {
        Ok(_) => panic!("must be refused"),
        Err(problems) => problems,
    }
}

/// `line:column: title` of each problem.
fn titles<T: DeserializeOwned>(text: &str) -> Vec<String> {
    let strip = |line: String| line.trim_start_matches("f.yaml:").to_owned();
    problems::<T>(text)
        .iter()
        .map(|problem| strip(problem.to_string()))
        .collect()
}

#[derive(Debug, PartialEq, Derive)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Vault {
    id: String,
    port: u16,
    #[serde(default)]
    open: bool,
    about: Option<String>,
    #[serde(default)]
    zones: Vec<Zone>,
    #[serde(default)]
    tags: BTreeMap<String, u8>,
    kind: Option<Kind>,
}

#[derive(Debug, PartialEq, Derive)]
struct Zone {
    name: String,
    ttl: u32,
}

#[derive(Debug, PartialEq, Derive)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Auto,
    ManagedIdentity { client_id: String },
    Number(u8),
    Pair(u8, u8),
}

#[test]
fn reads_a_struct() {
    let vault: Vault = value(
        "{id: 007, port: 0x50, open: TRUE, zones: [{name: a, ttl: 1}], tags: {x: 1}, about: ~}",
    );
    assert_eq!(
        vault,
        Vault {
            id: "007".into(),
            port: 80,
            open: true,
            about: None,
            zones: vec![Zone {
                name: "a".into(),
                ttl: 1
            }],
            tags: BTreeMap::from([("x".into(), 1)]),
            kind: None,
        }
    );
}

#[test]
fn every_mistake_is_one_problem_in_file_order() {
    let text =
        "prot: 80\nopen: 'yes'\nzones:\n  - name: [a]\n    ttl: 1\n  - name: b\ntags: {x: 300}\n";
    insta::assert_snapshot!(render(&problems::<Vault>(text), false), @r"
    error: unknown key `prot`
     --> f.yaml:1:1
      |
    1 | prot: 80
      | ^^^^
      |
      = expected: one of `id`, `port`, `open`, `about`, `zones`, `tags`, `kind`
      = help: did you mean `port`?

    error: missing `id`
     --> f.yaml:1:1
      |
    1 | prot: 80
      | ^^^^^^^^

    error: unexpected text `yes`
     --> f.yaml:2:7
      |
    2 | open: 'yes'
      |       ^^^^^
      |
      = expected: `true` or `false`

    error: unexpected list
     --> f.yaml:4:11
      |
    4 |   - name: [a]
      |           ^^^
      |
      = expected: a text

    error: missing `ttl`
     --> f.yaml:6:5
      |
    6 |   - name: b
      |     ^^^^^^^

    error: unexpected number `300`
     --> f.yaml:7:11
      |
    7 | tags: {x: 300}
      |           ^^^
      |
      = expected: a whole number from 0 to 255
    ");
}

#[test]
fn every_bad_element_and_entry_is_reported() {
    let text = "id: a\nport: 1\nzones: [{name: a, ttl: x}, {name: b, ttl: 2}, 3, {name: ~, ttl: y}]\ntags: {a: x, b: 1, c: -1}";
    assert_eq!(
        titles::<Vault>(text),
        [
            "3:24: unexpected text `x`",
            "3:47: unexpected number `3`",
            "3:57: no value given",
            "3:65: unexpected text `y`",
            "4:11: unexpected text `x`",
            "4:23: unexpected number `-1`",
        ]
    );
}

#[test]
fn all_missing_fields_are_reported() {
    assert_eq!(
        titles::<Vault>("{}"),
        ["1:1: missing `id`", "1:1: missing `port`"]
    );
    assert_eq!(
        titles::<Vault>("{id: a, port: 1, zones: [{}, {ttl: 5}]}"),
        [
            "1:26: missing `name`",
            "1:26: missing `ttl`",
            "1:30: missing `name`"
        ]
    );
}

/// A text with rules of its own.
#[derive(Debug, Derive)]
#[serde(try_from = "String")]
struct Uuid;

impl TryFrom<String> for Uuid {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.len() == 36 {
            Ok(Self)
        } else {
            Err("not a uuid".into())
        }
    }
}

/// Nothing made-up is accepted.
#[derive(Debug, Derive)]
#[serde(try_from = "String")]
struct Odd;

impl TryFrom<String> for Odd {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text == "odd" {
            Ok(Self)
        } else {
            Err("not odd".into())
        }
    }
}

#[derive(Debug, Derive)]
#[expect(dead_code, reason = "only read")]
struct Strict {
    a: Uuid,
    b: Odd,
    c: Uuid,
}

#[test]
fn values_that_cannot_be_made_up_do_not_hide_other_mistakes() {
    let text = "- {a: x, b: even, c: y}\n- {a: x}\n- {b: even, d: 1}\n";
    assert_eq!(
        titles::<Vec<Strict>>(text),
        [
            "1:7: not a uuid",
            "1:13: not odd",
            "1:22: not a uuid",
            "2:3: missing `b`",
            "2:7: not a uuid",
            "3:3: missing `a`",
            "3:7: not odd",
            "3:13: unknown key `d`",
        ]
    );
}

/// A struct with a rule over its fields.
#[derive(Debug, Derive)]
#[serde(try_from = "Zones")]
struct Some1;

#[derive(Derive)]
struct Zones {
    zones: Vec<Zone>,
}

impl TryFrom<Zones> for Some1 {
    type Error = &'static str;
    fn try_from(zones: Zones) -> Result<Self, &'static str> {
        if zones.zones.is_empty() {
            Err("at least one zone is needed")
        } else {
            Ok(Self)
        }
    }
}

#[test]
fn a_rule_over_fields_is_not_applied_to_repaired_ones() {
    assert_eq!(
        titles::<Some1>("zones: []"),
        ["1:1: at least one zone is needed"]
    );
    assert_eq!(
        titles::<Some1>("zones: [{name: a, ttl: b}]"),
        ["1:24: unexpected text `b`"]
    );
    assert_eq!(titles::<Vec<Some1>>("[zones: [], zones: 5]").len(), 2);
}

#[test]
fn enums_are_names_or_maps_with_one_key() {
    assert_eq!(value::<Kind>("auto"), Kind::Auto);
    assert_eq!(value::<Kind>("auto:"), Kind::Auto);
    assert_eq!(value::<Kind>("{number: 5}"), Kind::Number(5));
    assert_eq!(value::<Kind>("{pair: [1, 2]}"), Kind::Pair(1, 2));
    let client_id = "x".to_owned();
    assert_eq!(
        value::<Kind>("{managed-identity: {client_id: x}}"),
        Kind::ManagedIdentity { client_id }
    );
}

#[test]
fn mistakes_in_enums() {
    for (text, expected) in [
        ("atuo", "1:1: unknown name `atuo`"),
        (
            "{managed-identty: {}}",
            "1:2: unknown name `managed-identty`",
        ),
        ("managed-identity", "1:1: `managed-identity` needs a value"),
        (
            "{managed-identity: {client-id: x}}",
            "1:21: unknown key `client-id`",
        ),
        ("{managed-identity: 5}", "1:20: unexpected number `5`"),
        ("{}", "1:1: an empty map"),
        (
            "{auto: ~, number: 5}",
            "1:11: several keys where one is expected: `auto`, `number`",
        ),
        ("{auto: {}}", "1:8: unexpected map"),
        ("{number: x}", "1:10: unexpected text `x`"),
        ("{pair: [1]}", "1:8: unexpected list"),
        ("[]", "1:1: unexpected list"),
        ("", "1:1: no value given"),
    ] {
        assert_eq!(titles::<Kind>(text), [expected]);
    }
    let found = problems::<Kind>("{managed-identty: {}}");
    assert_eq!(
        found[0].hint.as_deref(),
        Some("did you mean `managed-identity`?")
    );
}

#[test]
fn types_are_asked_for() {
    assert_eq!(value::<String>("1e3"), "1e3");
    assert_eq!(value::<String>("true"), "true");
    assert_eq!(value::<char>("x"), 'x');
    assert_eq!(value::<f64>("1e3"), 1000.0);
    assert_eq!(value::<f32>("5"), 5.0);
    assert_eq!(value::<i8>("-128"), -128);
    assert_eq!(value::<u64>("18446744073709551615"), u64::MAX);
    assert_eq!(value::<(u8, String)>("[1, a]"), (1, "a".into()));
    assert_eq!(value::<Option<u8>>("~"), None);
    assert_eq!(
        value::<serde_json::Value>("[1, '1', a, true, ~, 1.5]"),
        serde_json::json!([1, "1", "a", true, null, 1.5])
    );
    value::<()>("~");
}

#[test]
fn mistyped_values() {
    assert_eq!(titles::<u8>("256"), ["1:1: unexpected number `256`"]);
    assert_eq!(titles::<u8>("'5'"), ["1:1: unexpected text `5`"]);
    assert_eq!(titles::<u8>("1.5"), ["1:1: unexpected number `1.5`"]);
    assert_eq!(titles::<bool>("yes"), ["1:1: unexpected text `yes`"]);
    assert_eq!(titles::<String>(""), ["1:1: no value given"]);
    assert_eq!(titles::<String>("[a]"), ["1:1: unexpected list"]);
    assert_eq!(titles::<Vec<u8>>("5"), ["1:1: unexpected number `5`"]);
    assert_eq!(titles::<(u8, u8)>("[1]"), ["1:1: unexpected list"]);
    assert_eq!(titles::<Zone>("a"), ["1:1: unexpected text `a`"]);
    assert_eq!(
        problems::<u8>("'5'")[0].hint.as_deref(),
        Some("remove the quotes")
    );
    assert_eq!(
        problems::<u16>("x")[0].expected.as_deref(),
        Some("a whole number from 0 to 65535")
    );
}

/// As the runner's type: a value, or what a fact will give.
#[derive(Debug, PartialEq)]
enum Input<T> {
    Fact,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Input<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Input<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or a fact")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Input::Fact)
            }
            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                value: D,
            ) -> Result<Self::Value, D::Error> {
                T::deserialize(value).map(Input::Value)
            }
        }
        deserializer.deserialize_newtype_struct("$xtenant::input:number", Either(PhantomData))
    }
}

#[test]
fn inputs_are_values_or_references() {
    let (file, node) = source("[{from: endpoint.addresses}, 5]");
    let (inputs, references) = read::<Vec<Input<u8>>>(&file, &node, Mode::Load).unwrap();
    assert_eq!(inputs, [Input::Fact, Input::Value(5)]);
    let reference = Reference {
        target: "endpoint.addresses".into(),
        span: Span::new(8, 26),
        fact_type: "number",
    };
    assert_eq!(references, [reference]);
    let found = read::<Vec<Input<u8>>>(&file, &node, Mode::Values).expect_err("not known");
    assert_eq!(found[0].title, "the fact is not known");
    assert_eq!(
        titles::<Vec<Input<u8>>>("[x, {from: [a]}, {form: a}]"),
        [
            "1:2: unexpected text `x`",
            "1:12: unexpected list",
            "1:18: unexpected map",
        ]
    );
}

/// As the runner's type: a text that never prints.
#[derive(Debug, Derive)]
#[serde(rename = "$xtenant::secret")]
struct Secret(#[expect(dead_code, reason = "never printed")] String);

#[derive(Debug, Derive)]
#[serde(rename = "$xtenant::secret")]
struct ShortSecret(Uuid);

fn with_secret(text: &str) -> (Arc<SourceFile>, Node) {
    let (file, mut node) = source(text);
    node.walk_scalars_mut(&mut |scalar, _| {
        if scalar.text == "${name}" {
            *scalar = Scalar {
                text: "hunter2".into(),
                style: ScalarStyle::Substituted,
                secret: true,
            };
        }
    });
    (file, node)
}

#[test]
fn secrets_are_read_as_secrets_only() {
    let (file, node) = with_secret("a: ${name}");
    assert!(read::<BTreeMap<String, Secret>>(&file, &node, Mode::Load).is_ok());
    assert!(read::<BTreeMap<String, Option<Secret>>>(&file, &node, Mode::Load).is_ok());
    fn refused<T: DeserializeOwned>() {
        let (file, node) = with_secret("a: ${name}");
        let Err(found) = read::<BTreeMap<String, T>>(&file, &node, Mode::Load) else {
            panic!("must be refused");
        };
        let text = render(&found, false);
        assert!(text.contains("its value would be shown"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    refused::<String>();
    refused::<u8>();
    refused::<bool>();
    refused::<Kind>();
    refused::<serde_json::Value>();
    refused::<Option<String>>();
    refused::<Uuid>();
}

#[test]
fn no_message_shows_a_secret() {
    let (file, node) = with_secret("- a: ${name}");
    let found = read::<Vec<BTreeMap<String, ShortSecret>>>(&file, &node, Mode::Load)
        .expect_err("too short");
    insta::assert_snapshot!(render(&found, false), @r"
    error: the value of this secret variable does not fit here
     --> f.yaml:1:6
      |
    1 | - a: ${name}
      |      ^^^^^^^
    ");
    for found in [
        read::<Vec<Vec<u8>>>(&file, &node, Mode::Load).expect_err("no list"),
        read::<Vec<BTreeMap<String, Vec<u8>>>>(&file, &node, Mode::Load).expect_err("no list"),
        read::<Vec<BTreeMap<String, Zone>>>(&file, &node, Mode::Load).expect_err("no map"),
    ] {
        assert!(!format!("{found:?}{}", render(&found, false)).contains("hunter2"));
    }
}

#[test]
fn substituted_scalars_are_what_is_asked_for() {
    let file = SourceFile::new("f", "${x}");
    let node = Node::new(Scalar::new("5", ScalarStyle::Substituted), Span::new(0, 4));
    assert_eq!(read::<u8>(&file, &node, Mode::Load).unwrap().0, 5);
    assert_eq!(read::<String>(&file, &node, Mode::Load).unwrap().0, "5");
    assert_eq!(
        read::<serde_json::Value>(&file, &node, Mode::Load)
            .unwrap()
            .0,
        "5"
    );
}

#[derive(Debug, Derive, PartialEq, Eq, PartialOrd, Ord)]
struct LinkId(Kind2);

#[derive(Debug, Derive, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Kind2 {
    Odd,
    Even,
}

#[test]
fn keys_have_types_and_places() {
    assert_eq!(value::<BTreeMap<LinkId, u8>>("{odd: 1, even: 2}").len(), 2);
    assert_eq!(
        titles::<BTreeMap<LinkId, u8>>("{odd: x, evne: 2, even: y}"),
        [
            "1:7: unexpected text `x`",
            "1:10: unknown name `evne`",
            "1:25: unexpected text `y`",
        ]
    );
}

#[derive(Debug, Derive)]
#[expect(dead_code, reason = "only read")]
struct Tree {
    name: String,
    left: Option<Box<Self>>,
    all: Vec<Self>,
}

#[test]
fn types_that_contain_themselves_are_read_to_the_end() {
    assert_eq!(
        titles::<Tree>("{name: [], left: {left: {name: 1, all: [{}]}, all: 3}, all: [x]}"),
        [
            "1:8: unexpected list",
            "1:18: missing `name`",
            "1:41: missing `name`",
            "1:41: missing `all`",
            "1:52: unexpected number `3`",
            "1:62: unexpected text `x`",
        ]
    );
}

#[derive(Debug, Derive)]
#[expect(dead_code, reason = "only read")]
enum Endless {
    Both(Box<Self>, Box<Self>),
}

#[test]
fn making_up_values_ends_even_where_the_type_does_not() {
    #[derive(Debug, Derive)]
    #[expect(dead_code, reason = "only read")]
    struct Holder {
        endless: Endless,
        number: u8,
    }
    assert_eq!(
        titles::<Holder>("{endless: 5, number: x}"),
        ["1:11: unknown name `5`", "1:22: unexpected text `x`",]
    );
    assert_eq!(titles::<Holder>("{}"), ["1:1: missing `endless`"]);
}

#[derive(Debug, Derive)]
#[expect(dead_code, reason = "only read")]
struct Flat {
    id: String,
    #[serde(flatten)]
    rest: Zone,
}

#[test]
fn flattened_structs_are_read_without_places_inside() {
    value::<Flat>("{id: a, name: b, ttl: 5}");
    assert_eq!(
        titles::<Vec<Flat>>("[{id: a, name: b}, {id: a, ttl: 5, name: []}, {id: []}]"),
        [
            "1:2: missing `ttl`",
            "1:20: unexpected list",
            "1:52: unexpected list",
        ]
    );
}

thread_local! {
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// A number that counts how often one is read.
struct Counted;

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        READ.set(READ.get() + 1);
        u8::deserialize(deserializer).map(|_| Self)
    }
}

#[test]
fn a_good_file_is_read_once_and_many_mistakes_stay_cheap() {
    type Lists = BTreeMap<String, Vec<BTreeMap<String, Counted>>>;
    let good = "  - {a: 1, b: 2}\n".repeat(1_000);
    let bad = "  - {a: x, b: y}\n".repeat(40);
    value::<Lists>(&format!("first:\n{good}last:\n{good}"));
    assert_eq!(READ.replace(0), 4_000);
    let found = problems::<Lists>(&format!("first:\n{good}{bad}{good}last:\n{good}"));
    assert_eq!(found.len(), 80);
    assert!(READ.get() < 10_000, "{}", READ.get());
}

#[test]
fn hundreds_of_mistakes_are_enough() {
    let found = problems::<Vec<u8>>(&"- x\n".repeat(5_000));
    assert_eq!(found.len(), ENOUGH);
}

#[test]
fn the_deepest_tree_is_read() {
    let text = "[".repeat(100) + &"]".repeat(100);
    assert_eq!(value::<serde_json::Value>(&text).to_string(), text);
}

#[test]
fn an_empty_file_says_so() {
    assert_eq!(titles::<Vault>("# nothing\n"), ["1:1: no value given"]);
}
