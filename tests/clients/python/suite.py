"""The Azure SDK for Python and the Microsoft Graph SDK: one function per operation, one visible list, in order.

An operation fails when it raises or when what it sees is not what it asserts. `refused(CODE)` is an operation that must fail.
"""

import asyncio
import base64
import datetime
import json
import os
import pathlib

T1, T2 = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
S1, S2 = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"
VANTAGES = json.loads(pathlib.Path(os.environ["XTENANT_VANTAGES"]).read_text())


def stand(vantage):
    """From here on the process is at this vantage; clients read the environment when they are made."""
    for name, value in VANTAGES[vantage]["environment"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


stand("internet")  # before the libraries are imported

from azure.containerregistry import ContainerRegistryClient  # noqa: E402
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError  # noqa: E402
from azure.identity import (  # noqa: E402
    ClientAssertionCredential, ClientSecretCredential, ManagedIdentityCredential,
)
from azure.keyvault.secrets import SecretClient  # noqa: E402
from azure.mgmt.authorization import AuthorizationManagementClient  # noqa: E402
from azure.mgmt.containerregistry import ContainerRegistryManagementClient  # noqa: E402
from azure.mgmt.keyvault import KeyVaultManagementClient  # noqa: E402
from azure.mgmt.managementgroups import ManagementGroupsMgmtClient  # noqa: E402
from azure.mgmt.msi import ManagedServiceIdentityClient  # noqa: E402
from azure.mgmt.network import NetworkManagementClient  # noqa: E402
from azure.mgmt.privatedns import PrivateDnsManagementClient  # noqa: E402
from azure.mgmt.resource.resources import ResourceManagementClient  # noqa: E402
from azure.mgmt.resource.subscriptions import SubscriptionClient  # noqa: E402
from azure.mgmt.resourcegraph import ResourceGraphClient  # noqa: E402
from azure.mgmt.storage import StorageManagementClient  # noqa: E402
from azure.mgmt.web import WebSiteManagementClient  # noqa: E402
from azure.storage.blob import (  # noqa: E402
    AccessPolicy, AccountSasPermissions, BlobClient, BlobServiceClient, ContainerClient, ContainerSasPermissions, CorsRule,
    ResourceTypes, RetentionPolicy, generate_account_sas, generate_blob_sas, generate_container_sas,
)
from msgraph import GraphServiceClient  # noqa: E402
from msgraph.generated.models.application import Application  # noqa: E402
from msgraph.generated.models.federated_identity_credential import FederatedIdentityCredential  # noqa: E402
from msgraph.generated.models.service_principal import ServicePrincipal  # noqa: E402

HOME = ClientSecretCredential(T1, "0a000000-0000-4000-8000-000000000011", "secret-of-contoso")
RESOURCE = ClientSecretCredential(T2, "0a000000-0000-4000-8000-000000000021", "secret-of-fabrikam")
NOBODY = ClientSecretCredential(T1, "0a000000-0000-4000-8000-000000000012", "secret-of-nobody")
NET = f"/subscriptions/{S1}/resourceGroups/py/providers/Microsoft.Network"
VAULT2 = f"/subscriptions/{S2}/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource"

network, network2 = NetworkManagementClient(HOME, S1), NetworkManagementClient(RESOURCE, S2)
dns, vaults, vaults2 = PrivateDnsManagementClient(HOME, S1), KeyVaultManagementClient(HOME, S1), KeyVaultManagementClient(RESOURCE, S2)
resources, storage, web = ResourceManagementClient(HOME, S1), StorageManagementClient(HOME, S1), WebSiteManagementClient(HOME, S1)
identities, roles = ManagedServiceIdentityClient(HOME, S1), AuthorizationManagementClient(HOME, S1)
registries, groups = ContainerRegistryManagementClient(RESOURCE, S2), ManagementGroupsMgmtClient(HOME)
secrets = SecretClient("https://kv-home.vault.azure.net", HOME)
blobs = BlobServiceClient("https://sthome.blob.core.windows.net", HOME, retry_total=0)
graph = GraphServiceClient(HOME)
loop = asyncio.new_event_loop()
KEPT = {}
SIGNED = "https://stpysign.blob.core.windows.net"
OPERATIONS = []


def operation(function):
    """Puts a function into the list."""
    OPERATIONS.append(function)
    return function


def in_hours(hours):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)


