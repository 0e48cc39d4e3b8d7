"""What the Azure CLI is asked to do, in order: the person, the command, what the answer must hold.

Expected is a dict of JMESPath queries and their values, a list of words (text), or the code of a refusal. A fourth part keeps
parts of the answer under names that later commands write as `{name}`. `az rest` stands for the CLI's extensions.
"""

import datetime

# Who sits at which vantage of the world.
PEOPLE = {
    "home": "internet", "resource": "internet", "nobody": "internet", "machine": "app", "function": "func",
    "orders": "app", "untrusted": "app",
}

T1, T2 = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
S1, S2 = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"
ARM = "https://management.azure.com"
NET = f"/subscriptions/{S1}/resourceGroups/rg-new/providers/Microsoft.Network"
NM, NMV = f"{ARM}{NET}/networkManagers/nm-new", "?api-version=2024-05-01"
VAULT2 = f"/subscriptions/{S2}/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource"
STORE2 = f"/subscriptions/{S2}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/stresource"
ACR2 = f"/subscriptions/{S2}/resourceGroups/data/providers/Microsoft.ContainerRegistry/registries/acrResource"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB = "--account-name sthome --auth-mode login"
# A key of a user is good for seven days at most.
SOON = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%MZ")


def login(client, secret, tenant):
    return f"az login --service-principal -u 0a000000-0000-4000-8000-0000000000{client} -p {secret} --tenant {tenant} --allow-no-subscriptions"


def rest(method, url, body=None):
    return f"az rest --method {method} --url '{url}'" + (f" --body '{body}'" if body else "")


LOGINS = [
    ("home", login(11, "wrong", T1), "AADSTS7000215"),
    ("home", login(11, "secret-of-contoso", T2), "AADSTS700016"),
    ("home", login(11, "secret-of-contoso", T1), {"[0].id": S1, "[0].tenantId": T1, "[0].state": "Enabled"}),
    ("resource", login(21, "secret-of-fabrikam", T2), {"[0].id": S2, "[0].tenantId": T2}),
    ("nobody", login(12, "secret-of-nobody", T1), {"[0].tenantId": T1}),
    ("machine", "az login --identity --allow-no-subscriptions", {"[0].tenantId": T1, "[0].user.assignedIdentityInfo": "MSI"}),
    ("function", "az login --identity --client-id dddddddd-dddd-dddd-dddd-dddddddddddd --allow-no-subscriptions",
     {"[0].tenantId": T1}),
    ("machine", "az account get-access-token --resource api://AzureADTokenExchange", {"tokenType": "Bearer"}, {"assertion": "accessToken"}),
    ("orders", f"az login --service-principal -u cccccccc-cccc-cccc-cccc-cccccccccccc --tenant {T2} --federated-token {{assertion}} --allow-no-subscriptions",
     {"[0].tenantId": T2}),
    ("untrusted", login(11, "x", T1).replace("-p x", "--federated-token {assertion}"), "AADSTS700211"),
    ("home", "az account list", {"length(@)": 1}),
    ("home", "az account show", {"user.type": "servicePrincipal"}),
    ("home", "az account list-locations", {"[?name=='japaneast'] | length(@)": 1}),
]

GROUPS = [
    ("nobody", "az group list --subscription " + S1, "not found"),
    ("home", "az group create -n rg-new -l japaneast --tags a=b", {"properties.provisioningState": "Succeeded", "tags.a": "b"}),
    ("home", "az group update -n rg-new --set tags.c=d", {"tags": {"a": "b", "c": "d"}}),
    ("home", "az group show -n rg-new", {"location": "japaneast"}),
    ("home", "az group list", {"[?name=='rg-new'] | length(@)": 1}),
    ("home", "az group exists -n rg-none", {"@": False}),
    ("home", "az group show -n rg-none", "ResourceGroupNotFound"),
    ("home", "az provider show -n Microsoft.Network", {"registrationState": "Registered"}),
    ("home", "az account management-group show -n contoso", {"displayName": "contoso"}),
]

