use super::*;
use crate::checks::testing::{broken, check, judged, warned};

const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm/networkGroups/all";
const HOME: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home";
const DATA: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/data";

fn subject(only: bool) -> NetworkGroupComplete {
    check(json!({"network-group": GROUP, "members": [HOME, DATA], "only": only}))
}

fn member(network: &str, region: &str) -> Member {
    Member {
        name: network.rsplit('/').next().unwrap().to_owned(),
        network: network.to_owned(),
        region: region.to_owned(),
    }
}

fn seen(members: Vec<Member>) -> Seen {
    Seen {
        members: Some(members),
        foreign: vec![Foreign {
            network: DATA.to_owned(),
            tenant: "22222222-2222-2222-2222-222222222222".to_owned(),
        }],
        ..Seen::default()
    }
}

#[test]
fn a_complete_group_holds_and_tells_the_regions_of_all_its_members() {
    let other = format!("{HOME}-2");
    let full = seen(vec![
        member(&HOME.to_uppercase(), "Japan East"),
        member(DATA.trim_start_matches('/'), "japanwest"),
        member(&other, "japaneast"),
    ]);
    assert_eq!(judged(&subject(false), &full), Verdict::Holds);
    let facts = subject(false).facts(&full);
    assert_eq!(
        facts.get("regions").unwrap().0,
        json!(["japaneast", "japanwest"])
    );
    assert!(facts.get("network-group").is_some());
}

#[test]
fn a_member_whose_network_was_deleted_is_told_to_its_owner() {
    let mut full = seen(vec![member(HOME, "japaneast"), member(DATA, "")]);
    full.gone.push(DATA.trim_start_matches('/').to_owned());
    let reason = broken(&subject(false), &full, "listed-member-gone");
    assert_eq!(reason.values["member"], DATA);
    assert_eq!(reason.values["member-name"], "data");
    // One that nobody lists only takes a place.
    let ghost = format!("{DATA}-ghost");
    let mut full = seen(vec![
        member(HOME, "japaneast"),
        member(DATA, "japanwest"),
        member(&ghost, ""),
    ]);
    full.gone.push(ghost.clone());
    let reason = broken(&subject(false), &full, "member-gone");
    assert_eq!(reason.values["member"], ghost);
}

#[test]
fn a_network_of_another_tenant_is_told_with_how_to_add_it() {
    let reason = broken(
        &subject(false),
        &seen(vec![member(HOME, "japaneast")]),
        "foreign-member-missing",
    );
    assert_eq!(reason.values["member-name"], "data");
    assert!(reason.values["member-json"].contains(DATA));
    broken(
        &subject(false),
        &seen(vec![member(DATA, "japanwest")]),
        "member-missing",
    );
    broken(&subject(false), &Seen::default(), "missing");
}

#[test]
fn a_member_by_policy_is_a_member() {
    let mut by_policy = seen(vec![member(DATA, "japanwest")]);
    by_policy.by_policy.push(member(HOME, "japaneast"));
    assert_eq!(judged(&subject(true), &by_policy), Verdict::Holds);
}

#[test]
fn a_new_member_takes_no_name_that_is_taken() {
    let taken = Member {
        name: "DATA".to_owned(),
        ..member(HOME, "japaneast")
    };
    let reason = broken(
        &subject(false),
        &seen(vec![taken]),
        "foreign-member-missing",
    );
    assert_eq!(
        reason.values["member-name"],
        "data-bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"
    );
}

#[test]
fn another_member_breaks_only_a_group_that_may_have_no_other() {
    let other = format!("{HOME}-2");
    let more = || {
        seen(vec![
            member(HOME, "japaneast"),
            member(DATA, "japanwest"),
            member(&other, "japaneast"),
        ])
    };
    assert_eq!(judged(&subject(false), &more()), Verdict::Holds);
    let reason = broken(&subject(true), &more(), "unexpected-member");
    assert_eq!(reason.observed, Some(other.clone()));
}

#[test]
fn nearly_as_many_members_as_a_connected_group_takes_are_a_warning() {
    let members = |others: usize| {
        let others = (0..others).map(|index| member(&format!("{HOME}-{index}"), "japaneast"));
        let own = [member(HOME, "japaneast"), member(DATA, "japaneast")];
        seen(others.chain(own).collect())
    };
    warned(&subject(false), &members(198), "many-members");
    warned(&subject(false), &members(250), "many-members");
    assert_eq!(judged(&subject(false), &members(197)), Verdict::Holds);
}
