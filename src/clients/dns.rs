//! Names, hop by hop, at the name server of a vantage.
//!
//! One question for addresses brings the whole chain when there is one; where the chain ends in nothing, its aliases
//! are asked for one by one, because a dangling alias is exactly what has to be told (`PACKAGES.md` §5).

use std::net::IpAddr;
use std::time::{Duration, Instant};

use hickory_proto::rr::{RData, Record, RecordType};
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::{Resolver, TokioResolver};

use super::recorder::Recorder;
use crate::outcome::NoAnswer;
use crate::outcome::evidence::DnsExchange;
use crate::target::NameServer;

/// Aliases that are followed before a chain counts as a loop.
const HOPS: usize = 16;
/// Time for one question.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Aliases in order, lower case, without a trailing dot.
    pub aliases: Vec<String>,
    /// What stands at the end.
    pub end: End,
    /// How long caches keep the addresses: the smallest time to live among them. That of the aliases on the way says
    /// nothing of it, since a resolver keeps each record for its own time (RFC 1034 §4.3.2).
    pub ttl: Option<u32>,
}

/// What stands at the end of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Addresses, sorted.
    Addresses(Vec<IpAddr>),
    /// The name exists without an address.
    NoAddress,
    /// The name does not exist.
    NoSuchName,
    /// The aliases do not end.
    Loop,
    /// Another answer code.
    Failed(String),
}

/// Follows a name to its addresses.
///
/// # Errors
/// [`NoAnswer::Unreachable`] when the server does not answer.
pub async fn follow(
    server: &NameServer,
    name: &str,
    recorder: &Recorder,
) -> Result<Chain, NoAnswer> {
    let resolver = resolver(server)?;
    let mut chain = Chain {
        aliases: Vec::new(),
        end: End::NoAddress,
        ttl: None,
    };
    let mut current = plain(name);
    loop {
        match ask(&resolver, server, &current, RecordType::A, recorder).await? {
            Answer::Records(records) => {
                chain.take(&records);
                if matches!(chain.end, End::Addresses(_)) {
                    return Ok(chain);
                }
            }
            Answer::Nothing(end) => {
                chain.end = end;
                let aliases =
                    match ask(&resolver, server, &current, RecordType::CNAME, recorder).await? {
                        Answer::Records(records) => records,
                        Answer::Nothing(_) => return Ok(chain),
                    };
                chain.take(&aliases);
            }
        }
        match chain.aliases.last() {
            Some(next) if chain.aliases.len() <= HOPS && *next != current && !chain.repeats() => {
                current.clone_from(next)
            }
            Some(_) => {
                return Ok(Chain {
                    end: End::Loop,
                    ..chain
                });
            }
            None => return Ok(chain),
        }
    }
}

impl Chain {
    /// Adds the aliases and addresses of an answer.
    fn take(&mut self, records: &[Record]) {
        let mut addresses = Vec::new();
        for record in records {
            if matches!(record.data, RData::A(_) | RData::AAAA(_)) {
                self.ttl = Some(self.ttl.map_or(record.ttl, |ttl| ttl.min(record.ttl)));
            }
            match &record.data {
                RData::CNAME(target) => self.aliases.push(plain(&target.to_utf8())),
                RData::A(address) => addresses.push(IpAddr::V4(address.0)),
                RData::AAAA(address) => addresses.push(IpAddr::V6(address.0)),
                _ => {}
            }
        }
        if !addresses.is_empty() {
            addresses.sort_unstable();
            addresses.dedup();
            self.end = End::Addresses(addresses);
        }
    }

    /// Whether an alias stands in the chain twice.
    fn repeats(&self) -> bool {
        self.aliases
            .iter()
            .enumerate()
            .any(|(at, alias)| self.aliases[..at].contains(alias))
    }
}

/// One answer.
enum Answer {
    Records(Vec<Record>),
    Nothing(End),
}

async fn ask(
    resolver: &TokioResolver,
    server: &NameServer,
    name: &str,
    record_type: RecordType,
    recorder: &Recorder,
) -> Result<Answer, NoAnswer> {
    let asked = Instant::now();
    let looked_up = resolver.lookup(format!("{name}."), record_type).await;
    let mut exchange = DnsExchange {
        name: name.to_owned(),
        record_type: record_type.to_string(),
        server: server.shown.clone(),
        milliseconds: u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX),
        ..DnsExchange::default()
    };
    let answer = match looked_up {
        Ok(lookup) => {
            let records = lookup.answers().to_vec();
            exchange.result = "NOERROR".to_owned();
            exchange.answers = records.iter().map(ToString::to_string).collect();
            Ok(Answer::Records(records))
        }
        Err(error) => nothing(&error).map(Answer::Nothing).ok_or_else(|| {
            NoAnswer::Unreachable(format!(
                "the name server {} did not answer for {name}: {error}",
                server.shown
            ))
        }),
    };
    exchange.result = match &answer {
        Ok(Answer::Records(_)) => exchange.result,
        Ok(Answer::Nothing(end)) => end.code(),
        Err(no_answer) => no_answer.describe(),
    };
    recorder.dns(exchange);
    answer
}

/// What an error of the resolver says about the name; nothing when it says that nobody answered.
fn nothing(error: &NetError) -> Option<End> {
    use hickory_proto::op::ResponseCode;

    let code = match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => none.response_code,
        NetError::Dns(DnsError::ResponseCode(code)) => *code,
        _ => return None,
    };
    Some(match code {
        ResponseCode::NXDomain => End::NoSuchName,
        ResponseCode::NoError => End::NoAddress,
        other => End::Failed(other.to_string()),
    })
}

impl End {
    fn code(&self) -> String {
        match self {
            Self::Addresses(_) | Self::NoAddress | Self::Loop => "NOERROR".to_owned(),
            Self::NoSuchName => "NXDOMAIN".to_owned(),
            Self::Failed(code) => code.clone(),
        }
    }
}

/// A resolver without cache, hosts file or second tries: what it says is what the server says now.
fn resolver(server: &NameServer) -> Result<TokioResolver, NoAnswer> {
    let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = server.dial.port();
    }
    let name_server = NameServerConfig::new(server.dial.ip(), true, connections);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![name_server]);
    let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.cache_size = 0;
    options.attempts = 1;
    options.timeout = PATIENCE;
    options.ndots = 0;
    options.use_hosts_file = ResolveHosts::Never;
    builder
        .build()
        .map_err(|error| NoAnswer::Unreachable(format!("the resolver could not be made: {error}")))
}

/// A name in lower case without a trailing dot.
pub fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