NETWORK = [
    ("home", "az network vnet create -g rg-new -n vnet --address-prefixes 10.9.0.0/16 --subnet-name endpoints --subnet-prefixes 10.9.0.0/24 --tags k=v",
     {"newVNet.provisioningState": "Succeeded", "newVNet.subnets[0].name": "endpoints"}),
    ("home", "az network vnet create -g rg-new -n vnet2 --address-prefixes 10.10.0.0/16", {"newVNet.addressSpace.addressPrefixes": ["10.10.0.0/16"]}),
    ("home", "az network vnet subnet create -g rg-new --vnet-name vnet -n extra --address-prefixes 10.9.1.0/24", {"addressPrefix": "10.9.1.0/24"}),
    ("home", "az network vnet subnet create -g rg-new --vnet-name vnet -n bad --address-prefixes 10.99.1.0/24", "NetcfgInvalidSubnet"),
    ("home", "az network vnet subnet update -g rg-new --vnet-name vnet -n extra --private-endpoint-network-policies Enabled",
     {"privateEndpointNetworkPolicies": "Enabled"}),
    ("home", "az network vnet subnet list -g rg-new --vnet-name vnet", {"[].name": ["endpoints", "extra"]}),
    ("home", "az network vnet subnet delete -g rg-new --vnet-name vnet -n extra", {"@": None}),
    ("home", "az network vnet update -g rg-new -n vnet --set tags.z=one", {"tags.z": "one"}),
    ("home", "az network vnet list -g rg-new", {"length(@)": 2}),
    ("home", "az network vnet check-ip-address -g rg-new -n vnet --ip-address 10.9.0.7", {"available": True}),
    ("home", "az network vnet peering create -g rg-new --vnet-name vnet -n there --remote-vnet vnet2 --allow-vnet-access",
     {"peeringState": "Initiated"}),
    ("home", "az network vnet peering create -g rg-new --vnet-name vnet2 -n back --remote-vnet vnet --allow-vnet-access", {"peeringState": "Connected"}),
    ("home", "az network vnet peering list -g rg-new --vnet-name vnet", {"[0].peeringState": "Connected"}),
    ("home", "az network vnet peering delete -g rg-new --vnet-name vnet2 -n back", {"@": None}),
    ("home", "az network vnet peering show -g rg-new --vnet-name vnet -n there", {"peeringState": "Disconnected"}),
    ("home", "az network vnet peering delete -g rg-new --vnet-name vnet -n there", {"@": None}),
    ("home", "az network nsg create -g rg-new -n nsg", {"NewNSG.provisioningState": "Succeeded"}),
    ("home", "az network nsg rule create -g rg-new --nsg-name nsg -n deny --priority 100 --access Deny --protocol Tcp --destination-port-ranges 443",
     {"access": "Deny", "destinationPortRange": "443"}),
    ("home", "az network nsg rule list -g rg-new --nsg-name nsg", {"[].name": ["deny"]}),
    ("home", "az network nsg rule delete -g rg-new --nsg-name nsg -n deny", {"@": None}),
    ("home", "az network route-table create -g rg-new -n routes", {"provisioningState": "Succeeded"}),
    ("home", "az network route-table route create -g rg-new --route-table-name routes -n none --address-prefix 10.50.0.0/16 --next-hop-type None",
     {"nextHopType": "None"}),
    ("home", "az network route-table route list -g rg-new --route-table-name routes", {"length(@)": 1}),
    ("home", "az network nic create -g rg-new -n nic --vnet-name vnet --subnet endpoints --private-ip-address 10.9.0.9",
     {"NewNIC.ipConfigurations[0].privateIPAddress": "10.9.0.9"}),
    ("home", "az network nic list -g rg-new", {"length(@)": 1}),
    ("home", "az network nic delete -g rg-new -n nic", {"@": None}),
]

