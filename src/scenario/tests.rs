//! The loader as a whole: a good scenario, every mistake, many mistakes at once.

pub(crate) mod kinds;
mod matrix;
mod mistakes;
mod variables;

use std::time::Duration;

use super::*;
use crate::source::{Problem, SourceFile, render};

/// A scenario that uses every kind of check, and nothing that it need not.
pub(crate) const STORY: &str = r#"version: 1
scenario: story
target: mock
variables:
  vault: {env: XT_VAULT, default: kv}
  password: {default: hunter2, secret: true}
tenants:
  home:
    id: 11111111-1111-1111-1111-111111111111
    subscriptions: [aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa]
    read-as: home-auditor
  resource:
    id: 22222222-2222-2222-2222-222222222222
    subscriptions: [bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb]
    management-groups: [platform]
    read-as: resource-auditor
identities:
  home-auditor: auto
  resource-auditor: azure-cli
  machine: {managed-identity: {client-id: dddddddd-dddd-dddd-dddd-dddddddddddd}}
  workload: {federated: {tenant: resource, application: cccccccc-cccc-cccc-cccc-cccccccccccc, assertion: machine}}
vantages:
  app: {network: /subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home}
links:
  - id: application
    tenant: home
    application-known: {application: cccccccc-cccc-cccc-cccc-cccccccccccc}
  - id: endpoint
    about: the endpoint of the vault
    endpoint-approved:
      endpoint: /subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault
  - id: name
    at: app
    name-resolves:
      name: "${vault}.vault.azure.net"
      addresses: {from: endpoint.addresses}
  - id: role
    needs: [application]
    role-held:
      scope: {from: endpoint.target}
      data-actions: [read]
  - id: secret
    at: app
    as: workload
    needs: [name]
    tags: [data]
    within: 5m
    timeout: 10s
    secret-read:
      vault: "https://${vault}.vault.azure.net"
      path: {from: endpoint.addresses}
      value: "${password}"
  - id: isolation
    at: app
    as: machine
    expect: {denied: [AKV10032]}
    secret-read: {vault: "https://${vault}.vault.azure.net"}
"#;

/// Loads a text with the checks of [`kinds`].
pub(crate) fn load_text(text: &str, sources: &Sources) -> Result<Scenario, Vec<Problem>> {
    let file = SourceFile::new("scenario.yaml", text);
    load::the_only(&file, load::read_with(&file, sources, &kinds::KINDS)?)
}

/// A scenario without mistakes.
pub(crate) fn scenario(text: &str) -> Scenario {
    load_text(text, &Sources::default())
        .unwrap_or_else(|problems| panic!("{}", render(&problems, false)))
}

fn problems(text: &str, sources: &Sources) -> Vec<Problem> {
    load_text(text, sources).expect_err("must be refused")
}

/// [`STORY`] with one text of it replaced.
pub(crate) fn story_with(from: &str, to: &str) -> String {
    assert_eq!(STORY.matches(from).count(), 1, "{from}");
    STORY.replacen(from, to, 1)
}

#[test]
fn a_scenario_is_read_with_variables_filled_in_and_defaults_open() {
    let story = scenario(STORY);
    assert_eq!(
        (story.name.as_str(), story.target.as_deref()),
        ("story", Some("mock"))
    );
    let tenants: Vec<_> = story
        .tenants
        .iter()
        .map(|tenant| (tenant.name.as_str(), tenant.id.as_str()))
        .collect();
    assert_eq!(
        tenants,
        [
            ("home", "11111111-1111-1111-1111-111111111111"),
            ("resource", "22222222-2222-2222-2222-222222222222")
        ]
    );
    let ids: Vec<_> = story.links.iter().map(|link| link.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "application",
            "endpoint",
            "name",
            "role",
            "secret",
            "isolation"
        ]
    );
    let secret = &story.links[4];
    assert_eq!(secret.kind.card.id, "secret-read");
    assert_eq!(
        (secret.within, secret.timeout),
        (
            Some(Duration::from_secs(300)),
            Some(Duration::from_secs(10))
        )
    );
    assert_eq!(
        secret.parameters.to_json()["vault"],
        "https://kv.vault.azure.net"
    );
    assert_eq!(secret.parameters.to_json()["value"], "«secret»");
    let facts: Vec<_> = secret
        .references
        .iter()
        .map(|reference| reference.target.as_str())
        .collect();
    assert_eq!(facts, ["endpoint.addresses"]);
    assert_eq!((secret.place.line, secret.place.column), (42, 5));
    assert_eq!(
        story.links[5].expect,
        Expect::Denied(vec!["AKV10032".to_owned()])
    );
    assert_eq!(
        (story.links[0].within, story.links[0].timeout),
        (None, None)
    );
    assert_eq!(story.secrets[0].reveal(), "hunter2");
}

#[test]
fn nothing_of_a_scenario_shows_a_secret() {
    let story = scenario(STORY);
    let parameters = story.links[4].parameters.to_json().to_string();
    assert!(
        !format!("{story:?}{parameters}")
            .replace(STORY, "")
            .contains("hunter2")
    );
}

#[test]
fn the_digest_is_of_what_is_claimed_not_of_how_it_is_written() {
    let digest = scenario(STORY).digest;
    assert_eq!(digest.len(), 64);
    for (from, to) in [
        ("target: mock\n", "target: azure\n"),
        ("default: hunter2", "default: other"),
        ("{env: XT_VAULT, default: kv}", "{default: kv}"),
        ("scenario: story\n", "# nothing\nscenario:   'story'\n"),
        (
            "    at: app\n    as: workload\n",
            "    as: workload\n    at: app\n",
        ),
    ] {
        assert_eq!(scenario(&story_with(from, to)).digest, digest, "{to}");
    }
    for (from, to) in [
        ("default: kv", "default: kv2"),
        ("    tags: [data]\n", ""),
        ("within: 5m", "within: 6m"),
    ] {
        assert_ne!(scenario(&story_with(from, to)).digest, digest, "{to}");
    }
}

#[test]
fn the_scenarios_of_this_repository_load() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let files = find(&[folder.into()]).unwrap();
    assert!(!files.is_empty());
    for file in files {
        if let Err(problems) = load(&file, &Sources::default()) {
            panic!("{}", render(&problems, false));
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_or_parsed_is_one_problem() {
    let missing = load("/no/such/scenario.yaml".as_ref(), &Sources::default()).unwrap_err();
    assert_eq!(missing.len(), 1);
    let broken = problems("version: 1\nlinks: [\n", &Sources::default());
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].span.map(|span| span.start > 0), Some(true));
}

#[test]
fn no_text_makes_the_loader_panic() {
    let pieces: Vec<_> = STORY.split_inclusive(['\n', '{', ':', ',']).collect();
    for cut in 0..pieces.len() {
        let without = [&pieces[..cut], &pieces[cut + 1..]].concat().concat();
        let _ = load_text(&without, &Sources::default());
        let _ = load_text(&pieces[..cut].concat(), &Sources::default());
    }
    for text in [
        "",
        "~",
        "[]",
        "1",
        "a",
        "{}",
        "links: ~",
        "links: {}",
        "links: [[]]",
        "tenants: []\nlinks: [{id: a}]",
    ] {
        assert!(load_text(text, &Sources::default()).is_err(), "{text}");
    }
}
