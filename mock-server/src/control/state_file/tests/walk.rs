//! Whatever clients do: a mock that was written down and read again answers every GET as the one that was.

mod acts;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::*;
use acts::{ACTS, Dice, arm};

use crate::auth::Audience;
use crate::lro::Pace;
use crate::services::testing::{
    HOME, HOME_AUDITOR, HOME_WRITER, NET, RESOURCE, RESOURCE_WRITER, ask, mock,
};
use crate::world::{Resource, World};

const HOME_SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
const RESOURCE_SUBSCRIPTION: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const OFFICER: &str = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
const CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

/// The example world in which two clients may do everything.
fn world() -> World {
    let mut world = crate::world::example();
    for (at, (scope, principal, role)) in [
        (HOME_SUBSCRIPTION, HOME_WRITER, OWNER),
        (RESOURCE_SUBSCRIPTION, RESOURCE_WRITER, OWNER),
        (RESOURCE_SUBSCRIPTION, RESOURCE_WRITER, OFFICER),
        (RESOURCE_SUBSCRIPTION, RESOURCE_WRITER, CONTRIBUTOR),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000f{at}"),
            "properties": {
                "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
                "principalId": principal,
                "principalType": "ServicePrincipal",
            },
        });
        let body = body.as_object().cloned().unwrap();
        world.resources.push(Resource { body });
    }
    let home = world.tenants.get_mut("home").unwrap();
    let mut principals = home.service_principals.iter_mut();
    let auditor = principals.find(|it| it.id == HOME_AUDITOR).unwrap();
    auditor.graph_permissions = vec![
        "Application.ReadWrite.All".to_owned(),
        "Directory.ReadWrite.All".to_owned(),
        "Group.ReadWrite.All".to_owned(),
    ];
    world
}

fn version(path: &str) -> &'static str {
    match path {
        _ if path.contains("KeyVault") => "2023-07-01",
        _ if path.contains("ManagedIdentity") => "2023-01-31",
        _ => "2024-01-01",
    }
}

/// Every address that something is at, as whoever may read it.
fn addresses(context: &Context, operations: &BTreeSet<String>) -> Vec<(String, String)> {
    let state = context.state();
    let mut all = Vec::new();
    let mut add = |who: &str, url: String| all.push((who.to_owned(), url));
    for resource in state.resources() {
        add("arm", resource.id.clone());
        if resource.is_a("Microsoft.Network/networkInterfaces") {
            continue;
        }
        for below in [
            "privateEndpointConnections",
            "ALL",
            "virtualNetworkPeerings",
            "privateDnsZoneGroups/default",
            "scopeConnections",
            "listDeploymentStatus",
        ] {
            add("arm", format!("{}/{below}", resource.id));
        }
    }
    for subscription in [HOME_SUBSCRIPTION, RESOURCE_SUBSCRIPTION] {
        for list in [
            "resources",
            "resourceGroups",
            "providers/Microsoft.Network/virtualNetworks",
            "providers/Microsoft.Network/privateEndpoints",
            "providers/Microsoft.Network/networkInterfaces",
            "providers/Microsoft.Network/networkManagers",
            "providers/Microsoft.Network/networkManagerConnections",
            "providers/Microsoft.KeyVault/vaults",
            "providers/Microsoft.KeyVault/deletedVaults",
            "providers/Microsoft.Network/privateDnsZones",
            "providers/Microsoft.ManagedIdentity/userAssignedIdentities",
            "providers/Microsoft.Authorization/roleAssignments",
        ] {
            add("arm", format!("{subscription}/{list}"));
        }
    }
    for operation in operations {
        add("arm", operation.clone());
    }
    for list in [
        "applications",
        "servicePrincipals",
        "groups",
        "directory/deletedItems/microsoft.graph.application",
        "directory/deletedItems/microsoft.graph.servicePrincipal",
    ] {
        add("graph", list.to_owned());
    }
    for it in state.directory.applications(HOME) {
        for part in ["", "/owners", "/federatedIdentityCredentials"] {
            add("graph", format!("applications/{}{part}", it.id));
        }
    }
    for it in state.directory.groups(HOME) {
        add("graph", format!("groups/{}/members", it.id));
    }
    for list in ["secrets", "deletedsecrets"] {
        add("vault", list.to_owned());
    }
    for secret in state.secrets_after("kv-resource", None) {
        add("vault", format!("deletedsecrets/{}", secret.name));
        add("vault", format!("secrets/{}", secret.name));
        add("vault", format!("secrets/{}/versions", secret.name));
        for version in &secret.versions {
            add("vault", format!("secrets/{}/{}", secret.name, version.id));
        }
    }
    add("blob", "?comp=list".to_owned());
    for (name, container) in state.containers("stresource", "") {
        add("blob", format!("{name}?restype=container"));
        add(
            "blob",
            format!(
                "{name}?restype=container&comp=list&include=metadata,uncommittedblobs,snapshots,tags,copy"
            ),
        );
        for blob in container.blobs.keys().chain(container.uncommitted.keys()) {
            add("blob", format!("{name}/{blob}?comp=tags"));
            add("blob", format!("{name}/{blob}"));
            add(
                "blob",
                format!("{name}/{blob}?comp=blocklist&blocklisttype=all"),
            );
        }
    }
    all
}