MANAGER = [
    ("home", rest("put", NM + NMV, f'{{"location":"japaneast","properties":{{"networkManagerScopes":{{"subscriptions":["/subscriptions/{S1}"]}},"networkManagerScopeAccesses":["Connectivity"]}}}}'),
     {"properties.provisioningState": "Succeeded"}),
    ("home", rest("put", f"{NM}/scopeConnections/fabrikam{NMV}", f'{{"properties":{{"tenantId":"{T2}","resourceId":"/subscriptions/{S2}"}}}}'),
     {"properties.connectionState": "Pending"}),
    ("resource", rest("put", f"{ARM}/subscriptions/{S2}/providers/Microsoft.Network/networkManagerConnections/contoso{NMV}",
                      f'{{"properties":{{"networkManagerId":"{NET}/networkManagers/nm-new"}}}}'), {"name": "contoso"}),
    ("home", rest("get", f"{NM}/scopeConnections{NMV}"), {"value[0].properties.connectionState": "Connected"}),
    ("home", rest("get", NM + NMV), {"properties.networkManagerScopes.crossTenantScopes[0].tenantId": T2}),
    ("home", rest("put", f"{NM}/networkGroups/all{NMV}", '{"properties":{"description":"all"}}'), {"properties.provisioningState": "Succeeded"}),
    ("home", rest("put", f"{NM}/networkGroups/all/staticMembers/vnet{NMV}", f'{{"properties":{{"resourceId":"{NET}/virtualNetworks/vnet"}}}}'),
     {"name": "vnet"}),
    ("home", rest("get", f"{NM}/networkGroups/all/staticMembers{NMV}"), {"value[].name": ["vnet"]}),
    ("home", rest("put", f"{NM}/connectivityConfigurations/mesh{NMV}",
                  f'{{"properties":{{"connectivityTopology":"Mesh","appliesToGroups":[{{"networkGroupId":"{NET}/networkManagers/nm-new/networkGroups/all","groupConnectivity":"None"}}]}}}}'),
     {"properties.connectivityTopology": "Mesh"}),
    ("home", rest("post", f"{NM}/commit{NMV}", f'{{"targetLocations":["japaneast"],"configurationIds":["{NET}/networkManagers/nm-new/connectivityConfigurations/mesh"],"commitType":"Connectivity"}}'),
     {"commitType": "Connectivity"}),
    ("home", rest("post", f"{NM}/listDeploymentStatus{NMV}", '{"regions":["japaneast"]}'), {"value[0].region": "japaneast"}),
    ("home", rest("post", f"{NM}/listActiveConnectivityConfigurations{NMV}", '{"regions":["japaneast"]}'), {"type(value)": "array"}),
    ("home", rest("post", f"{ARM}{NET}/virtualNetworks/vnet/listNetworkManagerEffectiveConnectivityConfigurations{NMV}", "{}"), {"type(value)": "array"}),
]

IDENTITY = [
    ("home", "az identity create -g rg-new -n worker -l japaneast", {"tenantId": T1}, {"worker": "principalId"}),
    ("home", "az identity show -g rg-new -n worker", {"name": "worker"}),
    ("home", "az identity list -g rg-new", {"length(@)": 1}),
    ("home", f"az identity federated-credential create -g rg-new --identity-name worker -n github --issuer https://token.actions.githubusercontent.com --subject repo:contoso/orders:ref:refs/heads/main --audiences api://AzureADTokenExchange",
     {"subject": "repo:contoso/orders:ref:refs/heads/main"}),
    ("home", "az identity federated-credential list -g rg-new --identity-name worker", {"[].name": ["github"]}),
    ("home", "az identity federated-credential delete -g rg-new --identity-name worker -n github --yes", {"@": None}),
    ("home", f"az role assignment create --role Reader --assignee-object-id {{worker}} --assignee-principal-type ServicePrincipal --scope /subscriptions/{S1}/resourceGroups/rg-new",
     {"principalType": "ServicePrincipal"}),
    ("home", f"az role assignment list --scope /subscriptions/{S1}/resourceGroups/rg-new", {"[?principalId!=''] | [0].roleDefinitionName": "Reader"}),
    ("home", f"az role assignment delete --role Reader --assignee {{worker}} --scope /subscriptions/{S1}/resourceGroups/rg-new", {"@": None}),
    ("home", "az role definition list --name Owner", {"[0].roleType": "BuiltInRole"}),
    ("home", f"""az role definition create --role-definition '{{"Name":"Looker","Description":"d","Actions":["*/read"],"AssignableScopes":["/subscriptions/{S1}"]}}'""",
     {"roleName": "Looker"}),
    ("home", "az role definition list --custom-role-only true --name Looker", {"[0].permissions[0].actions": ["*/read"]}),
    ("home", "az role definition delete --name Looker --custom-role-only true", {"@": None}),
    ("nobody", rest("get", f"{ARM}/providers/Microsoft.Management/managementGroups/contoso?api-version=2020-05-01"), "AuthorizationFailed"),
]

