//! Credentials of applications: what Graph refuses when a federated one is made; secrets and certificates that the mock
//! can use.

use std::collections::BTreeSet;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Rules;
use super::identity::Seen;
use super::place::{Step, below};
use crate::tokens::Certificate;
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

impl Rules<'_> {
    /// Ids are GUIDs, once each; times and certificates can be read.
    pub(super) fn secrets(&mut self, application_place: &[Step<'_>], application: &Application) {
        let mut ids = Seen::default();
        for (index, password) in application.password_credentials.iter().enumerate() {
            let list = below(application_place, &["passwordCredentials".into()]);
            let place = below(&list, &[index.into()]);
            self.key_id(&place, password.key_id.as_deref(), &mut ids);
            if password.secret_text.is_empty() {
                let place = below(&place, &["secretText".into()]);
                self.problem(&place, "an empty secret", "at least one character", "");
            }
            let end = password.end_date_time.as_deref();
            if end.is_some_and(|end| OffsetDateTime::parse(end, &Rfc3339).is_err()) {
                let place = below(&place, &["endDateTime".into()]);
                let title = format!("not a time: {}", end.unwrap_or_default());
                self.problem(&place, title, "a time such as 2030-01-01T00:00:00Z", "");
            }
        }
        for (index, key) in application.key_credentials.iter().enumerate() {
            let list = below(application_place, &["keyCredentials".into()]);
            let place = below(&list, &[index.into()]);
            self.key_id(&place, key.key_id.as_deref(), &mut ids);
            if Certificate::read(&key.key).is_none() {
                let title = "not a certificate with an RSA key".to_owned();
                let expected = "the base64 of its DER or PEM, or the PEM itself";
                let hint = "give the public certificate alone, without its private key";
                self.problem(&below(&place, &["key".into()]), title, expected, hint);
            }
        }
    }

    fn key_id(&mut self, place: &[Step<'_>], id: Option<&str>, seen: &mut Seen) {
        let Some(id) = id else {
            return;
        };
        let place = below(place, &["keyId".into()]);
        self.guid(&place, "a credential id", id);
        if seen.before(id, "another").is_some() {
            let title = "another credential of the application has this id already";
            self.problem(&place, title, "another id", "");
        }
    }
}

fn is_url_friendly(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}
