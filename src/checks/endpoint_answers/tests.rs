use serde_json::{Value, json};

use super::*;
use crate::checks::testing::{broken, check, judged};

const HOST: &str = "func.azurewebsites.net";
const SITE: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Web/sites/func";

fn with(more: Value) -> EndpointAnswers {
    let mut all = json!({"url": "https://func.azurewebsites.net/api/x", "path": {HOST: ["10.1.0.6"]}, "site": SITE});
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    check(all)
}

fn subject() -> EndpointAnswers {
    with(json!({"key": "hunter2", "body": {"equals": "TenantB"}}))
}

fn answered(status: u16, body: &str) -> Seen {
    let expected = serde_json::from_value(json!({"equals": "TenantB"})).unwrap();
    Seen {
        host: HOST.to_owned(),
        peers: vec!["10.1.0.6".parse().unwrap()],
        status,
        redirect: None,
        has_challenge: false,
        body: body::read(body.as_bytes(), Some(&expected)),
        site: Some(Site {
            is_stopped: false,
            is_integrated: true,
        }),
    }
}

#[test]
fn the_expected_status_and_body_over_the_endpoints_address_hold() {
    assert_eq!(
        judged(&subject(), &answered(200, "TenantB")),
        Verdict::Holds
    );
    let closed = with(json!({"status": 403}));
    let seen = Seen {
        body: Found::default(),
        ..answered(403, "")
    };
    assert_eq!(judged(&closed, &seen), Verdict::Holds);
}

#[test]
fn another_address_is_no_private_path_unless_any_will_do() {
    let seen = Seen {
        peers: vec!["203.0.113.60".parse().unwrap()],
        ..answered(200, "TenantB")
    };
    broken(&subject(), &seen, "public-path");
    assert_eq!(judged(&with(json!({"path": "any"})), &seen), Verdict::Holds);
}

#[test]
fn another_body_is_told_without_showing_either() {
    let reason = broken(&subject(), &answered(200, "canary"), "body-differs");
    let told = format!("{reason:?}");
    assert!(!told.contains("canary") && !told.contains("TenantB"));
    let kept = serde_json::to_string(&answered(200, "canary")).unwrap();
    assert!(!kept.contains("canary"));
}

#[test]
fn every_other_status_has_its_cause() {
    let page = "<html>403</html>";
    for (status, body, cause) in [
        (302, "", "redirected"),
        (401, "", "key-refused"),
        (403, page, "closed"),
        (
            403,
            "<h1>Error 403 - This web app is stopped.</h1>",
            "stopped",
        ),
        (404, "", "not-found"),
        (404, "<html>404</html>", "not-found"),
        (404, "Secret 'x' not found.", "failed-inside"),
        (500, "", "unexpected-status"),
        (204, "", "unexpected-status"),
    ] {
        broken(&subject(), &answered(status, body), cause);
    }
    let challenged = Seen {
        has_challenge: true,
        ..answered(401, "")
    };
    broken(&subject(), &challenged, "token-refused");
}

#[test]
fn what_arm_says_of_the_app_explains_what_the_app_says_of_itself() {
    let outside = Seen {
        site: Some(Site {
            is_stopped: false,
            is_integrated: false,
        }),
        ..answered(404, "Secret 'x' not found.")
    };
    broken(&subject(), &outside, "not-integrated");
    // A host that knows no such route says nothing of the network.
    let no_route = Seen {
        site: outside.site.clone(),
        ..answered(404, "")
    };
    broken(&subject(), &no_route, "not-found");
    let stopped = Seen {
        site: Some(Site {
            is_stopped: true,
            is_integrated: true,
        }),
        ..answered(403, "")
    };
    broken(&subject(), &stopped, "stopped");
}
