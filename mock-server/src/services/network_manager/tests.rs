//! What follows from commits, scopes and members, in the world of the mesh.

use serde_json::{Value, json};

use crate::ids::ResourceId;
use crate::store::State;
use crate::world::{Commit, CommitType, DeploymentStatus, Resource, World, bundled};

const NET: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";
const THERE: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network";

fn home() -> String {
    format!("{NET}/virtualNetworks/home")
}

fn data() -> String {
    format!("{THERE}/virtualNetworks/data")
}

fn mesh() -> String {
    format!("{NET}/networkManagers/nm/connectivityConfigurations/mesh")
}

fn properties<'w>(world: &'w mut World, id: &str) -> &'w mut Value {
    let mut all = world.resources.iter_mut();
    let found = all.find(|it| it.id().eq_ignore_ascii_case(id)).unwrap();
    &mut found.body["properties"]
}

fn add(world: &mut World, body: &Value) {
    let body = body.as_object().unwrap().clone();
    world.resources.push(Resource { body });
}

fn network(world: &mut World, id: &str, location: &str, prefix: &str) {
    add(
        world,
        &json!({"id": id, "location": location, "properties": {"addressSpace": {"addressPrefixes": [prefix]}}}),
    );
}

fn member(world: &mut World, name: &str, network: &str) {
    let id = format!("{NET}/networkManagers/nm/networkGroups/all/staticMembers/{name}");
    add(
        world,
        &json!({"id": id, "properties": {"resourceId": network}}),
    );
}

fn after(change: impl FnOnce(&mut World)) -> State {
    let mut world = bundled("cross-tenant-mesh");
    change(&mut world);
    State::build(&world).unwrap()
}

/// Ids of the configurations that act on a network.
fn effective(state: &State, network: &str) -> Vec<String> {
    let connectivity = &state.derived().connectivity;
    let on = connectivity.effective.on(network).iter();
    on.map(|it| connectivity.active[it.active].configuration.clone())
        .collect()
}

/// Names of the networks that a network reaches.
fn reached(state: &State, network: &str) -> Vec<String> {
    let connectivity = &state.derived().connectivity;
    let mesh = connectivity.connected_groups.reached_from(network);
    let mut all: Vec<String> = mesh.map(|(id, _)| id.to_owned()).collect();
    all.extend(connectivity.peerings.reached_from(network));
    let name = |id: &String| ResourceId::parse(id).unwrap().name;
    let mut names: Vec<String> = all.iter().map(name).collect();
    names.sort();
    names.dedup();
    names
}

fn commit(region: &str, status: DeploymentStatus) -> Commit {
    Commit {
        network_manager: format!("{NET}/networkManagers/nm"),
        region: region.to_owned(),
        kind: CommitType::Connectivity,
        configurations: Vec::new(),
        at: None,
        status,
        error: None,
    }
}

#[test]
fn the_mesh_of_the_bundled_world_connects_both_networks() {
    let state = after(|_| {});
    assert_eq!(effective(&state, &home()), [mesh()]);
    assert_eq!(effective(&state, &data().to_uppercase()), [mesh()]);
    assert_eq!(reached(&state, &home()), ["data"]);
    assert_eq!(reached(&state, &data()), ["home"]);
    assert!(
        state
            .derived()
            .connectivity
            .peerings
            .of_network(&home())
            .is_empty()
    );
}

#[test]
fn a_region_without_a_commit_gets_nothing() {
    let state = after(|world| world.commits.retain(|it| it.region == "japaneast"));
    assert_eq!(effective(&state, &home()), [mesh()]);
    assert!(effective(&state, &data()).is_empty());
    assert!(reached(&state, &home()).is_empty());
}

#[test]
fn the_last_commit_of_a_region_is_its_whole_goal_state() {
    let state = after(|world| {
        world
            .commits
            .push(commit("Japan West", DeploymentStatus::Deployed))
    });
    assert!(effective(&state, &data()).is_empty());
    assert_eq!(effective(&state, &home()), [mesh()]);
}

#[test]
fn what_was_deployed_stays_until_the_next_commit_is_deployed() {
    for status in [
        DeploymentStatus::Deploying,
        DeploymentStatus::Failed,
        DeploymentStatus::NotStarted,
    ] {
        let state = after(|world| world.commits.push(commit("japanwest", status)));
        assert_eq!(effective(&state, &data()), [mesh()], "{status:?}");
    }
}

#[test]
fn a_change_after_the_commit_changes_nothing() {
    let state = after(|world| {
        let then = properties(world, &mesh()).clone();
        for it in world
            .commits
            .iter_mut()
            .flat_map(|it| &mut it.configurations)
        {
            it.properties = then.as_object().cloned();
        }
        properties(world, &mesh())["isGlobal"] = json!("False");
    });
    assert_eq!(reached(&state, &home()), ["data"]);
}

#[test]
fn members_of_different_regions_need_a_global_mesh() {
    let state = after(|world| {
        properties(world, &mesh())["isGlobal"] = json!("False");
        network(
            world,
            &format!("{NET}/virtualNetworks/near"),
            "Japan East",
            "10.3.0.0/16",
        );
        member(world, "near", &format!("{NET}/virtualNetworks/near"));
    });
    assert_eq!(effective(&state, &data()), [mesh()]);
    assert_eq!(reached(&state, &home()), ["near"]);
    assert!(reached(&state, &data()).is_empty());
}