PRIVATE = [
    ("home", "az network private-dns zone create -g rg-new -n privatelink.vaultcore.azure.net", {"provisioningState": "Succeeded"}),
    ("home", "az network private-dns link vnet create -g rg-new -z privatelink.vaultcore.azure.net -n vnet -v vnet -e false",
     {"virtualNetworkLinkState": "Completed"}),
    ("home", "az network private-dns link vnet list -g rg-new -z privatelink.vaultcore.azure.net", {"[].name": ["vnet"]}),
    ("home", f"az network private-endpoint create -g rg-new -n pe --vnet-name vnet --subnet endpoints --private-connection-resource-id {VAULT2} --group-id vault --connection-name c --manual-request true --request-message hello",
     {"manualPrivateLinkServiceConnections[0].privateLinkServiceConnectionState.status": "Pending"}),
    ("home", "az network private-endpoint dns-zone-group create -g rg-new --endpoint-name pe -n default --zone-name vault --private-dns-zone privatelink.vaultcore.azure.net",
     {"provisioningState": "Succeeded"}),
    ("resource", f"az network private-endpoint-connection list --id {VAULT2}",
     {"[?properties.privateLinkServiceConnectionState.status=='Pending'] | length(@)": 1},
     {"pending": "[?properties.privateLinkServiceConnectionState.status=='Pending'].id | [0]"}),
    ("resource", "az network private-endpoint-connection approve --id {pending} --description yes",
     {"properties.privateLinkServiceConnectionState.status": "Approved"}),
    ("home", "az network private-endpoint show -g rg-new -n pe", {"manualPrivateLinkServiceConnections[0].privateLinkServiceConnectionState.status": "Approved"}),
    ("home", "az network private-dns record-set a show -g rg-new -z privatelink.vaultcore.azure.net -n kv-resource", {"aRecords[0].ipv4Address": "10.9.0.4"}),
    ("home", "az network private-dns record-set a add-record -g rg-new -z privatelink.vaultcore.azure.net -n own -a 10.9.0.77", {"fqdn": "own.privatelink.vaultcore.azure.net."}),
    ("home", "az network private-dns record-set list -g rg-new -z privatelink.vaultcore.azure.net", {"[?name=='own'] | length(@)": 1}),
    ("home", "az network private-dns record-set a remove-record -g rg-new -z privatelink.vaultcore.azure.net -n own -a 10.9.0.77", {"@": None}),
    ("home", "az network private-dns record-set cname set-record -g rg-new -z privatelink.vaultcore.azure.net -n alias -c contoso.com", {"cnameRecord.cname": "contoso.com"}),
    ("home", "az network private-dns record-set txt add-record -g rg-new -z privatelink.vaultcore.azure.net -n text -v hello", {"txtRecords[0].value": ["hello"]}),
    ("resource", "az network private-endpoint-connection reject --id {pending} --description no", {"properties.privateLinkServiceConnectionState.status": "Rejected"}),
    ("home", "az network private-endpoint dns-zone-group delete -g rg-new --endpoint-name pe -n default", {"@": None}),
    ("home", "az network private-endpoint delete -g rg-new -n pe", {"@": None}),
    ("home", "az network private-dns link vnet delete -g rg-new -z privatelink.vaultcore.azure.net -n vnet --yes", {"@": None}),
    ("home", "az network private-dns zone delete -g rg-new -n privatelink.vaultcore.azure.net --yes", {"@": None}),
    ("resource", f"az network private-endpoint-connection list --id {STORE2}", {"[0].properties.privateLinkServiceConnectionState.status": "Approved"}),
    ("resource", f"az network private-endpoint-connection list --id {ACR2}", {"[0].properties.privateLinkServiceConnectionState.status": "Approved"}),
    ("resource", f"az network private-link-resource list --id {VAULT2}", {"[0].properties.groupId": "vault"}),
    ("machine", "dig kv-resource.vault.azure.net A", ["kv-resource.privatelink.vaultcore.azure.net.", "10.1.0.4"]),
    ("machine", "dig none.privatelink.vaultcore.azure.net A", []),
    ("nobody", "dig none.vault.azure.net A", []),
]

