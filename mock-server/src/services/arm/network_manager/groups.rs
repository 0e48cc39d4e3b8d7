//! Network groups and their static members.
//!
//! A member may be a network of another tenant: then whoever adds it calls in that tenant too, by an auxiliary token, and
//! has the right there. A network outside of the manager's scope may be a member, and gets nothing (PITFALLS A23); its
//! region shows as far as the network exists.

use serde_json::{Value, json};

use super::{deployed, ids, object};
use crate::request::Reply;
use crate::services::arm::operations::Style;
use crate::services::arm::shape;
use crate::services::arm::write::{Body, Kind, Manner, Write, fields, linked};
use crate::services::network_manager::{
    Active, NETWORK_GROUPS, NETWORKS, STATIC_MEMBERS, effective, key, region_of,
};
use crate::store::{Resource, State};

/// The right at a network that is made a hub or a member: the one that a captured refusal of a hub names
/// (Azure/azure-cli-extensions #7143); of members no capture is known, so they are taken to need the same.
pub(super) const AT_NETWORK: &str = "Microsoft.Network/virtualNetworks/write";

/// Network groups, deleted by force or only when no deployed configuration applies to them.
pub(super) struct Groups<const FORCE: bool>;

impl<const FORCE: bool> Kind for Groups<FORCE> {
    const TYPE: &'static str = NETWORK_GROUPS;
    const SYSTEM_DATA: bool = true;
    const DELETE: Manner = Manner::Operation(Style::Location);

    fn prepare(_: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["description", "memberType"]);
        fields::text(body, "/properties/description")?;
        let types = ["VirtualNetwork", "Subnet"];
        if let Some(member_type) = fields::one_of(body, "/properties/memberType", &types)? {
            fields::set(body, "memberType", member_type);
        }
        Ok(())
    }

    fn show(_: &State, given: &Resource) -> Value {
        object(given, shape::resource(given))
    }

    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let own = key(write.id.as_str());
        deployed::refuse_unless(FORCE, write, |active| applies_to(active, &own))
    }
}

fn applies_to(active: &Active, group: &str) -> bool {
    let items = effective::list(&active.properties, "appliesToGroups");
    let mut ids = items.filter_map(|item| effective::text(item, "networkGroupId"));
    ids.any(|id| key(id) == group)
}

/// Static members.
pub(super) struct Members;

impl Kind for Members {
    const TYPE: &'static str = STATIC_MEMBERS;
    const SYSTEM_DATA: bool = true;

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["resourceId"]);
        let given = fields::required_text(body, "/properties/resourceId")?;
        let network = network(write, "properties.resourceId", given)?;
        fields::set(body, "resourceId", network);
        Ok(())
    }

    fn show(state: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        let network = given.property("/resourceId").and_then(Value::as_str);
        if let Some(network) = network.and_then(|id| effective::network(state, id)) {
            shape::derive(&mut body, "region", json!(region_of(network)));
        }
        body["etag"] = shape::etag(given, &body);
        body
    }
}

/// A network that a manager is to manage: it exists, and whoever calls in its tenant may do that.
///
/// # Errors
/// 400 for what is no network or does not exist, 403 `LinkedAuthorizationFailed`.
pub(super) fn network(write: &Write<'_>, property: &str, given: &str) -> Result<String, Reply> {
    let id = ids::of_type(property, given, NETWORKS)?;
    write.linked(property, id.as_str(), AT_NETWORK)?;
    let found = effective::network(write.state, id.as_str());
    let found = found.ok_or_else(|| linked::not_there(write, id.as_str()))?;
    Ok(found.id.clone())
}
