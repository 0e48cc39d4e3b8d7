//! Worlds that are refused, and in which words.

use std::sync::Arc;

use xtenant_source::{SourceFile, render};

use crate::world::World;

pub(super) const EXAMPLE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../scenarios/cross-tenant-vault/world.yaml"
));

/// The problems of the example world after one replacement, rendered.
pub(super) fn refused(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "the example has no {from}");
    let file: Arc<SourceFile> = SourceFile::new("world.yaml", EXAMPLE.replacen(from, to, 1));
    render(&World::parse(&file).unwrap_err(), false)
}

#[test]
fn the_example_is_right() {
    crate::world::example();
}

#[test]
fn each_mistake_is_told_at_its_place() {
    let network = "Microsoft.Network/virtualNetworks/home";
    for (from, to, title) in [
        (
            "version: 1",
            "version: 2",
            "this mock does not read version 2",
        ),
        (
            "version: 1",
            "version: 1\nclock: yesterday",
            "not a time: yesterday",
        ),
        ("version: 1", "version: 1\ntenant: {}", "tenant"),
        (
            "id: 11111111-1111-1111-1111-111111111111",
            "id: home",
            "a tenant id is not a GUID: home",
        ),
        (
            "id: 22222222-2222-2222-2222-222222222222",
            "id: 11111111-1111-1111-1111-111111111111",
            "tenant home has this id already",
        ),
        (
            "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb, name",
            "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbb0, name",
            "no tenant lists the subscription bbbbbbbb",
        ),
        (
            "{tenant: home,",
            "{tenant: hom,",
            "the world has no tenant hom",
        ),
        (
            "service-principal: 05000000-0000-4000-8000-000000000004",
            "service-principal: 05000000-0000-4000-8000-000000000009",
            "tenant resource has no service principal 05000000",
        ),
        (
            "    domain: fabrikam.onmicrosoft.com\n",
            "    domain: fabrikam.onmicrosoft.com\n    token-refusals: [{application: cccccccc-cccc-cccc-cccc-cccccccccccc, code: 700213}]\n",
            "the mock cannot refuse with AADSTS700213",
        ),
        (
            "signInAudience: AzureADMultipleOrgs",
            "signInAudience: Everybody",
            "not a signInAudience: Everybody",
        ),
        ("signInAudience:", "signInAudiense:", "signInAudiense"),
        (
            &format!(
                "  - id: /subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/{network}\n"
            ),
            "  - id: /subscriptions/aaaaaaaa/x\n",
            "not an ARM resource id",
        ),
        (
            "privateEndpoints/blob\n    location: japaneast",
            "privateEndpoints/vault\n    location: japaneast",
            "has this id already",
        ),
        (
            "kind: StorageV2",
            "kinds: StorageV2",
            "ARM resources have no top-level key kinds",
        ),
        (
            "kind: StorageV2",
            "type: Microsoft.Storage/accounts",
            "the type is not that of the id: Microsoft.Storage/accounts",
        ),
        (
            "subnets/endpoints}",
            "subnets/endpoint}",
            "subnets/endpoint",
        ),
        (
            "vaults/kv-resource\n            groupIds",
            "vaults/kv-other\n            groupIds",
            "the endpoint does not ask this resource for a connection",
        ),
        (
            "addressPrefix: 10.1.1.0/24",
            "addressPrefix: 10.1.0.128/25",
            "10.1.0.128/25 overlaps the subnet endpoints",
        ),
        (
            "addressPrefix: 10.1.1.0/24",
            "addressPrefix: 10.2.1.0/24",
            "10.2.1.0/24 is outside the network's address space",
        ),
        (
            "addressPrefix: 10.1.1.0/24",
            "addressPrefix: 10.1.1.0/-1",
            "not an address prefix: 10.1.1.0/-1",
        ),
        ("status: Approved", "status: Aproved", "Aproved"),
        (
            "  kv-resource:\n",
            "  kv-other:\n",
            "the world has no Microsoft.KeyVault/vaults named kv-other",
        ),
        (
            "  stresource:\n",
            "  stother:\n",
            "the world has no Microsoft.Storage/storageAccounts named stother",
        ),
        (
            "TEST-SECRET-001: TenantB",
            "TEST_SECRET: TenantB",
            "not a secret name: TEST_SECRET",
        ),
        (
            "    orders:\n      hello",
            "    Orders:\n      hello",
            "not a container name: Orders",
        ),
        (
            "{text: \"hello from Fabrikam\\n\", ",
            "{",
            "the blob's content is given twice or not at all",
        ),
        (
            "address: 10.1.1.4",
            "address: 10.2.1.4",
            "10.2.1.4 is outside the network's address space",
        ),
        (
            "clientId: dddddddd-dddd-dddd-dddd-dddddddddddd",
            "clientId: orders",
            "clientId is not a GUID: orders",
        ),
    ] {
        let rendered = refused(from, to);
        assert!(rendered.contains(title), "{from} → {to}:\n{rendered}");
        assert!(rendered.contains("world.yaml:"), "no place:\n{rendered}");
    }
}

