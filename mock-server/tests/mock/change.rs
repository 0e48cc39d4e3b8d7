//! Seeding, resetting, reloading, and a state that outlives the process.

use http::Method;
use serde_json::{Value, json as value};
use xtenant_mock_server::{Mock, Options, serve};

use crate::support::*;

async fn call(mock: &Mock, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let url = format!("http://{}{path}", mock.coordinates.control);
    let request = client(mock, &[]).request(method, url);
    let request = body
        .iter()
        .fold(request, |request, body| request.json(body));
    json(request.send().await.unwrap()).await
}

fn network(name: &str) -> Value {
    let id = format!(
        "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/{name}"
    );
    value!({"id": id, "location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.99.0.0/16"]}, "subnets": []}})
}

async fn names(mock: &Mock) -> String {
    let (status, state) = call(mock, Method::GET, "/state", None).await;
    assert_eq!(status, 200);
    state["resources"].to_string()
}

#[tokio::test]
async fn the_state_grows_goes_back_and_comes_back() {
    let mock = start().await;
    let (status, body) = call(
        &mock,
        Method::POST,
        "/seed",
        Some(value!({"add": {"resources": [network("extra")]}})),
    )
    .await;
    assert_eq!(status, 200, "{body}");
    assert!(names(&mock).await.contains("virtualNetworks/extra"));
    let (_, grown) = call(&mock, Method::GET, "/state", None).await;
    call(
        &mock,
        Method::POST,
        "/faults/wire",
        Some(value!("delay=1ms")),
    )
    .await;
    call(
        &mock,
        Method::POST,
        "/clock",
        Some(value!({"advance-seconds": 864_000})),
    )
    .await;
    let late = mock.control.now();
    let (status, _) = call(&mock, Method::POST, "/reset", None).await;
    assert_eq!(status, 200);
    assert!(!names(&mock).await.contains("virtualNetworks/extra"));
    assert!(mock.control.now() < late && mock.control.wire().is_empty());
    let (status, body) = call(&mock, Method::PUT, "/state", Some(grown.clone())).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(call(&mock, Method::GET, "/state", None).await.1, grown);
    assert_eq!(
        exchange(&mock, VAULT_SCOPE).await.0,
        200,
        "still the same world"
    );
}

#[tokio::test]
async fn what_is_no_world_changes_nothing() {
    let mock = start().await;
    let before = call(&mock, Method::GET, "/state", None).await.1;
    for (path, body, why) in [
        ("/seed", value!({}), "give either world or add"),
        (
            "/seed",
            value!({"world": {"version": 1}}),
            "missing `world`",
        ),
        ("/seed", value!({"add": {"resources": [{"id": "x"}]}}), "id"),
        ("/seed", value!({"add": {"nonsense": 1}}), "nonsense"),
        (
            "/seed",
            value!({"add": {"secrets": {"kv-nowhere": {"a": "b"}}}}),
            "kv-nowhere",
        ),
        ("/throttling", value!({"set": "x"}), "not a budget"),
        ("/faults/wire", value!("x"), "not a wire fault"),
    ] {
        let (status, answer) = call(&mock, Method::POST, path, Some(body.clone())).await;
        assert_eq!(status, 400, "{body}: {answer}");
        assert!(
            answer["error"].as_str().unwrap().contains(why),
            "{body}: {answer}"
        );
    }
    let (status, _) = call(&mock, Method::PUT, "/state", Some(value!({"x": 1}))).await;
    assert_eq!(status, 400);
    let (status, _) = call(&mock, Method::POST, "/state/save", None).await;
    assert_eq!(status, 409, "no --state");
    assert_eq!(call(&mock, Method::PATCH, "/state", None).await.0, 405);
    assert_eq!(call(&mock, Method::GET, "/state", None).await.1, before);
    assert_eq!(
        mock.control.received().len(),
        0,
        "nothing of this is Azure's"
    );
}

