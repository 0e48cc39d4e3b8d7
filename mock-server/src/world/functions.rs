//! Function apps: what was deployed to a site, the keys to it, and the vantage that the code runs at.
//!
//! Keys never appear in `Debug` output.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The function app of a site of the world.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FunctionApp {
    /// The vantage that its code runs at: an App Service in the network and with the identities that the site has.
    pub vantage: String,
    /// Keys of the host by name; `_master` is the master key.
    #[serde(default)]
    pub host_keys: Keys,
    /// Functions by name: those of the article, which are all that the mock knows to run.
    #[serde(default)]
    pub functions: BTreeMap<String, Function>,
}

/// A deployed function.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Function {
    /// Its own keys by name.
    #[serde(default)]
    pub keys: Keys,
    /// Was it switched off?
    #[serde(default)]
    pub disabled: bool,
}

/// Keys by name.
#[derive(Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Keys(pub BTreeMap<String, String>);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
