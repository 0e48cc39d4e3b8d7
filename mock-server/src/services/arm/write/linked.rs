//! May the caller refer to that resource? Linked access, in the caller's tenant and in others.
//!
//! A body that names another resource needs a right there. When it is in another tenant, the right must be that of the
//! caller's application in that tenant, proved by an auxiliary token (API.md §7, PITFALLS.md A09). Texts are those of
//! captured answers (Azure/OpenShift #41, Azure/aad-pod-identity #613).

use http::StatusCode;
use serde_json::Value;

use super::{Body, Write, fields};
use crate::auth::{self, Caller};
use crate::context::Context;
use crate::ids::ResourceId;
use crate::rbac::{self, Asked};
use crate::request::{Reply, Request};
use crate::services::Refusal;
use crate::services::arm::errors::{bad_request, error, refuse};

/// The right to let a subnet through a firewall.
const JOIN: &str = "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action";

/// Who calls: the application in the tenant of the request, and in other tenants by auxiliary tokens.
#[derive(Clone, Debug)]
pub struct Callers {
    /// By the token of the request.
    pub main: Caller,
    /// By auxiliary tokens.
    pub auxiliary: Vec<Caller>,
    /// The api-version that they ask with: some defaults follow from it.
    pub api_version: String,
}

impl Callers {
    /// The callers of a request.
    ///
    /// # Errors
    /// The refusal of an auxiliary token.
    pub fn of(
        context: &Context,
        request: &Request,
        caller: Option<&Caller>,
    ) -> Result<Self, Reply> {
        let main = caller.cloned().ok_or(Refusal::NoToken);
        let all = main.and_then(|main| {
            let auxiliary = auth::auxiliary(context, request, &main)?;
            let api_version = request.query("api-version").unwrap_or_default().to_owned();
            Ok(Self {
                main,
                auxiliary,
                api_version,
            })
        });
        all.map_err(|refusal| refuse(&refusal, request, context))
    }

    /// The caller in a tenant.
    pub fn of_tenant(&self, tenant: &str) -> Option<&Caller> {
        let mut all = std::iter::once(&self.main).chain(&self.auxiliary);
        all.find(|caller| caller.tenant_id.eq_ignore_ascii_case(tenant))
    }
}

/// Requires a right at a resource that a body names, of whoever calls in its tenant; reads the reference.
///
/// # Errors
/// 400 `LinkedInvalidPropertyId`, 403 `LinkedAuthorizationFailed`.
pub fn require(
    write: &Write<'_>,
    property: &str,
    reference: &str,
    action: &str,
) -> Result<ResourceId, Reply> {
    let id = read(property, reference)?;
    let tenant = write.state.tenant_of_scope(reference);
    let Some(caller) = tenant.and_then(|tenant| write.callers.of_tenant(tenant)) else {
        return Err(foreign(write, action, &id));
    };
    let asked = Asked::control(action, reference);
    if rbac::allowed(write.state, caller, &asked).is_granted() {
        return Ok(id);
    }
    Err(forbidden(write, caller, action, reference))
}

/// Requires the right to join every subnet that a firewall newly lets in, in the subnet's own tenant
/// (azure-docs, `storage/common/storage-network-security.md`: "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action").
///
/// # Errors
/// 400 for a rule without an id, and those of [`require`].
pub fn subnets_let_in(write: &Write<'_>, body: &Body) -> Result<(), Reply> {
    let rules = "/properties/networkAcls/virtualNetworkRules";
    let before = write
        .existing
        .and_then(|it| it.property("/networkAcls/virtualNetworkRules"));
    let before: Vec<&str> = before
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|rule| rule["id"].as_str())
        .collect();
    for index in 0..fields::array(body, rules)?.len() {
        let at = format!("{rules}/{index}/id");
        let subnet = fields::required_text(body, &at)?;
        if !before.iter().any(|it| it.eq_ignore_ascii_case(subnet)) {
            require(write, &fields::dotted(&at), subnet, JOIN)?;
        }
    }
    Ok(())
}

/// The id that a property holds.
///
/// # Errors
/// 400 `LinkedInvalidPropertyId`.
pub fn read(property: &str, reference: &str) -> Result<ResourceId, Reply> {
    ResourceId::parse(reference).map_err(|_| {
        bad_request(
            "LinkedInvalidPropertyId",
            &format!(
                "Property id '{reference:.300}' at path '{property}' is invalid. Expect fully qualified resource Id that start with '/subscriptions/{{subscriptionId}}' or '/providers/{{resourceProviderNamespace}}/'."
            ),
        )
    })
}

/// 400: a resource that a body names does not exist. Microsoft.Network's words.
pub fn not_there(write: &Write<'_>, reference: &str) -> Reply {
    bad_request(
        "InvalidResourceReference",
        &format!(
            "Resource {reference} referenced by resource {} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.",
            write.id
        ),
    )
}

/// The action is the linked one, as in Azure/azure-cli-extensions #7143 and hashicorp/terraform-provider-azurerm #4546.
fn foreign(write: &Write<'_>, action: &str, linked: &ResourceId) -> Reply {
    let subscription = linked.subscription.as_deref().unwrap_or(linked.as_str());
    let message = format!(
        "The client has permission to perform action '{action}' on scope '{}', however the current tenant '{}' is not authorized to access linked subscription '{subscription}'.",
        write.id, write.callers.main.tenant_id
    );
    error(StatusCode::FORBIDDEN, "LinkedAuthorizationFailed", &message)
}

fn forbidden(write: &Write<'_>, caller: &Caller, action: &str, reference: &str) -> Reply {
    let message = format!(
        "The client '{}' with object id '{}' has permission to perform action '{}' on scope '{}'; however, it does not have permission to perform action '{action}' on the linked scope(s) '{reference}' or the linked scope(s) are invalid.",
        caller.app_id, caller.object_id, write.action, write.id
    );
    error(StatusCode::FORBIDDEN, "LinkedAuthorizationFailed", &message)
}
