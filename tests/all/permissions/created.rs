//! The roles are made and assigned as printed: by a PUT to ARM, and by the Azure CLI from the files of `--roles`.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::{Client, Proxy};
use serde_json::{Value, json};
use xtenant::permissions::Permissions;
use xtenant_mock_server::{Mock as InProcess, Options, serve};

use super::world::{auditors, body, printed, strip, world_of, write};
use crate::clients::AzureCli;
use crate::mending::administrators::{self, Administrator, SECRET, push};
use crate::running::Mock;
use crate::support::{root, xtenant};

const CHAINS: [&str; 4] = [
    "cross-tenant-full",
    "cross-tenant-hub",
    "cross-tenant-vault",
    "same-tenant-vault",
];

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/// A client of the mock behind the proxy of the internet.
#[expect(
    clippy::disallowed_methods,
    reason = "a client of the mock, not of the tool"
)]
fn client(mock: &InProcess) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let internet = mock
        .coordinates
        .vantages
        .iter()
        .find(|own| own.name == "internet");
    let proxy = Proxy::all(format!("http://{}", internet.expect("a vantage").proxy));
    let ca =
        reqwest::Certificate::from_pem(mock.coordinates.ca_pem.as_bytes()).expect("a certificate");
    let builder = Client::builder()
        .tls_certs_only([ca])
        .proxy(proxy.expect("a proxy"));
    builder.build().expect("a client")
}

/// A token of a principal of the world for ARM.
async fn token(mock: &InProcess, principal: &str) -> String {
    let url = format!("http://{}/tokens", mock.coordinates.control);
    let body = json!({"principal": principal, "scope": "https://management.azure.com/.default"});
    #[expect(clippy::disallowed_methods, reason = "the control interface")]
    let client = Client::builder().no_proxy().build().expect("a client");
    let answer = client
        .post(url)
        .json(&body)
        .send()
        .await
        .expect("an answer");
    let answer: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
    answer["access_token"].as_str().expect("a token").to_owned()
}

/// Whoever defines a role must be allowed to at every scope that it names.
fn owns_management_groups(world: &mut Value, own: &Administrator, all: &Permissions) {
    let of_tenant = all
        .identities
        .iter()
        .filter(|it| it.tenant.name == own.tenant);
    let roles = of_tenant.flat_map(|it| &it.role_definitions);
    let scopes: BTreeSet<&String> = roles.flat_map(|role| &role.assignable_scopes).collect();
    let groups = scopes
        .into_iter()
        .filter(|scope| scope.starts_with("/providers/"));
    for (number, scope) in groups.enumerate() {
        let id = format!(
            "{scope}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000c{number:04}"
        );
        let properties = json!({
            "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"),
            "principalId": own.object_id(), "principalType": "ServicePrincipal",
        });
        push(
            world,
            "resources",
            json!({"id": id, "properties": properties}),
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn arm_takes_every_role_that_is_printed() {
    for chain in CHAINS {
        let path = root().join("scenarios").join(chain).join("scenario.yaml");
        let mut world = world_of(&path);
        let all = printed(&path, true);
        for own in administrators::add(&mut world) {
            owns_management_groups(&mut world, &own, &all);
            let principal = json!({"tenant": own.tenant, "service-principal": own.object_id()});
            world["principals"][format!("{}-administrator", own.tenant)] = principal;
        }
        let staged = write(&path, &world);
        let mock = serve(Options::of_file(
            staged.scenario.with_file_name("world.yaml"),
        ))
        .await;
        let mock = mock.expect("the mock starts");
        let client = client(&mock);
        for (number, own) in all.identities.iter().enumerate() {
            let token = token(&mock, &format!("{}-administrator", own.tenant.name)).await;
            for (also, role) in own.role_definitions.iter().enumerate() {
                let scope = role.assignable_scopes.first().expect("a scope");
                let url = format!(
                    "https://management.azure.com{scope}/providers/Microsoft.Authorization/roleDefinitions/0e000000-0000-4000-8000-0000000000{number}{also}?api-version=2022-04-01"
                );
                let put = client
                    .put(url)
                    .bearer_auth(&token)
                    .json(&json!({"properties": body(role)}));
                let answer = put.send().await.expect("an answer");
                let (status, text) = (answer.status(), answer.text().await.expect("a body"));
                assert_eq!(status.as_u16(), 201, "{chain} {}: {text}", role.name);
            }
        }
    }
}

#[test]
fn whoever_is_given_the_roles_by_the_azure_cli_needs_nothing_else() {
    let chain = "scenarios/cross-tenant-vault/scenario.yaml";
    let mut world = world_of(&root().join(chain));
    let administrators = administrators::add(&mut world);
    let auditors = auditors(&world);
    for (_, object_id) in auditors.values() {
        strip(&mut world, object_id);
        keep_graph(&mut world, object_id);
    }
    let staged = write(&root().join(chain), &world);
    let path = |path: &Path| path.to_str().expect("text").to_owned();
    let mock = Mock::start(&path(&staged.scenario.with_file_name("world.yaml")), &[]);
    let before = mock.run(&path(&staged.scenario));
    assert_ne!(before.code, 0, "{}", before.stdout);
    let roles = tempfile::tempdir().expect("a folder");
    let told = xtenant(["permissions", chain, "--roles", &path(roles.path())]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    for own in printed(&root().join(chain), false).identities {
        let Some((tenant, object_id)) = auditors.get(&own.identity) else {
            continue;
        };
        let Some(az) = AzureCli::at(&mock, "internet") else {
            return;
        };
        let administrator = administrators.iter().find(|it| it.tenant == *tenant);
        let administrator = administrator.expect("an administrator");
        let login = az.log_in(&administrator.tenant_id, &administrator.application, SECRET);
        assert_eq!(login.code, 0, "{}", login.stderr);
        let file = roles.path().join(format!("{tenant}.{}.json", own.identity));
        let made = az.json([
            "role",
            "definition",
            "create",
            "--role-definition",
            &format!("@{}", path(&file)),
        ]);
        assert_eq!(made["roleName"], own.role_definitions[0].name);
        for scope in &own.assign_at {
            az.json([
                "role",
                "assignment",
                "create",
                "--role",
                &own.role_definitions[0].name,
                "--assignee-object-id",
                object_id,
                "--assignee-principal-type",
                "ServicePrincipal",
                "--scope",
                scope,
            ]);
        }
    }
    let after = mock.run(&path(&staged.scenario));
    assert_eq!(after.code, 0, "{}{}", after.stdout, after.stderr);
}

/// The directory is another administrator's: what was granted there stays.
fn keep_graph(world: &mut Value, object_id: &str) {
    for tenant in world["tenants"]
        .as_object_mut()
        .expect("tenants")
        .values_mut()
    {
        let principals = tenant["service-principals"].as_array_mut();
        for own in principals
            .into_iter()
            .flatten()
            .filter(|own| own["id"] == object_id)
        {
            own["graph-permissions"] = json!(["Application.Read.All"]);
        }
    }
}
