//! One chain for each row: names, values, precedence, and every mistake of a matrix.

use super::*;

const ROWS: &str = r#"version: 1
scenario: vaults
variables:
  vault: {}
  account: {default: st}
  password: {default: hunter2, secret: true}
matrix:
  - {vault: kv-a, account: st-a}
  - {vault: kv-b, account: st-b}
tenants: {home: {id: 11111111-1111-1111-1111-111111111111, read-as: me}}
identities: {me: auto}
links:
  - id: a
    about: "${vault} ${account}"
    tenant: home
    application-known: {application: cccccccc-cccc-cccc-cccc-cccccccccccc}
"#;

fn load_rows(text: &str, sources: &Sources) -> Result<Vec<Scenario>, Vec<Problem>> {
    let file = SourceFile::new("scenario.yaml", text);
    load::read_with(&file, sources, &kinds::KINDS)
}

/// Names and the words of the link, for each chain.
fn chains(text: &str, sources: &Sources) -> Vec<(String, String)> {
    let rows = load_rows(text, sources).unwrap_or_else(|found| panic!("{}", render(&found, false)));
    rows.into_iter()
        .map(|row| (row.name, row.links[0].about.clone().unwrap_or_default()))
        .collect()
}

fn rows(rows: &str) -> String {
    let from = ROWS.find("  - {vault").unwrap();
    let to = ROWS.find("tenants:").unwrap();
    format!("{}{rows}{}", &ROWS[..from], &ROWS[to..])
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, words): &(&str, &str)| ((*name).to_owned(), (*words).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn every_row_is_a_chain_of_its_own() {
    let expected = owned(&[("vaults[kv-a]", "kv-a st-a"), ("vaults[kv-b]", "kv-b st-b")]);
    assert_eq!(chains(ROWS, &Sources::default()), expected);
    let loaded = load_rows(ROWS, &Sources::default()).unwrap();
    assert_ne!(loaded[0].digest, loaded[1].digest);
    let other = rows("  - {vault: kv-a, account: st-a}\n");
    let alone = load_rows(&other, &Sources::default()).unwrap();
    assert_eq!(
        alone[0].digest, loaded[0].digest,
        "a row is itself whatever other rows there are"
    );
}

#[test]
fn labels_tell_rows_apart_and_show_no_secret() {
    for (text, names) in [
        (
            "  - {vault: kv, account: a}\n  - {vault: kv, account: b}\n",
            ["vaults[kv, a]", "vaults[kv, b]"],
        ),
        (
            "  - {password: hunter2, vault: a}\n  - {password: hunter3, vault: b}\n",
            ["vaults[a]", "vaults[b]"],
        ),
        (
            "  - {vault: a, password: hunter2}\n  - {vault: a, password: hunter3}\n",
            ["vaults[1]", "vaults[2]"],
        ),
    ] {
        let found = chains(&rows(text), &Sources::default());
        let found: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, names);
    }
}

#[test]
fn a_row_wins_over_defaults_environment_and_files_and_the_command_line_over_a_row() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "vault: from-file\naccount: from-file\n").unwrap();
    let mut sources = Sources {
        environment: Some(Box::new(|_| Some("from-environment".to_owned()))),
        files: vec![file.path().to_owned()],
        ..Sources::default()
    };
    assert_eq!(chains(ROWS, &sources)[1].1, "kv-b st-b");
    let only_vault = rows("  - {vault: kv-a}\n  - {vault: kv-b}\n");
    assert_eq!(chains(&only_vault, &sources)[1].1, "kv-b from-file");
    sources.pairs = vec![("account".to_owned(), "given".to_owned())];
    let expected = owned(&[
        ("vaults[kv-a]", "kv-a given"),
        ("vaults[kv-b]", "kv-b given"),
    ]);
    assert_eq!(chains(ROWS, &sources), expected);
}

#[test]
fn mistakes_of_a_matrix_are_told_at_their_place_and_alone() {
    for (text, expected) in [
        (
            "  []\n",
            "7:1: the matrix has no rows, so there is no chain to run",
        ),
        (
            "",
            "7:1: the matrix has no rows, so there is no chain to run",
        ),
        ("  {vault: kv}\n", "8:3: `matrix` is a list of rows"),
        (
            "  - kv\n",
            "8:5: a row of the matrix gives values to variables",
        ),
        (
            "  - {}\n",
            "8:5: a row of the matrix gives values to variables",
        ),
        (
            "  - {vault: a}\n  - {vault: b, account: c}\n",
            "8:5: the row gives no value to `account`, as other rows do",
        ),
        (
            "  - {vault: a, acount: c}\n",
            "8:16: the row names an undeclared variable `acount`",
        ),
        (
            "  - {vault: a, account: }\n",
            "8:23: the row gives `account` no value",
        ),
        ("  - {vault: [a]}\n", "8:13: the row gives `vault` no value"),
        (
            "  - {vault: \"${account}\"}\n",
            "8:13: a row of the matrix cannot use variables",
        ),
        (
            "  - {vault: a}\n  - {vault: a}\n",
            "9:5: the row equals an earlier one",
        ),
    ] {
        let found = load_rows(&rows(text), &Sources::default()).unwrap_err();
        assert_eq!(found.len(), 1, "{}", render(&found, false));
        assert_eq!(found[0].to_string(), format!("scenario.yaml:{expected}"));
        assert!(found[0].hint.is_some() && found[0].expected.is_some());
    }
}

#[test]
fn a_mistake_of_every_row_is_told_once_and_one_of_a_value_names_its_row() {
    let text = ROWS.replace("  - id: a\n", "  - id: A\n");
    let found = load_rows(&text, &Sources::default()).unwrap_err();
    assert_eq!(found.len(), 1, "{}", render(&found, false));
    let text = ROWS.replace("id: 11111111-1111-1111-1111-111111111111", "id: '${vault}'");
    let found = load_rows(&text, &Sources::default()).unwrap_err();
    let hints: Vec<_> = found
        .iter()
        .filter_map(|problem| problem.hint.as_deref())
        .collect();
    assert_eq!(
        hints,
        [
            "check the variable: the value of `vault` comes from the matrix, line 8",
            "check the variable: the value of `vault` comes from the matrix, line 9"
        ]
    );
}

#[test]
fn one_chain_is_not_many() {
    let found = load_text(ROWS, &Sources::default()).unwrap_err();
    assert_eq!(found[0].title, "the matrix makes 2 chains of the scenario");
}
