//! Secrets and blobs: in a vault or account that exists, in the forms that Azure takes.

use std::collections::BTreeMap;

use super::place::{Step, below};
use super::{Rules, WITH_HINTS};
use crate::world::{Blob, Secret};

/// What a secret's name may be (`specs/keyvault-data`, `SecretName`).
const SECRET_NAME: &str = "1 to 127 letters, digits and -";
/// What a container's name may be (Storage: "Naming and referencing containers").
const CONTAINER_NAME: &str = "3 to 63 lower-case letters, digits and single -";

impl Rules<'_> {
    pub(super) fn data(&mut self) {
        let world = self.world;
        for (vault, secrets) in &world.secrets {
            self.owner("secrets", vault, "Microsoft.KeyVault/vaults");
            let mut names = BTreeMap::new();
            for (name, secret) in secrets {
                if let Some(first) = names.insert(name.to_ascii_lowercase(), name) {
                    let title = format!("the vault has a secret {first} already");
                    let map = ["secrets".into(), vault.into()];
                    self.key_problem(&map, name, title, "names that differ in more than case", "");
                }
                self.secret(vault, name, secret);
            }
        }
        for (account, containers) in &world.blobs {
            self.owner("blobs", account, "Microsoft.Storage/storageAccounts");
            for (container, blobs) in containers {
                self.container(account, container);
                for (name, blob) in blobs {
                    self.blob(
                        &[
                            "blobs".into(),
                            account.into(),
                            container.into(),
                            name.into(),
                        ],
                        blob,
                    );
                }
            }
        }
    }

    /// The resource of a type whose name is like this one.
    fn near(&self, name: &str, resource_type: &str) -> String {
        if self.problems.len() >= WITH_HINTS {
            return String::new();
        }
        self.look_at(self.names.len());
        let of_type = self.names.iter();
        let of_type = of_type.filter(|(own, _)| own.eq_ignore_ascii_case(resource_type));
        let meant = xtenant_source::did_you_mean(name, of_type.map(|(_, name)| name.as_str()));
        meant.map_or_else(String::new, |meant| format!("did you mean `{meant}`?"))
    }

    pub(super) fn owner(&mut self, section: &'static str, name: &str, resource_type: &str) {
        if !self.is_torn(&["resources"])
            && !self.names.contains(&(
                resource_type.to_ascii_lowercase(),
                name.to_ascii_lowercase(),
            ))
        {
            let title = format!("the world has no {resource_type} named {name}");
            let hint = self.near(name, resource_type);
            self.key_problem(
                &[section.into()],
                name,
                title,
                &format!("the name of a {resource_type} of this world"),
                &hint,
            );
        }
    }

    fn secret(&mut self, vault: &str, name: &str, secret: &Secret) {
        let good = (1..=127).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !good {
            let map = ["secrets".into(), vault.into()];
            self.key_problem(
                &map,
                name,
                format!("not a secret name: {name}"),
                SECRET_NAME,
                "",
            );
        }
        let place = ["secrets".into(), vault.into(), name.into()];
        for (key, time) in [
            ("not-before", &secret.not_before),
            ("expires", &secret.expires),
        ] {
            if let Some(time) = time {
                self.time(&below(&place, &[key.into()]), time);
            }
        }
    }

    fn container(&mut self, account: &str, container: &str) {
        let letters = container
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let dashes =
            container.starts_with('-') || container.ends_with('-') || container.contains("--");
        let special = matches!(container, "$root" | "$web" | "$logs");
        if !special && (!letters || dashes || !(3..=63).contains(&container.len())) {
            let title = format!("not a container name: {container}");
            self.key_problem(
                &["blobs".into(), account.into()],
                container,
                title,
                CONTAINER_NAME,
                "",
            );
        }
    }

    pub(super) fn blob(&mut self, place: &[Step<'_>], blob: &Blob) {
        if blob.content().is_none() {
            self.problem(
                place,
                "the blob's content is given twice or not at all",
                "either text or base64",
                "",
            );
        } else if blob.bytes().is_none() {
            let place = below(place, &["base64".into()]);
            self.problem(
                &place,
                "not base64",
                "base64 with padding, standard alphabet",
                "",
            );
        }
    }
}
