//! Images: in a registry that exists, under names that a registry takes.
//!
//! Names are those of the OCI distribution specification, "Pulling manifests".

use super::Rules;
use super::place::below;

/// What a repository's name may be.
const REPOSITORY: &str =
    "lower-case letters and digits in parts, with . _ - inside a part and / between them";
/// What a tag may be.
const TAG: &str = "1 to 128 letters, digits and . _ -, not beginning with . or -";

impl Rules<'_> {
    pub(super) fn registries(&mut self) {
        let world = self.world;
        for (registry, repositories) in &world.registries {
            self.owner(
                "registries",
                registry,
                "Microsoft.ContainerRegistry/registries",
            );
            for (repository, tags) in repositories {
                let map = ["registries".into(), registry.into()];
                if !is_repository(repository) {
                    let title = format!("not a repository name: {repository}");
                    self.key_problem(&map, repository, title, REPOSITORY, "");
                }
                let map = below(&map, &[repository.into()]);
                for (tag, image) in tags {
                    if !is_tag(tag) {
                        self.key_problem(&map, tag, format!("not a tag: {tag}"), TAG, "");
                    }
                    let place = below(&map, &[tag.into()]);
                    for (index, layer) in image.layers.iter().enumerate() {
                        self.blob(&below(&place, &["layers".into(), index.into()]), layer);
                    }
                    if let Some(config) = &image.config {
                        self.blob(&below(&place, &["config".into()]), config);
                    }
                }
            }
        }
    }
}

fn is_repository(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_part = |part: &str| {
        part.bytes().next().is_some_and(is_plain)
            && part.bytes().last().is_some_and(is_plain)
            && part
                .bytes()
                .all(|byte| is_plain(byte) || b"._-".contains(&byte))
    };
    name.len() <= 255 && name.split('/').all(is_part)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=128).contains(&tag.len())
        && tag.bytes().next().is_some_and(is_word)
        && tag
            .bytes()
            .all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}
