//! What is wrong with the commands that a report advises? Each must be one that a shell can read, and every id in it one
//! that the scenario named or the link saw, or one that it needs: an id out of nowhere is one that somebody would type.

use std::process::{Command, Stdio};

use serde_json::json;
use xtenant::outcome::LinkReport;
use xtenant::outcome::run::ChainReport;

/// What is wrong with the commands of a link's findings.
pub(crate) fn complaints(link: &LinkReport, report: &ChainReport, scenario: &str) -> Vec<String> {
    if link.findings.iter().all(|finding| finding.fix.is_empty()) {
        return Vec::new();
    }
    let known = known(link, report, scenario);
    let mut wrong = Vec::new();
    for command in link.findings.iter().flat_map(|finding| &finding.fix) {
        if !parses(command) {
            wrong.push(format!("{}: a shell cannot read: {command}", link.id));
        }
        let strange_guids = guids(command)
            .into_iter()
            .filter(|id| !known.contains(&id.to_ascii_lowercase()));
        let strange_ids = arm_ids(command)
            .into_iter()
            .filter(|id| !stands_below(id, &known));
        let strange = strange_guids.chain(strange_ids);
        wrong
            .extend(strange.map(|id| format!("{}: where does {id} come from? {command}", link.id)));
    }
    wrong
}

/// Whatever the scenario says and the link saw, or one that it needs, in lower case.
fn known(link: &LinkReport, report: &ChainReport, scenario: &str) -> String {
    let parameters: Vec<_> = report.links.iter().map(|own| &own.parameters).collect();
    let vantages: Vec<_> = report.vantages.iter().map(|own| &own.network).collect();
    let is_needed = |own: &&LinkReport| link.needs.contains(&own.id);
    let needed = report.links.iter().filter(is_needed);
    let needed: Vec<_> = needed.map(|own| &own.seen).collect();
    let seen = json!([
        parameters,
        vantages,
        needed,
        link.seen,
        link.evidence,
        link.no_answer
    ]);
    format!("{scenario} {seen}").to_ascii_lowercase()
}

/// Whether an ARM id is known, or one that a command makes or lists right below a known one: `…/staticMembers/home`,
/// `…/providers/Microsoft.Network/networkManagerConnections/home`.
fn stands_below(id: &str, known: &str) -> bool {
    let id = id.to_ascii_lowercase();
    let above = std::iter::successors(Some(id.as_str()), |id| {
        id.rsplit_once('/').map(|(up, _)| up)
    });
    above
        .take(5)
        .filter(|up| up.matches('/').count() > 1)
        .any(|up| known.contains(up))
}

/// Whether a shell can read it, without running it.
fn parses(command: &str) -> bool {
    let mut shell = Command::new("sh");
    let read = shell
        .args(["-n", "-c", command])
        .stderr(Stdio::null())
        .status();
    read.is_ok_and(|status| status.success())
}

/// Every GUID of a text.
fn guids(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    let is_guid = |word: &&str| {
        let lengths = word.split('-').map(str::len);
        lengths.eq([8, 4, 4, 4, 12])
    };
    words.filter(is_guid).collect()
}

/// Every ARM id of a text.
fn arm_ids(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| c.is_whitespace() || "\"'`(),?".contains(c));
    let is_id = |word: &&str| word.starts_with("/subscriptions/");
    let ids = words.filter(is_id);
    // A comment that says who types ends so.
    ids.map(|id| id.trim_end_matches(':')).collect()
}

#[test]
fn ids_are_found_and_what_is_no_shell_is_told() {
    let command = "az x --ids /subscriptions/AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/n --b \"$(y)\"";
    assert_eq!(guids(command), ["AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa"]);
    assert_eq!(arm_ids(command).len(), 1);
    let known =
        "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourcegroups/n/providers/x/y/z";
    assert!(stands_below(&format!("{known}/members/home"), known));
    assert!(!stands_below(&known.replace('a', "b"), known));
    assert!(parses(command) && parses("# or: it's {not} run"));
    assert!(!parses("az 'x") && !parses("az \"$(y\""));
}
