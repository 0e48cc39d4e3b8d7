//! Virtual machines of a world, as far as networks ask for them: whether one runs, and what is installed on it.
//!
//! A machine runs unless its `instanceView` has another `PowerState`. Shapes: azure-rest-api-specs, `compute`
//! (`VirtualMachineInstanceView`, `VirtualMachineExtensionsListResult`), whose files are not at hand.

use serde_json::{Value, json};

use super::{found, page, shape};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::{Resource, State};

const EXTENSIONS: &str = "Microsoft.Compute/virtualMachines/extensions";
/// Publisher of Network Watcher's agent (azure-docs, `network-watcher/network-watcher-agent-linux.md`).
const AGENT: &str = "Microsoft.Azure.NetworkWatcher";

/// `VirtualMachines_InstanceView`.
pub(super) fn instance_view(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request)
        .map_or_else(|missing| missing, |machine| Reply::ok(&view(machine)))
}

/// `VirtualMachineExtensions_List`, which has a single page.
pub(super) fn extensions(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found::parent(&state, request).map_or_else(
        |missing| missing,
        |machine| {
            let all = state.in_order(&machine.id, EXTENSIONS).into_iter();
            page::single(all.map(shape::resource).collect())
        },
    )
}

fn view(machine: &Resource) -> Value {
    let given = machine.property("/instanceView").cloned();
    let mut view = given.unwrap_or_else(|| json!({}));
    if power(machine).is_none() {
        view["statuses"] = json!([
            {"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Provisioning succeeded"},
            {"code": "PowerState/running", "level": "Info", "displayStatus": "VM running"},
        ]);
    }
    view
}

/// The state after `PowerState/`.
fn power(machine: &Resource) -> Option<&str> {
    let statuses = machine.property("/instanceView/statuses")?.as_array()?;
    let mut codes = statuses.iter().filter_map(|it| it.get("code")?.as_str());
    codes.find_map(|code| code.strip_prefix("PowerState/"))
}

/// Whether a machine runs; one that the world does not have is not looked at.
pub(super) fn runs(state: &State, machine: &str) -> bool {
    let power = state.resource(machine).and_then(power);
    power.is_none_or(|it| it.eq_ignore_ascii_case("running"))
}

/// Whether the agent of a machine answers: the machine runs, and no agent that it has failed.
pub(super) fn agent_answers(state: &State, machine: &str) -> bool {
    let extensions = state.in_order(machine, EXTENSIONS);
    let text = |it: &Resource, name: &str| {
        let found = it.property(name).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    let mut agents = extensions
        .into_iter()
        .filter(|it| text(it, "/publisher").eq_ignore_ascii_case(AGENT));
    runs(state, machine) && agents.all(|it| text(it, "/provisioningState") != "Failed")
}
