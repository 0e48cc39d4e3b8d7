//! What lists of containers and blobs say of each.

use super::download::{content_type, kind, tier};
use super::xml::{element, metadata, named};
use super::{lease, pages, tags};
use crate::clock::http_date;
use crate::store::{BlobKind, Container, Lease, StoredBlob};

/// What `include` asks for, and the second that leases are judged at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Included {
    pub(super) copy: bool,
    pub(super) metadata: bool,
    pub(super) snapshots: bool,
    pub(super) tags: bool,
    pub(super) now: i64,
}

/// `<Container>`.
pub(super) fn container(name: &str, container: &Container, included: Included) -> String {
    let mut properties = vec![
        ("Last-Modified", http_date(container.mark.modified)),
        ("Etag", container.mark.etag.clone()),
    ];
    properties.extend(leased(container.lease.as_ref(), included.now));
    properties.extend(
        [
            ("DefaultEncryptionScope", "$account-encryption-key"),
            ("DenyEncryptionScopeOverride", "false"),
            ("HasImmutabilityPolicy", "false"),
            ("HasLegalHold", "false"),
            ("ImmutableStorageWithVersioningEnabled", "false"),
        ]
        .map(|(name, text)| (name, text.to_owned())),
    );
    let shown = included.metadata.then(|| metadata(&container.metadata));
    format!(
        "<Container>{}<Properties>{}</Properties>{}</Container>",
        named(name),
        elements(&properties),
        shown.unwrap_or_default()
    )
}

/// `<Blob>`, of a blob with its lease or of a snapshot with its time.
pub(super) fn blob(
    name: &str,
    snapshot: Option<&str>,
    blob: &StoredBlob,
    lease: Option<&Lease>,
    included: Included,
) -> String {
    let mut properties = described(blob);
    if snapshot.is_none() {
        properties.extend(leased(lease, included.now));
    }
    if included.copy {
        properties.extend(copied(blob));
    }
    properties.push(("ServerEncrypted", "true".to_owned()));
    if !blob.tags.is_empty() {
        properties.push(("TagCount", blob.tags.len().to_string()));
    }
    let snapshot = snapshot.map(|time| element("Snapshot", time));
    let shown = included.metadata.then(|| metadata(&blob.metadata));
    let tags = (included.tags && !blob.tags.is_empty()).then(|| tags::xml(&blob.tags));
    format!(
        "<Blob>{}{}<Properties>{}</Properties>{}{}</Blob>",
        named(name),
        snapshot.unwrap_or_default(),
        elements(&properties),
        shown.unwrap_or_default(),
        tags.unwrap_or_default()
    )
}

type Properties = Vec<(&'static str, String)>;

fn described(blob: &StoredBlob) -> Properties {
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let own = &blob.properties;
    let mut properties = vec![
        ("Creation-Time", http_date(blob.created)),
        ("Last-Modified", http_date(blob.mark.modified)),
        ("Etag", blob.mark.etag.trim_matches('"').to_owned()),
        ("Content-Length", blob.content.len().to_string()),
        ("Content-Type", content_type(blob).to_owned()),
        ("Content-Encoding", given(&own.content_encoding)),
        ("Content-Language", given(&own.content_language)),
        ("Content-MD5", given(&own.content_md5)),
        ("Cache-Control", given(&own.cache_control)),
        ("Content-Disposition", given(&own.content_disposition)),
        ("BlobType", kind(blob).to_owned()),
    ];
    match &blob.kind {
        BlobKind::Block => {
            properties.push(("AccessTier", tier(blob).to_owned()));
            if blob.tier.is_none() {
                properties.push(("AccessTierInferred", "true".to_owned()));
            }
        }
        BlobKind::Append { is_sealed, .. } if *is_sealed => {
            properties.push(("Sealed", "true".to_owned()));
        }
        BlobKind::Append { .. } => {}
        BlobKind::Page { .. } => {
            let sequence = pages::sequence(blob).unwrap_or_default();
            properties.push(("x-ms-blob-sequence-number", sequence.to_string()));
        }
    }
    properties
}

fn leased(lease: Option<&Lease>, now: i64) -> Properties {
    ["LeaseStatus", "LeaseState", "LeaseDuration"]
        .into_iter()
        .zip(lease::describe(lease, now))
        .collect()
}

fn copied(blob: &StoredBlob) -> Properties {
    let Some(copied) = &blob.copied else {
        return Vec::new();
    };
    let size = blob.content.len();
    vec![
        ("CopyId", copied.id.clone()),
        ("CopyStatus", "success".to_owned()),
        ("CopySource", copied.source.clone()),
        ("CopyProgress", format!("{size}/{size}")),
        ("CopyCompletionTime", http_date(copied.at)),
    ]
}

fn elements(texts: &[(&str, String)]) -> String {
    texts
        .iter()
        .map(|(name, text)| element(name, text))
        .collect()
}
