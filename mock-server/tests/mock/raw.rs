//! Bytes on a loopback socket, without an HTTP client in between.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use xtenant_mock_server::Mock;

/// Nothing in these tests takes this long.
const BOUND: Duration = Duration::from_secs(20);

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

pub(crate) async fn plain(address: SocketAddr) -> Box<dyn Stream> {
    Box::new(TcpStream::connect(address).await.unwrap())
}

/// HTTP/1.1 over TLS to the port that serves every host.
pub(crate) async fn tls(mock: &Mock, host: &str) -> Box<dyn Stream> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = rustls::pki_types::CertificateDer::from_pem_slice(mock.coordinates.ca_pem.as_bytes());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca.unwrap()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots);
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config.with_no_client_auth()));
    let stream = TcpStream::connect(mock.coordinates.https).await.unwrap();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    Box::new(connector.connect(name, stream).await.unwrap())
}

/// Everything that comes until the server closes, however it does.
pub(crate) async fn rest(stream: &mut Box<dyn Stream>) -> String {
    let mut all = Vec::new();
    let read = stream.read_to_end(&mut all);
    let _ = tokio::time::timeout(BOUND, read)
        .await
        .expect("the server neither answers nor closes");
    String::from_utf8_lossy(&all).into_owned()
}

/// Sends, then reads until the server closes; a server that closes early is fine.
pub(crate) async fn ask(stream: &mut Box<dyn Stream>, bytes: &[u8]) -> String {
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
    rest(stream).await
}

/// One reply with `Content-Length`, the connection stays.
pub(crate) async fn reply(stream: &mut Box<dyn Stream>) -> String {
    let mut all = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |it| it.trim().parse().unwrap());
            if head.contains(" 100 ") || body.len() >= length {
                return text;
            }
        }
        let mut byte = [0];
        let read = tokio::time::timeout(BOUND, stream.read(&mut byte)).await;
        assert_eq!(read.expect("no reply").unwrap(), 1, "closed after: {text}");
        all.push(byte[0]);
    }
}