#[tokio::test]
async fn another_world_has_other_vantages() {
    let mock = start().await;
    let (_, mut world) = call(&mock, Method::GET, "/state", None).await;
    let app = world["vantages"]["app"].clone();
    world["vantages"] = value!({"lab": app});
    let (status, body) = call(&mock, Method::POST, "/seed", Some(value!({"world": world}))).await;
    assert_eq!(status, 200, "{body}");
    let (_, coordinates) = call(&mock, Method::GET, "/coordinates", None).await;
    assert_eq!(coordinates["vantages"][0]["name"], "lab");
    assert_eq!(
        coordinates["vantages"][0]["managed-identity"]["kind"],
        "imds"
    );
    assert_eq!(
        coordinates["vantages"][1]["proxy"],
        value!(mock.coordinates.vantages[1].proxy),
        "internet did not move"
    );
    let login = [203, 0, 113, 10].into();
    assert!(matches!(
        mock.control.dial("lab", login, 443).await.unwrap(),
        xtenant_mock_server::Dial::Open(_)
    ));
}

#[tokio::test]
async fn a_changed_file_is_read_again_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.yaml");
    let text = std::fs::read_to_string(example_path()).unwrap();
    std::fs::write(&path, &text).unwrap();
    let mock = serve(Options::of_file(&path)).await.unwrap();
    mock.control
        .plant("application-disabled", "home/orders")
        .unwrap();
    std::fs::write(
        &path,
        text.replace(
            "displayName: resource-auditor",
            "displayName: renamed-auditor",
        ),
    )
    .unwrap();
    let (status, body) = call(&mock, Method::POST, "/reload", None).await;
    assert_eq!(status, 200, "{body}");
    let (_, state) = call(&mock, Method::GET, "/state", None).await;
    assert!(state.to_string().contains("renamed-auditor"));
    assert_eq!(
        body["planted"][0]["fault"], "application-disabled",
        "faults stay"
    );
    std::fs::write(&path, "version: 1\n").unwrap();
    let (status, body) = call(&mock, Method::POST, "/reload", None).await;
    assert!(
        status == 400 && body["error"].as_str().unwrap().contains("world.yaml"),
        "{body}"
    );
    assert_eq!(call(&mock, Method::GET, "/state", None).await.1, state);
    let loaded = start_with(|_| {}).await;
    assert_eq!(
        call(&loaded, Method::POST, "/reload", None).await.0,
        409,
        "no file"
    );
}

#[tokio::test]
async fn a_fault_is_planted_in_what_is_there_and_healing_goes_back_to_before() {
    let folder = tempfile::tempdir().unwrap();
    let options = || {
        let mut options = Options::of_file(example_path());
        options.state = Some(folder.path().join("state.json"));
        options
    };
    let mock = serve(options()).await.unwrap();
    let add = |name: &str| value!({"resources": [network(name)]});
    mock.control.add(&add("before")).await.unwrap();
    let has = |mock: &Mock, name: &str| {
        let world = serde_json::to_string(&mock.control.state()).unwrap();
        world.contains(&format!("virtualNetworks/{name}"))
    };
    let disabled = |mock: &Mock| {
        let world = serde_json::to_value(mock.control.state()).unwrap();
        world["tenants"]["home"]["applications"][0]["isDisabled"] == value!(true)
    };
    mock.control
        .plant("application-disabled", "home/orders")
        .unwrap();
    assert!(has(&mock, "before") && disabled(&mock));
    mock.control.heal().unwrap();
    assert!(has(&mock, "before") && !disabled(&mock));
    mock.control.heal().unwrap();
    assert!(
        has(&mock, "before"),
        "without a fault there is nothing to take out"
    );
    mock.stop_and_save().await.unwrap();

    let mut broken = options();
    broken.faults = vec![("application-disabled".to_owned(), "home/orders".to_owned())];
    let resumed = serve(broken).await.unwrap();
    assert!(
        has(&resumed, "before") && disabled(&resumed),
        "a kept state can be broken"
    );
    let places = resumed.control.applicable();
    let places = places
        .iter()
        .find(|own| own.fault == "application-single-tenant")
        .unwrap();
    assert_eq!(places.places, ["home/orders"]);
    resumed.control.heal().unwrap();
    assert!(has(&resumed, "before") && !disabled(&resumed));
}

async fn keys(mock: &Mock) -> Value {
    let client = public(mock, "internet", "login.microsoftonline.com").await;
    let url = format!("https://login.microsoftonline.com/{HOME}/discovery/v2.0/keys");
    let (status, keys) = json(client.get(url).send().await.unwrap()).await;
    assert_eq!(status, 200, "{keys}");
    keys
}

