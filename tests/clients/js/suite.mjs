// The Azure SDK for JavaScript: one function per operation, one visible list for each vantage, in order.
//
// An operation fails when it throws. Node reads the certificates of the environment when it starts and msal-node keeps its
// first source of managed identity, so every vantage has a process of its own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(`${process.env.XTENANT_CLIENTS}/node/`);
const { ClientAssertionCredential, ClientSecretCredential, ManagedIdentityCredential } = require("@azure/identity");
const { SecretClient } = require("@azure/keyvault-secrets");
const {
  BlobServiceClient, ContainerSASPermissions, BlobSASPermissions, ContainerClient, BlobClient, StorageSharedKeyCredential,
  generateAccountSASQueryParameters, generateBlobSASQueryParameters, AccountSASPermissions,
} = require("@azure/storage-blob");
const { ContainerRegistryClient } = require("@azure/container-registry");
const { NetworkManagementClient } = require("@azure/arm-network");
const { PrivateDnsManagementClient } = require("@azure/arm-privatedns");
const { KeyVaultManagementClient } = require("@azure/arm-keyvault");
const { StorageManagementClient } = require("@azure/arm-storage");
const { ResourceManagementClient } = require("@azure/arm-resources");
const { SubscriptionClient } = require("@azure/arm-resources-subscriptions");
const { ManagedServiceIdentityClient } = require("@azure/arm-msi");
const { AuthorizationManagementClient } = require("@azure/arm-authorization");
const { WebSiteManagementClient } = require("@azure/arm-appservice");
const { ContainerRegistryManagementClient } = require("@azure/arm-containerregistry");
const { ResourceGraphClient } = require("@azure/arm-resourcegraph");
const { ManagementGroupsAPI } = require("@azure/arm-managementgroups");

const [T1, T2] = ["11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"];
const [S1, S2] = ["aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"];
const NET = `/subscriptions/${S1}/resourceGroups/js/providers/Microsoft.Network`;
const VAULT2 = `/subscriptions/${S2}/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource`;
const ZONE = "privatelink.vaultcore.azure.net";
const HELD = { clientId: "dddddddd-dddd-dddd-dddd-dddddddddddd" };

const home = new ClientSecretCredential(T1, "0a000000-0000-4000-8000-000000000011", "secret-of-contoso");
const resource = new ClientSecretCredential(T2, "0a000000-0000-4000-8000-000000000021", "secret-of-fabrikam");
const nobody = new ClientSecretCredential(T1, "0a000000-0000-4000-8000-000000000012", "secret-of-nobody");
const network = new NetworkManagementClient(home, S1);
const network2 = new NetworkManagementClient(resource, S2);
const dns = new PrivateDnsManagementClient(home, S1);
const vaults = new KeyVaultManagementClient(home, S1);
const vaults2 = new KeyVaultManagementClient(resource, S2);
const storage = new StorageManagementClient(home, S1);
const resources = new ResourceManagementClient(home, S1);
const identities = new ManagedServiceIdentityClient(home, S1);
const roles = new AuthorizationManagementClient(home, S1);
const registries = new ContainerRegistryManagementClient(resource, S2);
const secrets = new SecretClient("https://kv-home.vault.azure.net", home);
const blobs = new BlobServiceClient("https://sthome.blob.core.windows.net", home, { retryOptions: { maxTries: 1 } });
const machine = new ManagedIdentityCredential(HELD);
const orders = new ClientAssertionCredential(T2, "cccccccc-cccc-cccc-cccc-cccccccccccc", async () =>
  (await machine.getToken("api://AzureADTokenExchange/.default")).token);

/** All items of a pager. */
const all = async (pager) => { const items = []; for await (const item of pager) items.push(item); return items; };
const names = async (pager) => (await all(pager)).map((it) => it.name).sort();

/** Must be refused, and say so by this code. */
async function refused(code, promise) {
  const error = await promise.then(() => null, (error) => error);
  assert.ok(error, `expected to be refused with ${code}`);
  assert.ok(`${error.code} ${error.message} ${error.details?.errorCode}`.includes(code), `expected ${code}: ${error.code} ${error.message}`);
}

let worker;

