//! DNS over UDP and TCP: one server per vantage, on one port number for both.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;
use hickory_proto::op::{Metadata, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, CNAME};
use hickory_proto::rr::{DNSClass, Name, RData, Record};
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo, Server};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

use super::stop::Stop;
use crate::context::Context;
use crate::fabric::dns::{Data, DnsAnswer, Rcode, answer};
use crate::faults::wire::matching::Question;
use crate::faults::wire::{Instead, Verdict};

/// How long a TCP client may be silent.
const TCP_TIMEOUT: Duration = Duration::from_secs(10);
/// Answers that wait for a TCP client.
const TCP_BUFFER: usize = 32;
/// How often another port is tried when the one that UDP got is taken for TCP.
const TRIES: usize = 20;

/// Starts the server of a vantage; the address is that of both protocols.
///
/// # Errors
/// When the port is in use.
pub async fn serve(
    ctx: Context,
    vantage: String,
    host: IpAddr,
    port: u16,
    stop: Stop,
) -> io::Result<SocketAddr> {
    let (udp, tcp) = bind(host, port).await?;
    let address = udp.local_addr()?;
    tokio::spawn(run(Handler { ctx, vantage }, udp, tcp, stop));
    Ok(address)
}

async fn run(handler: Handler, udp: UdpSocket, tcp: TcpListener, mut stop: Stop) {
    let mut server = Server::new(handler);
    server.register_socket(udp);
    server.register_listener(tcp, TCP_TIMEOUT, TCP_BUFFER);
    stop.told().await;
    let _ = tokio::time::timeout(Duration::from_millis(500), server.shutdown_gracefully()).await;
}

async fn bind(host: IpAddr, port: u16) -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let udp = UdpSocket::bind((host, port)).await?;
        match TcpListener::bind((host, udp.local_addr()?.port())).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) => last = error,
        }
        if port != 0 {
            break;
        }
    }
    Err(last)
}

struct Handler {
    ctx: Context,
    vantage: String,
}

#[async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut reply: R,
    ) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.recursion_available = true;
        let verdict = self.verdict(request).unwrap_or_default();
        if !verdict.delay.is_zero() {
            tokio::time::sleep(verdict.delay).await;
        }
        let (code, records) = match verdict.instead {
            Some(Instead::Status { .. }) => (ResponseCode::ServFail, Vec::new()),
            Some(_) => return silence(metadata),
            // The client asks again by TCP, and gets the answer there (RFC 7766 §5).
            None if verdict.shape.is_some() && request.protocol() == Protocol::Udp => {
                metadata.truncation = true;
                (ResponseCode::NoError, Vec::new())
            }
            None => self.records(request),
        };
        metadata.response_code = code;
        let builder = MessageResponseBuilder::from_message_request(request);
        let nothing = || std::iter::empty::<&Record>();
        let response = builder.build(metadata, records.iter(), nothing(), nothing(), nothing());
        match reply.send_response(response).await {
            Ok(info) => info,
            Err(_) => silence(metadata),
        }
    }
}

impl Handler {
    /// What wire faults do to the answer.
    fn verdict(&self, request: &Request) -> Option<Verdict> {
        let info = request.request_info().ok()?;
        let name = info.query.original().name().to_ascii();
        self.ctx.wire.dns(&Question {
            host: name.trim_end_matches('.'),
            method: &info.query.query_type().to_string(),
            path: "",
            vantage: &self.vantage,
        })
    }

    /// Response code and answer section.
    fn records(&self, request: &Request) -> (ResponseCode, Vec<Record>) {
        if request.metadata.op_code != OpCode::Query {
            return (ResponseCode::NotImp, Vec::new());
        }
        let Ok(info) = request.request_info() else {
            return (ResponseCode::FormErr, Vec::new());
        };
        if info.query.query_class() != DNSClass::IN {
            return (ResponseCode::Refused, Vec::new());
        }
        let name = info.query.original().name().to_ascii();
        let record_type = info.query.query_type().to_string();
        match answer(
            &self.ctx.state(),
            &self.vantage,
            name.trim_end_matches('.'),
            &record_type,
        ) {
            // The server that is asked here stands for the machine's own stub resolver, which tells a time-out upstream
            // as SERVFAIL (as systemd-resolved does) instead of staying silent itself.
            DnsAnswer::NoAnswer => (ResponseCode::ServFail, Vec::new()),
            DnsAnswer::Records { rcode, answers } => {
                let code = match rcode {
                    Rcode::NoError => ResponseCode::NoError,
                    Rcode::NxDomain => ResponseCode::NXDomain,
                };
                (code, answers.iter().filter_map(record).collect())
            }
        }
    }
}

fn record(record: &crate::fabric::dns::Record) -> Option<Record> {
    let data = match &record.data {
        Data::A(address) => RData::A(A(*address)),
        Data::Cname(name) => RData::CNAME(CNAME(absolute(name)?)),
    };
    Some(Record::from_rdata(
        absolute(&record.name)?,
        record.ttl,
        data,
    ))
}

fn absolute(name: &str) -> Option<Name> {
    Name::from_ascii(format!("{}.", name.trim_end_matches('.'))).ok()
}

fn silence(metadata: Metadata) -> ResponseInfo {
    ResponseInfo::from(hickory_proto::op::Header {
        metadata,
        counts: hickory_proto::op::HeaderCounts::default(),
    })
}
