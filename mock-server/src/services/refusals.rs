//! Every protected operation refuses: no token, a forged one, one of another audience, of another tenant, without rights.

use http::StatusCode;
use serde_json::{Value, json};

use super::testing::{
    HOME, HOME_AUDITOR, HOME_WRITER, IDENTITY, RESOURCE, RESOURCE_AUDITOR, WORKLOAD, ask, example,
    get, specifications, writable,
};
use super::{Access, ApiVersion, Hosts, Operation, SERVICES, Service};
use crate::auth::Audience;
use crate::context::Context;

const SUBSCRIPTION: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

/// Services whose specifications are not among the official files at hand; their headers say where they come from.
const UNBUNDLED: &[&str] = &[
    "arm-container-registry",
    "arm-deny-assignments",
    "arm-export",
    "arm-key-vault-secrets",
    "arm-locks",
    "arm-management-group-writes",
    "arm-network-parts",
    "arm-network-regions",
    "arm-others",
    "arm-provider-operations",
    "arm-provider-registration",
    "arm-resources-by-id",
    "arm-storage-parts",
    "arm-tags",
    "arm-web-plans",
    "arm-web-parts",
    "arm-web-secrets",
    "arm-web-stacks",
    "key-vault-others",
];

/// A URL that fits an operation, with the parameters filled with something.
fn url(service: &Service, operation: &Operation) -> String {
    let host = match service.hosts {
        Hosts::Exact(names) => names[0].to_owned(),
        Hosts::Suffix(".vault.azure.net") => "kv-resource.vault.azure.net".to_owned(),
        Hosts::Suffix(suffix) => format!("stresource{suffix}"),
        Hosts::Regional(suffix) => format!("x.japaneast{suffix}"),
        Hosts::LinkLocal => String::new(),
    };
    let path = operation.path.replace("{subscriptionId}", SUBSCRIPTION);
    let path = path.replace("{scope*}", &format!("subscriptions/{SUBSCRIPTION}"));
    let mut filled = String::new();
    for (index, part) in path.split(['{', '}']).enumerate() {
        filled.push_str(if index % 2 == 1 { "x" } else { part });
    }
    let version = if service.api_version == ApiVersion::None {
        ""
    } else {
        "?api-version=2024-01-01"
    };
    format!("{host}{filled}{version}")
}

/// Operations of this file's services that need a token.
fn protected() -> impl Iterator<Item = (&'static Service, &'static Operation, Audience)> {
    let mine = |service: &&Service| !matches!(service.hosts, Hosts::LinkLocal);
    SERVICES.iter().copied().filter(mine).flat_map(|service| {
        service
            .operations
            .iter()
            .filter_map(move |operation| match operation.access {
                Access::Anonymous => None,
                Access::Arm(_) => Some((service, operation, Audience::Arm)),
                Access::Graph(_) => Some((service, operation, Audience::Graph)),
                Access::Bearer(audience) | Access::Signed(audience) => {
                    Some((service, operation, audience))
                }
            })
    })
}

/// The vault and the account opened, so that the network is not what refuses.
fn open() -> Context {
    super::testing::changed(|world| {
        for resource in &mut world.resources {
            let properties = resource
                .body
                .get_mut("properties")
                .and_then(Value::as_object_mut);
            let closed = properties.filter(|it| it.contains_key("publicNetworkAccess"));
            if let Some(properties) = closed {
                properties.insert("publicNetworkAccess".to_owned(), json!("Enabled"));
                properties.insert("networkAcls".to_owned(), json!({"defaultAction": "Allow"}));
            }
        }
    })
}

#[test]
fn no_token_no_answer() {
    let context = open();
    for (service, operation, _) in protected() {
        let reply = ask(&context, operation.method.clone(), &url(service, operation))
            .with("x-ms-version", "2024-08-04")
            .reply();
        assert_eq!(
            reply.status,
            StatusCode::UNAUTHORIZED,
            "{} {}",
            service.name,
            operation.id
        );
        assert!(
            reply
                .headers
                .iter()
                .any(|(name, _)| *name == "www-authenticate"),
            "{} {}",
            service.name,
            operation.id
        );
    }
}

#[test]
fn a_token_that_nobody_signed_is_none() {
    let context = open();
    for (service, operation, _) in protected() {
        let forged = ask(&context, operation.method.clone(), &url(service, operation))
            .with("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.");
        assert_eq!(
            forged.reply().status,
            StatusCode::UNAUTHORIZED,
            "{} {}",
            service.name,
            operation.id
        );
    }
}

