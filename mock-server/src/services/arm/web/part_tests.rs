//! Parts of apps: what they tell, what they change, whom they refuse.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::apps_world::{DEPLOYER, HOST, SITE, context};
use crate::services::testing::{HOME, HOME_AUDITOR, RESOURCE, RESOURCE_AUDITOR, ask, get};

const WEB: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/providers/Microsoft.Web";

fn url(path: &str) -> String {
    format!("management.azure.com{path}?api-version=2023-12-01")
}

fn send(context: &Context, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let ask = ask(context, method, &url(path)).body(body);
    ask.bearing(HOME, DEPLOYER, Audience::Arm).json()
}

fn asked(context: &Context, path: &str) -> Value {
    send(context, Method::POST, &format!("{SITE}{path}"), &json!({})).1
}

fn read(context: &Context, path: &str) -> Value {
    get(context, &url(path))
        .bearing(HOME, HOME_AUDITOR, Audience::Arm)
        .ok()
}

#[test]
fn an_app_that_is_stopped_answers_nobody_until_it_is_started() {
    let context = context(&[]);
    let state = |context: &Context| read(context, SITE)["properties"]["state"].clone();
    let status = |context: &Context| get(context, &format!("{HOST}/")).reply().status;
    assert_eq!(status(&context), 200);
    let turn = |to: &str| {
        ask(&context, Method::POST, &url(&format!("{SITE}/{to}")))
            .bearing(HOME, DEPLOYER, Audience::Arm)
            .reply()
            .status
    };
    assert_eq!(turn("stop"), 200);
    assert_eq!(
        (state(&context), status(&context).as_u16()),
        (json!("Stopped"), 403)
    );
    let patch = json!({"properties": {"httpsOnly": true, "state": "Running"}});
    let (_, patched) = send(&context, Method::PATCH, SITE, &patch);
    assert_eq!(patched["properties"]["state"], "Stopped", "it is read-only");
    assert_eq!(
        (turn("restart").as_u16(), state(&context)),
        (200, json!("Stopped"))
    );
    assert_eq!(turn("start"), 200);
    assert_eq!(
        (state(&context), status(&context).as_u16()),
        (json!("Running"), 200)
    );
}

#[test]
fn connection_strings_are_written_and_no_part_of_the_app() {
    let context = context(&[]);
    let path = format!("{SITE}/config/connectionstrings");
    let given = json!({"properties": {"db": {"value": "server=secret", "type": "SQLAzure"}}});
    let (status, put) = send(&context, Method::PUT, &path, &given);
    assert_eq!((status, &put["properties"]), (200, &given["properties"]));
    let listed = asked(&context, "/config/connectionstrings/list");
    assert_eq!(listed["properties"], given["properties"]);
    assert!(!read(&context, SITE).to_string().contains("secret"));
    for bad in [
        json!({"value": "x"}),
        json!({"value": "x", "type": "Cobol"}),
        json!({"type": "Custom"}),
    ] {
        let body = json!({"properties": {"db": bad}});
        assert_eq!(send(&context, Method::PUT, &path, &body).0, 400, "{body}");
    }
    assert_eq!(
        asked(&context, "/config/metadata/list")["properties"],
        json!({})
    );
}

#[test]
fn names_slots_policies_and_configurations_are_told() {
    let context = context(&[]);
    let names = read(&context, &format!("{SITE}/hostNameBindings"));
    assert_eq!(
        names["value"][0]["name"],
        json!(format!("func-orders/{HOST}"))
    );
    assert_eq!(read(&context, &format!("{SITE}/slots"))["value"], json!([]));
    for policy in ["scm", "ftp"] {
        let path = format!("{SITE}/basicPublishingCredentialsPolicies/{policy}");
        assert_eq!(read(&context, &path)["properties"]["allow"], false);
    }
    let web = read(&context, &format!("{SITE}/config/web"));
    assert_eq!(web["properties"]["linuxFxVersion"], "DOTNET-ISOLATED|8.0");
    let all = read(&context, &format!("{SITE}/config"));
    assert_eq!(all["value"], json!([web]));
    let regions = read(&context, &format!("{WEB}/geoRegions"));
    let mut names = regions["value"].as_array().unwrap().iter();
    assert!(names.any(|it| it["name"] == "Japan East"));
}

#[test]
fn languages_are_told_to_whoever_has_a_token() {
    let context = context(&[]);
    let stacks = |of: &str, more: &str| {
        let url = format!(
            "management.azure.com/providers/Microsoft.Web/{of}?api-version=2023-12-01{more}"
        );
        get(&context, &url)
            .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Arm)
            .json()
    };
    let settings = "/properties/majorVersions/0/minorVersions/0/stackSettings/linuxRuntimeSettings";
    let (_, all) = stacks("functionAppStacks", "");
    let workers: Vec<_> = all["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            it.pointer(settings).unwrap()["appSettingsDictionary"]["FUNCTIONS_WORKER_RUNTIME"]
                .clone()
        })
        .collect();
    assert_eq!(workers, ["dotnet-isolated", "node", "python"]);
    let (_, webs) = stacks("webAppStacks", "&stackOsType=Linux");
    assert_eq!(
        webs["value"][1].pointer(settings).unwrap()["runtimeVersion"],
        "NODE|22-lts"
    );
    assert_eq!(
        stacks("webAppStacks", "&stackOsType=windows").1["value"],
        json!([])
    );
    assert_eq!(stacks("webAppStacks", "&stackOsType=plan9").0, 400);
    let url = "management.azure.com/providers/Microsoft.Web/webAppStacks?api-version=2023-12-01";
    assert_eq!(get(&context, url).reply().status, 401);
}

#[test]
fn a_name_is_free_taken_or_none() {
    let context = context(&[]);
    let check = |name: &str, kind: &str| {
        let path = format!("{WEB}/checknameavailability");
        let ask =
            ask(&context, Method::POST, &url(&path)).body(&json!({"name": name, "type": kind}));
        ask.bearing(HOME, HOME_AUDITOR, Audience::Arm).json()
    };
    for (name, free, reason) in [
        ("func-free", true, ""),
        ("FUNC-orders", false, "AlreadyExists"),
        ("-x-", false, "Invalid"),
    ] {
        let (status, body) = check(name, "Microsoft.Web/sites");
        assert_eq!(status, 200, "{body}");
        assert_eq!(
            (&body["nameAvailable"], &body["reason"]),
            (&json!(free), &json!(reason))
        );
    }
    assert_eq!(check("x", "Microsoft.Web/certificates").0, 400);
}

#[test]
fn a_reader_changes_nothing_and_a_stranger_sees_nothing() {
    let context = context(&[]);
    for path in [
        "/stop",
        "/start",
        "/restart",
        "/config/connectionstrings/list",
        "/config/metadata/list",
    ] {
        let ask = ask(&context, Method::POST, &url(&format!("{SITE}{path}")));
        let reader = ask.bearing(HOME, HOME_AUDITOR, Audience::Arm).json();
        assert_eq!(reader.0, 403, "{path}");
    }
    for path in [
        "/config",
        "/slots",
        "/hostNameBindings",
        "/basicPublishingCredentialsPolicies/scm",
    ] {
        let ask = get(&context, &url(&format!("{SITE}{path}")));
        let stranger = ask
            .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Arm)
            .json();
        assert_eq!(
            (stranger.0, &stranger.1["error"]["code"]),
            (401, &json!("InvalidAuthenticationTokenTenant")),
            "{path}"
        );
    }
}