// At a machine of the home tenant's network.
const APP = {
  async "subscriptions"() {
    assert.deepEqual((await all(new SubscriptionClient(home).subscriptions.list())).map((it) => it.subscriptionId), [S1]);
  },
  async "resource group"() {
    assert.equal((await resources.resourceGroups.createOrUpdate("js", { location: "japaneast" })).properties.provisioningState, "Succeeded");
    assert.ok((await names(resources.resourceGroups.list())).includes("js"));
    await refused("ResourceGroupNotFound", resources.resourceGroups.get("none"));
  },
  async "management group"() {
    assert.equal((await new ManagementGroupsAPI(home).managementGroups.get("contoso")).name, "contoso");
  },
  async "wrong secret"() {
    const wrong = new ClientSecretCredential(T1, "0a000000-0000-4000-8000-000000000011", "wrong");
    await refused("AADSTS7000215", wrong.getToken("https://management.azure.com/.default"));
  },
  async "token of the other tenant"() {
    await refused("InvalidAuthenticationTokenTenant", new NetworkManagementClient(resource, S1).virtualNetworks.get("net", "home"));
  },
  async "no role"() {
    await refused("AuthorizationFailed", new NetworkManagementClient(nobody, S1).virtualNetworks.get("net", "home"));
  },
  async "network with a subnet"() {
    const made = await network.virtualNetworks.createOrUpdate("js", "vnet", { location: "japaneast",
      addressSpace: { addressPrefixes: ["10.30.0.0/16"] }, subnets: [{ name: "endpoints", addressPrefix: "10.30.0.0/24" }] });
    assert.equal(made.provisioningState, "Succeeded");
    assert.equal(made.subnets[0].addressPrefix, "10.30.0.0/24");
    assert.deepEqual(await names(network.virtualNetworks.list("js")), ["vnet"]);
  },
  async "security group, route table"() {
    assert.equal((await network.networkSecurityGroups.createOrUpdate("js", "nsg", { location: "japaneast" })).provisioningState, "Succeeded");
    assert.equal((await network.routeTables.createOrUpdate("js", "routes", { location: "japaneast" })).provisioningState, "Succeeded");
  },
  async "network manager"() {
    const made = await network.networkManagers.createOrUpdate("js", "nm", { location: "japaneast",
      networkManagerScopes: { subscriptions: [`/subscriptions/${S1}`] }, networkManagerScopeAccesses: ["Connectivity"] });
    assert.equal(made.provisioningState, "Succeeded");
  },
  async "both halves of a connection"() {
    const mine = await network.scopeConnections.createOrUpdate("js", "nm", "fabrikam", { tenantId: T2, resourceId: `/subscriptions/${S2}` });
    assert.equal(mine.connectionState, "Pending");
    await network2.subscriptionNetworkManagerConnections.createOrUpdate("js", { networkManagerId: `${NET}/networkManagers/nm` });
    assert.equal((await network.scopeConnections.get("js", "nm", "fabrikam")).connectionState, "Connected");
  },
  async "group, member, mesh"() {
    const group = await network.networkGroups.createOrUpdate("js", "nm", "all", { description: "all" });
    await network.staticMembers.createOrUpdate("js", "nm", "all", "vnet", { resourceId: `${NET}/virtualNetworks/vnet` });
    assert.deepEqual(await names(network.staticMembers.list("js", "nm", "all")), ["vnet"]);
    const made = await network.connectivityConfigurations.createOrUpdate("js", "nm", "mesh", { connectivityTopology: "Mesh",
      appliesToGroups: [{ networkGroupId: group.id, groupConnectivity: "None" }] });
    assert.equal(made.connectivityTopology, "Mesh");
  },
  async "commit"() {
    const done = await network.networkManagerCommits.post("js", "nm", { targetLocations: ["japaneast"], commitType: "Connectivity",
      configurationIds: [`${NET}/networkManagers/nm/connectivityConfigurations/mesh`] });
    assert.equal(done.commitType, "Connectivity");
  },
  async "connections are deleted"() {
    await network2.subscriptionNetworkManagerConnections.delete("js");
    await network.scopeConnections.delete("js", "nm", "fabrikam");
    assert.deepEqual(await names(network.scopeConnections.list("js", "nm")), []);
  },
  async "private zone, link, record"() {
    await dns.privateZones.createOrUpdate("js", ZONE, { location: "global" });
    const link = await dns.virtualNetworkLinks.createOrUpdate("js", ZONE, "vnet", { location: "global", registrationEnabled: false,
      virtualNetwork: { id: `${NET}/virtualNetworks/vnet` } });
    assert.equal(link.virtualNetworkLinkState, "Completed");
    await dns.recordSets.createOrUpdate("js", ZONE, "A", "own", { ttl: 60, aRecords: [{ ipv4Address: "10.30.0.99" }] });
    assert.ok((await names(dns.recordSets.list("js", ZONE))).includes("own"));
  },
  async "private endpoint, approved by the other tenant"() {
    const made = await network.privateEndpoints.createOrUpdate("js", "pe", { location: "japaneast",
      subnet: { id: `${NET}/virtualNetworks/vnet/subnets/endpoints` }, manualPrivateLinkServiceConnections: [
        { name: "c", privateLinkServiceId: VAULT2, groupIds: ["vault"], requestMessage: "please" }] });
    assert.equal(made.manualPrivateLinkServiceConnections[0].privateLinkServiceConnectionState.status, "Pending");
    const status = (it) => it.privateLinkServiceConnectionState.status;
    const pending = (await all(vaults2.privateEndpointConnections.listByResource("data", "kv-resource"))).filter((it) => status(it) === "Pending");
    assert.equal(pending.length, 1);
    await vaults2.privateEndpointConnections.put("data", "kv-resource", pending[0].name, {
      privateLinkServiceConnectionState: { status: "Approved", description: "yes" } });
    const now = await network.privateEndpoints.get("js", "pe");
    assert.equal(now.manualPrivateLinkServiceConnections[0].privateLinkServiceConnectionState.status, "Approved");
  },
  async "zone group writes the record"() {
    await network.privateDnsZoneGroups.createOrUpdate("js", "pe", "default", { privateDnsZoneConfigs: [
      { name: "vault", privateDnsZoneId: `${NET}/privateDnsZones/${ZONE}` }] });
    assert.equal((await dns.recordSets.get("js", ZONE, "A", "kv-resource")).aRecords[0].ipv4Address, "10.30.0.4");
  },
  async "private endpoint is deleted"() {
    await network.privateEndpoints.delete("js", "pe");
    assert.deepEqual(await names(network.privateEndpoints.list("js")), []);
  },
  async "managed identity and its credential"() {
    worker = await identities.userAssignedIdentities.createOrUpdate("js", "worker", { location: "japaneast" });
    const made = await identities.federatedIdentityCredentials.createOrUpdate("js", "worker", "github", {
      issuer: "https://token.actions.githubusercontent.com", subject: "repo:a/b:ref:refs/heads/main", audiences: ["api://AzureADTokenExchange"] });
    assert.equal(made.subject, "repo:a/b:ref:refs/heads/main");
  },
  async "role is assigned and taken away"() {
    const scope = `/subscriptions/${S1}/resourceGroups/js`;
    const name = "0b000000-0000-4000-8000-0000000000bb";
    const [reader] = await all(roles.roleDefinitions.list(scope, { filter: "roleName eq 'Reader'" }));
    await roles.roleAssignments.create(scope, name, { roleDefinitionId: reader.id, principalId: worker.principalId, principalType: "ServicePrincipal" });
    assert.ok((await names(roles.roleAssignments.listForScope(scope))).includes(name));
    await roles.roleAssignments.delete(scope, name);
    assert.ok(!(await names(roles.roleAssignments.listForScope(scope))).includes(name));
  },
  async "vault is made, deleted, purged"() {
    const made = await vaults.vaults.createOrUpdate("js", "kv-js", { location: "japaneast", properties: { tenantId: T1,
      sku: { family: "A", name: "standard" }, enableRbacAuthorization: true, accessPolicies: [] } });
    assert.equal(made.properties.vaultUri, "https://kv-js.vault.azure.net/");
    await vaults.vaults.delete("js", "kv-js");
    assert.equal((await vaults.vaults.getDeleted("kv-js", "japaneast")).name, "kv-js");
    await vaults.vaults.purgeDeleted("kv-js", "japaneast");
  },
  async "secret and its versions"() {
    const first = await secrets.setSecret("js", "one");
    await secrets.setSecret("js", "two");
    assert.equal((await secrets.getSecret("js")).value, "two");
    assert.equal((await secrets.getSecret("js", { version: first.properties.version })).value, "one");
    assert.equal((await all(secrets.listPropertiesOfSecretVersions("js"))).length, 2);
  },
  async "secret is deleted and recovered"() {
    await (await secrets.beginDeleteSecret("js")).pollUntilDone();
    await refused("SecretNotFound", secrets.getSecret("js"));
    await (await secrets.beginRecoverDeletedSecret("js")).pollUntilDone();
    assert.equal((await secrets.getSecret("js")).value, "two");
  },
  async "secret without a role"() {
    await refused("Forbidden", new SecretClient("https://kv-home.vault.azure.net", nobody).getSecret("TEST-SECRET-001"));
  },
  async "account"() {
    const made = await storage.storageAccounts.beginCreateAndWait("js", "stjs0000", { location: "japaneast", kind: "StorageV2", sku: { name: "Standard_LRS" } });
    assert.equal(made.primaryEndpoints.blob, "https://stjs0000.blob.core.windows.net/");
    await storage.storageAccounts.delete("js", "stjs0000");
  },
  async "blob is written, read, deleted"() {
    const { containerClient: container } = await blobs.createContainer("javascript");
    const blob = container.getBlockBlobClient("a.txt");
    await blob.upload("hello", 5, { metadata: { a: "b" } });
    assert.equal((await blob.downloadToBuffer()).toString(), "hello");
    assert.equal((await blob.getProperties()).metadata.a, "b");
    assert.deepEqual(await names(container.listBlobsFlat()), ["a.txt"]);
    await refused("BlobAlreadyExists", blob.upload("again", 5, { conditions: { ifNoneMatch: "*" } }));
    await blob.delete();
    await refused("BlobNotFound", blob.download());
  },
  async "blob in blocks"() {
    const data = Buffer.alloc(300_000, "x");
    const blob = blobs.getContainerClient("javascript").getBlockBlobClient("big");
    await blob.uploadData(data, { blockSize: 65536, maxSingleShotSize: 65536 });
    assert.ok((await blob.downloadToBuffer(0, undefined, { blockSize: 65536 })).equals(data));
    await blobs.deleteContainer("javascript");
  },
  async "signatures of an account and of a blob"() {
    const { name } = await storage.storageAccounts.beginCreateAndWait("js", "stjssign", { location: "japaneast", kind: "StorageV2", sku: { name: "Standard_LRS" } });
    const [key] = (await storage.storageAccounts.listKeys("js", name)).keys;
    const credential = new StorageSharedKeyCredential(name, key.value);
    const client = new BlobServiceClient(`https://${name}.blob.core.windows.net`, credential, { retryOptions: { maxTries: 1 } });
    const { containerClient } = await client.createContainer("signed");
    await containerClient.uploadBlockBlob("a b.txt", "hello", 5, { metadata: { a: "b" } });
    const expiresOn = new Date(Date.now() + 3600_000);
    const ofAccount = generateAccountSASQueryParameters({ expiresOn, permissions: AccountSASPermissions.parse("rl"), services: "b", resourceTypes: "sco" }, credential);
    assert.deepEqual(await names(new BlobServiceClient(`${client.url}?${ofAccount}`).listContainers()), ["signed"]);
    const ofBlob = generateBlobSASQueryParameters({ containerName: "signed", blobName: "a b.txt", expiresOn, permissions: BlobSASPermissions.parse("r") }, credential);
    const blob = new BlobClient(`${client.url}signed/a%20b.txt?${ofBlob}`, undefined, { retryOptions: { maxTries: 1 } });
    assert.equal((await blob.downloadToBuffer()).toString(), "hello");
    await refused("AuthorizationPermissionMismatch", blob.delete());
    await storage.storageAccounts.delete("js", name);
  },
  async "signature of a user"() {
    const [startsOn, expiresOn] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3600_000)];
    const key = await blobs.getUserDelegationKey(startsOn, expiresOn);
    const token = generateBlobSASQueryParameters({ containerName: "own", startsOn, expiresOn, permissions: ContainerSASPermissions.parse("rl") }, key, "sthome");
    const container = new ContainerClient(`https://sthome.blob.core.windows.net/own?${token}`, undefined, { retryOptions: { maxTries: 1 } });
    assert.deepEqual(await names(container.listBlobsFlat()), ["a.txt"]);
    await refused("AuthorizationPermissionMismatch", container.getBlobClient("a.txt").delete());
  },
  async "blob without a role"() {
    const client = new BlobServiceClient("https://sthome.blob.core.windows.net", nobody, { retryOptions: { maxTries: 1 } });
    await refused("AuthorizationPermissionMismatch", client.getContainerClient("own").getBlobClient("a.txt").download());
  },
  async "function app"() {
    const web = new WebSiteManagementClient(home, S1);
    assert.deepEqual(await names(web.webApps.listByResourceGroup("app")), ["func-orders"]);
    assert.equal((await web.webApps.listApplicationSettings("app", "func-orders")).properties.AZURE_CLIENT_ID, HELD.clientId);
  },
  async "registry is made and deleted"() {
    const made = await registries.registries.create("data", "acrjs0000", { location: "japaneast", sku: { name: "Premium" } });
    assert.equal(made.loginServer, "acrjs0000.azurecr.io");
    await registries.registries.delete("data", "acrjs0000");
    assert.deepEqual(await names(registries.registries.list()), ["acrResource"]);
  },
  async "Resource Graph"() {
    const answer = await new ResourceGraphClient(home).resources({ subscriptions: [S1],
      query: "resources | where type =~ 'microsoft.keyvault/vaults' | project name" });
    assert.deepEqual(answer.data, [{ name: "kv-home" }]);
  },
  async "machine reads with its identity"() {
    assert.equal((await new SecretClient("https://kv-home.vault.azure.net", machine).getSecret("TEST-SECRET-001")).value, "TenantA");
  },
  async "workload reads over the border"() {
    assert.equal((await new SecretClient("https://kv-resource.vault.azure.net", orders).getSecret("TEST-SECRET-001")).value, "TenantB");
    const client = new BlobServiceClient("https://stresource.blob.core.windows.net", orders, { retryOptions: { maxTries: 1 } });
    const read = await client.getContainerClient("orders").getBlobClient("hello.txt").downloadToBuffer();
    assert.equal(read.toString(), "hello from Fabrikam\n");
  },
  async "workload reads the registry"() {
    const client = new ContainerRegistryClient("https://acrresource.azurecr.io", orders);
    assert.deepEqual(await names(client.getArtifact("orders/api", "v1").listTagProperties()), ["v1", "v2"]);
  },
  async "token with the wrong audience is no assertion"() {
    const wrong = new ClientAssertionCredential(T2, "cccccccc-cccc-cccc-cccc-cccccccccccc", async () =>
      (await machine.getToken("https://management.azure.com/.default")).token);
    await refused("AADSTS700212", wrong.getToken("https://vault.azure.net/.default"));
  },
  async "managed identity is of its own tenant"() {
    await refused("AKV10032", new SecretClient("https://kv-resource.vault.azure.net", machine).getSecret("TEST-SECRET-001"));
  },
  async "resource group is deleted with what it holds"() {
    await resources.resourceGroups.delete("js");
    await refused("ResourceGroupNotFound", resources.resourceGroups.get("js"));
  },
};