DATA = [
    ("home", "az keyvault create -g rg-new -n kv-new -l japaneast --enable-rbac-authorization true", {"properties.enableRbacAuthorization": True}),
    ("home", "az keyvault update -g rg-new -n kv-new --default-action Deny", {"properties.networkAcls.defaultAction": "Deny"}),
    ("home", "az keyvault show -n kv-new", {"properties.vaultUri": "https://kv-new.vault.azure.net/"}),
    ("home", "az keyvault list -g rg-new", {"length(@)": 1}),
    ("home", "az keyvault secret set --vault-name kv-home -n made --value one", {"value": "one"}),
    ("home", "az keyvault secret set --vault-name kv-home -n made --value two", {"value": "two"}),
    ("home", "az keyvault secret list-versions --vault-name kv-home -n made", {"length(@)": 2}),
    ("home", "az keyvault secret set-attributes --vault-name kv-home -n made --content-type text/plain", {"contentType": "text/plain"}),
    ("home", "az keyvault secret list --vault-name kv-home", {"sort([].name)": ["TEST-SECRET-001", "made"]}),
    ("home", "az keyvault secret delete --vault-name kv-home -n made", {"recoveryId": "https://kv-home.vault.azure.net/deletedsecrets/made"}),
    ("home", "az keyvault secret show --vault-name kv-home -n made", "SecretNotFound"),
    ("home", "az keyvault secret recover --vault-name kv-home -n made", {"name": "made"}),
    ("home", "az keyvault delete -g rg-new -n kv-new", {"@": None}),
    ("home", "az keyvault list-deleted", {"[].name": ["kv-new"]}),
    ("home", "az keyvault purge -n kv-new", {"@": None}),
    ("nobody", "az keyvault secret show --vault-name kv-home -n TEST-SECRET-001", "Forbidden"),
    ("machine", "az keyvault secret show --vault-name kv-home -n TEST-SECRET-001", {"value": "TenantA"}),
    ("function", "az keyvault secret show --vault-name kv-home -n TEST-SECRET-001", {"value": "TenantA"}),
    ("orders", "az keyvault secret show --vault-name kv-resource -n TEST-SECRET-001", {"value": "TenantB"}),
    ("orders", "az keyvault secret set --vault-name kv-resource -n mine --value x", "Forbidden"),
    ("machine", "az keyvault secret show --vault-name kv-resource -n TEST-SECRET-001", "AKV10032"),
    ("resource", "az keyvault secret show --vault-name kv-resource -n TEST-SECRET-001", "Public network access is disabled"),
    ("home", "az storage account create -g rg-new -n stnew00 -l japaneast --sku Standard_LRS --public-network-access Disabled", {"publicNetworkAccess": "Disabled"}),
    ("home", "az storage account update -g rg-new -n stnew00 --default-action Deny --public-network-access Enabled", {"networkRuleSet.defaultAction": "Deny"}),
    ("home", "az storage account show -g rg-new -n stnew00", {"primaryEndpoints.blob": "https://stnew00.blob.core.windows.net/"}),
    ("home", "az storage account list -g rg-new", {"length(@)": 1}),
    ("home", "az storage account check-name -n stnew00", {"nameAvailable": False}),
    ("home", "az storage account delete -g rg-new -n stnew00 --yes", {"@": None}),
    ("home", f"az storage container create -n made {BLOB}", {"created": True}),
    ("home", f"az storage container list {BLOB}", {"[].name": ["made", "own"]}),
    ("home", f"az storage blob upload -c made -n b.txt --data hello {BLOB}", {"type(etag)": "string"}),
    ("home", f"az storage blob upload -c made -n b.txt --data again {BLOB}", "already exists"),
    ("home", f"az storage blob show -c made -n b.txt {BLOB}", {"properties.contentLength": 5}),
    ("home", f"az storage blob list -c made {BLOB}", {"[].name": ["b.txt"]}),
    ("home", f"az storage blob metadata update -c made -n b.txt --metadata a=b {BLOB}", {"type(etag)": "string"}),
    ("home", f"az storage blob download -c made -n b.txt -f b.txt --no-progress {BLOB}", {"name": "b.txt"}),
    ("home", f"az storage blob exists -c made -n none {BLOB}", {"exists": False}),
    ("home", f"az storage blob delete -c made -n b.txt {BLOB}", {"@": None}),
    ("home", f"az storage container delete -n made {BLOB}", {"deleted": True}),
    ("machine", f"az storage blob show -c own -n a.txt {BLOB}", {"properties.contentLength": 4}),
    ("machine", f"az storage blob upload -c own -n c.txt --data x {BLOB}", "required permissions"),
    ("orders", "az storage blob show -c orders -n hello.txt --account-name stresource --auth-mode login", {"properties.contentLength": 20}),
    ("nobody", f"az storage blob show -c own -n a.txt {BLOB}", "required permissions"),
]