#[test]
fn several_mistakes_come_together_with_hints() {
    let text = EXAMPLE
        .replace("subnets/endpoints}", "subnets/endpoint}")
        .replace("kind: StorageV2", "kinds: StorageV2");
    let problems = World::parse(&SourceFile::new("world.yaml", text)).unwrap_err();
    assert_eq!(problems.len(), 3);
    let rendered = render(&problems, false);
    assert!(rendered.contains("did you mean kind?"), "{rendered}");
    assert!(
        rendered.contains("the id of a Microsoft.Network/virtualNetworks/subnets of this world"),
        "{rendered}"
    );
}

#[test]
fn what_follows_from_a_mistake_is_not_told_again() {
    for (from, to) in [
        (
            "addressPrefixes: [10.1.0.0/16]",
            "addressPrefixes: [10.1.0.0/33]",
        ),
        (
            "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb, name",
            "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbb0, name",
        ),
    ] {
        let text = EXAMPLE.replacen(from, to, 1);
        assert_ne!(text, EXAMPLE, "{from}");
        let problems = World::parse(&SourceFile::new("world.yaml", text)).unwrap_err();
        assert_eq!(problems.len(), 1, "{}", render(&problems, false));
        assert!(problems[0].hint.is_some(), "{}", problems[0]);
    }
}

#[test]
fn no_secret_shows_in_a_message_or_in_debug_output() {
    let world = crate::world::example();
    assert!(!format!("{world:?}").contains("TenantB"));
}

const ROLE: &str = "      roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";

#[test]
fn a_condition_that_cannot_be_evaluated_is_no_part_of_a_world() {
    let condition = |text: &str| format!("      condition: \"{text}\"\n{ROLE}");
    let name = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]";
    for (text, why) in [
        (
            "@Request[a:b] StringEquals 'x'",
            "the attribute @Request[a:b] is not known to the mock",
        ),
        (
            "true",
            "it has true where a function or an attribute belongs",
        ),
    ] {
        let rendered = refused(ROLE, &condition(text));
        let title = format!("a condition of a form that the mock does not evaluate: {why}");
        assert!(rendered.contains(&title), "{rendered}");
        assert!(rendered.contains("^^^"), "{rendered}");
    }
    let good = EXAMPLE.replacen(
        ROLE,
        &condition(&format!("{name} StringEquals 'orders'")),
        1,
    );
    World::parse(&SourceFile::new("world.yaml", good)).unwrap();
}

#[test]
fn roles_may_be_assigned_on_secrets_and_containers_that_exist() {
    for (from, below, missing) in [
        (
            "kv-resource/providers/Microsoft.Authorization",
            "kv-resource/secrets/test-secret-001/providers/Microsoft.Authorization",
            "kv-resource/secrets/test-secret-002/providers/Microsoft.Authorization",
        ),
        (
            "stresource/providers/Microsoft.Authorization",
            "stresource/blobServices/default/containers/orders/providers/Microsoft.Authorization",
            "stresource/blobServices/default/containers/order/providers/Microsoft.Authorization",
        ),
    ] {
        let good = EXAMPLE.replacen(from, below, 1);
        World::parse(&SourceFile::new("world.yaml", good)).unwrap();
        let rendered = refused(from, missing);
        assert!(rendered.contains("the world has no resource"), "{rendered}");
    }
}

