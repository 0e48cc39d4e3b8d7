use super::*;
use crate::node::{ScalarStyle, Value};

fn tree(text: &str) -> Node {
    let file = SourceFile::new("f.yaml", text);
    parse(&file).unwrap_or_else(|problems| panic!("{}", crate::render(&problems, false)))
}

fn problems(text: &str) -> Vec<String> {
    let file = SourceFile::new("f.yaml", text);
    let problems = parse(&file).expect_err("must be refused");
    problems.iter().map(ToString::to_string).collect()
}

/// Every node and key as the source text under its span.
fn slices(text: &str) -> Vec<String> {
    fn collect(node: &Node, text: &str, into: &mut Vec<String>) {
        into.push(text[node.span.start as usize..node.span.end as usize].to_owned());
        match &node.value {
            Value::Seq(nodes) => nodes.iter().for_each(|node| collect(node, text, into)),
            Value::Map(map) => map.iter().for_each(|(key, node)| {
                into.push(text[key.span.start as usize..key.span.end as usize].to_owned());
                collect(node, text, into);
            }),
            Value::Null | Value::Scalar(_) => {}
        }
    }
    let mut into = Vec::new();
    collect(&tree(text), text, &mut into);
    into
}

#[test]
fn spans_cover_what_was_written() {
    let text = "a: 1\nb:\n  - 'x y'\n  - {c: \"é\\n\", d: [1, 2]}\n\n# end\n";
    assert_eq!(
        slices(text),
        [
            "a: 1\nb:\n  - 'x y'\n  - {c: \"é\\n\", d: [1, 2]}",
            "a",
            "1",
            "b",
            "- 'x y'\n  - {c: \"é\\n\", d: [1, 2]}",
            "'x y'",
            "{c: \"é\\n\", d: [1, 2]}",
            "c",
            "\"é\\n\"",
            "d",
            "[1, 2]",
            "1",
            "2",
        ]
    );
}

#[test]
fn spans_are_bytes_behind_characters_of_several_bytes_and_crlf() {
    assert_eq!(
        slices("é: 🦀\r\nb: |\r\n  ü\r\nc: z\r\n")[1..],
        ["é", "🦀", "b", "ü\r\n", "c", "z"]
    );
}

#[test]
fn scalars_keep_their_text_and_know_their_quotes() {
    let node = tree("[007, 1e3, '5', \"a\\tb\", !!str 5, 2024-01-01]");
    let scalars: Vec<_> = node
        .as_seq()
        .unwrap()
        .iter()
        .filter_map(Node::as_scalar)
        .collect();
    let found: Vec<_> = scalars
        .iter()
        .map(|scalar| (scalar.text.as_str(), scalar.style))
        .collect();
    let (plain, quoted) = (ScalarStyle::Plain, ScalarStyle::Quoted);
    assert_eq!(
        found,
        [
            ("007", plain),
            ("1e3", plain),
            ("5", quoted),
            ("a\tb", quoted),
            ("5", quoted),
            ("2024-01-01", plain),
        ]
    );
}

#[test]
fn line_breaks_of_blocks_are_normalised() {
    let node = tree("a: |\r\n  x\r\n  y\r\n");
    assert_eq!(
        node.as_map()
            .unwrap()
            .get("a")
            .unwrap()
            .as_scalar()
            .unwrap()
            .text,
        "x\ny\n"
    );
}

#[test]
fn nothing_is_null() {
    for text in ["", "\n", "# nothing\n", "---\n", "~", "null", "\u{feff}"] {
        assert!(matches!(tree(text).value, Value::Null), "{text:?}");
    }
    assert!(matches!(tree("''").value, Value::Scalar(_)));
}

#[test]
fn json_is_yaml() {
    let text = "{\"a\": [1, true, null, \"\\u00e9\"],\n\t\"b\": {}}";
    assert_eq!(
        tree(text).to_json(),
        serde_json::from_str::<serde_json::Value>(text).unwrap()
    );
}

#[test]
fn keys_are_texts_in_their_order() {
    let node = tree("b: 1\n404: 2\n'a b': 3\ntrue: 4\n");
    let names: Vec<_> = node
        .as_map()
        .unwrap()
        .iter()
        .map(|(key, _)| key.name.as_str())
        .collect();
    assert_eq!(names, ["b", "404", "a b", "true"]);
}