GRAPH = [
    ("home", "az ad app create --display-name made", {"displayName": "made"}, {"app": "appId"}),
    ("home", "az ad app update --id {app} --sign-in-audience AzureADMultipleOrgs", {"@": None}),
    ("home", "az ad app show --id {app}", {"signInAudience": "AzureADMultipleOrgs"}),
    ("home", "az ad app list --display-name made", {"length(@)": 1}),
    ("home", """az ad app federated-credential create --id {app} --parameters '{"name":"github","issuer":"https://token.actions.githubusercontent.com","subject":"repo:a/b:ref:refs/heads/main","audiences":["api://AzureADTokenExchange"]}'""",
     {"name": "github"}),
    ("home", "az ad app federated-credential list --id {app}", {"[].name": ["github"]}),
    ("home", "az ad app federated-credential delete --id {app} --federated-credential-id github", {"@": None}),
    ("home", "az ad app credential reset --id {app} --append", {"tenant": T1}),
    ("home", "az ad sp create --id {app}", {"displayName": "made"}, {"principal": "id"}),
    ("home", "az ad sp show --id {app}", {"displayName": "made"}),
    ("home", "az ad sp list --display-name orders", {"[?appId=='cccccccc-cccc-cccc-cccc-cccccccccccc'] | length(@)": 1}),
    ("home", "az ad group create --display-name g --mail-nickname g", {"displayName": "g"}),
    ("home", "az ad group member add --group g --member-id {principal}", {"@": None}),
    ("home", "az ad group member list --group g", {"[].displayName": ["made"]}),
    ("home", "az ad group member check --group g --member-id {principal}", {"value": True}),
    ("home", "az ad group member remove --group g --member-id {principal}", {"@": None}),
    ("home", "az ad group delete --group g", {"@": None}),
    ("home", "az ad sp delete --id {app}", {"@": None}),
    ("home", "az ad app delete --id {app}", {"@": None}),
    ("home", "az ad sp show --id 0a000000-0000-4000-8000-00000000dead", "does not exist"),
    ("nobody", "az ad app list --all", "Insufficient privileges"),
    ("home", rest("post", f"{ARM}/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01",
                  f"""{{"subscriptions":["{S1}"],"query":"resources | where type =~ \\"microsoft.keyvault/vaults\\" | project name"}}"""), {"data[].name": ["kv-home"]}),
    ("home", rest("get", f"https://graph.microsoft.com/v1.0/organization"), {"value[0].id": T1}),
    ("home", f"az rest --method get --url {ARM}/subscriptions?api-version=2022-12-01 --resource https://vault.azure.net", "InvalidAuthenticationToken"),
]

