use serde_json::Value;

use super::*;
use crate::checks::network_manager::configuration::Group;
use crate::checks::testing::{broken, check, judged};

const CONFIGURATION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm/connectivityConfigurations/mesh";

fn subject() -> ConnectivityDeployed {
    check(json!({"configuration": CONFIGURATION, "regions": ["japaneast", "japanwest"]}))
}

fn mesh() -> Configuration {
    Configuration {
        id: CONFIGURATION.to_owned(),
        topology: "Mesh".to_owned(),
        is_global: true,
        groups: vec![Group {
            id: "/g".to_owned(),
            ..Group::default()
        }],
        ..Configuration::default()
    }
}

fn region(name: &str) -> Region {
    Region {
        name: name.to_owned(),
        deployment: Some(Deployment {
            region: name.to_owned(),
            deployment_status: "Deployed".to_owned(),
            configuration_ids: vec![CONFIGURATION.trim_start_matches('/').to_uppercase()],
            deployment_type: CONNECTIVITY.to_owned(),
            ..Deployment::default()
        }),
        active: vec![mesh()],
    }
}

fn seen(change: impl FnOnce(&mut Region, &mut Region)) -> Seen {
    let (mut east, mut west) = (region("japaneast"), region("japanwest"));
    change(&mut east, &mut west);
    Seen {
        configured: Some(mesh()),
        existing: None,
        regions: vec![east, west],
    }
}

/// Another configuration of the same manager.
fn other(name: &str) -> Configuration {
    Configuration {
        id: format!("{CONFIGURATION}-{name}"),
        ..mesh()
    }
}

/// So many minutes before tests judge.
fn minutes_ago(minutes: i64) -> String {
    let now = crate::checks::testing::now().epoch_seconds();
    Timestamp::from_epoch_seconds(now - minutes * 60).to_string()
}

fn deployment(region: &mut Region) -> &mut Deployment {
    region.deployment.as_mut().unwrap()
}

fn commit(reason: &Reason) -> Value {
    serde_json::from_str(&reason.values["commit-json"]).unwrap()
}

#[test]
fn deployed_and_active_as_configured_in_every_region_holds() {
    assert_eq!(judged(&subject(), &seen(|_, _| {})), Verdict::Holds);
    let absent = Seen {
        configured: None,
        existing: None,
        regions: Vec::new(),
    };
    broken(&subject(), &absent, "missing");
}

#[test]
fn a_region_without_a_commit_is_told_by_name_and_alone_in_the_command() {
    let west = seen(|_, west| west.deployment = None);
    let reason = broken(&subject(), &west, "not-committed");
    assert_eq!(reason.values["regions"], "japanwest");
    assert_eq!(commit(&reason)["targetLocations"], json!(["japanwest"]));
    let emptied = seen(|east, west| {
        deployment(east).configuration_ids.clear();
        deployment(west).configuration_ids.clear();
    });
    let reason = broken(&subject(), &emptied, "not-committed");
    assert_eq!(
        commit(&reason),
        json!({
            "targetLocations": ["japaneast", "japanwest"],
            "configurationIds": [CONFIGURATION],
            "commitType": "Connectivity"
        })
    );
}

#[test]
fn a_commit_that_mends_keeps_what_another_commit_brought() {
    let replaced = seen(|east, _| {
        deployment(east).configuration_ids = vec!["/other".to_owned()];
        east.active.clear();
    });
    let reason = broken(&subject(), &replaced, "replaced");
    assert_eq!(
        commit(&reason)["configurationIds"],
        json!(["/other", CONFIGURATION])
    );
}

#[test]
fn a_failure_is_told_in_azures_words() {
    let failed = seen(|_, west| {
        deployment(west).deployment_status = "failed".to_owned();
        deployment(west).error_message = "The hub is locked.".to_owned();
    });
    let reason = broken(&subject(), &failed, "failed");
    assert_eq!(reason.values["error-message"], "The hub is locked.");
}

#[test]
fn what_still_runs_may_heal_and_hides_nothing_that_stays() {
    for status in ["Deploying", "NotStarted"] {
        let running = seen(|east, _| deployment(east).deployment_status = status.to_owned());
        broken(&subject(), &running, "deploying");
    }
    broken(
        &subject(),
        &seen(|east, _| east.active.clear()),
        "deploying",
    );
    let both = seen(|east, west| {
        deployment(east).deployment_status = "Deploying".to_owned();
        west.deployment = None;
    });
    let reason = broken(&subject(), &both, "not-committed");
    assert!(reason.observed.unwrap().contains("japaneast: Deploying"));
    let odd = seen(|east, _| deployment(east).deployment_status = "Pondering".to_owned());
    broken(&subject(), &odd, "unknown-state");
}

