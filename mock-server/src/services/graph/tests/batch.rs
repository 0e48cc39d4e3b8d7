//! Many requests in one.

use super::*;

fn batch(context: &Context, requests: &Value) -> (u16, Value) {
    post(context, "$batch", &json!({"requests": requests}))
}

#[test]
fn each_request_is_answered_and_authorised_on_its_own() {
    let context = example();
    let requests = json!([
        {"id": "1", "method": "GET", "url": "/applications?$filter=appId eq 'cccccccc-cccc-cccc-cccc-cccccccccccc'&$select=id"},
        {"id": "2", "method": "get", "url": "https://graph.microsoft.com/v1.0//servicePrincipals/nothing"},
        {"id": "3", "method": "DELETE", "url": format!("/applications/{APP_OBJECT}")},
        {"id": "4", "method": "GET", "url": "/servicePrincipals?$count=true&$top=1", "headers": {"ConsistencyLevel": "eventual"}},
        {"id": "5", "method": "GET", "url": "/nonsense"},
        {"id": "6", "method": "POST", "url": "/directoryObjects/getByIds", "headers": {"Content-Type": "application/json"}, "body": {"ids": [HOME_AUDITOR]}},
        {"id": "7", "method": "POST", "url": "/$batch", "headers": {"content-type": "application/json"}, "body": {"requests": []}},
    ]);
    let (status, body) = batch(&context, &requests);
    assert_eq!(status, 200, "{body}");
    let answers: Vec<_> = body["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["status"].as_u64().unwrap())
        .collect();
    assert_eq!(answers, [200, 404, 403, 200, 501, 200, 400]);
    assert_eq!(body["responses"][0]["body"]["value"][0]["id"], APP_OBJECT);
    assert_eq!(body["responses"][3]["body"]["@odata.count"], 4);
    assert!(body["responses"][0]["headers"]["Content-Type"].is_string());
}

#[test]
fn what_depends_on_a_failure_is_not_run() {
    let context = permitted(&["Application.ReadWrite.All"]);
    let json_body = json!({"Content-Type": "application/json"});
    let requests = json!([
        {"id": "late", "dependsOn": ["made"], "method": "GET", "url": "/applications(uniqueName='b')"},
        {"id": "made", "method": "PATCH", "url": "/applications(uniqueName='b')", "headers": {"Content-Type": "application/json", "Prefer": "create-if-missing"}, "body": {"displayName": "b"}},
        {"id": "wrong", "method": "POST", "url": "/applications", "headers": json_body, "body": {}},
        {"id": "never", "dependsOn": ["wrong"], "method": "POST", "url": "/applications", "headers": json_body, "body": {"displayName": "never"}},
    ]);
    let (_, body) = batch(&context, &requests);
    let answers: Vec<_> = body["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["status"].as_u64().unwrap())
        .collect();
    assert_eq!(answers, [200, 201, 400, 424]);
    let (_, body) = home(&context, "applications?$filter=displayName%20eq%20'never'");
    assert_eq!(body["value"], json!([]));
}

#[test]
fn a_batch_of_the_wrong_shape_runs_nothing() {
    let context = example();
    let one = |id: &str| json!({"id": id, "method": "GET", "url": "/organization"});
    let many: Vec<_> = (0..21).map(|id| one(&id.to_string())).collect();
    let headers: serde_json::Map<_, _> = (0..40_000)
        .map(|it| (format!("x-{it}"), json!("y")))
        .collect();
    for requests in [
        json!(many),
        json!([{"id": "1", "method": "GET", "url": "/x", "headers": headers}]),
        json!([one("a"), one("A")]),
        json!([{"id": "1", "method": "GET"}]),
        json!([{"id": "1", "url": "/x"}]),
        json!([{"id": 1, "method": "GET", "url": "/x"}]),
        json!([{"id": "1", "method": "GET", "url": "https://management.azure.com/v1.0/x"}]),
        json!([{"id": "1", "method": "GET", "url": "/../x"}]),
        json!([{"id": "1", "method": "GET", "url": "/x", "dependsOn": ["2"]}]),
        json!([{"id": "1", "method": "GET", "url": "/x", "dependsOn": ["1"]}]),
        json!([{"id": "1", "method": "POST", "url": "/x", "body": {}}]),
        json!("x"),
    ] {
        let answer = batch(&context, &requests);
        assert_eq!(code(&answer), (400, "BadRequest"), "{requests:.300}");
    }
}
