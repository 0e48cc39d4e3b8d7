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
use crate::outcome::evidence::DnsExchange;
use crate::outcome::unreachable::NAME_SERVER_FAILED;
use crate::outcome::{NoAnswer, Unreachable};
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
                chain.take(&current, &records);
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
                chain.take(&current, &aliases);
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
    /// Follows an answer from a name on, alias by alias, whatever the order of its records; what belongs to no name of
    /// the chain is left out.
    fn take(&mut self, from: &str, records: &[Record]) {
        let mut current = from.to_owned();
        while let Some(next) = alias_of(&current, records).filter(|_| self.aliases.len() <= HOPS) {
            self.aliases.push(next.clone());
            current = next;
        }
        let own = records
            .iter()
            .filter(|record| plain(&record.name.to_utf8()) == current);
        let mut addresses = Vec::new();
        for record in own {
            let address = match &record.data {
                RData::A(address) => IpAddr::V4(address.0),
                RData::AAAA(address) => IpAddr::V6(address.0),
                _ => continue,
            };
            self.ttl = Some(self.ttl.map_or(record.ttl, |ttl| ttl.min(record.ttl)));
            addresses.push(address);
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

/// What a name is an alias of, as far as an answer says.
fn alias_of(name: &str, records: &[Record]) -> Option<String> {
    records.iter().find_map(|record| match &record.data {
        RData::CNAME(target) if plain(&record.name.to_utf8()) == name => {
            Some(plain(&target.to_utf8()))
        }
        _ => None,
    })
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
            NoAnswer::Unreachable(Unreachable::of(
                NAME_SERVER_FAILED,
                format!(
                    "the name server {} did not answer for {name}: {error}",
                    server.shown
                ),
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
        .map_err(|error| NoAnswer::unreachable(format!("the resolver could not be made: {error}")))
}

/// A name in lower case without a trailing dot.
pub fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use hickory_proto::rr::Name;
    use hickory_proto::rr::rdata::{A, CNAME};

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn alias(owner: &str, target: &str) -> Record {
        Record::from_rdata(name(owner), 60, RData::CNAME(CNAME(name(target))))
    }

    fn address(owner: &str, last: u8) -> Record {
        Record::from_rdata(name(owner), 10, RData::A(A::new(10, 1, 0, last)))
    }

    fn taken(records: &[Record]) -> Chain {
        let mut chain = Chain {
            aliases: Vec::new(),
            end: End::NoAddress,
            ttl: None,
        };
        chain.take("kv.vault.azure.net", records);
        chain
    }

    #[test]
    fn a_chain_is_followed_by_its_names_whatever_the_order_of_the_records() {
        let records = [
            address("kv.privatelink.vaultcore.azure.net.", 4),
            alias("kv.vault.azure.net.", "KV.privatelink.vaultcore.azure.net."),
            address("somebody.else.", 9),
        ];
        let chain = taken(&records);
        assert_eq!(chain.aliases, ["kv.privatelink.vaultcore.azure.net"]);
        assert_eq!(chain.end, End::Addresses(vec!["10.1.0.4".parse().unwrap()]));
        assert_eq!(chain.ttl, Some(10));
    }

    #[test]
    fn a_circle_ends() {
        let chain = taken(&[
            alias("kv.vault.azure.net.", "a."),
            alias("a.", "kv.vault.azure.net."),
        ]);
        assert!(
            chain.repeats() && chain.aliases.len() <= HOPS + 2,
            "{chain:?}"
        );
        assert_eq!(taken(&[address("other.", 4)]).end, End::NoAddress);
    }
}
