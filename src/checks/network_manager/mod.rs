//! What the checks of network managers share: how their answers are read, how their ids compare, how their fixes are
//! typed. No check: what follows from a difference or an overlap is for the checks to say.
//!
//! - [`configuration`]: a connectivity configuration, as configured, active or effective
//! - [`connection`]: the two halves of a connection across tenants
//! - [`fixes`]: commands that both halves advise
//! - [`ids`]: ids as network managers spell them
//! - [`manager`]: a network manager with its scope

/// A call of ARM that anybody can paste: the commands for network managers are an extension of the Azure CLI, `az rest`
/// is part of it, and a path without a host goes to the ARM endpoint of the cloud that the CLI is logged in to.
///
/// The method, the path, and a placeholder for the whole body.
macro_rules! az_rest {
    ($method:literal, $path:literal) => {
        concat!(
            "az rest --method ",
            $method,
            " --url ",
            $path,
            " --url-parameters api-version=2024-01-01"
        )
    };
    ($method:literal, $path:literal, $body:literal) => {
        concat!(
            "az rest --method ",
            $method,
            " --url ",
            $path,
            " --url-parameters api-version=2024-01-01 --body ",
            $body
        )
    };
}

pub(super) use az_rest;

pub(super) mod configuration;
pub(super) mod connection;
pub(super) mod fixes;
pub(super) mod ids;
pub(super) mod manager;

#[cfg(test)]
mod tests {
    use crate::target::ApiVersions;

    #[test]
    fn fixes_are_typed_with_the_version_that_the_run_asks_with() {
        let version = ApiVersions::default()
            .of("Microsoft.Network/networkManagers")
            .to_owned();
        assert_eq!(
            az_rest!("get", "{x}"),
            format!("az rest --method get --url {{x}} --url-parameters api-version={version}")
        );
    }
}
