//! Where values come from, and which wins.

use super::*;

const SMALL: &str = r#"version: 1
scenario: small
variables:
  vault: {env: XT_VAULT, default: from-default}
  other: {env: XT_OTHER}
tenants: {home: {id: 11111111-1111-1111-1111-111111111111, read-as: me}}
identities: {me: auto}
links:
  - id: a
    about: "${vault}"
    tenant: home
    application-known: {application: cccccccc-cccc-cccc-cccc-cccccccccccc}
"#;

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn about(sources: &Sources) -> String {
    let small =
        load_text(SMALL, sources).unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    small.links[0].about.clone().unwrap()
}

fn titles(text: &str, sources: &Sources) -> Vec<String> {
    problems(text, sources)
        .iter()
        .map(|problem| problem.title.clone())
        .collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn later_sources_win() {
    let (yaml, json) = (
        file("vault: from-yaml\nunused: 5\n"),
        file(r#"{"vault": 007}"#),
    );
    let mut sources = Sources::default();
    assert_eq!(about(&sources), "from-default");
    sources.environment = Some(Box::new(|name| {
        (name == "XT_VAULT").then(|| "from-environment".to_owned())
    }));
    assert_eq!(about(&sources), "from-environment");
    sources.files.push(yaml.path().to_owned());
    assert_eq!(about(&sources), "from-yaml");
    sources.files.push(json.path().to_owned());
    assert_eq!(about(&sources), "007");
    sources.pairs.push(pair("vault", "from-pair"));
    assert_eq!(about(&sources), "from-pair");
    sources.pairs.push(pair("vault", ""));
    assert_eq!(about(&sources), "");
}

#[test]
fn an_environment_variable_that_is_empty_is_not_set() {
    let environment: Environment = Box::new(|_| Some(String::new()));
    assert_eq!(
        about(&Sources {
            environment: Some(environment),
            ..Sources::default()
        }),
        "from-default"
    );
}

#[test]
fn a_variable_without_a_value_is_refused_once_and_only_when_it_is_used() {
    let text = SMALL.replace("a\n", "a\n    tags: ['${other}', '${other}']\n");
    let found = problems(&text, &Sources::default());
    assert_eq!(found.len(), 1, "{}", render(&found, false));
    assert_eq!(
        found[0].to_string(),
        "scenario.yaml:5:3: the variable `other` has no value"
    );
    assert_eq!(
        found[0].hint.as_deref(),
        Some("give `--var other=…`, or add a `default:`")
    );
    let environment: Environment = Box::new(|_| None);
    let found = problems(
        &text,
        &Sources {
            environment: Some(environment),
            ..Sources::default()
        },
    );
    assert!(found[0].hint.as_ref().unwrap().contains("XT_OTHER"));
}

#[test]
fn a_value_that_does_not_fit_says_where_it_came_from() {
    let text = SMALL.replace(
        "{id: 11111111-1111-1111-1111-111111111111",
        "{id: '${vault}'",
    );
    let found = problems(
        &text,
        &Sources {
            pairs: vec![pair("vault", "x")],
            ..Sources::default()
        },
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].hint.as_deref(),
        Some("check the variable: the value of `vault` comes from --var")
    );
}

#[test]
fn a_value_for_no_variable_is_refused_on_the_command_line_only() {
    let sources = Sources {
        pairs: vec![pair("vualt", "hunter2")],
        ..Sources::default()
    };
    let found = problems(SMALL, &sources);
    assert_eq!(
        found[0].to_string(),
        "--var `vualt`: scenario.yaml declares no such variable"
    );
    assert_eq!(found[0].hint.as_deref(), Some("did you mean `vault`?"));
    assert!(!render(&found, false).contains("hunter2"));
}

#[test]
fn files_of_variables_are_refused_without_showing_their_lines() {
    for (text, title) in [
        (
            "vault: {valeu: hunter2}",
            "the variable `vault` is given a map",
        ),
        (
            "vault: {value: [hunter2]}",
            "the variable `vault` is given a list",
        ),
        (
            "{vault: {type: SecureString}}",
            "the variable `vault` is given a secure output without its value, which a deployment does not tell",
        ),
        (
            "{VAULT: hunter2, Vault: hunter2}",
            "`VAULT` and `Vault` are both the variable `vault` in kebab-case",
        ),
        ("VAULT=hunter2\nhunter2", "this line assigns nothing"),
        ("vault: [hunter2]", "the variable `vault` is given a list"),
        ("vault:", "the variable `vault` is given no value"),
        ("- hunter2", "a file of variables is a map"),
        ("vault: hunter2: x", "a second `:` where a key cannot stand"),
    ] {
        let file = file(text);
        let sources = Sources {
            files: vec![file.path().to_owned()],
            ..Sources::default()
        };
        let found = problems(SMALL, &sources);
        assert_eq!(found[0].title, title);
        assert!(!render(&found, false).contains("hunter2"));
    }
    let unused = file("others: [hunter2]\nmore: {a: hunter2}\nnone:\nvault: a\n");
    let sources = Sources {
        files: vec![unused.path().to_owned()],
        ..Sources::default()
    };
    assert_eq!(about(&sources), "a", "what no variable uses is no mistake");
    let sources = Sources {
        files: vec!["/no/such/file".into()],
        ..Sources::default()
    };
    assert_eq!(titles(SMALL, &sources), ["no such file"]);
}

#[test]
fn outputs_of_terraform_arm_and_azd_are_files_of_variables() {
    for text in [
        r#"{"vault": {"sensitive": false, "type": "string", "value": "kv-out"}, "ids": {"value": ["x"]}}"#,
        r#"{"vault": {"type": "String", "value": "kv-out"}}"#,
        r#"{"id": "/subscriptions/x", "properties": {"mode": "Incremental", "outputs": {"VAULT": {"type": "String", "value": "kv-out"}}}}"#,
        r#"{"Vault": "kv-out"}"#,
        r#"{"VAULT": "kv-other", "vault": "kv-out"}"#,
        "# azd\nVAULT=\"kv-out\"\n",
        "export XT_VAULT=kv-out\n",
        "VAULT=kv-first\nVAULT=kv-out\n",
    ] {
        let file = file(text);
        let files = vec![file.path().to_owned()];
        assert_eq!(
            about(&Sources {
                files,
                ..Sources::default()
            }),
            "kv-out",
            "{text}"
        );
    }
}

#[test]
fn a_sensitive_output_is_a_secret_whatever_the_scenario_says() {
    for text in [
        r#"{"vault": {"sensitive": true, "type": "string", "value": "hunter2"}}"#,
        r#"{"vault": {"type": "secureString", "value": "hunter2"}}"#,
    ] {
        let file = file(text);
        let files = vec![file.path().to_owned()];
        let sources = Sources {
            files,
            ..Sources::default()
        };
        let found = problems(SMALL, &sources);
        let title = &found[0].title;
        assert!(
            title.starts_with("the value of `vault` would be shown here; it comes from")
                && title.ends_with("where the output `vault` is sensitive"),
            "{title}"
        );
        let shown = render(&found, false);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(!shown.contains("secret: true"), "{shown}");
    }
}

#[test]
fn outputs_of_10_mb_are_read() {
    let mut text = String::from("{");
    for at in 0..100_000 {
        text.push_str(&format!(
            r#""output_{at}": {{"sensitive": false, "type": "string", "value": "{at:060}"}},"#
        ));
    }
    text.push_str(r#""vault": {"value": "kv-last"}}"#);
    assert!(text.len() > 10 << 20, "{}", text.len());
    let file = file(&text);
    let files = vec![file.path().to_owned()];
    assert_eq!(
        about(&Sources {
            files,
            ..Sources::default()
        }),
        "kv-last"
    );
}

#[test]
fn a_secret_is_used_only_where_nothing_is_shown() {
    let text = SMALL.replace("from-default}", "hunter2, secret: true}");
    let found = problems(&text, &Sources::default());
    assert_eq!(
        found[0].title,
        "a secret variable cannot be used here: its value would be shown"
    );
    assert_eq!(found[0].place().unwrap(), "scenario.yaml:10:12");
}

#[test]
fn mistakes_in_declarations_and_uses() {
    for (from, to, expected) in [
        ("{env: XT_OTHER}", "5", "5:10: unexpected number `5`"),
        (
            "{env: XT_OTHER}",
            "{enw: XT_OTHER}",
            "5:11: unknown key `enw`",
        ),
        ("{env: XT_OTHER}", "{default: [a]}", "5:20: unexpected list"),
        (
            "{env: XT_OTHER}",
            "{default: '${vault}'}",
            "5:20: a default cannot use variables",
        ),
        ("  other:", "  Other:", "5:3: invalid name `Other`"),
        (
            "\"${vault}\"",
            "\"a ${valut} b\"",
            "10:15: undeclared variable `valut`",
        ),
        (
            "\"${vault}\"",
            "'a ${ vault } b'",
            "10:15: malformed variable `${ vault }`",
        ),
        (
            "\"${vault}\"",
            "'a ${vault'",
            "10:15: malformed variable `${vault`",
        ),
        (
            "\"${vault}\"",
            "'${vault'",
            "10:13: malformed variable `${vault`",
        ),
    ] {
        let text = SMALL.replacen(from, to, 1);
        let found = problems(&text, &Sources::default());
        assert_eq!(found.len(), 1, "{}", render(&found, false));
        assert_eq!(found[0].to_string(), format!("scenario.yaml:{expected}"));
        assert!(
            found[0].hint.is_some() && found[0].expected.is_some(),
            "{expected}"
        );
    }
    let list = SMALL.replace("variables:\n", "variables: []\nx:\n");
    assert!(titles(&list, &Sources::default()).contains(&"`variables` is a map".to_owned()));
}

#[test]
fn two_dollars_stand_for_one() {
    let text = SMALL
        .replace("\"${vault}\"", "'$${vault} ${vault} $x'")
        .replace("from-default", "'a$${b}'");
    assert_eq!(
        scenario(&text).links[0].about.as_deref(),
        Some("${vault} a${b} $x")
    );
}
