//! Can the workload read the blob, over the private path?
//!
//! Asks the blob service as the workload, over a fresh connection from its vantage, and streams the whole blob. Size and
//! digests as expected, read over an address of the endpoint, hold. No byte of it is kept, and a digest only where the
//! scenario names one.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::https_url::HttpsUrl;
use super::wire::list_of;
use crate::ask::Ask;
use crate::outcome::{Asks, Card, Cause, Claim, Heals, Input, Mode, NoAnswer, Owner, PathRule, Permission, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// The workload reads the blob over the private path.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct BlobReadable {
    /// The account's blob endpoint, such as `https://st.blob.core.windows.net`.
    account: HttpsUrl,
    /// Name of the container.
    container: String,
    /// Name of the blob.
    blob: String,
    /// The path that the request must take: the endpoint's addresses, or `any`.
    path: Input<PathRule>,
    /// The size in bytes that is expected.
    size: Option<u64>,
    /// The MD5 that is expected, in base64 as `Content-MD5` writes it.
    md5: Option<String>,
    /// The SHA-256 that is expected, hexadecimal.
    sha256: Option<String>,
}

/// How the blob was had.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    host: String,
    peer: Option<IpAddr>,
    size: u64,
    /// Present where one is expected.
    md5: Option<String>,
    /// Present where one is expected.
    sha256: Option<String>,
}

impl Check for BlobReadable {
    const CARD: Card = Card {
        id: "blob-readable",
        sentence: "the workload reads the blob over the private path",
        about: "Reads the whole blob as the workload. The connection must have been made to an address that the endpoint has for the \
                account's name; size, MD5 and SHA-256 must be the expected ones where they are given.",
        asks: Asks::Workload,
        plane: Plane::Data,
        modes: &[Mode::Denied],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::DataAction("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read")],
        causes: CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let answer = ask.blob(self.account.as_str(), &self.container, &self.blob).await?;
        if answer.peer.is_none() && *self.path != PathRule::Any {
            return Err(NoAnswer::Unusable(format!("the address that {} was read from is not known", self.account)));
        }
        Ok(Seen {
            host: self.account.host(),
            peer: answer.peer,
            size: answer.size,
            md5: self.md5.as_ref().map(|_| answer.md5),
            sha256: self.sha256.as_ref().map(|_| answer.sha256),
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        if let PathRule::Private(addresses) = &*self.path {
            let wanted = addresses.of(&seen.host);
            if let Some(peer) = seen.peer.filter(|peer| !wanted.contains(peer)) {
                let expected = if wanted.is_empty() { format!("an address of {}", seen.host) } else { list_of(wanted) };
                return Reason::new("public-path").expected(expected).observed(peer).with("host", &seen.host).into();
            }
        }
        let differs = |cause| Reason::new(cause).with("account-name", self.account.label());
        if let Some(size) = self.size.filter(|size| *size != seen.size) {
            return differs("size-differs").expected(format!("{size} bytes")).observed(format!("{} bytes", seen.size)).into();
        }
        if let (Some(expected), Some(md5)) = (&self.md5, &seen.md5)
            && expected.trim() != md5
        {
            return differs("md5-differs").expected(expected).observed(md5).into();
        }
        if let (Some(expected), Some(sha256)) = (&self.sha256, &seen.sha256)
            && !expected.trim().eq_ignore_ascii_case(sha256)
        {
            return differs("sha256-differs").expected(expected).observed(sha256).into();
        }
        Verdict::Holds
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, format!("{}/{}/{}", self.account, self.container, self.blob))]
    }
}

/// The account's name: the first label of its host.
macro_rules! account_name {
    () => {
        "\"$(echo {account} | cut -d/ -f3 | cut -d. -f1)\""
    };
}

/// The account's ARM id, found by its name.
macro_rules! account_id {
    () => {
        concat!("\"$(az storage account show --name ", account_name!(), " --query id --output tsv)\"")
    };
}

const WORKLOAD_HOME: Owner = Owner::HomeOf("workload-application");
const LOOK_UP: &str = "nslookup \"$(echo {account} | cut -d/ -f3)\"";
const SHOW_BLOB: &str = "az storage blob show --account-name {account-name} --container-name {container} --name {blob} --auth-mode login --query properties";
const ASSIGN: &str = concat!(
    "az role assignment create --role 'Storage Blob Data Reader' --assignee-object-id ",
    "\"$(az ad sp show --id {workload-application} --query id --output tsv)\" --assignee-principal-type ServicePrincipal --scope ",
    account_id!()
);

