//! Evidence: what a link asked and what came back, without secrets. Captured by `ask`, never by a check.

use serde::{Deserialize, Serialize};

/// Everything that one link asked, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Evidence(pub Vec<Exchange>);

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Exchange {
    /// An HTTP request.
    Http(HttpExchange),
    /// A DNS question.
    Dns(DnsExchange),
    /// A connection over which nothing was sent.
    Tcp(TcpExchange),
}

/// An HTTP request and its response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct HttpExchange {
    /// Method.
    pub method: String,
    /// URL, its query values hidden where they could be secret.
    pub url: String,
    /// Status, if an answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Address of the peer as the world knows it, not the loopback door behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// DNS names of the peer's certificate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificate: Vec<String>,
    /// `x-ms-request-id` of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// `x-ms-correlation-request-id` of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// Codes of an error body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// What went wrong when no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Time until the answer's headers, in milliseconds.
    pub milliseconds: u64,
    /// Whether another link of the run had asked this and the answer was shared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// A DNS question and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DnsExchange {
    /// Name asked for.
    pub name: String,
    /// Type asked for: `A`, `CNAME`.
    pub record_type: String,
    /// Server asked, as configured for the vantage.
    pub server: String,
    /// `NOERROR`, `NXDOMAIN` …, or what went wrong.
    pub result: String,
    /// Answer records: `name TTL type data`.
    pub answers: Vec<String>,
    /// Time in milliseconds.
    pub milliseconds: u64,
}

/// A connection that was opened and closed, or did not open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TcpExchange {
    /// Address and port, as the world knows them.
    pub address: String,
    /// `open`, or what went wrong.
    pub result: String,
    /// Time in milliseconds.
    pub milliseconds: u64,
}
