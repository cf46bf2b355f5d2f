//! A host whose certificate nobody vouches for is not spoken to, until `CXONE_CA_FILE` vouches for it.

use std::sync::Arc;

use dncsync_core::answer::Answer;
use dncsync_cxone::{Client, Secret, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A host that hands out tokens over TLS; its address and its certificate.
async fn host() -> (String, String) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 4096];
            let _length = stream.read(&mut request).await;
            let body = r#"{"access_token": "x"}"#;
            let answer =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let _sent = stream.write_all(answer.as_bytes()).await;
            let _closed = stream.shutdown().await;
        }
    });
    (address, own.cert.pem())
}

fn client(address: &str, ca_pem: Option<String>) -> Client {
    Client::new(Settings {
        ca_pem: ca_pem.map(String::into_bytes),
        ..Settings::v2(address.into(), format!("{address}/token"), "me".into(), Secret::new("s3cret".into()))
    })
    .unwrap()
}

#[tokio::test]
async fn a_certificate_is_trusted_once_the_ca_file_vouches_for_it() {
    let (address, pem) = host().await;
    let Answer::ComeBack(later) = client(&address, None).token().await else { panic!("come back") };
    assert!(later.reason.contains("certificate") && later.reason.contains("CXONE_CA_FILE"), "{}", later.reason);
    assert!(!later.answered);
    let answer = client(&address, Some(pem)).token().await;
    assert!(matches!(answer, Answer::Applied(_)), "{answer:?}");
}
