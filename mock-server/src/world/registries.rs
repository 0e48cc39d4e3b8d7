//! Images of container registries: repository, tag, image. Manifests and digests are made from what is given.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Blob;

/// Repositories of a registry by name, each with its images by tag.
pub type Repositories = BTreeMap<String, BTreeMap<String, Image>>;

/// An image.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Image {
    /// Its layers, from the lowest up: contents are taken as uncompressed archives.
    #[serde(default)]
    pub layers: Vec<Blob>,
    /// Its configuration; one for Linux on x86-64 when absent.
    #[serde(default)]
    pub config: Option<Blob>,
    /// Whose media types it has.
    #[serde(default)]
    pub format: ImageFormat,
}

/// Media types of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageFormat {
    /// Docker's, schema 2.
    Docker,
    /// Those of the Open Container Initiative.
    #[default]
    Oci,
}
