//! Key Vault's answers and refusals on the example world.

use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    HOME, IDENTITY, RESOURCE, RESOURCE_AUDITOR, VAULT, WORKLOAD, broken, changed, example, get,
    header,
};
use crate::world::{Resource, World};

const SECRET: &str = "kv-resource.vault.azure.net/secrets/TEST-SECRET-001/?api-version=7.5";
const PRIVATE: &str = "10.1.0.4";

fn read(context: &Context) -> (u16, Value) {
    get(context, SECRET)
        .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
        .by(PRIVATE)
        .json()
}

fn code((status, body): &(u16, Value)) -> (u16, &str, &str) {
    let error = &body["error"];
    let inner = error["innererror"]["code"].as_str().unwrap_or_default();
    (*status, error["code"].as_str().unwrap_or_default(), inner)
}

fn message((_, body): &(u16, Value)) -> &str {
    body["error"]["message"].as_str().unwrap_or_default()
}

fn vault(world: &mut World) -> &mut Value {
    let vault = world
        .resources
        .iter_mut()
        .find(|it| it.id().ends_with("/vaults/kv-resource"))
        .unwrap();
    vault.body.get_mut("properties").unwrap()
}

#[test]
fn the_workload_reads_the_secret_over_the_private_address() {
    let (status, body) = read(&example());
    assert_eq!((status, body["value"].as_str()), (200, Some("TenantB")));
    let id = body["id"].as_str().unwrap();
    assert!(
        id.starts_with("https://kv-resource.vault.azure.net/secrets/TEST-SECRET-001/"),
        "{id}"
    );
    let url = format!("{}?api-version=7.5", id.trim_start_matches("https://"));
    let context = example();
    let by_version = get(&context, &url)
        .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
        .by(PRIVATE);
    assert_eq!(by_version.ok()["value"], "TenantB");
}

#[test]
fn the_challenge_names_the_vaults_tenant() {
    let reply = get(&example(), SECRET).by(PRIVATE).reply();
    assert_eq!(reply.status, 401);
    let expected = format!(
        "Bearer authorization=\"https://login.microsoftonline.com/{RESOURCE}\", resource=\"https://vault.azure.net\""
    );
    assert_eq!(header(&reply, "www-authenticate"), expected);
    assert!(String::from_utf8_lossy(&reply.body).contains("AKV10000"));
}

#[test]
fn a_token_of_the_home_tenant_is_akv10032() {
    let context = example();
    let answer = get(&context, SECRET)
        .bearing(HOME, IDENTITY, Audience::KeyVault)
        .by(PRIVATE)
        .json();
    assert_eq!(answer.0, 401);
    assert!(
        message(&answer).starts_with("AKV10032: Invalid issuer."),
        "{}",
        message(&answer)
    );
    assert!(message(&answer).contains(&format!("found https://sts.windows.net/{HOME}/")));
    let answer = get(&context, SECRET)
        .bearing(RESOURCE, WORKLOAD, Audience::Storage)
        .by(PRIVATE)
        .json();
    assert!(
        message(&answer).starts_with("AKV10022: Invalid audience."),
        "{}",
        message(&answer)
    );
}

#[test]
fn the_way_comes_before_the_token() {
    let context = example();
    let answer = get(&context, SECRET)
        .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
        .json();
    assert_eq!(code(&answer), (403, "Forbidden", "ForbiddenByConnection"));
    assert!(
        message(&answer).contains(&format!("oid={WORKLOAD}")),
        "{}",
        message(&answer)
    );
    assert_eq!(
        get(&context, SECRET).json().0,
        403,
        "no token, no challenge by a closed way"
    );
    let answer = get(&context, SECRET)
        .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
        .by("10.1.0.5")
        .json();
    assert_eq!(
        message(&answer),
        "This TCP connection does not allow access to kv-resource.vault.azure.net."
    );
    assert_eq!(
        code(&read(&broken("private-endpoint-pending", "vault"))),
        (403, "Forbidden", "ForbiddenByConnection")
    );
    assert!(
        message(&read(&broken("private-endpoint-wrong-target", "vault")))
            .starts_with("This TCP connection")
    );
}

