//! Finding blobs by their tags, and policies of containers, on the example world.

use http::Method;

use super::testing::*;

fn found(context: &Context, path: &str, expression: &str) -> Reply {
    let expression = expression.replace(' ', "%20").replace('"', "%22");
    get(context, &format!("{path}comp=blobs&where={expression}"))
}

#[test]
fn blobs_are_found_by_their_tags() {
    let context = with_role(OWNER);
    for (name, tags) in [("f1", "a=1&b=x"), ("f2", "a=2"), ("f3", "b=x")] {
        let made = put(&context, &format!("/orders/{name}"), "x").with("x-ms-tags", tags);
        assert_eq!(made.reply().status, 201);
    }
    for (expression, names) in [
        ("a='1'", vec!["f1"]),
        ("\"a\" >= '1' AND \"a\" < '3'", vec!["f1", "f2"]),
        ("b='x' and @container='orders'", vec!["f1", "f3"]),
        ("@container='others' AND b='x'", vec![]),
        ("a='1' AND b='y'", vec![]),
    ] {
        for path in ["/?", "/orders?restype=container&"] {
            let body = text(&found(&context, path, expression));
            let seen: Vec<_> = ["f1", "f2", "f3"]
                .into_iter()
                .filter(|name| body.contains(&format!("<Name>{name}</Name>")))
                .collect();
            assert_eq!(seen, names, "{expression}: {body}");
        }
    }
    let first = text(&found(&context, "/?maxresults=1&", "b='x'"));
    let (_, marker) = first.split_once("<NextMarker>").unwrap();
    let (marker, _) = marker.split_once('<').unwrap();
    let second = text(&found(&context, &format!("/?marker={marker}&"), "b='x'"));
    assert!(
        first.contains("<Name>f1<") && second.contains("<Name>f3<"),
        "{first} {second}"
    );
    assert!(!second.contains("<Name>f1<") && second.contains("<NextMarker></NextMarker>"));
    for bad in ["a", "a=1", "a='1' OR b='x'", "a='1", "@container>'o'", ""] {
        let reply = found(&context, "/?", bad);
        assert_eq!(code(&reply), (400, "InvalidQueryParameterValue"), "{bad}");
    }
    assert_eq!(
        code(&get(&context, "/?comp=blobs")),
        (400, "MissingRequiredQueryParameter")
    );
}

#[test]
fn finding_and_policies_need_rights_of_their_own() {
    let context = contributor();
    let refused = (403, "AuthorizationPermissionMismatch");
    assert_eq!(code(&found(&context, "/?", "a='1'")), refused);
    assert_eq!(
        code(&found(&context, "/orders?restype=container&", "a='1'")),
        refused
    );
    assert_eq!(code(&get(&context, ACL)), refused);
    assert_eq!(code(&asked(&context, Method::PUT, ACL).reply()), refused);
}

const ACL: &str = "/orders?restype=container&comp=acl";

#[test]
fn policies_of_a_container_are_kept_as_they_were_given() {
    let context = with_role(OWNER);
    let one = "<SignedIdentifier><Id>a</Id><AccessPolicy><Expiry>2030-01-01T00:00:00Z</Expiry><Permission>r</Permission></AccessPolicy></SignedIdentifier>";
    let set = |policies: String| {
        let body = format!("<SignedIdentifiers>{policies}</SignedIdentifiers>");
        asked(&context, Method::PUT, ACL).bytes(body).reply()
    };
    let before = get(&context, ACL);
    assert!(text(&before).ends_with("<SignedIdentifiers></SignedIdentifiers>"));
    let written = set(one.to_owned());
    assert_eq!(written.status, 200);
    assert_ne!(header(&written, "etag"), header(&before, "etag"));
    assert!(text(&get(&context, ACL)).contains(one));
    assert_eq!(code(&set(one.repeat(6))), (400, "InvalidXmlDocument"));
    assert_eq!(
        code(&set("<Other/>".to_owned())),
        (400, "InvalidXmlDocument")
    );
    let public = asked(&context, Method::PUT, ACL).with("x-ms-blob-public-access", "blob");
    assert_eq!(code(&public.reply()), (409, "PublicAccessNotPermitted"));
    assert_eq!(
        asked(&context, Method::PUT, ACL).reply().status,
        200,
        "no body, no policies"
    );
    assert!(!text(&get(&context, ACL)).contains("<Id>"));
}
