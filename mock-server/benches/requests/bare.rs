//! What the mock is compared with: hyper over rustls, and a handler that sends bytes which were made before.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::load::Site;

/// Signs as a token endpoint has to.
pub(crate) struct Signer(RsaKeyPair);

impl Signer {
    pub(crate) fn sign(&self, text: &[u8]) {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text,
                &mut signature,
            )
            .expect("a signature");
    }
}

/// A signer with the mock's own test key, so that both sides sign alike.
pub(crate) fn signer() -> Signer {
    let key = include_bytes!("../../src/tokens/test-key.pkcs8.der");
    Signer(RsaKeyPair::from_pkcs8(key).expect("a key"))
}

/// Which threads make the bodies.
#[derive(Clone, Copy)]
pub(crate) enum On {
    /// Those that read and write.
    IoWorkers,
    /// Those for what blocks.
    Others,
}

type Make = Arc<dyn Fn() -> Bytes + Send + Sync>;

/// Serves a host on a free port; every request gets what `body` makes.
pub(crate) async fn serve(
    host: &'static str,
    on: On,
    body: impl Fn() -> Bytes + Send + Sync + 'static,
) -> Site {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([host.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a server");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(accept(
        listener,
        TlsAcceptor::from(Arc::new(config)),
        on,
        Arc::new(body),
    ));
    Site::new(host, address, &cert.pem())
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, on: On, body: Make) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let (tls, body) = (tls.clone(), Arc::clone(&body));
        tokio::spawn(async move {
            let stream = tls.accept(stream).await.expect("a handshake");
            let service = service_fn(|request: Request<Incoming>| {
                let body = Arc::clone(&body);
                async move {
                    let _ = request.into_body().collect().await;
                    let response = Response::builder()
                        .header("content-type", "application/json; charset=utf-8")
                        .body(Full::new(made(on, body).await));
                    Ok::<_, Infallible>(response.expect("a response"))
                }
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn made(on: On, body: Make) -> Bytes {
    match on {
        On::IoWorkers => body(),
        On::Others => tokio::task::spawn_blocking(move || body())
            .await
            .expect("a body"),
    }
}