#[test]
fn a_member_outside_of_the_managers_scope_gets_nothing() {
    let broken: [fn(&mut World); 3] = [
        |world| {
            world
                .resources
                .retain(|it| !it.id().ends_with("/networkManagerConnections/contoso"))
        },
        |world| {
            world
                .resources
                .retain(|it| !it.id().ends_with("/scopeConnections/resource"))
        },
        |world| {
            properties(world, &format!("{NET}/networkManagers/nm"))["networkManagerScopeAccesses"] =
                json!(["SecurityAdmin"]);
        },
    ];
    for change in broken {
        assert!(effective(&after(change), &data()).is_empty());
    }
    let state = after(|world| {
        properties(world, &format!("{NET}/networkManagers/nm"))["networkManagerScopes"] = json!({});
    });
    assert!(effective(&state, &home()).is_empty());
    assert_eq!(effective(&state, &data()), [mesh()]);
}

#[test]
fn a_management_group_brings_the_subscriptions_below_it() {
    let change = |world: &mut World| {
        let text = r#"[{"name": "root"}, {"name": "shared", "parent": "root",
            "subscriptions": ["bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"]}]"#;
        world.tenants.get_mut("resource").unwrap().management_groups =
            serde_json::from_str(text).unwrap();
        let root = "/providers/Microsoft.Management/managementGroups/root";
        let manager = format!("{NET}/networkManagers/nm");
        properties(world, &format!("{manager}/scopeConnections/resource"))["resourceId"] =
            json!(root);
        world
            .resources
            .retain(|it| !it.id().ends_with("/networkManagerConnections/contoso"));
        add(
            world,
            &json!({"id": format!("{root}/providers/Microsoft.Network/networkManagerConnections/contoso"),
                "properties": {"networkManagerId": manager}}),
        );
    };
    let state = after(change);
    assert_eq!(effective(&state, &data()), [mesh()]);
    assert_eq!(reached(&state, &home()), ["data"]);
}

#[test]
fn a_third_connected_group_finds_no_room() {
    let state = after(|world| {
        let template = properties(world, &mesh()).clone();
        let mut ids = Vec::new();
        for name in ["first", "second"] {
            let id = format!("{NET}/networkManagers/nm/connectivityConfigurations/{name}");
            add(world, &json!({"id": id, "properties": template}));
            ids.push(id);
        }
        let rows = ids.iter().map(|id| crate::world::CommittedConfiguration {
            id: id.clone(),
            properties: None,
        });
        let rows: Vec<_> = rows.collect();
        world.commits[0].configurations.splice(0..0, rows);
    });
    let names = effective(&state, &home());
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(!names.contains(&mesh()));
    assert!(reached(&state, &home()).is_empty());
}

fn hub_and_spoke(world: &mut World, item: &Value) {
    let mut item = item.clone();
    item["networkGroupId"] = json!(format!("{NET}/networkManagers/nm/networkGroups/all"));
    network(
        world,
        &format!("{NET}/virtualNetworks/hub"),
        "japaneast",
        "10.9.0.0/16",
    );
    network(
        world,
        &format!("{NET}/virtualNetworks/near"),
        "japaneast",
        "10.3.0.0/16",
    );
    member(world, "near", &format!("{NET}/virtualNetworks/near"));
    *properties(world, &mesh()) = json!({
        "connectivityTopology": "HubAndSpoke",
        "hubs": [{"resourceId": format!("{NET}/virtualNetworks/hub"), "resourceType": "Microsoft.Network/virtualNetworks"}],
        "appliesToGroups": [item],
    });
}

#[test]
fn hub_and_spoke_peers_the_hub_with_every_spoke_and_spokes_only_when_told() {
    let state = after(|world| hub_and_spoke(world, &json!({"groupConnectivity": "None"})));
    let hub = format!("{NET}/virtualNetworks/hub");
    assert_eq!(reached(&state, &hub), ["data", "home", "near"]);
    assert_eq!(reached(&state, &home()), ["hub"]);
    assert_eq!(effective(&state, &hub), [mesh()]);

    let regional = json!({"groupConnectivity": "DirectlyConnected", "isGlobal": "False"});
    let state = after(|world| hub_and_spoke(world, &regional));
    assert_eq!(reached(&state, &home()), ["hub", "near"]);
    let global = json!({"groupConnectivity": "DirectlyConnected", "isGlobal": "True"});
    let state = after(|world| hub_and_spoke(world, &global));
    assert_eq!(reached(&state, &home()), ["data", "hub", "near"]);
}

#[test]
fn a_spoke_that_wants_a_gateway_the_hub_lacks_is_not_peered() {
    let item = json!({"groupConnectivity": "None", "useHubGateway": "True"});
    let state = after(|world| hub_and_spoke(world, &item));
    let hub = format!("{NET}/virtualNetworks/hub");
    let peerings = &state.derived().connectivity.peerings;
    assert!(peerings.of_network(&home()).is_empty());
    assert!(peerings.of_network(&hub).iter().all(|it| !it.connected));
    assert!(reached(&state, &home()).is_empty());
    let state = after(|world| {
        hub_and_spoke(world, &item);
        let subnet = format!("{hub}/subnets/GatewaySubnet");
        let gateway = json!({"ipConfigurations": [{"properties": {"subnet": {"id": subnet}}}]});
        add(
            world,
            &json!({"id": format!("{NET}/virtualNetworkGateways/gw"), "properties": gateway}),
        );
    });
    assert_eq!(reached(&state, &home()), ["hub"]);
}

#[test]
fn a_peering_carries_traffic_when_both_sides_have_it() {
    let peering = |from: &str, to: &str| json!({"id": format!("{from}/virtualNetworkPeerings/other"), "properties": {"remoteVirtualNetwork": {"id": to}}});
    let state = after(|world| {
        world.commits.clear();
        add(world, &peering(&home(), &data()));
    });
    assert!(reached(&state, &home()).is_empty());
    let state = after(|world| {
        world.commits.clear();
        add(world, &peering(&home(), &data()));
        add(world, &peering(&data(), &home()));
    });
    assert_eq!(reached(&state, &home()), ["data"]);
}