// In a function app.
const FUNC = {
  async "function reads with its identity"() {
    assert.equal((await new SecretClient("https://kv-home.vault.azure.net", machine).getSecret("TEST-SECRET-001")).value, "TenantA");
  },
};

// At no network.
const INTERNET = {
  async "private vault from the internet"() {
    await refused("Forbidden", new SecretClient("https://kv-resource.vault.azure.net", resource).getSecret("TEST-SECRET-001"));
  },
};

const LISTS = { app: APP, func: FUNC, internet: INTERNET };

async function run(operations) {
  for (const [operation, execute] of Object.entries(operations)) {
    const why = await execute().then(() => null, (error) => `${error.name}: ${error.code ?? ""} ${error.message}`.slice(0, 1500));
    console.log(JSON.stringify({ operation, ok: why === null, why }));
  }
}

/** A process of its own at each vantage; a bad end of one is a bad end of the suite. */
function everywhere() {
  const vantages = JSON.parse(readFileSync(process.env.XTENANT_VANTAGES));
  for (const vantage of Object.keys(LISTS)) {
    const env = { ...process.env, ...vantages[vantage].environment };
    for (const name of Object.keys(env)) if (env[name] === null) delete env[name];
    const ended = spawnSync(process.execPath, [fileURLToPath(import.meta.url), vantage], { env, stdio: "inherit" });
    if (ended.status !== 0) process.exit(ended.status ?? 1);
  }
}

if (process.argv[2]) await run(LISTS[process.argv[2]]);
else everywhere();