def names(items):
    return sorted(it.name for it in items)


def refused(code, function):
    """The code of the refusal, or the AADSTS code of the identity provider."""
    try:
        function()
    except (HttpResponseError, ClientAuthenticationError) as error:
        assert code in str(error), f"expected {code}: {error}"
        return
    raise AssertionError(f"expected to be refused with {code}")


# -- tenants, subscriptions, groups

@operation
def subscriptions():
    found = list(SubscriptionClient(HOME).subscriptions.list())
    assert [(it.subscription_id, it.display_name) for it in found] == [(S1, "contoso-workloads")], found

@operation
def resource_group_is_made_and_found():
    made = resources.resource_groups.create_or_update("py", {"location": "japaneast", "tags": {"a": "b"}})
    assert made.properties.provisioning_state == "Succeeded" and resources.resource_groups.get("py").tags == {"a": "b"}
    assert "py" in names(resources.resource_groups.list())

@operation
def resource_group_that_is_not_there():
    refused("ResourceGroupNotFound", lambda: resources.resource_groups.get("none"))

@operation
def management_group():
    assert groups.management_groups.get("contoso", expand="children").children[0].name == S1

@operation
def wrong_secret():
    wrong = ClientSecretCredential(T1, "0a000000-0000-4000-8000-000000000011", "wrong")
    refused("AADSTS7000215", lambda: wrong.get_token("https://management.azure.com/.default"))

@operation
def no_principal_in_the_other_tenant():
    other = ClientSecretCredential(T2, "0a000000-0000-4000-8000-000000000012", "secret-of-nobody")
    refused("AADSTS700016", lambda: other.get_token("https://management.azure.com/.default"))

@operation
def token_of_the_other_tenant():
    refused("InvalidAuthenticationTokenTenant", lambda: NetworkManagementClient(RESOURCE, S1).virtual_networks.get("net", "home"))

@operation
def no_role():
    refused("AuthorizationFailed", lambda: NetworkManagementClient(NOBODY, S1).virtual_networks.get("net", "home"))


# -- networks

@operation
def network_is_made():
    made = network.virtual_networks.begin_create_or_update("py", "vnet", {"location": "japaneast", "properties": {
        "addressSpace": {"addressPrefixes": ["10.20.0.0/16"]},
        "subnets": [{"name": "endpoints", "properties": {"addressPrefix": "10.20.0.0/24"}}]}}).result()
    assert made.provisioning_state == "Succeeded" and made.subnets[0].address_prefix == "10.20.0.0/24"

@operation
def network_is_listed():
    assert names(network.virtual_networks.list("py")) == ["vnet"] and "home" in names(network.virtual_networks.list_all())

@operation
def subnet_is_made_and_deleted():
    made = network.subnets.begin_create_or_update("py", "vnet", "extra", {"properties": {"addressPrefix": "10.20.1.0/24"}}).result()
    assert made.name == "extra" and names(network.subnets.list("py", "vnet")) == ["endpoints", "extra"]
    network.subnets.begin_delete("py", "vnet", "extra").result()
    assert names(network.subnets.list("py", "vnet")) == ["endpoints"]

@operation
def security_group_and_rule():
    network.network_security_groups.begin_create_or_update("py", "nsg", {"location": "japaneast"}).result()
    made = network.security_rules.begin_create_or_update("py", "nsg", "deny", {"properties": {
        "protocol": "Tcp", "access": "Deny", "direction": "Inbound", "priority": 100, "sourceAddressPrefix": "*", "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": "443"}}).result()
    assert made.access == "Deny" and names(network.security_rules.list("py", "nsg")) == ["deny"]

@operation
def route_table_and_route():
    network.route_tables.begin_create_or_update("py", "routes", {"location": "japaneast"}).result()
    made = network.routes.begin_create_or_update("py", "routes", "none", {"properties": {"addressPrefix": "10.50.0.0/16", "nextHopType": "None"}}).result()
    assert made.next_hop_type == "None"

