//! Federated identity credentials: what Graph refuses when one is made.

use std::collections::BTreeSet;

use super::Rules;
use super::identity::Seen;
use super::place::{Step, below};
use crate::world::Application;

/// Longest text of a credential (IDENTITY.md §2).
const CREDENTIAL_TEXT_LIMIT: usize = 600;
/// Credentials of one application (IDENTITY.md §2).
const CREDENTIALS_LIMIT: usize = 20;

impl Rules<'_> {
    /// Only what Graph refuses at creation; a wrong issuer, subject or audience is accepted there too (IDENTITY.md §2).
    pub(super) fn credentials(
        &mut self,
        application_place: &[Step<'_>],
        application: &Application,
    ) {
        let mut names = Seen::default();
        let mut pairs = BTreeSet::new();
        let list = below(application_place, &["federatedIdentityCredentials".into()]);
        if application.federated_identity_credentials.len() > CREDENTIALS_LIMIT {
            self.problem(
                &list,
                "too many federated credentials",
                "at most 20 per application",
                "",
            );
        }
        for (index, credential) in application
            .federated_identity_credentials
            .iter()
            .enumerate()
        {
            let place = below(&list, &[index.into()]);
            let mut refuse = |key: &'static str, title: String, expected: &str| {
                self.problem(&below(&place, &[key.into()]), title, expected, "");
            };
            if credential.audiences.len() != 1 {
                refuse(
                    "audiences",
                    format!("{} audiences", credential.audiences.len()),
                    "exactly one audience",
                );
            }
            if !(3..=120).contains(&credential.name.len())
                || !credential.name.bytes().all(is_url_friendly)
            {
                refuse(
                    "name",
                    format!("not a credential name: {}", credential.name),
                    "3 to 120 letters, digits, - or _",
                );
            }
            if let Some(first) = names.before(&credential.name, "another") {
                refuse(
                    "name",
                    format!("{first} credential has this name already"),
                    "another name",
                );
            }
            for (key, text) in [
                ("issuer", &credential.issuer),
                ("subject", &credential.subject),
            ] {
                if text.is_empty() || text.len() > CREDENTIAL_TEXT_LIMIT {
                    refuse(
                        key,
                        format!("{key} of {} characters", text.len()),
                        "1 to 600 characters",
                    );
                }
            }
            if !pairs.insert((&credential.issuer, &credential.subject)) {
                refuse(
                    "subject",
                    "another credential has this issuer and subject".to_owned(),
                    "each pair once",
                );
            }
        }
    }
}

fn is_url_friendly(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}
