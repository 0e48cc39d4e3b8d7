//! Laws of the language, on rows of the tests' own.

use serde_json::{Map, Value, json};

use super::parse::parse;
use super::run::{Row, Rows};

const COLUMNS: &[&str] = &["name", "type", "size", "properties"];

fn rows() -> Vec<Row> {
    let row = |name: &str, kind: &str, size: Value, properties: Value| Row {
        cells: Map::from_iter([
            ("name".to_owned(), json!(name)),
            ("type".to_owned(), json!(kind)),
            ("size".to_owned(), size),
            ("properties".to_owned(), properties),
        ]),
        key: None,
    };
    vec![
        row(
            "home",
            "m.network/virtualnetworks",
            json!(2),
            json!({"a": {"b": "X"}, "list": [1, 2]}),
        ),
        row(
            "Hub",
            "m.network/virtualnetworks",
            json!(10),
            json!({"a": {"b": "y"}, "list": []}),
        ),
        row(
            "vault-1",
            "m.keyvault/vaults",
            Value::Null,
            json!({"public": false}),
        ),
    ]
}

fn run(query: &str) -> Result<(Vec<String>, Vec<Vec<Value>>), super::Fault> {
    let later = |_: &str, _: &str| Value::Null;
    let rows = Rows {
        columns: COLUMNS.iter().map(|it| (*it).to_owned()).collect(),
        rows: rows(),
        later: &later,
        made: std::cell::Cell::default(),
    };
    let rows = rows.apply(&parse(query)?)?;
    let cells = |row: &Row| rows.columns.iter().map(|it| rows.cell(row, it)).collect();
    let values = rows.rows.iter().map(cells).collect();
    Ok((rows.columns.clone(), values))
}

/// The first column of the result.
fn first(query: &str) -> Value {
    let (_, rows) = run(query).unwrap_or_else(|fault| panic!("{query}: {fault:?}"));
    rows.into_iter().map(|row| row[0].clone()).collect()
}

#[test]
fn conditions_choose_rows() {
    for (condition, expected) in [
        ("name == 'home'", json!(["home"])),
        ("name == 'HOME'", json!([])),
        ("name =~ 'HOME'", json!(["home"])),
        ("name != 'home'", json!(["Hub", "vault-1"])),
        ("name !~ \"HOME\"", json!(["Hub", "vault-1"])),
        ("type contains 'NETWORK'", json!(["home", "Hub"])),
        ("type !contains 'network'", json!(["vault-1"])),
        ("name startswith 'h'", json!(["home", "Hub"])),
        ("name !startswith 'h'", json!(["vault-1"])),
        ("name endswith '-1'", json!(["vault-1"])),
        ("type has 'keyvault'", json!(["vault-1"])),
        ("type has 'key'", json!([])),
        ("name in ('home', 'hub')", json!(["home"])),
        ("name in~ ('home', 'hub')", json!(["home", "Hub"])),
        ("name !in~ ('home', 'hub')", json!(["vault-1"])),
        ("size > 2", json!(["Hub"])),
        ("size >= 2 and size < 10.5", json!(["home", "Hub"])),
        ("isnull(size)", json!(["vault-1"])),
        (
            "properties.a.b == 'X' or properties.public == false",
            json!(["home", "vault-1"]),
        ),
        ("properties['a']['b'] =~ 'Y'", json!(["Hub"])),
        (
            "not(name == 'home') and (size == 10 or size == 2)",
            json!(["Hub"]),
        ),
        ("isnotempty(properties.a)", json!(["home", "Hub"])),
        ("array_length(properties.list) == 2", json!(["home"])),
        ("properties.list[1] == 2", json!(["home"])),
        ("tolower(name) == 'hub' // who?", json!(["Hub"])),
        ("name == 'ho\\'me'", json!([])),
        ("name == @'home'", json!(["home"])),
    ] {
        assert_eq!(
            first(&format!("resources | where {condition}")),
            expected,
            "{condition}"
        );
        assert_eq!(
            first(&format!("where {condition}")),
            expected,
            "{condition}"
        );
    }
}

#[test]
fn columns_are_chosen_made_and_named() {
    let (columns, rows) =
        run("Resources | project n = name, properties.a.b, tostring(size) | limit 1").unwrap();
    assert_eq!(columns, ["n", "properties_a_b", "size"]);
    assert_eq!(rows, [[json!("home"), json!("X"), json!("2")]]);
    let (columns, _) = run("extend upper = toupper(name), name = strcat(name, '!')").unwrap();
    assert_eq!(columns, ["name", "type", "size", "properties", "upper"]);
    let (columns, _) = run("project-away properties, size").unwrap();
    assert_eq!(columns, ["name", "type"]);
    assert_eq!(
        first("extend upper = toupper(name) | project upper"),
        json!(["HOME", "HUB", "VAULT-1"])
    );
}