#[test]
fn a_token_for_another_service_is_none() {
    let context = open();
    for (service, operation, audience) in protected() {
        for other in Audience::ALL.into_iter().filter(|other| *other != audience) {
            let request = ask(&context, operation.method.clone(), &url(service, operation))
                .with("x-ms-version", "2024-08-04");
            let reply = request.bearing(HOME, HOME_AUDITOR, other).reply();
            assert_eq!(
                reply.status,
                StatusCode::UNAUTHORIZED,
                "{} {} {other:?}",
                service.name,
                operation.id
            );
        }
    }
}

#[test]
fn a_token_of_another_tenant_reads_no_resource() {
    let context = open();
    for (service, operation, audience) in
        protected().filter(|(_, operation, _)| operation.handler.is_some())
    {
        let (tenant, object) = match audience {
            Audience::Arm => (RESOURCE, RESOURCE_AUDITOR),
            Audience::KeyVault | Audience::Registry | Audience::Storage => (HOME, IDENTITY),
            // Graph shows each caller its own tenant: nothing to refuse.
            Audience::Graph => continue,
        };
        let below_subscription = format!("management.azure.com/subscriptions/{SUBSCRIPTION}");
        if !url(service, operation).starts_with(&below_subscription) && audience == Audience::Arm {
            continue;
        }
        let request = ask(&context, operation.method.clone(), &url(service, operation))
            .with("x-ms-version", "2024-08-04");
        let query = if operation.id.contains("Container") {
            ""
        } else {
            "ignored"
        };
        let _ = query;
        let status = request.bearing(tenant, object, audience).reply().status;
        let not_chosen = status == StatusCode::NOT_IMPLEMENTED; // a blob query that names no operation
        assert!(
            status == StatusCode::UNAUTHORIZED || not_chosen,
            "{} {}: {status}",
            service.name,
            operation.id
        );
    }
}

#[test]
fn a_caller_without_rights_is_refused_before_it_learns_what_exists() {
    let context = open();
    for (service, operation, audience) in
        protected().filter(|(_, operation, _)| operation.handler.is_some())
    {
        let arm_action = matches!(operation.access, Access::Arm(_));
        if audience == Audience::Arm && !arm_action {
            continue;
        }
        // The managed identity has no role in its own tenant, the resource auditor none on data, the workload none of Graph's.
        let (tenant, object) = match audience {
            Audience::Arm => (HOME, IDENTITY),
            Audience::Graph => (RESOURCE, WORKLOAD),
            Audience::KeyVault | Audience::Registry | Audience::Storage => {
                (RESOURCE, RESOURCE_AUDITOR)
            }
        };
        let request = ask(&context, operation.method.clone(), &url(service, operation))
            .with("x-ms-version", "2024-08-04");
        let request = request.with("consistencylevel", "eventual");
        let reply = request.bearing(tenant, object, audience).reply();
        let refused = matches!(reply.status.as_u16(), 403 | 501 | 400);
        assert!(
            refused,
            "{} {}: {}",
            service.name, operation.id, reply.status
        );
    }
}

#[test]
fn what_is_not_built_answers_501_and_names_itself() {
    let context = writable();
    for (service, operation, audience) in
        protected().filter(|(_, operation, _)| operation.handler.is_none())
    {
        if audience != Audience::Arm {
            continue;
        }
        let request = ask(&context, operation.method.clone(), &url(service, operation));
        let (status, body) = request.bearing(HOME, HOME_WRITER, audience).json();
        if status == 501 {
            let message = body["error"]["message"].as_str().unwrap_or_default();
            assert!(message.contains(operation.id), "{message}");
        } else {
            // The owner of a subscription has no rights at management groups.
            assert_eq!(status, 403, "{} {}", service.name, operation.id);
            assert!(
                !operation.path.contains("{subscriptionId}"),
                "{}",
                operation.id
            );
        }
    }
}

#[test]
fn operations_say_where_they_come_from() {
    let ids: Vec<_> = protected()
        .map(|(service, operation, _)| (service.name, operation.id, operation.spec))
        .collect();
    assert!(ids.len() > 60, "{}", ids.len());
    for (service, id, spec) in ids {
        let unbundled = UNBUNDLED.contains(&service);
        assert!(
            spec.is_some() != unbundled,
            "{service} {id} names no specification, or one that is not bundled"
        );
    }
}

#[test]
fn specifications_that_operations_name_exist() {
    let Some(folder) = specifications() else {
        return;
    };
    for (service, operation, _) in protected() {
        let Some(spec) = operation.spec else {
            continue;
        };
        let spec = folder.join(spec);
        assert!(
            spec.is_file(),
            "{} {}: {}",
            service.name,
            operation.id,
            spec.display()
        );
    }
}

#[test]
fn an_api_version_is_needed() {
    let context = example();
    let request = get(&context, "management.azure.com/subscriptions").bearing(
        HOME,
        HOME_AUDITOR,
        Audience::Arm,
    );
    let (status, body) = request.json();
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (400, Some("MissingApiVersionParameter"))
    );
}