#[tokio::test]
async fn a_state_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let options = || {
        let mut options = Options::of_file(example_path());
        options.state = Some(file.clone());
        options
    };
    let mock = serve(options()).await.unwrap();
    mock.control
        .add(&value!({"resources": [network("kept")]}))
        .await
        .unwrap();
    mock.control.advance(std::time::Duration::from_secs(3600));
    let now = mock.control.now();
    let token = mock
        .control
        .token("home-auditor", "https://management.azure.com/.default")
        .unwrap()
        .token;
    let keys = keys(&mock).await;
    let whole = call(&mock, Method::GET, "/state?whole=true", None).await.1;
    mock.stop_and_save().await.unwrap();
    let mock = serve(options()).await.unwrap();
    assert_eq!(self::keys(&mock).await, keys);
    let client = public(&mock, "internet", "management.azure.com").await;
    let url = "https://management.azure.com/subscriptions?api-version=2022-12-01";
    let asked = client.get(url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(asked.status(), 200, "tokens of before are good");
    let again = call(&mock, Method::GET, "/state?whole=true", None).await.1;
    assert_eq!(again["state"], whole["state"]);
    assert_eq!(again["started"], whole["started"]);
    assert!(names(&mock).await.contains("virtualNetworks/kept"));
    assert!(
        mock.control.now() >= now - std::time::Duration::from_secs(1),
        "time goes on"
    );
    call(&mock, Method::POST, "/reset", None).await;
    let (status, body) = call(&mock, Method::POST, "/state/save", None).await;
    assert_eq!((status, &body["written"]), (200, &value!(file)));
    assert!(
        !std::fs::read_to_string(&file)
            .unwrap()
            .contains("virtualNetworks/kept")
    );
    let (status, body) = call(&mock, Method::PUT, "/state", Some(whole.clone())).await;
    assert_eq!(status, 200, "{body}");
    assert!(names(&mock).await.contains("virtualNetworks/kept"));
    let mut newer = whole;
    newer["version"] = value!(3);
    let (status, body) = call(&mock, Method::PUT, "/state", Some(newer)).await;
    assert!(
        status == 400 && body.to_string().contains("version 3"),
        "{body}"
    );
    assert_eq!(
        call(&mock, Method::GET, "/state?hole=true", None).await.0,
        400
    );
    std::fs::write(&file, "{").unwrap();
    let error = serve(options()).await.err().unwrap().to_string();
    assert!(
        error.contains("state.json:1:1: the state is damaged"),
        "{error}"
    );
}

#[tokio::test]
async fn a_client_is_told_all_it_needs_and_the_record_can_be_searched() {
    let mock = start().await;
    let (_, target) = call(&mock, Method::GET, "/target", None).await;
    assert_eq!(target["tenants"][0]["id"], HOME);
    assert_eq!(target["principals"][0]["name"], "home-auditor");
    let (_, script) = call(
        &mock,
        Method::GET,
        "/target?vantage=app&shell=bash&ca-file=/ca.pem",
        None,
    )
    .await;
    assert!(
        script["script"]
            .as_str()
            .unwrap()
            .contains("export SSL_CERT_FILE='/ca.pem'")
    );
    assert_eq!(
        call(&mock, Method::GET, "/target?vantage=lab&ca-file=/x", None)
            .await
            .0,
        404
    );
    assert_eq!(
        call(&mock, Method::GET, "/target?vantage=app", None)
            .await
            .0,
        400
    );
    exchange(&mock, VAULT_SCOPE).await;
    let count = |body: Value| body["requests"].as_array().unwrap().len();
    let (_, all) = call(&mock, Method::GET, "/received", None).await;
    let (_, some) = call(
        &mock,
        Method::GET,
        "/received?host=LOGIN.microsoftonline.com&method=post&status=200&after=1",
        None,
    )
    .await;
    assert_eq!((count(all), count(some)), (2, 1));
    assert_eq!(
        call(&mock, Method::GET, "/received?hots=x", None).await.0,
        400
    );
    call(&mock, Method::DELETE, "/received", None).await;
    assert_eq!(
        count(call(&mock, Method::GET, "/received", None).await.1),
        0
    );
    let (_, list) = call(&mock, Method::GET, "/", None).await;
    for route in list["routes"].as_array().unwrap() {
        let method: Method = route["method"].as_str().unwrap().parse().unwrap();
        let (status, body) = call(&mock, method, route["path"].as_str().unwrap(), None).await;
        assert!(status != 404 && status != 405, "{route}: {body}");
    }
}
