use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged};

const MD5: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";
const SHA256: &str = "d01959aa1837f62445b063b90e242218e96932a83bf034190c2bef0389771e11";

fn subject() -> BlobReadable {
    check(json!({
        "account": "https://st.blob.core.windows.net", "container": "orders", "blob": "hello.txt",
        "path": {"st.blob.core.windows.net": ["10.1.0.5"]}, "size": 20, "md5": MD5, "sha256": SHA256.to_uppercase()
    }))
}

fn healthy() -> Seen {
    Seen {
        host: "st.blob.core.windows.net".to_owned(),
        place: Place::of_alias("x.privatelink.vaultcore.azure.net"),
        peers: vec!["10.1.0.5".parse().unwrap()],
        size: 20,
        md5: Some(MD5.to_owned()),
        sha256: Some(SHA256.to_owned()),
    }
}

#[test]
fn the_expected_bytes_over_the_endpoints_address_hold() {
    assert_eq!(judged(&subject(), &healthy()), Verdict::Holds);
}

#[test]
fn an_address_that_is_not_the_endpoints_is_no_private_path_unless_any_path_will_do() {
    let public = Seen {
        peers: vec!["20.0.0.5".parse().unwrap()],
        ..healthy()
    };
    broken(&subject(), &public, "public-path");
    let any: BlobReadable = check(
        json!({"account": "https://st.blob.core.windows.net", "container": "c", "blob": "b", "path": "any"}),
    );
    assert_eq!(judged(&any, &public), Verdict::Holds);
}

#[test]
fn other_bytes_are_told_by_what_was_expected_of_them() {
    broken(
        &subject(),
        &Seen {
            size: 21,
            ..healthy()
        },
        "size-differs",
    );
    broken(
        &subject(),
        &Seen {
            md5: Some("AAAA".to_owned()),
            ..healthy()
        },
        "md5-differs",
    );
    broken(
        &subject(),
        &Seen {
            sha256: Some("00".to_owned()),
            ..healthy()
        },
        "sha256-differs",
    );
}
