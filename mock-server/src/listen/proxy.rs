//! An HTTP proxy per vantage: with `HTTPS_PROXY`, `HTTP_PROXY` and the mock's certificate authority any client asks the
//! mock as if it stood at that vantage, by the real names (CLIENTS.md "How each is pointed at the mock").
//!
//! `CONNECT name:port` resolves the name as the vantage's DNS does and goes through the door of its address. A plain
//! request in absolute form is for managed identity and answered at once. Nothing leaves this machine: a name or address
//! that the vantage does not reach gets 502 or 504 and the reason.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

use super::azure::{Azure, Dialled};
use super::body::Outgoing;
use super::http::{Answer, Answered, Whole, bare};
use super::stop::{LaterStop, Stop};
use crate::context::Context;
use crate::fabric::dns::{Data, DnsAnswer, answer};
use crate::fabric::doors::{Dial, Doors};
use crate::fabric::reach::{NoRoute, route};

/// Why the proxy does not carry a request: status and sentence.
type Refusal = (StatusCode, String);

/// The proxy of a vantage.
pub struct Proxy {
    ctx: Context,
    doors: Arc<Doors>,
    vantage: String,
    stop: LaterStop,
}

impl Proxy {
    /// For a vantage.
    pub fn new(ctx: Context, doors: Arc<Doors>, vantage: String, stop: LaterStop) -> Self {
        Self {
            ctx,
            doors,
            vantage,
            stop,
        }
    }

    /// The address of a name, as the vantage's DNS sees it.
    fn resolve(&self, host: &str) -> Result<Ipv4Addr, Refusal> {
        if let Ok(literal) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return match literal {
                IpAddr::V4(address) => Ok(address),
                IpAddr::V6(_) => Err(refusal(StatusCode::BAD_GATEWAY, "the world has no IPv6")),
            };
        }
        let found = answer(
            &self.ctx.state(),
            &self.vantage,
            &host.to_ascii_lowercase(),
            "A",
        );
        let DnsAnswer::Records { answers, .. } = found else {
            return Err(refusal(
                StatusCode::GATEWAY_TIMEOUT,
                "the DNS server of this vantage does not answer",
            ));
        };
        let address = answers.iter().find_map(|record| match record.data {
            Data::A(address) => Some(address),
            Data::Cname(_) => None,
        });
        address.ok_or_else(|| {
            refusal(
                StatusCode::BAD_GATEWAY,
                &format!("the name has no address here: {host}"),
            )
        })
    }

    async fn tunnel(&self, request: Whole) -> Result<Answered, Refusal> {
        let (host, port) = target(request.uri(), 443)?;
        let dial = self
            .doors
            .dial(&self.vantage, self.resolve(host)?, port)
            .await;
        let door = match dial {
            Ok(Dial::Open(door)) => door,
            Ok(Dial::Refused { why }) => return Err(refusal(StatusCode::BAD_GATEWAY, &why)),
            Ok(Dial::TimedOut { why }) => return Err(refusal(StatusCode::GATEWAY_TIMEOUT, &why)),
            Err(error) => return Err(refusal(StatusCode::BAD_GATEWAY, &error.to_string())),
        };
        let failed = |error: std::io::Error| refusal(StatusCode::BAD_GATEWAY, &error.to_string());
        let stream = TcpStream::connect(door).await.map_err(failed)?;
        let stop = self
            .stop
            .handle()
            .ok_or_else(|| refusal(StatusCode::SERVICE_UNAVAILABLE, "the mock has stopped"))?;
        tokio::spawn(carry(request, stream, stop));
        Ok(bare(StatusCode::OK))
    }

    /// `GET http://169.254.169.254/…` as sent to a proxy.
    async fn forward(&self, request: Whole) -> Result<Answered, Refusal> {
        let (host, port) = target(request.uri(), 80)?;
        let address = self.resolve(host)?;
        let found = route(&self.ctx.state(), &self.vantage, address, port);
        let route = found.map_err(|none| match none {
            NoRoute::Refused(why) => refusal(StatusCode::BAD_GATEWAY, &why),
            NoRoute::TimedOut(why) => refusal(StatusCode::GATEWAY_TIMEOUT, &why),
        })?;
        if route.tls {
            return Err(refusal(
                StatusCode::BAD_GATEWAY,
                "this port speaks TLS: use CONNECT",
            ));
        }
        Ok(Azure::new(
            self.ctx.clone(),
            Dialled::Address {
                peer: route.peer,
                port,
            },
        )
        .answer(request)
        .await)
    }
}

#[async_trait]
impl Answer for Proxy {
    async fn answer(&self, request: Whole) -> Answered {
        let answered = match *request.method() {
            Method::CONNECT => self.tunnel(request).await,
            _ => self.forward(request).await,
        };
        answered.unwrap_or_else(|(status, why)| refused(status, &why))
    }
}

async fn carry(request: Whole, mut door: TcpStream, mut stop: Stop) {
    let Ok(upgraded) = hyper::upgrade::on(request).await else {
        return;
    };
    let mut client = TokioIo::new(upgraded);
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut door) => {}
        () = stop.told() => {}
    }
}

fn target(uri: &Uri, port: u16) -> Result<(&str, u16), Refusal> {
    let host = uri
        .host()
        .ok_or_else(|| refusal(StatusCode::BAD_REQUEST, "this is a proxy: name a host"))?;
    Ok((host, uri.port_u16().unwrap_or(port)))
}

fn refusal(status: StatusCode, why: &str) -> Refusal {
    (status, why.to_owned())
}

fn refused(status: StatusCode, why: &str) -> Answered {
    let mut response = Answered::new(Outgoing::whole(format!("xtenant mock: {why}\n")));
    *response.status_mut() = status;
    response
}
