//! Which configurations act on a virtual network, with the groups through which they do: asked in the network's own tenant.

use serde_json::{Value, json};

use super::token_page::Question;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::found;
use crate::services::network_manager::{Active, key};
use crate::store::State;

/// `ListNetworkManagerEffectiveConnectivityConfigurations`.
pub(super) fn of_network(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let listed = || {
        let network = found::parent(&state, request)?;
        let question = Question::of(request)?;
        let connectivity = &state.derived().connectivity;
        let effective = connectivity
            .effective
            .on(&network.id)
            .iter()
            .filter_map(|it| {
                let active = connectivity.active.get(it.active)?;
                Some(configuration(
                    &state,
                    active,
                    it.groups.iter().map(String::as_str),
                ))
            });
        Ok(question.page(request, effective.collect()))
    };
    listed().unwrap_or_else(|reply: Reply| reply)
}

/// `EffectiveConnectivityConfiguration`: the configuration as it was committed, and these of its groups.
pub(super) fn configuration<'a>(
    state: &State,
    active: &Active,
    groups: impl Iterator<Item = &'a str>,
) -> Value {
    let mut properties = active.properties.clone();
    if properties
        .get("provisioningState")
        .is_none_or(Value::is_null)
    {
        properties["provisioningState"] = json!("Succeeded");
    }
    let groups: Vec<Value> = groups.map(|id| group(state, id)).collect();
    json!({
        "id": active.configuration,
        "properties": properties,
        "configurationGroups": groups,
    })
}

/// `ConfigurationGroup`: its properties as they are now.
fn group(state: &State, id: &str) -> Value {
    let given = state.resource(&key(id));
    let mut properties = given.map(|it| it.properties().clone()).unwrap_or_default();
    if !properties.is_object() {
        properties = json!({});
    }
    properties["provisioningState"] = json!("Succeeded");
    json!({"id": given.map_or(id, |it| it.id.as_str()), "properties": properties})
}