#[test]
fn an_edit_after_the_commit_is_told_field_by_field() {
    let stale = seen(|_, west| {
        west.active[0].is_global = false;
        west.active[0].groups.clear();
    });
    let reason = broken(&subject(), &stale, "stale");
    let observed = reason.observed.unwrap();
    assert!(
        observed.contains("global: yes is configured, no is active")
            && observed.contains("groups: g is configured, none is active"),
        "{observed}"
    );
}

#[test]
fn of_several_deployments_of_a_region_the_last_counts() {
    let at = |time: &str, status: &str| Deployment {
        commit_time: time.to_owned(),
        region: "Japan East".to_owned(),
        deployment_status: status.to_owned(),
        deployment_type: "connectivity".to_owned(),
        ..Deployment::default()
    };
    let security = Deployment {
        deployment_type: "SecurityAdmin".to_owned(),
        ..at("2026-12-01T00:00:00Z", "Failed")
    };
    let found = super::region(
        "japaneast",
        &[
            at("2026-11-02T00:00:00Z", "Deployed"),
            at("2026-11-01T00:00:00Z", "Failed"),
            security,
        ],
        &[],
    );
    assert_eq!(found.deployment.unwrap().deployment_status, "Deployed");
}

#[test]
fn a_failed_commit_took_nothing_away_and_neither_does_the_next_one() {
    let failed = seen(|_, west| {
        deployment(west).deployment_status = "Failed".to_owned();
        west.active = vec![other("lab")];
    });
    let reason = broken(&subject(), &failed, "failed");
    assert_eq!(
        commit(&reason)["configurationIds"],
        json!([other("lab").id, CONFIGURATION])
    );
}

#[test]
fn a_commit_of_others_that_failed_is_told_in_azures_words_and_took_nothing_away() {
    let failed = seen(|_, west| {
        deployment(west).configuration_ids = vec![other("lab").id];
        deployment(west).deployment_status = "Failed".to_owned();
        deployment(west).error_message = "quota exceeded".to_owned();
    });
    let reason = broken(&subject(), &failed, "failed");
    assert_eq!(reason.values["error-message"], "quota exceeded");
    assert!(reason.observed.unwrap().contains("still active"));
}

#[test]
fn a_commit_of_others_that_still_runs_has_taken_nothing_away_yet() {
    for status in ["Deploying", "NotStarted"] {
        let running = seen(|_, west| {
            deployment(west).configuration_ids = vec![other("lab").id];
            deployment(west).deployment_status = status.to_owned();
        });
        let reason = broken(&subject(), &running, "being-replaced");
        assert_eq!(
            commit(&reason)["configurationIds"],
            json!([other("lab").id, CONFIGURATION])
        );
    }
}

#[test]
fn a_commit_is_waited_for_as_long_as_applying_one_may_take() {
    for (minutes, cause) in [(10, "deploying"), (60, "stuck")] {
        let started = seen(|_, west| {
            deployment(west).deployment_status = "NotStarted".to_owned();
            deployment(west).commit_time = minutes_ago(minutes);
        });
        broken(&subject(), &started, cause);
        let inactive = seen(|_, west| {
            west.active.clear();
            deployment(west).commit_time = minutes_ago(minutes);
        });
        broken(&subject(), &inactive, cause);
    }
}

#[test]
fn a_commit_names_only_what_exists_and_tells_what_it_brings_beside() {
    let mut edited = seen(|_, west| {
        west.active = vec![other("lab"), other("deleted")];
        deployment(west).configuration_ids = vec![other("deleted").id];
    });
    let now = Configuration {
        is_global: false,
        ..other("lab")
    };
    edited.existing = Some(vec![mesh(), now]);
    let reason = broken(&subject(), &edited, "replaced");
    assert_eq!(
        commit(&reason)["configurationIds"],
        json!([other("lab").id, CONFIGURATION])
    );
    assert!(
        reason.values["edited"].starts_with("mesh-lab (global: no is configured"),
        "{reason:?}"
    );
    let untouched = broken(
        &subject(),
        &seen(|_, west| west.deployment = None),
        "not-committed",
    );
    assert_eq!(untouched.values["edited"], "");
}
