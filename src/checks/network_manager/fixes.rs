//! Commands that both halves of a connection advise.

/// Every network manager of every subscription that the caller may read.
pub(in crate::checks) const LIST_MANAGERS: &str = "az account list --query \"[].id\" --output tsv | while read -r id; do az resource list --subscription \"$id\" --resource-type Microsoft.Network/networkManagers --query \"[].id\" --output tsv; done";

/// The agreements of a scope.
pub(in crate::checks) const LIST_AGREEMENTS: &str = az_rest!(
    "get",
    "{scope}/providers/Microsoft.Network/networkManagerConnections"
);
/// The scope connections of a manager.
pub(in crate::checks) const LIST_OFFERS: &str =
    az_rest!("get", "{network-manager}/scopeConnections");

/// The other half as the run has seen it; both must be made anew once a conflict is gone.
pub(in crate::checks) const DELETE_OTHER_HALF: &str = az_rest!("delete", "{other-half}");
/// What to do when the run has not seen it.
pub(in crate::checks) const OR_BY_HAND: &str = "# otherwise: # the other tenant deletes its half, too, and creates it anew after the commands below";
/// The other half made anew.
pub(in crate::checks) const CREATE_OTHER_HALF: &str = concat!(
    "# if known: ",
    az_rest!("put", "{other-half}", "{other-half-json}")
);

/// Makes the agreement of a scope under a name that is free.
pub(in crate::checks) const CREATE_AGREEMENT: &str = az_rest!(
    "put",
    "{scope}/providers/Microsoft.Network/networkManagerConnections/{free-name}",
    "{other-half-json}"
);
/// The same where the names that are taken are not known.
pub(in crate::checks) const OR_CREATE_AGREEMENT: &str = concat!(
    "# otherwise: ",
    az_rest!(
        "put",
        "{scope}/providers/Microsoft.Network/networkManagerConnections/\"$CONNECTION_NAME\"",
        "{other-half-json}"
    )
);
/// Makes the scope connection of a manager under a name that is free.
pub(in crate::checks) const CREATE_OFFER: &str = az_rest!(
    "put",
    "{network-manager}/scopeConnections/{free-name}",
    "{other-half-json}"
);
/// The same where the names that are taken are not known.
pub(in crate::checks) const OR_CREATE_OFFER: &str = concat!(
    "# otherwise: ",
    az_rest!(
        "put",
        "{network-manager}/scopeConnections/\"$CONNECTION_NAME\"",
        "{other-half-json}"
    )
);
/// What the variable of those stands for.
pub(in crate::checks) const OR_NAME: &str = "# otherwise: # CONNECTION_NAME: a name that is not in the list above; one that is would be overwritten";
