//! The containers of storage accounts and the blobs in them.
//!
//! A write gives what it touches a new entity tag: tags come from one counter of the state, so no two writes share one.
//! Contents are shared, so a reader keeps what it began to read while others write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::leases::Lease;
use super::secrets::GIVEN_AT;
use super::{Resource, State, kept, lower};
use crate::services::blob::md5::md5_base64;
use crate::world::{Blob, World};

/// What all blobs may hold together; Azure's accounts hold more than any machine.
const STORED_LIMIT: usize = 4 << 30;
/// Writes below this size are not counted.
const COUNTED: usize = 64 << 10;

/// Account in lower case, then container. Shared, so that a change copies one container alone.
pub(super) type Accounts = BTreeMap<String, Account>;

/// The containers of an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Account(
    #[serde(with = "kept::shared_map")] pub(super) BTreeMap<String, Arc<Container>>,
);

/// Blocks by id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blocks(#[serde(with = "kept::base64_map")] pub BTreeMap<String, Bytes>);

/// A container.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Container {
    /// Its entity tag, with quotes, and the time of the last write to the container itself.
    pub mark: Mark,
    /// `x-ms-meta-*`, names in lower case.
    pub metadata: BTreeMap<String, String>,
    /// Blobs by name, in the order of their bytes.
    pub blobs: BTreeMap<String, StoredBlob>,
    /// Blocks that no block list took yet, by blob and id.
    pub uncommitted: BTreeMap<String, Blocks>,
    /// Snapshots by blob and time.
    pub snapshots: BTreeMap<String, BTreeMap<String, StoredBlob>>,
    /// Leases of blobs, by blob. A blob that is replaced keeps its lease.
    pub leases: BTreeMap<String, Lease>,
    /// The container's own lease.
    pub lease: Option<Lease>,
    /// Stored access policies.
    pub policies: Vec<AccessPolicy>,
}

/// A stored access policy (`SignedIdentifier`), as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccessPolicy {
    /// Its name.
    pub id: String,
    /// When it begins.
    pub start: Option<String>,
    /// When it ends.
    pub expiry: Option<String>,
    /// Letters of what it permits.
    pub permission: Option<String>,
}

/// What changes with every write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mark {
    /// Entity tag, with quotes.
    pub etag: String,
    /// `Last-Modified`.
    #[serde(with = "time::serde::rfc3339")]
    pub modified: OffsetDateTime,
}

/// A blob.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StoredBlob {
    /// How it is written.
    pub kind: BlobKind,
    /// The bytes.
    #[serde(with = "kept::base64")]
    pub content: Bytes,
    /// Headers that it was written with.
    pub properties: BlobProperties,
    /// `x-ms-meta-*`, names in lower case.
    pub metadata: BTreeMap<String, String>,
    /// Entity tag and time of the last write.
    pub mark: Mark,
    /// When the name was first written.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
    /// `Hot`, `Cool`, `Cold` when it was set, else the account's default.
    pub tier: Option<String>,
    /// Ids and sizes of its blocks, in order; none when it was written whole.
    pub blocks: Vec<(String, usize)>,
    /// Index tags.
    pub tags: BTreeMap<String, String>,
    /// The copy that it comes from.
    pub copied: Option<Copied>,
}

/// How a blob is written, with what only such a blob has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum BlobKind {
    /// In blocks, or whole.
    #[default]
    Block,
    /// At its end.
    Append {
        /// Blocks that were appended.
        blocks: usize,
        /// Takes no more.
        is_sealed: bool,
    },
    /// In pages of 512 bytes.
    Page {
        /// `x-ms-blob-sequence-number`.
        sequence: u64,
        /// Numbers of the pages that were written.
        written: BTreeSet<usize>,
    },
}

/// A copy that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Copied {
    /// `x-ms-copy-id`.
    pub id: String,
    /// `x-ms-copy-source`.
    pub source: String,
    /// When it was done.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// The headers that a blob keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BlobProperties {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-MD5`, in base64.
    pub content_md5: Option<String>,
}

impl fmt::Debug for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Container")
            .field("mark", &self.mark)
            .field("blobs", &self.blobs.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredBlob")
            .field("mark", &self.mark)
            .finish_non_exhaustive()
    }
}

impl StoredBlob {
    /// One that the world gives, with what every client of storage sends along.
    pub fn given(content: Bytes, content_type: Option<String>) -> Self {
        let properties = BlobProperties {
            content_type,
            content_md5: Some(md5_base64(&content)),
            ..BlobProperties::default()
        };
        Self {
            properties,
            ..Self::new(content.clone(), Mark::of(&content, given_at()), given_at())
        }
    }