fn answer(context: &Context, who: &str, url: &str) -> String {
    let asked = match who {
        "arm" => {
            let (tenant, object) = if url.starts_with(RESOURCE_SUBSCRIPTION) {
                (RESOURCE, RESOURCE_WRITER)
            } else {
                (HOME, HOME_WRITER)
            };
            let version = version(url);
            ask(
                context,
                Method::GET,
                &format!("management.azure.com{url}?api-version={version}"),
            )
            .bearing(tenant, object, Audience::Arm)
        }
        "graph" => ask(
            context,
            Method::GET,
            &format!("graph.microsoft.com/v1.0/{url}"),
        )
        .bearing(HOME, HOME_AUDITOR, Audience::Graph),
        "vault" => ask(
            context,
            Method::GET,
            &format!("kv-resource.vault.azure.net/{url}?api-version=7.4"),
        )
        .bearing(RESOURCE, RESOURCE_WRITER, Audience::KeyVault)
        .by("10.1.0.4"),
        _ => ask(
            context,
            Method::GET,
            &format!("stresource.blob.core.windows.net/{url}"),
        )
        .with("x-ms-version", "2026-10-06")
        .bearing(RESOURCE, RESOURCE_WRITER, Audience::Storage)
        .by("10.1.0.5"),
    };
    let reply = asked.reply();
    let kept = |it: &&(&'static str, String)| !it.0.contains("ratelimit");
    let headers: Vec<_> = reply.headers.iter().filter(kept).collect();
    format!(
        "{} {headers:?} {}",
        reply.status.as_u16(),
        String::from_utf8_lossy(&reply.body)
    )
}

/// Every operation that has begun, by the address at which its caller asks.
fn operations(kept: &Kept) -> BTreeSet<String> {
    let text: Value = serde_json::from_slice(&kept.text().unwrap()).unwrap();
    let all = text["operations"]["ended"].as_array().unwrap().clone();
    let all = all.iter().map(|it| {
        let (id, subscription) = (it["id"].as_str().unwrap(), it["of"]["subscription"].as_str().unwrap());
        format!("/subscriptions/{subscription}/providers/Microsoft.Network/locations/japaneast/operations/{id}")
    });
    all.collect()
}

#[test]
fn whatever_clients_did_is_there_again() {
    let world = world();
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    let mut compared = BTreeMap::<String, usize>::new();
    for seed in 1..=6_u64 {
        let context = mock(&world);
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for turn in 0..120 {
            if dice.roll(20) == 0 {
                let pace = *dice.of(&[
                    Pace::Immediate,
                    Pace::AfterPolls(2),
                    Pace::After(Duration::from_secs(7200)),
                ]);
                context.operations.set_pace(pace);
            }
            // Everything once, then whatever comes.
            let (name, act) = ACTS.get(turn).unwrap_or_else(|| dice.of(ACTS));
            let status = act(&context, &mut dice);
            assert!(status < 500, "{name}: {status}");
            *done.entry(name).or_default() += usize::from((200..300).contains(&status));
        }
        // What runs is written as ended, so it ends here too.
        context.operations.set_pace(Pace::Immediate);
        context.clock.advance(Duration::from_secs(7200));
        context.operations.settle(&context);
        let running = |it: &String| answer(&context, "arm", it).contains("InProgress");
        while operations(&kept(&context)).iter().any(running) {}

        let clock = context.clock.clone();
        let times = (clock.start(), clock.now());
        let written = Kept::new(times, world.frame(), context.kept())
            .text()
            .unwrap();
        let read = Kept::read(&written, Some(&world.world)).unwrap();
        let all = operations(&read);
        let again = Context::new(read.state, clock, context.signer.clone());
        again.operations.resume(read.operations);
        for (who, url) in addresses(&context, &all) {
            let both = || (answer(&context, &who, &url), answer(&again, &who, &url));
            let (mut one, mut other) = both();
            if one != other {
                // Refusals say what time it is, and between the two a second may have ended.
                (one, other) = both();
            }
            assert_eq!(one, other, "seed {seed}: {who} {url}");
            *compared.entry(format!("{who} {}", &one[..3])).or_default() += 1;
        }
        assert_eq!(
            again.state().export(&world.frame()).resources.len(),
            context.state().export(&world.frame()).resources.len()
        );
        let once_more = Kept::new(times, world.frame(), again.kept())
            .text()
            .unwrap();
        assert!(
            once_more == written,
            "seed {seed}: written again, it is the same"
        );
    }
    let never: Vec<_> = ACTS
        .iter()
        .filter(|(name, _)| done.get(name).is_none_or(|it| *it == 0))
        .collect();
    assert!(
        never.is_empty(),
        "never done: {:?} of {done:?}",
        never.iter().map(|it| it.0).collect::<Vec<_>>()
    );
    for who in ["arm 200", "graph 200", "vault 200", "blob 200"] {
        assert!(compared.get(who).is_some_and(|it| *it > 20), "{compared:?}");
    }
}

#[test]
fn what_runs_has_ended_in_the_file_and_goes_on_in_the_mock() {
    let world = world();
    let context = mock(&world);
    context
        .operations
        .set_pace(Pace::After(Duration::from_secs(60)));
    let path = format!("{NET}/virtualNetworks/slow");
    let body = json!({"location": "japaneast", "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}});
    assert_eq!(arm(&context, Method::PUT, &path, Some(&body)), 201);
    let kept = kept(&context);
    let operation = operations(&kept).into_iter().next().unwrap();
    assert!(answer(&context, "arm", &operation).contains("InProgress"));
    assert!(answer(&context, "arm", &path).contains("Updating"));
    let again = Context::new(kept.state, context.clock.clone(), context.signer.clone());
    again.operations.resume(kept.operations);
    assert!(answer(&again, "arm", &operation).contains("Succeeded"));
    assert!(answer(&again, "arm", &path).contains("\"Succeeded\""));
    context.clock.advance(Duration::from_secs(61));
    context.operations.settle(&context);
    assert!(answer(&context, "arm", &operation).contains("Succeeded"));
}
