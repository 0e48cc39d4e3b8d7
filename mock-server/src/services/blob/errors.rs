//! Blob storage's errors: XML `<Error><Code/><Message/></Error>`, and always the header `x-ms-error-code`, which is all
//! that an answer to HEAD has.
//!
//! Codes and meanings are those of `azure/IDENTITY.md` §6 "Storage" and of rest-api
//! `storageservices/blob-service-error-codes` and `storageservices/common-rest-api-error-codes`; texts are Microsoft's
//! where those quote them.

use bytes::Bytes;
use http::{Method, StatusCode};

use super::xml::escape;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};

/// An error of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// HTTP status.
    pub status: StatusCode,
    /// `x-ms-error-code` and `<Code>`.
    pub code: &'static str,
    /// `<Message>` without the request id and time that Azure appends.
    pub message: &'static str,
    /// `<AuthenticationErrorDetail>`.
    pub detail: Option<String>,
    /// Tenant of the account, when the answer is a challenge.
    pub challenge: Option<String>,
}

impl Error {
    pub(super) const fn plain(
        status: StatusCode,
        code: &'static str,
        message: &'static str,
    ) -> Self {
        Self {
            status,
            code,
            message,
            detail: None,
            challenge: None,
        }
    }

    /// 404: no account of that name, so in Azure no host of that name either.
    pub const ACCOUNT_NOT_FOUND: Self = Self::plain(
        StatusCode::NOT_FOUND,
        "ResourceNotFound",
        "The specified resource does not exist.",
    );
    /// 404: no such blob.
    pub const BLOB_NOT_FOUND: Self = Self::plain(
        StatusCode::NOT_FOUND,
        "BlobNotFound",
        "The specified blob does not exist.",
    );
    /// 404: no such container.
    pub const CONTAINER_NOT_FOUND: Self = Self::plain(
        StatusCode::NOT_FOUND,
        "ContainerNotFound",
        "The specified container does not exist.",
    );
    /// 403: the account's subscription is disabled (`storageservices/common-rest-api-error-codes`).
    pub const ACCOUNT_IS_DISABLED: Self = Self::plain(
        StatusCode::FORBIDDEN,
        "AccountIsDisabled",
        "The specified account is disabled.",
    );
    /// 403: the network is not allowed: public access is off, a rule is missing, or the connection is not this account's.
    pub const AUTHORIZATION_FAILURE: Self = Self::plain(
        StatusCode::FORBIDDEN,
        "AuthorizationFailure",
        "This request is not authorized to perform this operation.",
    );
    /// 403: authenticated, but no role grants the operation.
    pub const PERMISSION_MISMATCH: Self = Self::plain(
        StatusCode::FORBIDDEN,
        "AuthorizationPermissionMismatch",
        "This request is not authorized to perform this operation using this permission.",
    );
    /// 409: an anonymous request to an account that allows none.
    pub const PUBLIC_ACCESS_NOT_PERMITTED: Self = Self::plain(
        StatusCode::CONFLICT,
        "PublicAccessNotPermitted",
        "Public access is not permitted on this storage account.",
    );
    /// 412: `If-Match` or `If-None-Match` does not hold.
    pub const CONDITION_NOT_MET: Self = Self::plain(
        StatusCode::PRECONDITION_FAILED,
        "ConditionNotMet",
        "The condition specified using HTTP conditional header(s) is not met.",
    );
    /// 416: the range begins beyond the end.
    pub const INVALID_RANGE: Self = Self::plain(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "InvalidRange",
        "The range specified is invalid for the current size of the resource.",
    );
    /// 400: `x-ms-version` is missing or malformed, which a request with an Entra token must have.
    pub const INVALID_VERSION: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidHeaderValue",
        "The value for one of the HTTP headers is not in the correct format: x-ms-version.",
    );
    /// 400: a header that cannot be read.
    pub const INVALID_HEADER: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidHeaderValue",
        "The value for one of the HTTP headers is not in the correct format.",
    );
    /// 400: a header that the operation needs.
    pub const MISSING_HEADER: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "MissingRequiredHeader",
        "An HTTP header that's mandatory for this request is not specified.",
    );
    /// 400: a query parameter that cannot be read.
    pub const INVALID_QUERY: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidQueryParameterValue",
        "Value for one of the query parameters specified in the request URI is invalid.",
    );
    /// 400: a query parameter that the operation needs.
    pub const MISSING_QUERY: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "MissingRequiredQueryParameter",
        "A query parameter that's mandatory for this request is not specified.",
    );
    /// 400: no container can have this name.
    pub const INVALID_NAME: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidResourceName",
        "The specified resource name contains invalid characters.",
    );
    /// 400: no container or blob can have a name of this length.
    pub const NAME_LENGTH: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "OutOfRangeInput",
        "The specified resource name length is not within the permissible limits.",
    );
    /// 400: a path that cannot be read, or that climbs.
    pub const INVALID_URI: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidUri",
        "The requested URI does not represent any resource on the server.",
    );
    /// 400: a batch that cannot be read, or of parts that do not go together.
    pub const INVALID_INPUT: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidInput",
        "One of the request inputs is not valid.",
    );
    /// 400: a batch of too many parts.
    pub const TOO_MANY_PARTS: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "ExceedsMaxBatchRequestCount",
        "The batch request contains more than the maximum number of sub-requests.",
    );
    /// 400: conditions that do not go together.
    pub const MANY_CONDITIONS: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "MultipleConditionHeadersNotSupported",
        "Multiple condition headers are not supported.",
    );
    /// 400: a name of metadata that is no identifier, or a value that is not ASCII.
    pub const INVALID_METADATA: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidMetadata",
        "The specified metadata is invalid. It includes characters that are not permitted.",
    );
    /// 400: metadata without a name.
    pub const EMPTY_METADATA_KEY: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "EmptyMetadataKey",
        "The key for one of the metadata key-value pairs is empty.",
    );
    /// 400: more than 8 KB of metadata.
    pub const METADATA_TOO_LARGE: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "MetadataTooLarge",
        "The size of the specified metadata exceeds the maximum size permitted.",
    );
    /// 400: not a checksum.
    pub const INVALID_MD5: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidMd5",
        "The MD5 value specified in the request is invalid. The MD5 value must be 128 bits and Base64-encoded.",
    );
    /// 400: the content is not what its sender summed up.
    pub const MD5_MISMATCH: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "Md5Mismatch",
        "The MD5 value specified in the request did not match the MD5 value calculated by the server.",
    );
    /// 400: the same, for the other checksum.
    pub const CRC64_MISMATCH: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "Crc64Mismatch",
        "The CRC64 value specified in the request did not match the CRC64 value calculated by the server.",
    );
    /// 400: not a block id.
    pub const INVALID_BLOCK_ID: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidBlockId",
        "The specified block ID is invalid. The block ID must be Base64-encoded.",
    );
    /// 400: a block id of another length than those before it.
    pub const INVALID_BLOCK: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidBlobOrBlock",
        "The specified blob or block content is invalid.",
    );
    /// 400: a block list that names a block which is not there.
    pub const INVALID_BLOCK_LIST: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidBlockList",
        "The specified block list is invalid.",
    );
    /// 400: too many blocks in a list.
    pub const BLOCK_LIST_TOO_LONG: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "BlockListTooLong",
        "The block list may not contain more than 50,000 blocks.",
    );
    /// 400: a body that is not the XML that the operation wants.
    pub const INVALID_XML: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidXmlDocument",
        "The specified XML is not syntactically valid.",
    );
    /// 400: it is XML, and says what cannot be.
    pub const INVALID_XML_VALUE: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "InvalidXmlNodeValue",
        "The value for one of the XML nodes is not in the correct format.",
    );
    /// 409: too many blocks that no list took.
    pub const TOO_MANY_BLOCKS: Self = Self::plain(
        StatusCode::CONFLICT,
        "BlockCountExceedsLimit",
        "The uncommitted block count cannot exceed the maximum limit of 100,000 blocks.",
    );
    /// 413: a body, or a blob, that is longer than the mock takes.
    pub const BODY_TOO_LARGE: Self = Self::plain(
        StatusCode::PAYLOAD_TOO_LARGE,
        "RequestBodyTooLarge",
        "The size of the request body exceeds the maximum size permitted.",
    );
    /// 409: `If-None-Match: *` and a blob is there.
    pub const BLOB_EXISTS: Self = Self::plain(
        StatusCode::CONFLICT,
        "BlobAlreadyExists",
        "The specified blob already exists.",
    );
    /// 409: a container of that name is there.
    pub const CONTAINER_EXISTS: Self = Self::plain(
        StatusCode::CONFLICT,
        "ContainerAlreadyExists",
        "The specified container already exists.",
    );
    /// 501: the mock does not imitate the operation.
    pub const NOT_IMPLEMENTED: Self = Self::plain(
        StatusCode::NOT_IMPLEMENTED,
        "NotImplemented",
        "the mock does not imitate this operation",
    );
    /// 400: a query parameter that cannot be read.
    pub const OUT_OF_RANGE: Self = Self::plain(
        StatusCode::BAD_REQUEST,
        "OutOfRangeQueryParameterValue",
        "One of the query parameters specified in the request URI is outside the permissible range.",
    );

    /// 401: nobody asked.
    pub fn no_authentication(tenant: &str) -> Self {
        Self {
            challenge: Some(tenant.to_owned()),
            ..Self::plain(
                StatusCode::UNAUTHORIZED,
                "NoAuthenticationInformation",
                "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
            )
        }
    }

    /// 401: a token that does not count here.
    pub fn invalid_authentication(tenant: &str, detail: String) -> Self {
        Self {
            detail: Some(detail),
            challenge: Some(tenant.to_owned()),
            ..Self::plain(
                StatusCode::UNAUTHORIZED,
                "InvalidAuthenticationInfo",
                "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
            )
        }
    }

    /// The detail that names what the mock did not find.
    #[must_use]
    pub fn detailed(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The answer; without a body to HEAD.
    pub fn reply(&self, request: &Request, context: &Context) -> Reply {
        let mut headers = vec![("x-ms-error-code", self.code.to_owned())];
        if let Some(version) = request.header("x-ms-version") {
            headers.push(("x-ms-version", version.to_owned()));
        }
        if let Some(tenant) = &self.challenge {
            let challenge = format!(
                "Bearer authorization_uri=https://login.microsoftonline.com/{tenant}/oauth2/authorize resource_id=https://storage.azure.com"
            );
            headers.push(("www-authenticate", challenge));
        }
        if request.method == Method::HEAD {
            return Reply {
                status: self.status,
                headers,
                body: Bytes::new(),
            };
        }
        headers.push(("content-type", "application/xml".to_owned()));
        Reply {
            status: self.status,
            headers,
            body: Bytes::from(self.body(request, context)),
        }
    }

    fn body(&self, request: &Request, context: &Context) -> String {
        let detail = self.detail.as_deref().map(|detail| {
            format!(
                "<AuthenticationErrorDetail>{}</AuthenticationErrorDetail>",
                escape(detail)
            )
        });
        format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{}</Code><Message>{}\nRequestId:{}\nTime:{}</Message>{}</Error>",
            self.code,
            escape(self.message),
            escape(&request.request_id),
            rfc3339(context.clock.now()),
            detail.unwrap_or_default()
        )
    }
}