@operation
def interface_has_an_address():
    made = network.network_interfaces.begin_create_or_update("py", "nic", {"location": "japaneast", "properties": {"ipConfigurations": [
        {"name": "c", "properties": {"subnet": {"id": f"{NET}/virtualNetworks/vnet/subnets/endpoints"}}}]}}).result()
    assert made.ip_configurations[0].private_ip_address == "10.20.0.4"
    network.network_interfaces.begin_delete("py", "nic").result()


# -- network manager

@operation
def manager_is_made():
    made = network.network_managers.create_or_update("py", "nm", {"location": "japaneast", "properties": {
        "networkManagerScopes": {"subscriptions": [f"/subscriptions/{S1}"]}, "networkManagerScopeAccesses": ["Connectivity"]}})
    assert made.provisioning_state == "Succeeded" and names(network.network_managers.list("py")) == ["nm"]

@operation
def both_halves_of_a_connection():
    mine = network.scope_connections.create_or_update("py", "nm", "fabrikam", {"properties": {"tenantId": T2, "resourceId": f"/subscriptions/{S2}"}})
    assert mine.properties.connection_state == "Pending"
    network2.subscription_network_manager_connections.create_or_update("py", {"properties": {"networkManagerId": f"{NET}/networkManagers/nm"}})
    assert network.scope_connections.get("py", "nm", "fabrikam").properties.connection_state == "Connected"
    assert "py" in names(network2.subscription_network_manager_connections.list())

@operation
def group_members_and_configuration():
    group = network.network_groups.create_or_update("py", "nm", "all", {"properties": {"description": "all"}})
    network.static_members.create_or_update("py", "nm", "all", "vnet", {"properties": {"resourceId": f"{NET}/virtualNetworks/vnet"}})
    assert names(network.static_members.list("py", "nm", "all")) == ["vnet"]
    made = network.connectivity_configurations.create_or_update("py", "nm", "mesh", {"properties": {
        "connectivityTopology": "Mesh", "appliesToGroups": [{"networkGroupId": group.id, "groupConnectivity": "None"}]}})
    assert made.connectivity_topology == "Mesh"

@operation
def commit_is_deployed():
    done = network.network_manager_commits.begin_post("py", "nm", {"targetLocations": ["japaneast"], "commitType": "Connectivity",
        "configurationIds": [f"{NET}/networkManagers/nm/connectivityConfigurations/mesh"]}).result()
    assert done.commit_type == "Connectivity"
    told = network.network_manager_deployment_status.list("py", "nm", {"regions": ["japaneast"]}).value[0]
    assert told.deployment_status in ("Deploying", "Deployed"), told

@operation
def configuration_is_effective():
    active = network.list_active_connectivity_configurations("py", "nm", {"regions": ["japaneast"]})
    found = getattr(active, "value", None)
    assert found is not None or list(active) is not None

@operation
def connections_are_deleted():
    network2.subscription_network_manager_connections.delete("py")
    network.scope_connections.delete("py", "nm", "fabrikam")
    assert list(network.scope_connections.list("py", "nm")) == []


# -- private endpoints and names

@operation
def zone_and_link():
    made = dns.private_zones.begin_create_or_update("py", "privatelink.vaultcore.azure.net", {"location": "global"}).result()
    assert made.name == "privatelink.vaultcore.azure.net"
    link = dns.virtual_network_links.begin_create_or_update("py", made.name, "vnet", {"location": "global", "properties": {
        "registrationEnabled": False, "virtualNetwork": {"id": f"{NET}/virtualNetworks/vnet"}}}).result()
    assert link.virtual_network_link_state == "Completed", link

@operation
def endpoint_is_pending_then_approved():
    made = network.private_endpoints.begin_create_or_update("py", "pe", {"location": "japaneast", "properties": {
        "subnet": {"id": f"{NET}/virtualNetworks/vnet/subnets/endpoints"}, "manualPrivateLinkServiceConnections": [
            {"name": "c", "properties": {"privateLinkServiceId": VAULT2, "groupIds": ["vault"], "requestMessage": "please"}}]}}).result()
    assert made.manual_private_link_service_connections[0].private_link_service_connection_state.status == "Pending"
    pending = [it for it in vaults2.private_endpoint_connections.list_by_resource("data", "kv-resource") if it.private_link_service_connection_state.status == "Pending"]
    assert len(pending) == 1
    vaults2.private_endpoint_connections.put("data", "kv-resource", pending[0].name, {"properties": {
        "privateLinkServiceConnectionState": {"status": "Approved", "description": "yes"}}})
    assert network.private_endpoints.get("py", "pe").manual_private_link_service_connections[0].private_link_service_connection_state.status == "Approved"

