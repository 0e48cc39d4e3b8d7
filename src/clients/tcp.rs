//! Whether a connection to an address opens: nothing is sent over it.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::recorder::Recorder;
use super::resolver::not_dialled;
use crate::outcome::evidence::TcpExchange;
use crate::outcome::unreachable::{CONNECT_REFUSED, CONNECT_TIMED_OUT, NO_ROUTE};
use crate::outcome::{NoAnswer, Unreachable};
use crate::target::Network;

/// Bound of a connection attempt, as that of a request.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Opens a connection from a vantage, and closes it. `patience` bounds the question that this is a part of.
///
/// # Errors
/// [`NoAnswer::Unreachable`], with a code where the kind of silence is known.
pub async fn open(
    network: &dyn Network,
    vantage: &str,
    address: SocketAddr,
    patience: Duration,
    recorder: &Recorder,
) -> Result<(), NoAnswer> {
    let begun = Instant::now();
    // Its own bound ends before the question's, so that it is told as silence of this address.
    let opened = connect(network, vantage, address, bound(patience)).await;
    recorder.tcp(TcpExchange {
        address: address.to_string(),
        result: match &opened {
            Ok(()) => "open".to_owned(),
            Err(why) => why.describe(),
        },
        milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    });
    opened
}

fn bound(patience: Duration) -> Duration {
    (patience * 9 / 10).min(CONNECT_LIMIT)
}

async fn connect(
    network: &dyn Network,
    vantage: &str,
    address: SocketAddr,
    bound: Duration,
) -> Result<(), NoAnswer> {
    let door = network.dial(vantage, address).await;
    let door = door.map_err(|error| not_dialled(&error))?;
    let silent = |code, why: String| {
        let why = format!("connecting to {address} failed: {why}");
        NoAnswer::Unreachable(Unreachable::of(code, why))
    };
    let opened = timeout(bound, TcpStream::connect(door)).await;
    let opened = opened.map_err(|_| {
        silent(
            CONNECT_TIMED_OUT,
            format!("no answer within {} s", bound.as_secs_f32()),
        )
    })?;
    opened.map(drop).map_err(|error| {
        let code = match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => CONNECT_REFUSED,
            ErrorKind::TimedOut => CONNECT_TIMED_OUT,
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => NO_ROUTE,
            _ => return NoAnswer::unreachable(format!("connecting to {address} failed: {error}")),
        };
        silent(code, error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::target::live;

    async fn opened(address: SocketAddr) -> Result<(), NoAnswer> {
        let target = live::cloud("azure").unwrap();
        let patience = Duration::from_secs(5);
        open(
            target.network.as_ref(),
            "internet",
            address,
            patience,
            &Recorder::default(),
        )
        .await
    }

    #[tokio::test]
    async fn a_port_that_somebody_listens_on_opens_and_one_that_nobody_does_is_refused() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(opened(address).await, Ok(()));
        drop(listener);
        let why = opened(address).await.unwrap_err();
        assert_eq!(why.codes(), [CONNECT_REFUSED]);
    }

    #[test]
    fn the_attempt_ends_before_the_question_does() {
        for (patience, expected) in [(30_000, 10_000), (5_000, 4_500)] {
            let bound = bound(Duration::from_millis(patience));
            assert_eq!(bound, Duration::from_millis(expected));
        }
    }
}
