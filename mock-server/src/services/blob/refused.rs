//! Errors of what keeps a blob from being written: its lease, its snapshots, its kind, the source of a copy.
//!
//! Codes are those of rest-api `storageservices/blob-service-error-codes`, as in `errors`.

use http::StatusCode;

use super::errors::Error;

impl Error {
    /// 412: a lease is named, and nothing has one.
    pub const NO_BLOB_LEASE: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "LeaseNotPresentWithBlobOperation",
        "There is currently no lease on the blob.",
    );
    /// 412: the same, for containers.
    pub const NO_CONTAINER_LEASE: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "LeaseNotPresentWithContainerOperation",
        "There is currently no lease on the container.",
    );
    /// 412: it is leased, and no lease is named.
    pub const LEASE_ID_MISSING: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "LeaseIdMissing",
        "There is currently a lease on the blob and no lease ID was specified in the request.",
    );
    /// 412: the same, for containers.
    pub const CONTAINER_LEASE_ID_MISSING: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "LeaseIdMissing",
        "There is currently a lease on the container and no lease ID was specified in the request.",
    );
    /// 412: another lease is named.
    pub const BLOB_LEASE_ID_MISMATCH: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "LeaseIdMismatchWithBlobOperation",
        "The lease ID specified did not match the lease ID for the blob.",
    );
    /// 412: the same, for containers.
    pub const CONTAINER_LEASE_ID_MISMATCH: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "LeaseIdMismatchWithContainerOperation",
        "The lease ID specified did not match the lease ID for the container.",
    );
    /// 412: the lease that is named is over.
    pub const LEASE_LOST: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "LeaseLost",
        "A lease ID was specified, but the lease for the blob/container has expired.",
    );
    /// 409: taken by somebody else.
    pub const LEASE_PRESENT: Self = Self::plain(
        StatusCode::CONFLICT,
        "LeaseAlreadyPresent",
        "There is already a lease present.",
    );
    /// 409: a lease operation names another lease.
    pub const LEASE_ID_MISMATCH: Self = Self::plain(
        StatusCode::CONFLICT,
        "LeaseIdMismatchWithLeaseOperation",
        "The lease ID specified did not match the lease ID for the blob/container.",
    );
    /// 409: a lease operation on what has none.
    pub const LEASE_NOT_PRESENT: Self = Self::plain(
        StatusCode::CONFLICT,
        "LeaseNotPresentWithLeaseOperation",
        "There is currently no lease on the blob/container.",
    );
    /// 409: it is breaking.
    pub const LEASE_IS_BREAKING: Self = Self::plain(
        StatusCode::CONFLICT,
        "LeaseIsBreakingAndCannotBeAcquired",
        "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.",
    );
    /// 409: the same, for a change.
    pub const LEASE_IS_BREAKING_UNCHANGED: Self = Self::plain(
        StatusCode::CONFLICT,
        "LeaseIsBreakingAndCannotBeChanged",
        "The lease ID matched, but the lease is currently in breaking state and cannot be changed.",
    );
    /// 409: it is broken.
    pub const LEASE_IS_BROKEN: Self = Self::plain(
        StatusCode::CONFLICT,
        "LeaseIsBrokenAndCannotBeRenewed",
        "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.",
    );
    /// 409: a blob with snapshots is deleted without a word about them.
    pub const SNAPSHOTS_PRESENT: Self = Self::plain(
        StatusCode::CONFLICT,
        "SnapshotsPresent",
        "This operation is not permitted because the blob has snapshots.",
    );
    /// 409: a blob of another type.
    pub const INVALID_BLOB_TYPE: Self = Self::plain(
        StatusCode::CONFLICT,
        "InvalidBlobType",
        "The blob type is invalid for this operation.",
    );
    /// 409: an append blob that takes no more.
    pub const BLOB_IS_SEALED: Self = Self::plain(
        StatusCode::CONFLICT,
        "BlobIsSealed",
        "The specified blob is sealed and its contents can't be modified.",
    );
    /// 409: too many blocks were appended.
    pub const TOO_MANY_APPENDED: Self = Self::plain(
        StatusCode::CONFLICT,
        "BlockCountExceedsLimit",
        "The committed block count cannot exceed the maximum limit of 50,000 blocks.",
    );
    /// 412: the blob is not as long as its writer thinks.
    pub const APPEND_POSITION: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "AppendPositionConditionNotMet",
        "The append position condition specified was not met.",
    );
    /// 412: the blob would be longer than its writer wants.
    pub const MAX_BLOB_SIZE: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "MaxBlobSizeConditionNotMet",
        "The max blob size condition specified was not met.",
    );
    /// 412: the sequence number of a page blob.
    pub const SEQUENCE_NUMBER: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "SequenceNumberConditionNotMet",
        "The sequence number condition specified was not met.",
    );
    /// 416: pages that a page blob does not have.
    pub const INVALID_PAGE_RANGE: Self = Self::plain(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "InvalidPageRange",
        "The page range specified is invalid.",
    );
    /// 400: index tags that cannot be.
    pub const INVALID_TAGS: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidTags",
        "The tags specified are invalid. It contains characters that are not permitted.",
    );
    /// 412: the source of a copy does not meet its condition.
    pub const SOURCE_CONDITION: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "SourceConditionNotMet",
        "The source condition specified using HTTP conditional header(s) is not met.",
    );
    /// The source of a copy cannot be read; the status is the source's.
    pub const COPY_SOURCE: Self = Self::plain(
        StatusCode::NOT_FOUND,
        "CannotVerifyCopySource",
        "Could not verify the copy source within the specified time.",
    );
    /// 409: copies are done at once.
    pub const NO_PENDING_COPY: Self = Self::plain(
        StatusCode::CONFLICT,
        "NoPendingCopyOperation",
        "There is currently no pending copy operation.",
    );
}
