//! What ARM says of deployments and of what is active (`specs/network/2024-01-01/networkManager.json`,
//! `networkManagerActiveConfiguration.json`).

use serde::{Deserialize, Serialize};

use crate::checks::network_manager::configuration::{Configuration, Properties};
use crate::checks::wire::lenient;
use crate::outcome::Regions;

/// The last commit of a region and type, and how it went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Deployment {
    #[serde(deserialize_with = "lenient")]
    pub(super) commit_time: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) region: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) deployment_status: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) configuration_ids: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) deployment_type: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) error_message: String,
}

impl Deployment {
    /// Azure's words, untouched.
    pub(super) fn message(&self) -> String {
        match self.error_message.as_str() {
            "" => "no message".to_owned(),
            message => message.to_owned(),
        }
    }
}

/// A configuration that is active in a region.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Active {
    #[serde(deserialize_with = "lenient")]
    pub(super) region: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) id: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) properties: Properties,
}

impl Active {
    /// The region by its name, and the configuration as it was committed there.
    pub(super) fn into_configuration(self) -> (String, Configuration) {
        let region = Regions::name(&self.region);
        (region, Configuration::new(self.id, self.properties))
    }
}

/// Where a hub lies.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Location {
    #[serde(deserialize_with = "lenient")]
    pub(super) location: String,
}