@operation
def zone_group_writes_the_record():
    network.private_dns_zone_groups.begin_create_or_update("py", "pe", "default", {"properties": {"privateDnsZoneConfigs": [
        {"name": "vault", "properties": {"privateDnsZoneId": f"{NET}/privateDnsZones/privatelink.vaultcore.azure.net"}}]}}).result()
    record = dns.record_sets.get("py", "privatelink.vaultcore.azure.net", "A", "kv-resource")
    assert record.a_records[0].ipv4_address.startswith("10.20.0."), record

@operation
def record_by_hand():
    made = dns.record_sets.create_or_update("py", "privatelink.vaultcore.azure.net", "A", "own", {"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.20.0.99"}]}})
    assert made.ttl == 60 and "own" in names(dns.record_sets.list("py", "privatelink.vaultcore.azure.net"))
    dns.record_sets.delete("py", "privatelink.vaultcore.azure.net", "A", "own")

@operation
def endpoint_is_deleted():
    network.private_endpoints.begin_delete("py", "pe").result()
    assert list(network.private_endpoints.list("py")) == []


# -- identities and roles

@operation
def identity_and_its_credential():
    KEPT["identity"] = identities.user_assigned_identities.create_or_update("py", "worker", {"location": "japaneast"})
    made = identities.federated_identity_credentials.create_or_update("py", "worker", "github", {"properties": {
        "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:a/b:ref:refs/heads/main", "audiences": ["api://AzureADTokenExchange"]}})
    assert made.subject == "repo:a/b:ref:refs/heads/main"
    assert names(identities.federated_identity_credentials.list("py", "worker")) == ["github"]

@operation
def role_is_assigned_and_taken_away():
    scope, name = f"/subscriptions/{S1}/resourceGroups/py", "0b000000-0000-4000-8000-0000000000aa"
    definition = next(iter(roles.role_definitions.list(scope, filter="roleName eq 'Reader'")))
    roles.role_assignments.create(scope, name, {"properties": {"roleDefinitionId": definition.id, "principalId": KEPT["identity"].principal_id, "principalType": "ServicePrincipal"}})
    assert name in names(roles.role_assignments.list_for_scope(scope, filter="atScope()"))
    roles.role_assignments.delete(scope, name)
    assert name not in names(roles.role_assignments.list_for_scope(scope))


# -- vaults and secrets

@operation
def vault_is_made_deleted_and_purged():
    made = vaults.vaults.begin_create_or_update("py", "kv-py", {"location": "japaneast", "properties": {"tenantId": T1, "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": True, "accessPolicies": []}}).result()
    assert made.properties.vault_uri == "https://kv-py.vault.azure.net/"
    vaults.vaults.delete("py", "kv-py")
    assert vaults.vaults.get_deleted("kv-py", "japaneast").name == "kv-py"
    vaults.vaults.begin_purge_deleted("kv-py", "japaneast").result()

@operation
def secret_and_its_versions():
    first, second = secrets.set_secret("py", "one"), secrets.set_secret("py", "two", content_type="text/plain")
    assert secrets.get_secret("py").value == "two" and secrets.get_secret("py", first.properties.version).value == "one"
    assert len(list(secrets.list_properties_of_secret_versions("py"))) == 2
    assert secrets.update_secret_properties("py", second.properties.version, enabled=False).enabled is False

@operation
def secret_is_deleted_and_recovered():
    secrets.begin_delete_secret("TEST-SECRET-001").result()
    refused("SecretNotFound", lambda: secrets.get_secret("TEST-SECRET-001"))
    assert secrets.begin_recover_deleted_secret("TEST-SECRET-001").result().name == "TEST-SECRET-001"
    assert secrets.get_secret("TEST-SECRET-001").value == "TenantA"

@operation
def secret_without_a_role():
    refused("Forbidden", lambda: SecretClient("https://kv-home.vault.azure.net", NOBODY).get_secret("TEST-SECRET-001"))