#[test]
fn rows_are_counted_grouped_and_ordered() {
    assert_eq!(
        run("resources | count").unwrap(),
        (vec!["Count".to_owned()], vec![vec![json!(3)]])
    );
    let (columns, rows) = run("summarize count() by type").unwrap();
    assert_eq!(columns, ["type", "count_"]);
    assert_eq!(rows[0], [json!("m.network/virtualnetworks"), json!(2)]);
    let (columns, rows) = run("summarize n = dcount(type), max(size), min(size)").unwrap();
    assert_eq!(columns, ["n", "max_size", "min_size"]);
    assert_eq!(rows, [[json!(2), json!(10), json!(2)]]);
    assert_eq!(first("summarize count() | project count_"), json!([3]));
    assert_eq!(first("where name == 'x' | summarize count()"), json!([0]));
    assert_eq!(first("distinct type").as_array().unwrap().len(), 2);
    assert_eq!(
        first("order by size asc"),
        json!(["vault-1", "home", "Hub"])
    );
    assert_eq!(first("sort by size"), json!(["Hub", "home", "vault-1"]));
    assert_eq!(
        first("order by type asc, tolower(name) desc"),
        json!(["vault-1", "Hub", "home"])
    );
    assert_eq!(first("top 1 by size"), json!(["Hub"]));
    assert_eq!(first("take 2"), json!(["home", "Hub"]));
}

#[test]
fn lists_become_rows() {
    let (columns, rows) = run("mv-expand properties.list | project name, properties_list").unwrap();
    assert_eq!(columns, ["name", "properties_list"]);
    assert_eq!(
        rows.len(),
        3,
        "an empty list has no rows, what is no list one: {rows:?}"
    );
    assert_eq!(
        first("mvexpand item = properties.list | where name == 'home' | project item"),
        json!([1, 2])
    );
}

#[test]
fn what_is_not_understood_is_named() {
    for (query, code, named) in [
        (
            "resources | join kind=inner (x) on id",
            "InvalidQueryLanguage",
            "'join'",
        ),
        (
            "resources | parse id with *",
            "InvalidQueryLanguage",
            "'parse'",
        ),
        (
            "resources | where split(id, '/') == 1",
            "InvalidQueryLanguage",
            "'split'",
        ),
        (
            "resources | where name matches regex 'x'",
            "InvalidQueryLanguage",
            "'matches'",
        ),
        (
            "resources | summarize make_list(name)",
            "InvalidQueryLanguage",
            "'make_list'",
        ),
        (
            "resources | project-rename a = b",
            "InvalidQueryLanguage",
            "'project-rename'",
        ),
        (
            "resources | where nothing == 1",
            "InvalidQuery",
            "'nothing'",
        ),
        (
            "resources | project name | where type == 'x'",
            "InvalidQuery",
            "'type'",
        ),
        ("resources | where name =", "ParserFailure", "'='"),
        (
            "resources | where name == 'x",
            "ParserFailure",
            "text that ends with '",
        ),
        ("resources | where (name == 'x'", "ParserFailure", "')'"),
        ("resources |", "ParserFailure", "an operator"),
        ("resources | limit x", "ParserFailure", "whole number"),
        ("resources; drop", "ParserFailure", "';'"),
        ("resources | where é == 1", "ParserFailure", "'é'"),
        ("let x = 1; resources", "ParserFailure", "';'"),
        ("", "ParserFailure", "an operator"),
    ] {
        let fault = run(query)
            .err()
            .unwrap_or_else(|| panic!("{query} was understood"));
        assert_eq!(fault.code, code, "{query}: {fault:?}");
        assert!(fault.why.contains(named), "{query}: {fault:?}");
    }
    let deep = format!("where {}1{}", "(".repeat(5000), ")".repeat(5000));
    assert!(run(&deep).is_err());
}

#[test]
fn queries_that_would_fill_the_memory_are_refused() {
    let doubled = "| extend x = strcat(x, x, x, x) ".repeat(40);
    let long = first(&format!("t | extend x = name {doubled}| project x"));
    let text = long[0].as_str().unwrap();
    assert!(text.len() <= 64 * 1024, "{}", text.len());
    assert!(text.starts_with("homehome"));
    let wide = "| extend x = strcat(x, x) ".repeat(20);
    let columns: Vec<String> = (0..3000).map(|it| format!("c{it}=x")).collect();
    let filled = format!("t | extend x = name {wide}| extend {}", columns.join(","));
    for (query, why) in [
        (filled, "MiB of cells"),
        (
            format!("t | where name == '{}'", "x".repeat(40_000)),
            "bytes",
        ),
        (format!("t | project {}", "name,".repeat(10_000)), "bytes"),
        (
            format!("t | project strcat({})", vec!["name"; 65].join(",")),
            "64",
        ),
    ] {
        let fault = run(&query).unwrap_err();
        assert!(fault.why.contains(why), "{fault:?}");
    }
}
