//! Blob storage's errors: XML `<Error><Code/><Message/></Error>`, and always the header `x-ms-error-code`, which is all
//! that an answer to HEAD has.
//!
//! Codes and meanings are those of `azure/IDENTITY.md` §6 "Storage"; texts are Microsoft's where that quotes them.

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
    const fn plain(status: StatusCode, code: &'static str, message: &'static str) -> Self {
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