#[test]
fn a_deny_assignment_denies_somebody_something() {
    let id = "  - id: /subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.Authorization/denyAssignments/0e000000-0000-4000-8000-000000000001\n";
    let deny = |properties: &str| refused("resources:\n", &format!("resources:\n{id}{properties}"));
    let nothing = deny("");
    assert!(
        nothing.contains("the deny assignment has no permissions"),
        "{nothing}"
    );
    assert!(
        nothing.contains("the deny assignment has no principals"),
        "{nothing}"
    );
    let wrong = deny(
        "    properties: {permissions: [{actions: ['*'], condition: x}], principals: [{id: everybody}]}\n",
    );
    assert!(
        wrong.contains("the mock does not evaluate conditions of deny assignments"),
        "{wrong}"
    );
    assert!(
        wrong.contains("a principal's id is not a GUID: everybody"),
        "{wrong}"
    );
}

/// The problems of the world of the mesh after one replacement, rendered.
fn mesh_refused(from: &str, to: &str) -> String {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/cross-tenant-mesh/world.yaml"
    ));
    assert!(text.contains(from), "the world has no {from}");
    let file = SourceFile::new("world.yaml", text.replacen(from, to, 1));
    render(&World::parse(&file).unwrap_err(), false)
}

#[test]
fn mistakes_about_network_managers_are_told_at_their_place() {
    let nm = "networkManagers/nm/connectivityConfigurations/mesh}";
    for (from, to, title) in [
        ("isGlobal: \"True\"", "isGlobal: true", "put it in quotes"),
        (
            "connectivityTopology: Mesh",
            "connectivityTopology: Star",
            "not a connectivityTopology: \"Star\"",
        ),
        (
            "groupConnectivity: None",
            "groupConnectivity: Direct",
            "not a groupConnectivity: \"Direct\"",
        ),
        (
            "networkManagerScopeAccesses: [Connectivity]",
            "description: x",
            "names no scope accesses",
        ),
        (
            "        subscriptions: [/subscriptions/aaaaaaaa",
            "        subscriptions: [/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb, /subscriptions/aaaaaaaa",
            "scopes of other tenants come by connections of both sides",
        ),
        (
            "      tenantId: 2222",
            "      tenantId: x2222",
            "not a tenant id: `x22222222",
        ),
        (
            "      resourceId: /subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb\n",
            "      resourceId: /subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net\n",
            "not a scope: `/subscriptions/bbbbbbbb",
        ),
        (
            "      description: networks of Fabrikam",
            "      connectionState: Connected",
            "connectionState follows from what both tenants did",
        ),
        (
            "virtualNetworks/data\n  - id",
            "virtualNetworks/date\n  - id",
            "the world has no resource",
        ),
        (
            "networkManagerId: /subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm",
            "networkManagerId: nm",
            "not the id of a network manager: `nm`",
        ),
        (
            nm,
            "networkManagers/nm/connectivityConfigurations/mash}",
            "the world has no resource",
        ),
        (
            nm,
            "networkManagers/mn/connectivityConfigurations/mesh}",
            "not one of this network manager",
        ),
        (
            "    region: japaneast",
            "    region: \"\"",
            "the commit names no region",
        ),
        (
            "    region: japaneast",
            "    region: japaneast\n    at: today",
            "not a time: today",
        ),
        (
            "    region: japaneast",
            "    region: japaneast\n    error: no",
            "a commit that did not fail has no error",
        ),
        (
            "    type: Connectivity",
            "    type: Connection",
            "Connection",
        ),
        (
            "name: fabrikam, subscriptions: [bbbb",
            "name: contoso, subscriptions: [bbbb",
            "another management group is called contoso",
        ),
        (
            "name: fabrikam, subscriptions: [bbbb",
            "name: fabrikam, parent: root, subscriptions: [bbbb",
            "the tenant has no management group root",
        ),
        (
            "name: fabrikam, subscriptions: [bbbb",
            "name: fabrikam, parent: fabrikam, subscriptions: [bbbb",
            "fabrikam is below itself",
        ),
        (
            "name: fabrikam, subscriptions: [bbbbbbbb",
            "name: fabrikam, subscriptions: [cbbbbbbb",
            "the tenant has no subscription cbbbbbbb",
        ),
        (
            "commits:\n",
            "past-connections: [{network-manager: nm, scope: x}]\ncommits:\n",
            "not an ARM id: it does not begin with /",
        ),
    ] {
        let rendered = mesh_refused(from, to);
        assert!(rendered.contains(title), "{from} → {to}:\n{rendered}");
        assert!(rendered.contains("world.yaml:"), "no place:\n{rendered}");
    }
}