@operation
def private_vault_from_the_internet():
    refused("Forbidden", lambda: SecretClient("https://kv-resource.vault.azure.net", RESOURCE).get_secret("TEST-SECRET-001"))


# -- accounts and blobs

@operation
def account_is_made_and_deleted():
    made = storage.storage_accounts.begin_create("py", "stpy0000", {"location": "japaneast", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}).result()
    assert made.primary_endpoints.blob == "https://stpy0000.blob.core.windows.net/"
    assert "stpy0000" in names(storage.storage_accounts.list())
    storage.storage_accounts.delete("py", "stpy0000")

@operation
def blob_is_written_and_read():
    container = blobs.create_container("python")
    container.upload_blob("a.txt", b"hello", metadata={"a": "b"})
    assert container.download_blob("a.txt").readall() == b"hello" and [it.name for it in container.list_blobs()] == ["a.txt"]
    assert container.get_blob_client("a.txt").get_blob_properties().metadata == {"a": "b"}
    refused("BlobAlreadyExists", lambda: container.upload_blob("a.txt", b"again"))

@operation
def blob_in_blocks():
    data = os.urandom(300_000)
    client = BlobServiceClient("https://sthome.blob.core.windows.net", HOME, retry_total=0, max_single_put_size=65536, max_block_size=65536, max_single_get_size=65536, max_chunk_get_size=65536)
    client.get_blob_client("python", "big").upload_blob(data)
    assert client.get_blob_client("python", "big").download_blob().readall() == data

@operation
def empty_blob():
    blobs.get_blob_client("python", "empty").upload_blob(b"")
    assert blobs.get_blob_client("python", "empty").download_blob().readall() == b""

@operation
def key_of_the_account_signs():
    storage.storage_accounts.begin_create("py", "stpysign", {"location": "japaneast", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}).result()
    KEPT["key"] = storage.storage_accounts.list_keys("py", "stpysign").as_dict()["keys"][0]["value"]
    container = BlobServiceClient(SIGNED, KEPT["key"], retry_total=0).create_container("signed")
    container.upload_blob("dir/a b.txt", b"hello", metadata={"a": "b"})
    assert [it.name for it in container.list_blobs(name_starts_with="dir/")] == ["dir/a b.txt"]
    wrong = BlobServiceClient(SIGNED, base64.b64encode(b"x" * 64).decode(), retry_total=0)
    refused("AuthenticationFailed", lambda: list(wrong.list_containers()))

@operation
def signature_for_the_account():
    token = generate_account_sas("stpysign", KEPT["key"], ResourceTypes(service=True, container=True, object=True), AccountSasPermissions(read=True, list=True), in_hours(1), protocol="https")
    client = BlobServiceClient(SIGNED, token, retry_total=0)
    assert [it.name for it in client.list_containers()] == ["signed"]
    refused("AuthorizationPermissionMismatch", lambda: client.get_blob_client("signed", "new").upload_blob(b""))
    late = generate_account_sas("stpysign", KEPT["key"], ResourceTypes(container=True), AccountSasPermissions(list=True), in_hours(-1))
    refused("AuthenticationFailed", lambda: list(ContainerClient(SIGNED, "signed", late, retry_total=0).list_blobs()))

@operation
def signature_for_a_blob():
    token = generate_blob_sas("stpysign", "signed", "dir/a b.txt", account_key=KEPT["key"], permission="r", expiry=in_hours(1), content_type="text/x")
    blob = BlobClient(SIGNED, "signed", "dir/a b.txt", credential=token, retry_total=0)
    assert blob.download_blob().readall() == b"hello" and blob.get_blob_properties().content_settings.content_type == "text/x"
    refused("AuthorizationPermissionMismatch", blob.delete_blob)
    refused("AuthenticationFailed", BlobClient(SIGNED, "signed", "other", credential=token, retry_total=0).download_blob)

@operation
def signature_with_a_stored_policy():
    container = BlobServiceClient(SIGNED, KEPT["key"], retry_total=0).get_container_client("signed")
    container.set_container_access_policy({"p": AccessPolicy(permission=ContainerSasPermissions(read=True, list=True), expiry=in_hours(1))})
    token = generate_container_sas("stpysign", "signed", account_key=KEPT["key"], policy_id="p")
    signed = ContainerClient(SIGNED, "signed", token, retry_total=0)
    assert len(list(signed.list_blobs())) == 1
    container.set_container_access_policy({})
    refused("AuthenticationFailed", lambda: list(signed.list_blobs()))

