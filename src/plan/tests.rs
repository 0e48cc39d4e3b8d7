//! Plans of small scenarios.

use super::*;
use crate::scenario::tests::{STORY, scenario, story_with};

fn everything(text: &str) -> Plan {
    Plan::new(&scenario(text), &Selection::default()).unwrap()
}

fn link<'p>(plan: &'p Plan, id: &str) -> &'p PlannedLink {
    plan.link(id).unwrap()
}

fn tenant(link: &PlannedLink) -> Option<&str> {
    link.tenant.as_ref().map(|tenant| tenant.name.as_str())
}

#[test]
fn needs_are_those_named_and_those_of_facts_each_once() {
    let plan = everything(&story_with(
        "needs: [name]",
        "needs: [name, endpoint, name]",
    ));
    assert_eq!(link(&plan, "secret").needs, [1, 2]);
    assert_eq!(link(&plan, "role").needs, [0, 1]);
    assert!(link(&plan, "application").needs.is_empty());
    assert_eq!(plan.order, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_need_that_stands_later_in_the_file_comes_first_in_the_order() {
    let plan = everything(&story_with(
        "    tenant: home\n",
        "    tenant: home\n    needs: [name]\n",
    ));
    assert_eq!(plan.order, [1, 2, 0, 3, 4, 5]);
    let indices: Vec<_> = plan.links.iter().map(|link| link.index).collect();
    assert_eq!(indices, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_control_comes_first_and_blocks_nothing() {
    let text = story_with(
        "    name-resolves:\n",
        "    expect: unreachable\n    control: gets-out\n    name-resolves:\n",
    );
    let text = format!("{text}  - id: gets-out\n    at: app\n    name-resolves: {{name: x}}\n");
    let plan = everything(&text);
    let name = link(&plan, "name");
    assert_eq!((name.needs.as_slice(), name.control), (&[1][..], Some(6)));
    assert_eq!(name.waits_for(), [1, 6]);
    assert_eq!(plan.order, [0, 1, 3, 5, 6, 2, 4]);
    let only = Selection {
        links: vec!["name".to_owned()],
        tags: Vec::new(),
    };
    let plan = Plan::new(&scenario(&text), &only).unwrap();
    assert!(link(&plan, "gets-out").skip.is_none());
}

#[test]
fn every_link_knows_whom_it_asks_and_as_whom() {
    let plan = everything(STORY);
    let told = |id| {
        let link = link(&plan, id);
        let workload = link
            .workload
            .as_ref()
            .map(|workload| workload.name.as_str());
        (
            tenant(link),
            link.reader.as_deref(),
            workload,
            link.vantage.as_deref(),
        )
    };
    assert_eq!(
        told("application"),
        (Some("home"), Some("home-auditor"), None, None)
    );
    assert_eq!(
        told("endpoint"),
        (Some("home"), Some("home-auditor"), None, None)
    );
    assert_eq!(told("name"), (Some("home"), None, None, Some("app")));
    assert_eq!(
        told("secret"),
        (Some("resource"), None, Some("workload"), Some("app"))
    );
    assert_eq!(
        told("isolation"),
        (Some("home"), None, Some("machine"), Some("app"))
    );
    // Only the fact will tell.
    assert_eq!(told("role"), (None, None, None, None));
}

#[test]
fn an_id_in_a_management_group_is_asked_in_the_tenant_that_lists_it() {
    let group = "/providers/Microsoft.Management/managementGroups/Platform";
    let plan = everything(&story_with("{from: endpoint.target}", group));
    assert_eq!(tenant(link(&plan, "role")), Some("resource"));
    assert_eq!(
        link(&plan, "role").reader.as_deref(),
        Some("resource-auditor")
    );
}

#[test]
fn a_workload_knows_its_application() {
    let plan = everything(STORY);
    let application = |id| {
        link(&plan, id)
            .workload
            .as_ref()?
            .application
            .as_ref()
            .map(AppId::as_str)
    };
    assert_eq!(
        application("secret"),
        Some("cccccccc-cccc-cccc-cccc-cccccccccccc")
    );
    assert_eq!(
        application("isolation"),
        Some("dddddddd-dddd-dddd-dddd-dddddddddddd")
    );
}

#[test]
fn defaults_are_filled_in() {
    let plan = everything(STORY);
    let times = |id| (link(&plan, id).within, link(&plan, id).timeout);
    assert_eq!(
        times("secret"),
        (Duration::from_secs(300), Duration::from_secs(10))
    );
    assert_eq!(times("name"), (Duration::ZERO, Duration::from_secs(30)));
    assert_eq!(link(&plan, "name").expect, Expect::Allowed);
}

#[test]
fn a_selection_runs_what_it_names_and_what_that_needs() {
    let story = scenario(STORY);
    let running = |links: &[&str], tags: &[&str]| -> Vec<String> {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let plan = Plan::new(
            &story,
            &Selection {
                links: own(links),
                tags: own(tags),
            },
        )
        .unwrap();
        assert_eq!(plan.links.len(), 6);
        plan.links
            .into_iter()
            .filter(|link| link.skip.is_none())
            .map(|link| link.id)
            .collect()
    };
    assert_eq!(running(&["role"], &[]), ["application", "endpoint", "role"]);
    assert_eq!(running(&[], &["data"]), ["endpoint", "name", "secret"]);
    assert_eq!(
        running(&["isolation"], &["data"]),
        ["endpoint", "name", "secret", "isolation"]
    );
    assert_eq!(running(&[], &[]).len(), 6);
}

#[test]
fn what_is_not_selected_says_so() {
    let selection = Selection {
        links: vec!["endpoint".to_owned()],
        tags: Vec::new(),
    };
    let plan = Plan::new(&scenario(STORY), &selection).unwrap();
    assert_eq!(link(&plan, "name").skip.as_deref(), Some("not selected"));
    assert!(!plan.is_empty());
}

#[test]
fn a_selection_of_what_does_not_exist_is_refused() {
    let story = scenario(STORY);
    let told = |links: &[&str], tags: &[&str]| {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Plan::new(
            &story,
            &Selection {
                links: own(links),
                tags: own(tags),
            },
        )
        .unwrap_err()
        .to_string()
    };
    assert_eq!(
        told(&["endpiont"], &[]),
        "no link is named `endpiont`; did you mean `endpoint`?"
    );
    assert_eq!(
        told(&["zzz"], &[]),
        "no link is named `zzz`; there are: application, endpoint, name, role, secret, isolation"
    );
    assert_eq!(
        told(&[], &["network"]),
        "no tag is named `network`; there are: data"
    );
}

#[test]
fn over_several_scenarios_a_name_need_exist_in_one_only() {
    let (story, other) = (
        scenario(STORY),
        scenario(&story_with("    tags: [data]\n", "")),
    );
    let selection = Selection {
        links: Vec::new(),
        tags: vec!["data".to_owned()],
    };
    assert_eq!(selection.check(&[&story, &other]), Ok(()));
    assert!(selection.check(&[&other]).is_err());
    assert!(Plan::of(&other, &selection).is_empty());
    assert!(!Plan::of(&story, &selection).is_empty());
}

#[test]
fn tenants_are_found_by_name_subscription_and_resource() {
    let plan = everything(STORY);
    let name = |tenant: Option<TenantRef>| tenant.map(|tenant| tenant.name);
    let subscription = "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
    assert_eq!(name(plan.tenant_named("home")).as_deref(), Some("home"));
    assert_eq!(
        name(plan.tenant_of_subscription(&subscription.parse().unwrap())).as_deref(),
        Some("resource")
    );
    let id = format!("/subscriptions/{subscription}/resourceGroups/data")
        .parse()
        .unwrap();
    assert_eq!(name(plan.tenant_of(&id)).as_deref(), Some("resource"));
    assert_eq!(
        plan.reader_of(&plan.tenant_of(&id).unwrap()),
        Some("resource-auditor")
    );
}

#[test]
fn an_application_is_at_home_where_a_link_asks_for_it_or_else_in_the_other_tenant() {
    let application = "CCCCCCCC-cccc-cccc-cccc-cccccccccccc".parse().unwrap();
    let home = |text: &str| {
        everything(text)
            .home_of(&application)
            .map(|tenant| tenant.name)
    };
    assert_eq!(home(STORY).as_deref(), Some("home"));
    assert_eq!(
        home(&story_with("    tenant: home\n", "    tenant: resource\n")).as_deref(),
        Some("resource")
    );
    let unasked = STORY.replacen(
        "application-known: {application: cccccccc-cccc-cccc-cccc-cccccccccccc}",
        "application-known: {application: eeeeeeee-cccc-cccc-cccc-cccccccccccc}",
        1,
    );
    assert_eq!(home(&unasked).as_deref(), Some("home"));
    assert_eq!(
        everything(STORY).home_of(&"ffffffff-cccc-cccc-cccc-cccccccccccc".parse().unwrap()),
        None
    );
}
