use serde_json::{Value, json};

use super::*;
use crate::checks::testing::{broken, check, judged};

const LOGIN: &str = "acr.azurecr.io";
const DATA: &str = "acr.japaneast.data.azurecr.io";

fn with_path(path: Value) -> RegistryPullable {
    check(
        json!({"registry": "https://acr.azurecr.io", "repository": "orders/api", "reference": "v1", "path": path,
            "digest": "sha256:01"}),
    )
}

fn subject() -> RegistryPullable {
    with_path(json!({LOGIN: ["10.1.0.7"], DATA: ["10.1.0.8"]}))
}

fn healthy() -> Seen {
    Seen {
        login: LOGIN.to_owned(),
        login_peers: vec!["10.1.0.7".parse().unwrap()],
        layer_host: DATA.to_owned(),
        layer_peers: vec!["10.1.0.8".parse().unwrap()],
        digest: "sha256:01".to_owned(),
        told: Some("sha256:01".to_owned()),
        layer: "sha256:02".to_owned(),
        layer_read: "sha256:02".to_owned(),
        layer_size: 3,
    }
}

#[test]
fn both_hosts_over_their_own_addresses_hold() {
    assert_eq!(judged(&subject(), &healthy()), Verdict::Holds);
    let silent = Seen {
        told: None,
        ..healthy()
    };
    assert_eq!(judged(&subject(), &silent), Verdict::Holds);
}

#[test]
fn the_login_server_and_the_layers_each_have_their_own_path() {
    let public: IpAddr = "203.0.113.70".parse().unwrap();
    let login = Seen {
        login_peers: vec![public],
        ..healthy()
    };
    broken(&subject(), &login, "public-path");
    let layers = Seen {
        layer_peers: vec![public],
        ..healthy()
    };
    broken(&subject(), &layers, "layer-public-path");
    // The login server's address is not the data endpoint's.
    let swapped = Seen {
        layer_peers: vec!["10.1.0.7".parse().unwrap()],
        ..healthy()
    };
    broken(&subject(), &swapped, "layer-public-path");
    // Nor does a storage account of Azure's count as private.
    let storage = Seen {
        layer_host: "managed1.blob.core.windows.net".to_owned(),
        ..healthy()
    };
    broken(&subject(), &storage, "layer-public-path");
    assert_eq!(judged(&with_path(json!("any")), &layers), Verdict::Holds);
}

#[test]
fn bytes_that_their_digest_does_not_name_are_told() {
    let manifest = Seen {
        told: Some("sha256:03".to_owned()),
        ..healthy()
    };
    broken(&subject(), &manifest, "corrupt");
    let layer = Seen {
        layer_read: "sha256:03".to_owned(),
        ..healthy()
    };
    broken(&subject(), &layer, "corrupt");
}

#[test]
fn another_image_under_the_same_tag_is_told() {
    let moved = Seen {
        digest: "sha256:09".to_owned(),
        told: Some("sha256:09".to_owned()),
        ..healthy()
    };
    let reason = broken(&subject(), &moved, "digest-differs");
    assert_eq!(reason.observed.as_deref(), Some("sha256:09"));
}
