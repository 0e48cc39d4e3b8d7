//! Connectivity configurations: mesh, and hub-and-spoke. What is changed here acts once it is committed.

use serde_json::Value;

use super::{deployed, groups, ids, object};
use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::Style;
use crate::services::arm::shape;
use crate::services::arm::write::{Body, Kind, Manner, Write, fields, linked};
use crate::services::network_manager::{CONFIGURATIONS, NETWORK_GROUPS, NETWORKS, key};
use crate::store::{Resource, State};
use time::OffsetDateTime;

/// The manager's booleans.
const FLAG: &[&str] = &["False", "True"];

/// Connectivity configurations, deleted by force or only when they are not deployed.
pub(super) struct Configurations<const FORCE: bool>;

impl<const FORCE: bool> Kind for Configurations<FORCE> {
    const TYPE: &'static str = CONFIGURATIONS;
    const SYSTEM_DATA: bool = true;
    const DELETE: Manner = Manner::Operation(Style::Location);

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        let known = [
            "description",
            "connectivityTopology",
            "hubs",
            "isGlobal",
            "appliesToGroups",
            "deleteExistingPeering",
            "connectivityCapabilities",
        ];
        fields::keep_only(body, &known);
        fields::text(body, "/properties/description")?;
        fields::object(body, "/properties/connectivityCapabilities")?;
        let at = "/properties/connectivityTopology";
        let topology = fields::one_of(body, at, &["HubAndSpoke", "Mesh"])?;
        let topology = topology.ok_or_else(|| fields::missing(at))?;
        fields::set(body, "connectivityTopology", topology);
        for name in ["isGlobal", "deleteExistingPeering"] {
            spell(body, &format!("/properties/{name}"), FLAG)?;
        }
        hubs(write, body, topology)?;
        applies_to(write, body)
    }

    fn show(_: &State, given: &Resource) -> Value {
        object(given, shape::resource(given))
    }

    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let own = key(write.id.as_str());
        deployed::refuse_unless(FORCE, write, |active| key(&active.configuration) == own)
    }

    fn deleting(state: &mut State, id: &str, now: OffsetDateTime) {
        deployed::take_out(state, id, now);
    }
}

/// Hub-and-spoke has one hub, which may be in another tenant; a mesh has none.
fn hubs(write: &Write<'_>, body: &mut Body, topology: &str) -> Result<(), Reply> {
    let count = fields::array(body, "/properties/hubs")?.len();
    let wanted = usize::from(topology == "HubAndSpoke");
    if count != wanted {
        let message =
            format!("A {topology} configuration has {wanted} hub(s), {count} were given.");
        return Err(bad_request("BadRequest", &message));
    }
    for index in 0..count {
        let at = format!("/properties/hubs/{index}");
        let given = fields::required_text(body, &format!("{at}/resourceId"))?;
        let property = fields::dotted(&format!("{at}/resourceId"));
        let network = groups::network(write, &property, given)?;
        let properties = body.get_mut("properties");
        if let Some(hub) = properties.and_then(|it| it.pointer_mut(&format!("/hubs/{index}"))) {
            hub["resourceId"] = Value::from(network);
            hub["resourceType"] = Value::from(NETWORKS);
        }
    }
    Ok(())
}

/// Groups of this very manager.
fn applies_to(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let at = "/properties/appliesToGroups";
    if body
        .get("properties")
        .and_then(|it| it.get("appliesToGroups"))
        .is_none_or(Value::is_null)
    {
        return Err(fields::missing(at));
    }
    for index in 0..fields::array(body, at)?.len() {
        let at = format!("{at}/{index}");
        let connectivity = format!("{at}/groupConnectivity");
        if !spell(body, &connectivity, &["None", "DirectlyConnected"])? {
            return Err(fields::missing(&connectivity));
        }
        for name in ["isGlobal", "useHubGateway"] {
            spell(body, &format!("{at}/{name}"), FLAG)?;
        }
        let at = format!("{at}/networkGroupId");
        let group = group(write, &at, fields::required_text(body, &at)?)?;
        let pointer = format!("/appliesToGroups/{index}/networkGroupId");
        ids::replace(body.get_mut("properties"), &pointer, &group);
    }
    Ok(())
}

fn group(write: &Write<'_>, at: &str, given: &str) -> Result<String, Reply> {
    let property = fields::dotted(at);
    let id = ids::of_type(&property, given, NETWORK_GROUPS)?;
    let manager = write.id.parent().unwrap_or_default();
    if id.parent().is_none_or(|it| key(it) != key(manager)) {
        let message =
            format!("The network group '{id}' at '{property}' is not one of '{manager}'.");
        return Err(bad_request("BadRequest", &message));
    }
    let found = write.state.resource(id.as_str());
    let found = found.ok_or_else(|| linked::not_there(write, id.as_str()))?;
    Ok(found.id.clone())
}

/// Reads a word of an enum and spells it as Azure does; says whether it was there.
fn spell(body: &mut Body, at: &str, known: &[&'static str]) -> Result<bool, Reply> {
    let Some(word) = fields::one_of(body, at, known)? else {
        return Ok(false);
    };
    let pointer = at.trim_start_matches("/properties");
    ids::replace(body.get_mut("properties"), pointer, word);
    Ok(true)
}
