//! DNS over UDP and TCP, per vantage.

use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use xtenant_mock_server::Mock;

use crate::support::*;

fn server(mock: &Mock, vantage: &str) -> SocketAddr {
    mock.coordinates
        .vantages
        .iter()
        .find(|it| it.name == vantage)
        .unwrap()
        .dns
}

fn question(name: &str, record_type: RecordType) -> Vec<u8> {
    let mut message = Message::new(7, MessageType::Query, OpCode::Query);
    message.add_query(Query::query(
        Name::from_str(&format!("{name}.")).unwrap(),
        record_type,
    ));
    message.to_vec().unwrap()
}

async fn over_udp(server: SocketAddr, name: &str, record_type: RecordType) -> Option<Message> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket
        .send_to(&question(name, record_type), server)
        .await
        .unwrap();
    let mut buffer = [0; 4096];
    let received = tokio::time::timeout(Duration::from_millis(500), socket.recv(&mut buffer)).await;
    received
        .ok()
        .map(|length| Message::from_vec(&buffer[..length.unwrap()]).unwrap())
}

async fn over_tcp(server: SocketAddr, name: &str, record_type: RecordType) -> Message {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let question = question(name, record_type);
    stream
        .write_u16(u16::try_from(question.len()).unwrap())
        .await
        .unwrap();
    stream.write_all(&question).await.unwrap();
    let mut answer = vec![0; usize::from(stream.read_u16().await.unwrap())];
    stream.read_exact(&mut answer).await.unwrap();
    Message::from_vec(&answer).unwrap()
}

fn address(message: &Message) -> Option<Ipv4Addr> {
    message
        .answers
        .iter()
        .find_map(|record| match &record.data {
            RData::A(address) => Some(address.0),
            _ => None,
        })
}

/// The address that a vantage resolves a name to.
pub(crate) async fn resolve(mock: &Mock, vantage: &str, name: &str) -> Ipv4Addr {
    address(
        &over_udp(server(mock, vantage), name, RecordType::A)
            .await
            .unwrap(),
    )
    .unwrap()
}

#[tokio::test]
async fn udp_and_tcp_answer_alike_and_each_vantage_for_itself() {
    let mock = start().await;
    let name = "kv-resource.vault.azure.net";
    let app = server(&mock, "app");
    let (udp, tcp) = (
        over_udp(app, name, RecordType::A).await.unwrap(),
        over_tcp(app, name, RecordType::A).await,
    );
    assert_eq!(udp.answers, tcp.answers);
    assert!(address(&udp).unwrap().is_private());
    assert!(udp.answers[0].name.to_string().starts_with("kv-resource"));
    let internet = resolve(&mock, "internet", name).await;
    assert_eq!(internet.octets()[..3], [203, 0, 113]);
}

#[tokio::test]
async fn what_nobody_has_does_not_exist() {
    let mock = start().await;
    let message = over_udp(server(&mock, "internet"), "nobody.example", RecordType::A)
        .await
        .unwrap();
    assert_eq!(message.metadata.response_code, ResponseCode::NXDomain);
    let message = over_udp(
        server(&mock, "internet"),
        "kv-resource.vault.azure.net",
        RecordType::AAAA,
    )
    .await
    .unwrap();
    assert_eq!(
        (message.metadata.response_code, address(&message)),
        (ResponseCode::NoError, None)
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_by_the_machines_own_resolver() {
    let mock = start_with(|world| {
        let network = world
            .resources
            .iter_mut()
            .find(|resource| resource.id() == NETWORK)
            .unwrap();
        let properties = network.body["properties"].as_object_mut().unwrap();
        properties.insert(
            "dhcpOptions".to_owned(),
            serde_json::json!({"dnsServers": ["10.9.9.9"]}),
        );
    })
    .await;
    let answer = over_udp(
        server(&mock, "app"),
        "kv-resource.vault.azure.net",
        RecordType::A,
    );
    let code = answer.await.map(|message| message.metadata.response_code);
    assert_eq!(code, Some(ResponseCode::ServFail));
}

#[tokio::test]
async fn wire_faults_are_for_dns_too() {
    let mock = start().await;
    let server = server(&mock, "internet");
    let name = "login.microsoftonline.com";
    let plant = |fault: &str| {
        let url = format!("http://{}/faults/wire", mock.coordinates.control);
        client(&mock, &[]).post(url).json(&fault).send()
    };
    let ask = || over_udp(server, name, RecordType::A);
    assert!(address(&ask().await.unwrap()).is_some());
    plant("dns-servfail,host=login.*,type=A,times=1")
        .await
        .unwrap();
    assert_eq!(ask().await.unwrap().response_code, ResponseCode::ServFail);
    plant("dns-truncate,vantage=internet").await.unwrap();
    let answer = ask().await.unwrap();
    assert!(answer.truncation && answer.answers.is_empty());
    assert!(address(&over_tcp(server, name, RecordType::A).await).is_some());
    plant("dns-drop").await.unwrap();
    assert!(ask().await.is_none(), "no answer");
    client(&mock, &[])
        .delete(format!("http://{}/faults/wire", mock.coordinates.control))
        .send()
        .await
        .unwrap();
    plant("dns-delay=50ms").await.unwrap();
    let began = std::time::Instant::now();
    assert!(address(&ask().await.unwrap()).is_some());
    assert!(began.elapsed() >= Duration::from_millis(50));
}
