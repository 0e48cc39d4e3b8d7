//! Managed identity of the vantage that asks: IMDS of machines, and App Service's endpoint.
//!
//! - [`imds`] `GET /metadata/identity/oauth2/token` of machines
//! - [`app_service`] `GET /msi/token` of App Service and Functions
//! - [`identity`] which identity is meant, and its token
//! - [`errors`] the two envelopes
//!
//! Missing on purpose: rate limits, instance metadata besides identity, old App Service versions (2017-09-01).

pub mod app_service;
pub mod errors;
pub mod identity;
pub mod imds;

use http::Method;

use super::{Access, ApiVersion, Hosts, Operation, Service};

/// The instance metadata service.
pub const IMDS: Service = Service {
    name: "imds",
    about: "Instance metadata service of machines: managed identity tokens",
    hosts: Hosts::LinkLocal,
    api_version: ApiVersion::Date,
    operations: &[Operation {
        id: "Identity_GetToken",
        method: Method::GET,
        path: "/metadata/identity/oauth2/token",
        access: Access::Anonymous,
        spec: Some("imds/2018-02-01/imds.json"),
        simplified: "no rate limits; authority and bypass_cache are ignored",
        handler: Some(imds::token),
    }],
    refuse: errors::refuse,
};

/// App Service's endpoint.
pub const APP_SERVICE: Service = Service {
    name: "app-service-identity",
    about: "Managed identity endpoint of App Service and Functions",
    hosts: Hosts::LinkLocal,
    api_version: ApiVersion::Date,
    operations: &[Operation {
        id: "AppServiceIdentity_GetToken",
        method: Method::GET,
        path: "/msi/token",
        access: Access::Anonymous,
        spec: None,
        simplified: "api-version 2019-08-01 only in spirit: any date is answered in its shape",
        handler: Some(app_service::token),
    }],
    refuse: errors::app_service_refuse,
};