@operation
def signature_of_a_user():
    key = blobs.get_user_delegation_key(in_hours(0), in_hours(2))
    token = generate_container_sas("sthome", "own", user_delegation_key=key, permission=ContainerSasPermissions(read=True, list=True), expiry=in_hours(1))
    own = ContainerClient("https://sthome.blob.core.windows.net", "own", token, retry_total=0)
    assert own.download_blob("a.txt").readall() == b"home"
    source = generate_blob_sas("sthome", "own", "a.txt", user_delegation_key=key, permission="r", expiry=in_hours(1))
    copy = BlobServiceClient(SIGNED, KEPT["key"], retry_total=0).get_blob_client("signed", "copy")
    copy.start_copy_from_url(f"https://sthome.blob.core.windows.net/own/a.txt?{source}")
    assert copy.download_blob().readall() == b"home"

@operation
def settings_of_the_blob_service():
    client = BlobServiceClient(SIGNED, KEPT["key"], retry_total=0)
    client.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=5), cors=[CorsRule(["*"], ["GET"])])
    assert client.get_service_properties()["delete_retention_policy"].days == 5

@operation
def account_that_takes_no_keys():
    storage.storage_accounts.update("py", "stpysign", {"properties": {"allowSharedKeyAccess": False}})
    client = BlobServiceClient(SIGNED, KEPT["key"], retry_total=0)
    refused("KeyBasedAuthenticationNotPermitted", lambda: list(client.list_containers()))

@operation
def resource_by_its_id():
    network_id, version = f"{NET}/virtualNetworks/vnet", {"api_version": "2024-05-01"}
    assert resources.resources.check_existence_by_id(network_id, **version) and not resources.resources.check_existence_by_id(network_id + "x", **version)
    assert resources.resources.begin_update_by_id(network_id, {"tags": {"a": "b"}}, **version).result().tags == {"a": "b"}
    assert [it.name for it in resources.resources.list(filter="tagName eq 'a' and tagValue eq 'b'")] == ["vnet"]

@operation
def group_as_a_template():
    assert resources.resource_groups.begin_export_template("py", {"resources": ["*"]}).result().template

@operation
def blob_is_deleted():
    blobs.get_blob_client("python", "a.txt").delete_blob()
    refused("BlobNotFound", lambda: blobs.get_blob_client("python", "a.txt").download_blob())
    blobs.delete_container("python")

@operation
def blob_without_a_role():
    client = BlobServiceClient("https://sthome.blob.core.windows.net", NOBODY, retry_total=0)
    refused("AuthorizationPermissionMismatch", lambda: client.get_blob_client("own", "a.txt").download_blob())


# -- applications

@operation
def application_with_a_credential():
    async def run():
        made = await graph.applications.post(Application(display_name="py"))
        credential = FederatedIdentityCredential(name="github", issuer="https://token.actions.githubusercontent.com", subject="repo:a/b:ref:refs/heads/main", audiences=["api://AzureADTokenExchange"])
        await graph.applications.by_application_id(made.id).federated_identity_credentials.post(credential)
        found = await graph.applications.by_application_id(made.id).federated_identity_credentials.get()
        assert [it.name for it in found.value] == ["github"]
        principal = await graph.service_principals.post(ServicePrincipal(app_id=made.app_id))
        assert (await graph.service_principals.by_service_principal_id(principal.id).get()).display_name == "py"
        await graph.service_principals.by_service_principal_id(principal.id).delete()
        await graph.applications.by_application_id(made.id).delete()
    loop.run_until_complete(run())

@operation
def application_by_its_id():
    async def run():
        assert (await graph.applications_with_app_id("cccccccc-cccc-cccc-cccc-cccccccccccc").get()).display_name == "orders"
    loop.run_until_complete(run())


# -- function apps, registries, Resource Graph