# What experienced administrators ask beside the way of the articles.
STRANGERS = [
    ("home", f"az tag create --resource-id /subscriptions/{S1}/resourceGroups/rg-new --tags a=1 b=2", {"properties.tags": {"a": "1", "b": "2"}}),
    ("home", f"az tag update --resource-id /subscriptions/{S1}/resourceGroups/rg-new --operation Merge --tags c=3", {"properties.tags.c": "3"}),
    ("home", "az tag create -n costcenter", {"tagName": "costcenter"}),
    ("home", "az tag add-value -n costcenter --value 1", {"tagValue": "1"}),
    ("home", "az group lock create -g rg-new -n keep --lock-type CanNotDelete", {"level": "CanNotDelete"}),
    ("home", "az group delete -n rg-new --yes", "ScopeLocked"),
    ("home", "az group lock delete -g rg-new -n keep", {"@": None}),
    ("home", "az group export -n rg-new", {"contentVersion": "1.0.0.0"}),
    ("home", "az provider operation show --namespace Microsoft.KeyVault", {"name": "Microsoft.KeyVault"}),
    ("home", "az network nsg rule list -g rg-new --nsg-name nsg --include-default", {"length(@)": 6}),
    ("home", "az network asg create -g rg-new -n asg -l japaneast", {"name": "asg"}),
    ("home", "az network public-ip create -g rg-new -n ip --sku Standard -l japaneast", {"publicIp.publicIPAllocationMethod": "Static"}),
    ("home", "az network public-ip delete -g rg-new -n ip", {"@": None}),
    ("home", "az network vnet subnet create -g rg-new --vnet-name vnet -n apps --address-prefixes 10.9.2.0/24 --delegations Microsoft.Web/serverFarms",
     {"delegations[0].serviceName": "Microsoft.Web/serverFarms"}),
    ("home", "az network private-dns zone create -g rg-new -n corp.internal", {"numberOfRecordSets": 1}),
    ("home", "az network private-dns record-set cname create -g rg-new -z corp.internal -n later", {"name": "later"}),
    ("home", "az network private-dns record-set srv add-record -g rg-new -z corp.internal -n _sip._tcp -t sip.contoso.com -r 5060 -p 1 -w 1", {"srvRecords[0].port": 5060}),
    ("home", "az network private-dns record-set soa show -g rg-new -z corp.internal", {"soaRecord.minimumTtl": 10}),
    ("home", "az storage account create -g rg-new -n stsas000 -l japaneast --sku Standard_LRS --min-tls-version TLS1_2", {"minimumTlsVersion": "TLS1_2"}),
    ("home", "az storage account keys list -g rg-new -n stsas000", {"length(@)": 2}, {"key": "[0].value"}),
    ("home", "az storage container create -n signed --account-name stsas000 --account-key {key}", {"created": True}),
    ("home", "az storage account generate-sas --account-name stsas000 --account-key {key} --permissions rwdlac --services b --resource-types sco --expiry 2035-01-01T00:00Z -o json",
     {"type(@)": "string"}, {"sas": "@"}),
    ("home", "az storage container list --account-name stsas000 --sas-token '{sas}'", {"[].name": ["signed"]}),
    ("home", "az storage blob upload --account-name stsas000 --sas-token '{sas}' -c signed -n a.txt --data hello", {"type(etag)": "string"}),
    ("home", "az storage container policy create -c signed -n p --permissions rl --expiry 2035-01-01T00:00Z --account-name stsas000 --account-key {key}", {"type(etag)": "string"}),
    ("home", "az storage cors add --services b --methods GET --origins https://a.example --account-name stsas000 --account-key {key}", {"@": None}),
    ("home", "az storage cors list --services b --account-name stsas000 --account-key {key}", {"[0].AllowedOrigins": "https://a.example"}),
    ("home", "az storage account management-policy show --account-name stsas000 -g rg-new", "ManagementPolicyNotFound"),
    ("home", "az storage account revoke-delegation-keys -n stsas000 -g rg-new", {"@": None}),
    ("home", "az storage account update -g rg-new -n stsas000 --allow-shared-key-access false", {"allowSharedKeyAccess": False}),
    ("home", "az storage container list --account-name stsas000 --account-key {key}", "KeyBasedAuthenticationNotPermitted"),
    ("home", f"az storage container generate-sas -n own --permissions rl --expiry {SOON} --as-user {BLOB}", {"type(@)": "string"}, {"user": "@"}),
    ("home", "az storage blob list -c own --account-name sthome --sas-token '{user}'", {"[].name": ["a.txt"]}),
    ("home", "az storage blob delete -c own -n a.txt --account-name sthome --sas-token '{user}'", "required permissions"),
    ("home", f"az storage blob service-properties update --delete-retention true --delete-retention-period 5 {BLOB}", {"deleteRetentionPolicy.days": 5}),
    ("home", "az keyvault list --query \"[?name=='kv-home'].name\"", {"@": ["kv-home"]}),
    ("home", "az keyvault update -n kv-home --set tags.a=b", {"tags.a": "b"}),
    ("home", "az functionapp keys set -g app -n func-orders --key-type functionKeys --key-name mine --key-value v", {"name": "mine"}),
    ("home", "az functionapp keys list -g app -n func-orders", {"functionKeys.mine": "v"}),
    ("home", "az functionapp keys delete -g app -n func-orders --key-type functionKeys --key-name mine", {"@": None}),
    ("home", "az webapp auth show -g app -n func-orders", {"enabled": False}),
    ("resource", "az acr create -n acradmin0 -g data --sku Premium --admin-enabled true -l japaneast", {"adminUserEnabled": True}),
    ("resource", "az acr credential show -n acradmin0", {"username": "acradmin0"}),
    ("resource", "az acr delete -n acradmin0 --yes", {"@": None}),
    ("home", f"az resource show --ids {NET}/virtualNetworks/vnet", {"name": "vnet"}),
    ("home", "az resource list --tag k=v", {"[].name": ["vnet"]}),
    ("home", "az identity list-resources -g app -n orders", {"type(@)": "array"}),
    ("home", "az role assignment list --all --include-groups", {"type(@)": "array"}),
    ("home", "az ad app list --filter \"startswith(displayName,'contoso')\"", {"[].displayName": ["contoso-admin"]}),
    ("home", rest("get", "https://graph.microsoft.com/v1.0/applications?$expand=owners"), {"type(value)": "array"}),
    ("machine", "dig vaultcore.privatelink.vaultcore.azure.net AAAA", []),
]

