//! The state machine of connections beside a small reference model, over all combinations of both sides and their past.

use serde_json::json;

use super::ConnectionState;
use crate::store::State;
use crate::world::{PastConnection, PastState, Resource, World, bundled};

const MANAGER: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm";
const SCOPE: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
const OTHER: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/networkManagers/own";

/// One side: absent, right, or naming something else.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Absent,
    Right,
    OtherScope,
    OtherTenant,
}

/// Another network manager of the resource tenant.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rival {
    None,
    SameScope,
    SameScopeOtherAccess,
    Above,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    manager: Side,
    member: Side,
    rival: Rival,
    past: Option<PastState>,
}

/// What the documentation says (API.md §2, IDENTITY.md §6), of the object on the manager's side and on the member's.
fn expected(case: Case) -> (Option<ConnectionState>, Option<ConnectionState>) {
    let alone = |about_this_pair: bool| match case.past {
        Some(PastState::Rejected) if about_this_pair => ConnectionState::Rejected,
        Some(PastState::Connected) if about_this_pair => ConnectionState::Revoked,
        _ => ConnectionState::Pending,
    };
    if case.manager == Side::Right && case.member == Side::Right {
        let state = match (case.past, case.rival) {
            (Some(PastState::Rejected), _) => ConnectionState::Rejected,
            (_, Rival::SameScope) => ConnectionState::Conflict,
            _ => ConnectionState::Connected,
        };
        return (Some(state), Some(state));
    }
    let manager = match case.manager {
        Side::Absent => None,
        // Another tenant and the same scope is still the pair that was: only the tenant is wrong.
        Side::Right | Side::OtherTenant => Some(alone(true)),
        Side::OtherScope => Some(alone(false)),
    };
    let member = match case.member {
        Side::Absent => None,
        Side::Right => Some(alone(true)),
        _ => Some(alone(false)),
    };
    (manager, member)
}

fn world(case: Case) -> World {
    let mut world = bundled("cross-tenant-mesh");
    world.resources.retain(|it| {
        !it.id().contains("/scopeConnections/") && !it.id().contains("/networkManagerConnections/")
    });
    let text = r#"[{"name": "root", "subscriptions": ["bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"]}]"#;
    world.tenants.get_mut("resource").unwrap().management_groups =
        serde_json::from_str(text).unwrap();
    let mut add = |body: serde_json::Value| {
        let body = body.as_object().unwrap().clone();
        world.resources.push(Resource { body });
    };
    let tenants = [
        "11111111-1111-1111-1111-111111111111",
        "22222222-2222-2222-2222-222222222222",
    ];
    let group = "/providers/Microsoft.Management/managementGroups/root";
    let (scope, tenant) = match case.manager {
        Side::OtherScope => (group, tenants[1]),
        Side::OtherTenant => (SCOPE, tenants[0]),
        _ => (SCOPE, tenants[1]),
    };
    if case.manager != Side::Absent {
        add(
            json!({"id": format!("{MANAGER}/scopeConnections/x"), "properties": {"tenantId": tenant, "resourceId": scope}}),
        );
    }
    let (below, manager) = match case.member {
        Side::OtherScope => (group, MANAGER.to_owned()),
        Side::OtherTenant => (SCOPE, MANAGER.replace("/nm", "/nm2")),
        _ => (
            SCOPE,
            MANAGER
                .to_uppercase()
                .replace("/SUBSCRIPTIONS", "/subscriptions"),
        ),
    };
    if case.member != Side::Absent {
        let id = format!("{below}/providers/Microsoft.Network/networkManagerConnections/x");
        add(json!({"id": id, "properties": {"networkManagerId": manager}}));
    }
    let rival = match case.rival {
        Rival::None => None,
        Rival::SameScope => Some(("subscriptions", SCOPE, "Connectivity")),
        Rival::SameScopeOtherAccess => Some(("subscriptions", SCOPE, "SecurityAdmin")),
        Rival::Above => Some(("managementGroups", group, "Connectivity")),
    };
    if let Some((list, scope, access)) = rival {
        let mut scopes = json!({});
        scopes[list] = json!([scope]);
        let properties =
            json!({"networkManagerScopes": scopes, "networkManagerScopeAccesses": [access]});
        add(json!({"id": OTHER, "properties": properties}));
    }
    world.past_connections = case.past.map_or_else(Vec::new, |was| {
        vec![PastConnection {
            network_manager: MANAGER.to_owned(),
            scope: SCOPE.to_owned(),
            was,
        }]
    });
    world
}

#[test]
fn both_sides_show_what_the_documentation_says_in_every_combination() {
    let sides = [
        Side::Absent,
        Side::Right,
        Side::OtherScope,
        Side::OtherTenant,
    ];
    let rivals = [
        Rival::None,
        Rival::SameScope,
        Rival::SameScopeOtherAccess,
        Rival::Above,
    ];
    let pasts = [None, Some(PastState::Connected), Some(PastState::Rejected)];
    let mut seen = 0;
    for manager in sides {
        for member in sides {
            for rival in rivals {
                for past in pasts {
                    let case = Case {
                        manager,
                        member,
                        rival,
                        past,
                    };
                    // Both sides naming the management group agree on another pair; the model speaks of one.
                    if manager == Side::OtherScope && member == Side::OtherScope {
                        continue;
                    }
                    check(case);
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 15 * 12);
}

fn check(case: Case) {
    let state = State::build(&world(case)).unwrap();
    let connections = &state.derived().connectivity.connections;
    let of = |id: Option<String>| id.map(|id| connections.state(&id));
    let id = |part: &str| {
        let mut all = state.resources();
        all.find(|it| it.id.contains(part)).map(|it| it.id.clone())
    };
    let found = (
        of(id("/scopeConnections/x")),
        of(id("/networkManagerConnections/x")),
    );
    assert_eq!(found, expected(case), "{case:?}");
    let connected = found.0 == Some(ConnectionState::Connected);
    let scopes = connections.scopes_of(MANAGER);
    assert_eq!(scopes.len(), usize::from(connected), "{case:?}");
}

#[test]
fn of_two_managers_the_connection_that_was_complete_first_keeps_the_scope() {
    let case = Case {
        manager: Side::Right,
        member: Side::Right,
        rival: Rival::None,
        past: None,
    };
    let mut world = world(case);
    let second = MANAGER.replace("/nm", "/nm2");
    for body in [
        json!({"id": second, "properties": {"networkManagerScopeAccesses": ["Connectivity"]}}),
        json!({"id": format!("{second}/scopeConnections/y"),
            "properties": {"tenantId": "22222222-2222-2222-2222-222222222222", "resourceId": SCOPE}}),
        json!({"id": format!("{SCOPE}/providers/Microsoft.Network/networkManagerConnections/y"),
            "properties": {"networkManagerId": second}}),
    ] {
        let body = body.as_object().unwrap().clone();
        world.resources.push(Resource { body });
    }
    let state = State::build(&world).unwrap();
    let connections = &state.derived().connectivity.connections;
    let first = format!("{MANAGER}/scopeConnections/x");
    assert_eq!(connections.state(&first), ConnectionState::Connected);
    let second = format!("{second}/scopeConnections/y");
    assert_eq!(connections.state(&second), ConnectionState::Conflict);
}