@operation
def function_app():
    assert names(web.web_apps.list_by_resource_group("app")) == ["func-orders"]
    settings = web.web_apps.list_application_settings("app", "func-orders")
    assert settings.properties["AZURE_CLIENT_ID"] == "dddddddd-dddd-dddd-dddd-dddddddddddd"
    assert web.web_apps.list_host_keys("app", "func-orders").master_key == "master-key"

@operation
def registry():
    assert names(registries.registries.list()) == ["acrResource"]
    made = registries.registries.begin_create("data", "acrpy0000", {"location": "japaneast", "sku": {"name": "Premium"}}).result()
    assert made.login_server == "acrpy0000.azurecr.io"
    registries.registries.begin_delete("data", "acrpy0000").result()
    assert [it.private_link_service_connection_state.status for it in registries.private_endpoint_connections.list("data", "acrResource")] == ["Approved"]

@operation
def resource_graph():
    answer = ResourceGraphClient(HOME).resources({"subscriptions": [S1], "query": "resources | where type =~ 'microsoft.keyvault/vaults' | project name"})
    assert [it["name"] for it in answer.data] == ["kv-home"]


# -- workloads: managed identity, trust, the private path

@operation
def machine_reads_with_its_identity():
    stand("app")
    identity = ManagedIdentityCredential(client_id="dddddddd-dddd-dddd-dddd-dddddddddddd")
    KEPT["machine"] = identity
    assert SecretClient("https://kv-home.vault.azure.net", identity).get_secret("TEST-SECRET-001").value == "TenantA"

@operation
def workload_reads_over_the_border():
    identity = KEPT["machine"]
    orders = ClientAssertionCredential(T2, "cccccccc-cccc-cccc-cccc-cccccccccccc", lambda: identity.get_token("api://AzureADTokenExchange/.default").token)
    KEPT["orders"] = orders
    assert SecretClient("https://kv-resource.vault.azure.net", orders).get_secret("TEST-SECRET-001").value == "TenantB"
    blob = BlobServiceClient("https://stresource.blob.core.windows.net", orders, retry_total=0).get_blob_client("orders", "hello.txt")
    assert blob.download_blob().readall() == b"hello from Fabrikam\n"

@operation
def workload_pulls_from_the_registry():
    with ContainerRegistryClient("https://acrresource.azurecr.io", KEPT["orders"]) as client:
        assert [it.name for it in client.list_tag_properties("orders/api")] == ["v1", "v2"]
        manifest = client.get_manifest("orders/api", "v1")
        digest = manifest.manifest["layers"][0]["digest"]
        assert b"".join(client.download_blob("orders/api", digest)) == b"one"

@operation
def token_with_the_wrong_audience_is_no_assertion():
    identity = KEPT["machine"]
    wrong = ClientAssertionCredential(T2, "cccccccc-cccc-cccc-cccc-cccccccccccc", lambda: identity.get_token("https://management.azure.com/.default").token)
    refused("AADSTS700212", lambda: wrong.get_token("https://vault.azure.net/.default"))

@operation
def managed_identity_is_of_its_own_tenant():
    refused("AKV10032", lambda: SecretClient("https://kv-resource.vault.azure.net", KEPT["machine"], verify_challenge_resource=False).get_secret("TEST-SECRET-001"))

@operation
def identity_that_the_machine_does_not_have():
    refused("Identity not found", lambda: ManagedIdentityCredential(client_id="0a000000-0000-4000-8000-00000000dead").get_token("https://vault.azure.net/.default"))

@operation
def function_reads_with_its_identity():
    stand("func")
    identity = ManagedIdentityCredential(client_id="dddddddd-dddd-dddd-dddd-dddddddddddd")
    assert SecretClient("https://kv-home.vault.azure.net", identity).get_secret("TEST-SECRET-001").value == "TenantA"


@operation
def resource_group_is_deleted_with_what_it_holds():
    stand("internet")
    resources.resource_groups.begin_delete("py").result()
    refused("ResourceGroupNotFound", lambda: resources.resource_groups.get("py"))


def main():
    for function in OPERATIONS:
        why = None
        try:
            function()
        except Exception as error:  # whatever a client throws is the finding
            why = f"{type(error).__name__}: {error}"[:1500] or "no message"
        print(json.dumps({"operation": function.__name__.replace("_", " "), "ok": why is None, "why": why}), flush=True)


main()