#[test]
fn aliases_are_copies_that_stand_at_the_alias() {
    let text = "a: &x {n: [1]}\nb: *x\n";
    let node = tree(text);
    let copy = node.as_map().unwrap().get("b").unwrap();
    assert_eq!(copy.to_json(), serde_json::json!({"n": [1]}));
    assert_eq!(
        &text[copy.span.start as usize..copy.span.end as usize],
        "*x"
    );
}

#[test]
fn refuses_keys_given_twice_and_says_where_the_first_is() {
    let file = SourceFile::new("f.yaml", "a: 1\nb: {c: 1, c: 2}\n'a': 3\n");
    let found = parse(&file).expect_err("must be refused");
    insta::assert_snapshot!(crate::render(&found, false), @r"
    error: the key `c` is given twice
     --> f.yaml:2:11
      |
    2 | b: {c: 1, c: 2}
      |           ^
      |
      = help: the first is at line 2, column 5

    error: the key `a` is given twice
     --> f.yaml:3:1
      |
    3 | 'a': 3
      | ^^^
      |
      = help: the first is at line 1, column 1
    ");
}

#[test]
fn refuses_what_it_does_not_support_all_at_once() {
    let text = "base: &b {x: 1}\nv:\n  <<: *b\n? [1]\n: 2\n~: 3\ntag: !secret 5\nlist: !!set {}\n";
    assert_eq!(
        problems(text),
        [
            "f.yaml:3:3: merge keys (`<<`) are not supported",
            "f.yaml:4:3: a key must be a text",
            "f.yaml:6:1: a key must be a text",
            "f.yaml:7:14: the tag `!secret` has no meaning here",
            "f.yaml:8:13: the tag `!!set` has no meaning here",
        ]
    );
}

#[test]
fn refuses_a_second_document() {
    assert_eq!(
        problems("a: 1\n---\nb: 2\n"),
        ["f.yaml:2:1: a second document in the file"]
    );
}

#[test]
fn a_syntax_error_stands_alone() {
    for (text, expected) in [
        (
            "a: 1\na: 2\nb: [1, 2\n",
            "3:4: the bracket `[` is not closed",
        ),
        ("a:\n\tb: 1\n", "2:2: a tab in the indentation"),
        ("a: *nothing\n", "1:4: an alias without an anchor"),
        (
            "%YAML 1.1\n---\na: 1\n",
            "1:1: directives are not supported",
        ),
        (
            "a: 1\n b: 2\n",
            "2:3: a second `:` where a key cannot stand",
        ),
        (
            "a:\n  - 1\n b: 2\n",
            "3:2: this does not line up with what is above",
        ),
        (
            "a:\n  b: 1\n c: 2\n",
            "3:2: this does not line up with what is above",
        ),
        ("a: 1\nb\nc: 2\n", "2:1: a key without `:`"),
        ("a: 'x\nb: 1\n", "2:1: a quote that is not closed"),
        ("a: @x\n", "1:4: a text cannot begin with `@`"),
        (
            "a: {b: ${c}}\n",
            "1:9: a `,` or the closing bracket is missing here",
        ),
        ("a: {b: 1]\n", "1:4: the bracket `{` is closed by `]`"),
    ] {
        assert_eq!(problems(text), [format!("f.yaml:{expected}")]);
    }
}

#[test]
fn an_alias_inside_its_own_value_is_refused() {
    assert_eq!(
        problems("a: &x [*x]\n"),
        ["f.yaml:1:8: an alias of the value it stands in"]
    );
}

#[test]
fn bombs_do_not_go_off() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(9);
        laughs += &format!("a{level}: &a{level} [{before}]\n");
    }
    assert!(problems(&laughs)[0].ends_with("aliases copy too much"));
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        ["*a"].repeat(20).join(", ")
    );
    assert!(problems(&long)[0].ends_with("aliases copy too much"));
}

#[test]
fn nesting_has_an_end() {
    for text in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(1000),
        "[".repeat(101),
    ] {
        assert!(
            problems(&text)[0].ends_with("nested too deeply"),
            "{}",
            problems(&text)[0]
        );
    }
    let deep = |anchor: &str| format!("{}{anchor}{}", "[".repeat(60), "]".repeat(60));
    let doubled = format!("a: &a {}\nb: {}\n", deep("1"), deep("*a"));
    assert!(problems(&doubled)[0].ends_with("nested too deeply"));
}
