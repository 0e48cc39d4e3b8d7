//! Images of container registries: manifests and layers by digest, made from what the world gives.
//!
//! A manifest is what the OCI image specification (`manifest.md`) or Docker's "Image Manifest Version 2, Schema 2" says,
//! its digest that of its bytes. The configuration that nobody gave is the smallest for Linux on x86-64.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{State, kept, lower};
use crate::world::{Image, ImageFormat, World};

/// A repository.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repository {
    /// Digest of the manifest that each tag names.
    pub tags: BTreeMap<String, String>,
    /// Manifests by digest.
    pub manifests: BTreeMap<String, Manifest>,
    /// Layers and configurations by digest.
    #[serde(with = "kept::base64_map")]
    pub blobs: BTreeMap<String, Bytes>,
}

/// A manifest.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    #[serde(with = "kept::base64")]
    pub content: Bytes,
    /// Bytes of the layers and the configuration together.
    pub image_size: usize,
}

impl Repository {
    /// A manifest with its digest, by tag or digest.
    pub fn manifest(&self, reference: &str) -> Option<(&str, &Manifest)> {
        let digest = self.tags.get(reference).map_or(reference, String::as_str);
        let (digest, manifest) = self.manifests.get_key_value(digest)?;
        Some((digest, manifest))
    }

    fn add(&mut self, tag: &str, image: &Image) {
        let types = Types::of(image.format);
        let layers: Vec<Bytes> = image
            .layers
            .iter()
            .filter_map(|layer| layer.bytes())
            .collect();
        let config = image.config.as_ref().and_then(|config| config.bytes());
        let config = config.unwrap_or_else(|| smallest_config(&layers));
        let image_size = layers.iter().chain([&config]).map(Bytes::len).sum();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": types.manifest,
            "config": self.store(types.config, config),
            "layers": layers.into_iter().map(|layer| self.store(types.layer, layer)).collect::<Vec<_>>(),
        });
        let content = Bytes::from(manifest.to_string());
        let digest = digest(&content);
        self.tags.insert(tag.to_owned(), digest.clone());
        let manifest = Manifest {
            media_type: types.manifest.to_owned(),
            content,
            image_size,
        };
        self.manifests.insert(digest, manifest);
    }

    /// Keeps a content and describes it.
    fn store(&mut self, media_type: &str, content: Bytes) -> Value {
        let digest = digest(&content);
        let described = json!({"mediaType": media_type, "digest": digest, "size": content.len()});
        self.blobs.insert(digest, content);
        described
    }
}

impl State {
    /// A repository of a registry.
    pub fn repository(&self, registry: &str, name: &str) -> Option<&Repository> {
        self.registries.get(&lower(registry))?.get(name)
    }

    /// The repositories of a registry, by name.
    pub fn repositories<'a>(
        &'a self,
        registry: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Repository)> + use<'a> {
        let found = self.registries.get(&lower(registry));
        found
            .into_iter()
            .flatten()
            .map(|(name, repository)| (name.as_str(), repository))
    }
}

/// Registries by name in lower case.
pub(super) fn of(world: &World) -> BTreeMap<String, BTreeMap<String, Repository>> {
    let mut stored: BTreeMap<String, BTreeMap<String, Repository>> = BTreeMap::new();
    for (registry, repositories) in &world.registries {
        let kept = stored.entry(lower(registry)).or_default();
        for (name, images) in repositories {
            let repository = kept.entry(name.clone()).or_default();
            for (tag, image) in images {
                repository.add(tag, image);
            }
        }
    }
    stored
}

/// `sha256:…`
fn digest(content: &[u8]) -> String {
    let hex: String = Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}

struct Types {
    manifest: &'static str,
    config: &'static str,
    layer: &'static str,
}

impl Types {
    fn of(format: ImageFormat) -> Self {
        match format {
            ImageFormat::Docker => Self {
                manifest: "application/vnd.docker.distribution.manifest.v2+json",
                config: "application/vnd.docker.container.image.v1+json",
                layer: "application/vnd.docker.image.rootfs.diff.tar",
            },
            ImageFormat::Oci => Self {
                manifest: "application/vnd.oci.image.manifest.v1+json",
                config: "application/vnd.oci.image.config.v1+json",
                layer: "application/vnd.oci.image.layer.v1.tar",
            },
        }
    }
}

fn smallest_config(layers: &[Bytes]) -> Bytes {
    let diff_ids: Vec<String> = layers.iter().map(|layer| digest(layer)).collect();
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    Bytes::from(config.to_string())
}