#[test]
fn the_firewall_reads_the_source_address() {
    let answer = |rules: Value| {
        let context = changed(|world| {
            vault(world)["publicNetworkAccess"] = json!("enabled");
            vault(world)["networkAcls"]["ipRules"] = rules;
        });
        get(&context, SECRET)
            .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
            .json()
    };
    let refused = answer(json!([]));
    assert_eq!(code(&refused), (403, "Forbidden", "ForbiddenByFirewall"));
    assert!(
        message(&refused).contains("Client address: 198.51.100."),
        "{}",
        message(&refused)
    );
    assert_eq!(answer(json!([{"value": "198.51.100.0/24"}])).0, 200);
    assert_eq!(answer(json!([{"value": "198.51.101.1"}])).0, 403);
}

#[test]
fn a_vault_trusts_the_tenant_that_it_names_not_that_of_its_subscription() {
    let context = broken("vault-of-other-tenant", "kv-resource");
    let challenge = get(&context, SECRET).by(PRIVATE).reply();
    let named = header(&challenge, "www-authenticate").to_owned();
    assert!(named.contains(HOME), "{named}");
    let answer = get(&context, SECRET)
        .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
        .by(PRIVATE)
        .json();
    assert_eq!(answer.0, 401);
    assert!(
        message(&answer).contains(&format!("found https://sts.windows.net/{RESOURCE}/")),
        "{}",
        message(&answer)
    );
}

#[test]
fn roles_decide_and_management_roles_do_not() {
    for fault in [
        "role-missing",
        "role-on-other-scope",
        "role-to-home-service-principal",
        "role-to-application-object",
        "role-to-managed-identity",
        "role-owner-instead",
        "role-reader-instead",
        "role-key-vault-reader-instead",
        "role-behind-condition",
        "role-custom-not-data-actions",
    ] {
        let answer = read(&broken(fault, "kv-resource"));
        assert_eq!(
            code(&answer),
            (403, "Forbidden", "ForbiddenByRbac"),
            "{fault}"
        );
        assert!(
            message(&answer)
                .contains("Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'"),
            "{fault}"
        );
    }
}

#[test]
fn a_deny_assignment_is_named_in_the_refusal() {
    let id = format!("{VAULT}/providers/Microsoft.Authorization/denyAssignments/{HOME}");
    let context = changed(|world| {
        let body = json!({"id": id, "properties": {
            "principals": [{"id": WORKLOAD}],
            "permissions": [{"dataActions": ["*"]}],
        }});
        world.resources.push(Resource {
            body: body.as_object().unwrap().clone(),
        });
    });
    let answer = read(&context);
    assert_eq!(code(&answer), (403, "Forbidden", "ForbiddenByRbac"));
    let named = format!("DenyAssignmentId: '{id}'");
    assert!(message(&answer).contains(&named), "{}", message(&answer));
}

#[test]
fn access_policies_decide_where_the_vault_says_so() {
    for fault in ["vault-in-access-policy-mode", "access-policy-wrong-object"] {
        assert_eq!(
            code(&read(&broken(fault, "kv-resource"))),
            (403, "Forbidden", "AccessDenied"),
            "{fault}"
        );
    }
    let context = changed(|world| {
        vault(world)["enableRbacAuthorization"] = Value::Null;
        vault(world)["accessPolicies"] = json!([{"tenantId": RESOURCE, "objectId": WORKLOAD, "permissions": {"secrets": ["Get"]}}]);
    });
    assert_eq!(read(&context).0, 200);
    let list = get(
        &context,
        "kv-resource.vault.azure.net/secrets?api-version=7.5",
    );
    let answer = list
        .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
        .by(PRIVATE)
        .json();
    assert_eq!(code(&answer).2, "AccessDenied");
}