    /// A block blob that was written whole, of which nothing else is known.
    pub fn new(content: Bytes, mark: Mark, created: OffsetDateTime) -> Self {
        Self {
            kind: BlobKind::Block,
            content,
            properties: BlobProperties::default(),
            metadata: BTreeMap::new(),
            mark,
            created,
            tier: None,
            blocks: Vec::new(),
            tags: BTreeMap::new(),
            copied: None,
        }
    }
}

impl Container {
    /// An empty one.
    pub fn new(mark: Mark, metadata: BTreeMap<String, String>) -> Self {
        Self {
            mark,
            metadata,
            blobs: BTreeMap::new(),
            uncommitted: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            leases: BTreeMap::new(),
            lease: None,
            policies: Vec::new(),
        }
    }

    /// Bytes of its blobs and blocks. What a snapshot shares with its blob counts twice.
    fn size(&self) -> usize {
        let snapshots = self.snapshots.values().flat_map(BTreeMap::values);
        let blobs = self.blobs.values().chain(snapshots);
        let blocks = self.uncommitted.values().flat_map(|it| it.0.values());
        let sizes = blobs.map(|blob| blob.content.len());
        sizes.chain(blocks.map(Bytes::len)).sum()
    }
}

impl State {
    /// The containers of an account by name, from this name on.
    pub fn containers<'a>(
        &'a self,
        account: &str,
        from: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Container)> + use<'a> {
        let from = Bound::Included(from.to_owned());
        let containers = self.blobs.get(&lower(account)).into_iter();
        containers
            .flat_map(move |all| all.0.range((from.clone(), Bound::Unbounded)))
            .map(|(name, container)| (name.as_str(), container.as_ref()))
    }

    /// A container. Names keep their case.
    pub fn container(&self, account: &str, name: &str) -> Option<&Container> {
        let container = self.blobs.get(&lower(account))?.0.get(name)?;
        Some(container.as_ref())
    }

    /// The same, to change.
    pub fn container_mut(&mut self, account: &str, name: &str) -> Option<&mut Container> {
        let container = self.blobs.get_mut(&lower(account))?.0.get_mut(name)?;
        Some(Arc::make_mut(container))
    }

    /// Creates or replaces a container.
    pub fn put_container(&mut self, account: &str, name: &str, container: Container) {
        let containers = self.blobs.entry(lower(account)).or_default();
        containers.0.insert(name.to_owned(), Arc::new(container));
    }

    /// Removes a container and everything in it; says whether it was there.
    pub fn remove_container(&mut self, account: &str, name: &str) -> bool {
        self.blobs
            .get_mut(&lower(account))
            .is_some_and(|containers| containers.0.remove(name).is_some())
    }

    /// May so many bytes more be stored? Small writes are not counted, since counting looks at every blob.
    pub fn has_room_for(&self, bytes: usize) -> bool {
        let containers = || self.blobs.values().flat_map(|it| it.0.values());
        bytes < COUNTED
            || containers()
                .map(|it| it.size())
                .fold(bytes, usize::saturating_add)
                <= STORED_LIMIT
    }

    /// The mark of a write that happens now.
    pub fn next_mark(&mut self, now: OffsetDateTime) -> Mark {
        self.writes += 1;
        Mark::of(format!("write {}", self.writes).as_bytes(), now)
    }

    /// An account takes its blobs with it when it is deleted, an app its code and keys, a registry its images.
    pub(super) fn forget_data_of(&mut self, resource: &Resource) {
        if resource.is_a("Microsoft.Storage/storageAccounts") {
            self.blobs.remove(&lower(&resource.name));
        }
        if resource.is_a("Microsoft.Web/sites") {
            self.functions.remove(&lower(&resource.name));
        }
        if resource.is_a("Microsoft.ContainerRegistry/registries") {
            self.registries.remove(&lower(&resource.name));
        }
    }
}

impl Mark {
    fn of(seed: &[u8], modified: OffsetDateTime) -> Self {
        let digest = Sha256::digest(seed);
        let hex: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02X}"))
            .collect();
        Self {
            etag: format!("\"0x{hex}\""),
            modified,
        }
    }
}

/// When everything that a world gives was written.
fn given_at() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(GIVEN_AT).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// What a world gives, contents decoded.
pub(super) fn given(world: &World) -> Accounts {
    let mut stored = Accounts::new();
    for (account, containers) in &world.blobs {
        let containers = containers.iter().map(|(name, blobs)| {
            let mark = Mark::of(name.as_bytes(), given_at());
            let mut container = Container::new(mark, BTreeMap::new());
            let decoded = blobs
                .iter()
                .filter_map(|(name, blob)| Some((name.clone(), given_blob(blob)?)));
            container.blobs = decoded.collect();
            (name.clone(), Arc::new(container))
        });
        stored.insert(lower(account), Account(containers.collect()));
    }
    stored
}

fn given_blob(blob: &Blob) -> Option<StoredBlob> {
    Some(StoredBlob::given(blob.bytes()?, blob.content_type.clone()))
}