APPS = [
    ("home", rest("post", f"{ARM}/subscriptions/{S1}/resourceGroups/app/providers/Microsoft.Web/sites/func-orders/config/appsettings/list?api-version=2024-04-01"),
     {"properties.AZURE_CLIENT_ID": "dddddddd-dddd-dddd-dddd-dddddddddddd"}),
    ("home", "az webapp config appsettings set -g app -n func-orders --settings A=B", {"[?name=='A'] | length(@)": 1}),
    ("home", "az functionapp keys list -g app -n func-orders", {"masterKey": "master-key"}),
    ("home", "az functionapp function list -g app -n func-orders", {"length(@)": 4}),
    ("home", "az functionapp function keys list -g app -n func-orders --function-name GetSecretCrossTenant", {"default": "secret-key"}),
    ("home", "az functionapp vnet-integration list -g app -n func-orders", {"length(@)": 1}),
    ("home", "az functionapp identity show -g app -n func-orders", {"type": "UserAssigned"}),
    ("resource", "az acr list", {"[0].name": "acrResource"}),
    ("resource", "az acr show -n acrResource -g data", {"loginServer": "acrresource.azurecr.io"}),
    ("resource", "az acr private-endpoint-connection list -r acrResource", {"length(@)": 1}),
    ("resource", "az acr replication list -r acrResource", {"[?location=='japanwest'] | length(@)": 1}),
    ("resource", "az acr create -n acrnew00 -g data --sku Premium -l japaneast", {"provisioningState": "Succeeded"}),
    ("resource", "az acr update -n acrnew00 --public-network-enabled false", {"publicNetworkAccess": "Disabled"}),
    ("resource", "az acr delete -n acrnew00 --yes", {"@": None}),
    ("home", "az resource list --resource-type Microsoft.KeyVault/vaults", {"[].name": ["kv-home"]}),
    ("home", f"az resource show --ids /subscriptions/{S1}/resourceGroups/app/providers/Microsoft.Web/sites/func-orders --api-version 2024-04-01", {"name": "func-orders"}),
    ("home", "az group delete -n rg-new --yes", {"@": None}),
    ("home", "az logout", {"@": None}),
]

OPERATIONS = LOGINS + GROUPS + NETWORK + MANAGER + IDENTITY + PRIVATE + DATA + GRAPH + STRANGERS + APPS