#[test]
fn a_policy_of_another_tenant_or_for_a_compound_identity_grants_nothing() {
    let secrets = json!({"secrets": ["get"]});
    let allowed = json!({"tenantId": RESOURCE, "objectId": WORKLOAD, "permissions": secrets});
    for (key, value, status) in [
        ("applicationId", json!(null), 200),
        ("applicationId", json!(HOME), 403),
        ("tenantId", json!(HOME), 403),
    ] {
        let context = changed(|world| {
            let mut policy = allowed.clone();
            policy[key] = value.clone();
            vault(world)["enableRbacAuthorization"] = json!(false);
            vault(world)["accessPolicies"] = json!([policy]);
        });
        assert_eq!(read(&context).0, status, "{key}: {value}");
    }
}

#[test]
fn a_perimeter_that_the_world_does_not_have_lets_nobody_in() {
    let context = changed(|world| {
        vault(world)["publicNetworkAccess"] = json!("SecuredByPerimeter");
        vault(world)["networkAcls"] = json!({"defaultAction": "Allow"});
    });
    let ask = get(&context, SECRET).bearing(RESOURCE, WORKLOAD, Audience::KeyVault);
    assert_eq!(
        code(&ask.json()),
        (403, "Forbidden", "ForbiddenByConnection")
    );
    assert_eq!(read(&context).0, 200, "the private way stays");
}

#[test]
fn secrets_that_cannot_be_read_say_why() {
    assert_eq!(
        code(&read(&broken("secret-missing", "kv"))),
        (404, "SecretNotFound", "")
    );
    assert_eq!(
        code(&read(&broken("secret-soft-deleted", "kv"))),
        (404, "SecretNotFound", "")
    );
    assert_eq!(
        code(&read(&broken("secret-disabled", "kv"))),
        (403, "Forbidden", "SecretDisabled")
    );
    assert_eq!(
        read(&broken("secret-value-differs", "kv")).1["value"],
        "TenantB-rotated"
    );
    let (status, body) = read(&broken("secret-expired", "kv"));
    assert_eq!(
        (status, body["attributes"]["exp"].as_i64()),
        (200, Some(1_577_836_800))
    );
    assert_eq!(code(&read(&broken("vault-missing", "kv"))).0, 404);
}

#[test]
fn rights_come_before_existence() {
    let context = example();
    let url = "kv-resource.vault.azure.net/secrets/nothing?api-version=7.5";
    let auditor = get(&context, url)
        .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::KeyVault)
        .by(PRIVATE)
        .json();
    assert_eq!(code(&auditor).2, "ForbiddenByRbac");
    let workload = get(&context, url)
        .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
        .by(PRIVATE)
        .json();
    assert_eq!(code(&workload).1, "SecretNotFound");
}

#[test]
fn lists_page_and_never_show_values() {
    let context = changed(|world| {
        let secrets = world.secrets.get_mut("kv-resource").unwrap();
        let one = secrets["TEST-SECRET-001"].clone();
        secrets.extend((0..3).map(|number| (format!("another-{number}"), one.clone())));
    });
    let mut url = "kv-resource.vault.azure.net/secrets?api-version=7.5&maxresults=3".to_owned();
    let mut seen = 0;
    for _ in 0..2 {
        let body = get(&context, &url)
            .bearing(RESOURCE, WORKLOAD, Audience::KeyVault)
            .by(PRIVATE)
            .ok();
        assert!(!body.to_string().contains("TenantB"));
        seen += body["value"].as_array().unwrap().len();
        url = body["nextLink"]
            .as_str()
            .unwrap_or_default()
            .trim_start_matches("https://")
            .to_owned();
    }
    assert_eq!((seen, url.as_str()), (4, ""));
}

#[test]
fn health_tells_the_source_address_without_a_token() {
    let reply = get(&example(), "kv-resource.vault.azure.net/healthstatus")
        .by(PRIVATE)
        .reply();
    assert_eq!(reply.status, 200);
    let seen = header(&reply, "x-ms-keyvault-network-info");
    assert_eq!(
        seen,
        "conn_type=Ipv4;addr=10.1.1.4;act_addr_fam=InterNetwork;"
    );
}