#[test]
fn secrets_and_certificates_must_be_of_use() {
    let audience = "signInAudience: AzureADMultipleOrgs";
    for (given, title) in [
        (
            "passwordCredentials: [{secretText: \"\"}]",
            "an empty secret",
        ),
        (
            "passwordCredentials: [{secretText: x, endDateTime: soon}]",
            "not a time: soon",
        ),
        (
            "passwordCredentials: [{secretText: x, keyId: y}]",
            "a credential id is not a GUID: y",
        ),
        (
            "keyCredentials: [{key: eA==}]",
            "not a certificate with an RSA key",
        ),
    ] {
        let text = refused(audience, &format!("{audience}\n        {given}"));
        assert!(text.contains(title), "{text}");
    }
}

#[test]
fn a_scope_has_one_network_manager_for_each_access() {
    let second = |access: &str| {
        let text = format!(
            "  - id: /subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/second\n    location: japaneast\n    properties:\n      networkManagerScopes:\n        subscriptions: [/subscriptions/AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa]\n      networkManagerScopeAccesses: [{access}]\n"
        );
        let text = format!("resources:\n{text}");
        let world = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../scenarios/cross-tenant-mesh/world.yaml"
        ));
        SourceFile::new("world.yaml", world.replacen("resources:\n", &text, 1))
    };
    let problems = |file: &Arc<SourceFile>| {
        let found = World::parse(file).err();
        found.map(|it| render(&it, false))
    };
    assert_eq!(problems(&second("SecurityAdmin")), None);
    let found = problems(&second("Connectivity")).unwrap_or_default();
    assert!(found.contains("has the scope"), "{found}");
}

#[test]
fn what_azure_would_not_have_taken_is_refused() {
    let zones = "providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net";
    let net = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups";
    let second = format!(
        "resources:\n  - id: {net}/other/{zones}\n  - id: {net}/other/{zones}/virtualNetworkLinks/l\n    \
         properties: {{virtualNetwork: {{id: {net}/net/providers/Microsoft.Network/virtualNetworks/home}}}}\n"
    );
    for (from, to, title) in [
        (
            "roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
            "roleDefinitions/12338af0-0e69-4776-bea7-57ae8d297424",
            "nobody knows the role 12338af0-0e69-4776-bea7-57ae8d297424",
        ),
        (
            "graph-permissions: [Application.Read.All]",
            "graph-permissions: [Application.Reed.All]",
            "did you mean `Application.Read.All`?",
        ),
        (
            "groupIds: [vault]",
            "groupIds: [valt]",
            "did you mean `vault`?",
        ),
        (
            "      enableRbacAuthorization: true\n",
            "      enableRbacAuthorization: true\n      privateEndpointConnections: []\n",
            "connections of private endpoints are not written here",
        ),
        (
            "privateEndpoints/vault\n    location: japaneast",
            "privateEndpoints/vault\n    location: Japan West",
            "the endpoint is in japanwest and its network in japaneast",
        ),
        (
            "resources:\n",
            &second,
            "the network is linked to a zone of this name already",
        ),
    ] {
        let told = refused(from, to);
        assert!(told.contains(title), "{told}");
    }
}

#[test]
fn permissions_that_nothing_asks_for_may_be_granted() {
    let given = "graph-permissions: [Application.Read.All]";
    let more = "graph-permissions: [Application.Read.All, User.Read.All, Policy.Read.All]";
    assert!(EXAMPLE.contains(given));
    let file = SourceFile::new("world.yaml", EXAMPLE.replace(given, more));
    let loaded = World::parse(&file);
    assert!(loaded.is_ok(), "{}", render(&loaded.unwrap_err(), false));
}