const CAUSES: &[Cause] = &[
    // -- the network, before anything else ------------------------------------------------------------------
    Cause {
        id: "network-refused",
        on: &["AuthorizationFailure"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "{account} refused the request by a network rule: it came over the public path, or, less likely, the caller has no role",
        fix: &[
            LOOK_UP,
            concat!("az network private-endpoint-connection list --id ", account_id!(), " --output table"),
            concat!("az storage account show --name ", account_name!(), " --query \"[publicNetworkAccess, networkRuleSet]\""),
        ],
        source: "PITFALLS D09; IDENTITY.md §6",
    },
    Cause {
        id: "account-disabled",
        on: &["AccountIsDisabled"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the storage account of {account} is disabled, as happens when its subscription is",
        fix: &[concat!("az storage account show --name ", account_name!(), " --query \"[statusOfPrimary, provisioningState]\"")],
        source: "IDENTITY.md §6 (AccountIsDisabled)",
    },
    // -- the token ------------------------------------------------------------------------------------------
    Cause {
        id: "anonymous",
        on: &["PublicAccessNotPermitted", "NoAuthenticationInformation"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the request reached {account} without a token: something on the way dropped it",
        fix: &["env | grep -i proxy"],
        source: "PITFALLS D10; IDENTITY.md §6",
    },
    Cause {
        id: "token-refused",
        on: &["InvalidAuthenticationInfo", "AuthenticationFailed"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "{account} refused the token: it is of another tenant, for another audience, or expired",
        fix: &[concat!("az storage account show --name ", account_name!(), " --query id"), "az account show --query tenantId"],
        source: "PITFALLS D11; IDENTITY.md §6",
    },
    // -- the right ------------------------------------------------------------------------------------------
    Cause {
        id: "no-role",
        on: &["AuthorizationPermissionMismatch"],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{account} knows no role of the caller that lets it read blobs; a new one takes up to ten minutes",
        fix: &[ASSIGN],
        source: "PITFALLS D08, C21, C22, C23; IDENTITY.md §6",
    },
    // -- the blob -------------------------------------------------------------------------------------------
    Cause {
        id: "container-not-found",
        on: &["ContainerNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{account} has no container {container}",
        fix: &[concat!("az storage container create --account-name ", account_name!(), " --name {container} --auth-mode login")],
        source: "IDENTITY.md §6 (ContainerNotFound)",
    },
    Cause {
        id: "blob-not-found",
        on: &["BlobNotFound", "ResourceNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the container {container} of {account} has no blob {blob}",
        fix: &[
            concat!("az storage blob list --account-name ", account_name!(), " --container-name {container} --auth-mode login --output table"),
            concat!("az storage blob upload --account-name ", account_name!(), " --container-name {container} --name {blob} --file \"$FILE\" --auth-mode login"),
        ],
        source: "PITFALLS D12; IDENTITY.md §6 (BlobNotFound)",
    },
    // -- answered, but not as it should be ------------------------------------------------------------------
    Cause {
        id: "public-path",
        on: &[],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the blob was read over an address that is not the endpoint's: the private path is not used",
        fix: &["nslookup {host}"],
        source: "PITFALLS B23; DESIGN.md §6",
    },
    Cause {
        id: "size-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the blob {blob} has another size than expected",
        fix: &[SHOW_BLOB],
        source: "DESIGN.md §3 (blob-readable)",
    },
    Cause {
        id: "md5-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the bytes of the blob {blob} have another MD5 than expected",
        fix: &[SHOW_BLOB],
        source: "DESIGN.md §3 (blob-readable)",
    },
    Cause {
        id: "sha256-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the bytes of the blob {blob} have another SHA-256 than expected",
        fix: &[SHOW_BLOB],
        source: "DESIGN.md §3 (blob-readable)",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged};

    const MD5: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";
    const SHA256: &str = "d01959aa1837f62445b063b90e242218e96932a83bf034190c2bef0389771e11";

    fn subject() -> BlobReadable {
        check(json!({
            "account": "https://st.blob.core.windows.net", "container": "orders", "blob": "hello.txt",
            "path": {"st.blob.core.windows.net": ["10.1.0.5"]}, "size": 20, "md5": MD5, "sha256": SHA256.to_uppercase()
        }))
    }

    fn healthy() -> Seen {
        Seen {
            host: "st.blob.core.windows.net".to_owned(),
            peer: Some("10.1.0.5".parse().unwrap()),
            size: 20,
            md5: Some(MD5.to_owned()),
            sha256: Some(SHA256.to_owned()),
        }
    }

    #[test]
    fn the_expected_bytes_over_the_endpoints_address_hold() {
        assert_eq!(judged(&subject(), &healthy()), Verdict::Holds);
    }

    #[test]
    fn an_address_that_is_not_the_endpoints_is_no_private_path_unless_any_path_will_do() {
        let public = Seen { peer: Some("20.0.0.5".parse().unwrap()), ..healthy() };
        broken(&subject(), &public, "public-path");
        let any: BlobReadable = check(json!({"account": "https://st.blob.core.windows.net", "container": "c", "blob": "b", "path": "any"}));
        assert_eq!(judged(&any, &public), Verdict::Holds);
    }

    #[test]
    fn other_bytes_are_told_by_what_was_expected_of_them() {
        broken(&subject(), &Seen { size: 21, ..healthy() }, "size-differs");
        broken(&subject(), &Seen { md5: Some("AAAA".to_owned()), ..healthy() }, "md5-differs");
        broken(&subject(), &Seen { sha256: Some("00".to_owned()), ..healthy() }, "sha256-differs");
    }
}
