//! One run for the tests of all formats: every outcome, a retry, waivers, a failed auditor, texts of several lines, and
//! every character that some format must escape.

use crate::ids::TenantId;
use crate::outcome::link::{Place, sample};
use crate::outcome::run::{IdentityReport, sample as chains};
use crate::outcome::{
    Evidence, Finding, FinishedRun, LinkReport, Outcome, TenantRef, Waiver, WaiverState,
};
use crate::timestamp::Timestamp;

/// Characters that mean something to XML, JSON, YAML, Markdown, a shell or a terminal, and some that mean nothing.
pub(super) const AWKWARD: &str =
    "a <b> & \"c\" 'd' `e` ]]> --> {{f}} | * _ \\ $(g) %0A ::h:: \u{1b}[31m \u{0} \u{202e}é 🦀";

fn home() -> TenantRef {
    TenantRef {
        name: "home".to_owned(),
        id: TenantId::nil(),
    }
}

fn finding(code: &str) -> Finding {
    Finding {
        code: code.to_owned(),
        says: format!("it is broken: {AWKWARD}"),
        expected: Some("one\nFirst cause: two".to_owned()),
        observed: Some(AWKWARD.to_owned()),
        owner: Some(home()),
        heals_within_seconds: Some(600),
        fix: vec![
            "az one --name 'a b'".to_owned(),
            "az two --body '{\n}'".to_owned(),
        ],
        docs: format!("docs/checks.md#{code}"),
        source: "a document".to_owned(),
    }
}

fn link(id: &str, outcome: Outcome, reason: &str) -> LinkReport {
    LinkReport {
        sentence: format!("the {id} holds"),
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        findings: match outcome {
            Outcome::Fail => vec![finding("sample.cause"), finding("sample.beside")],
            Outcome::Warning => vec![finding("sample.wants-attention")],
            _ => Vec::new(),
        },
        place: Place {
            file: "a & b/scenario.yaml".to_owned(),
            line: 7,
            column: 5,
        },
        milliseconds: 1_234,
        ..sample(id, outcome)
    }
}

/// The run.
pub(super) fn sample_run() -> FinishedRun {
    let mut run = chains(&[]);
    let chain = &mut run.chains[0];
    chain.started = Timestamp::from_epoch_seconds(1_793_523_600);
    chain.milliseconds = 61_005;
    chain.scenario = "sample[a, <b>]".to_owned();
    chain.about = AWKWARD.to_owned();
    chain.file = "a & b/scenario.yaml".to_owned();
    chain.digest = "d1".to_owned();
    chain.first_cause = Some("identity/auditor".to_owned());
    chain.identities = vec![IdentityReport {
        name: "auditor".to_owned(),
        tenant: home(),
        source: "a principal".to_owned(),
        object_id: None,
        finding: Some(finding("identity.refused")),
        evidence: Evidence::default(),
    }];
    chain.links = vec![
        link("passed", Outcome::Pass, ""),
        link(
            "implied",
            Outcome::Implied,
            "proved by passed; not seen itself: 403",
        ),
        link("warned", Outcome::Warning, ""),
        link("failed", Outcome::Fail, ""),
        link("erred", Outcome::Error, AWKWARD),
        link("unknown", Outcome::Unknown, AWKWARD),
        link("blocked", Outcome::Blocked, "failed is fail"),
        link("skipped", Outcome::Skipped, "not selected"),
        waived(),
        LinkReport {
            tries: 3,
            still_healing: true,
            at: Some("app".to_owned()),
            identity: Some("workload".to_owned()),
            tags: vec!["data".to_owned()],
            ..link("retried", Outcome::Fail, "")
        },
    ];
    chain.waivers = vec![
        waiver("waived", WaiverState::Used),
        waiver("passed", WaiverState::Unused),
    ];
    run.chains.extend(chains(&[Outcome::Pass]).chains);
    run
}

fn waived() -> LinkReport {
    LinkReport {
        waived: true,
        findings: vec![finding("sample.cause")],
        ..link(
            "waived",
            Outcome::Skipped,
            &waiver("waived", WaiverState::Used).words(),
        )
    }
}

fn waiver(link: &str, state: WaiverState) -> Waiver {
    Waiver {
        link: link.to_owned(),
        cause: "sample.cause".to_owned(),
        reason: "the next release mends it".to_owned(),
        owner: "ann".to_owned(),
        expires: "2026-12-31".to_owned(),
        place: Place {
            file: "waivers.yaml".to_owned(),
            line: 1,
            column: 3,
        },
        state,
    }
}

#[test]
fn every_format_renders_every_outcome_and_lets_nothing_steer_a_terminal() {
    for format in super::FORMATS {
        let mut bytes = Vec::new();
        (format.render)(&sample_run(), &mut bytes).unwrap();
        let plain = anstream::adapter::strip_bytes(&bytes).into_vec();
        let text = String::from_utf8(plain).unwrap();
        assert!(text.contains("retried"), "{}", format.name);
        assert!(!text.contains(['\u{0}', '\u{1b}']), "{}", format.name);
        let spoofed = text.lines().any(|line| line == "First cause: two");
        assert!(!spoofed, "{}", format.name);
    }
}
