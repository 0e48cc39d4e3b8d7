//! Signatures that are good, and every way in which one is not.

use std::fmt::Write as _;

use http::Method;

use super::strings::{self, HeaderOrder};
use super::{keys, signature};
use crate::clock::rfc3339;
use crate::services::arm::page::encode;
use crate::services::blob::testing::*;
use crate::services::testing::{ACCOUNT, changed, writable};

const BLOB: &str = "/orders/hello.txt";
const LIST: &str = "/orders?restype=container&comp=list";
const NAME: &str = "stresource";

fn key(context: &Context) -> String {
    let state = context.state();
    let [first, _] = keys::values(state.resource(ACCOUNT).unwrap(), context.clock.start());
    first
}

fn in_hours(context: &Context, hours: i64) -> String {
    rfc3339(context.clock.now() + time::Duration::hours(hours))
}

/// Without a token.
fn bare<'a>(context: &'a Context, method: Method, path: &str) -> Ask<'a> {
    ask(context, method, &format!("{HOST}{path}")).by(PRIVATE)
}

/// A path with these fields and a signature of them.
fn signed(path: &str, fields: &[(&str, &str)], key: &str, text: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    let mut url = format!("{path}{mark}sig={}", encode(&signature(key, text)));
    for (name, value) in fields {
        let _ = write!(url, "&{name}={}", encode(value));
    }
    url
}

/// With a signature for the account.
fn by_account(context: &Context, path: &str, fields: &[(&str, &str)]) -> String {
    let of = |name: &str| {
        let found = fields.iter().find(|it| it.0 == name);
        found.map_or("", |it| it.1)
    };
    signed(path, fields, &key(context), &strings::account(NAME, of))
}

/// With a signature for a resource.
fn by_service(path: &str, resource: &str, key: &str, fields: &[(&str, &str)]) -> String {
    let of = |name: &str| {
        let found = fields.iter().find(|it| it.0 == name);
        found.map_or("", |it| it.1)
    };
    let canonical = format!("/blob/{NAME}/{resource}");
    let mut lines = vec![of("sp"), of("st"), of("se"), &canonical];
    let users: &[&str] = if of("skoid").is_empty() {
        &["si"]
    } else {
        &[
            "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid",
        ]
    };
    lines.extend(users.iter().map(|it| of(it)));
    let rest = [
        "sip", "spr", "sv", "sr", "", "ses", "rscc", "rscd", "rsce", "rscl", "rsct",
    ];
    lines.extend(rest.map(of));
    signed(path, fields, key, &lines.join("\n"))
}

fn answer(context: &Context, method: Method, url: &str) -> (u16, String) {
    let reply = bare(context, method, url).reply();
    let (status, code) = code(&reply);
    (status, code.to_owned())
}

fn refused(code: &str) -> (u16, String) {
    (403, code.to_owned())
}

#[test]
fn a_signature_for_the_account_does_what_its_letters_say() {
    let context = example();
    let later = in_hours(&context, 1);
    let with = |path: &str, sp: &str, srt: &str, ss: &str| {
        let fields = [
            ("sv", "2024-08-04"),
            ("ss", ss),
            ("srt", srt),
            ("sp", sp),
            ("se", &later),
            ("spr", "https"),
        ];
        by_account(&context, path, &fields)
    };
    let get = |url: String| answer(&context, Method::GET, &url);
    assert_eq!(get(with(BLOB, "r", "o", "b")).0, 200);
    assert_eq!(get(with(LIST, "l", "c", "bq")).0, 200);
    assert_eq!(get(with("/?comp=list", "l", "s", "b")).0, 200);
    assert_eq!(
        get(with(BLOB, "r", "sc", "b")),
        refused("AuthorizationResourceTypeMismatch")
    );
    assert_eq!(
        get(with(BLOB, "r", "o", "q")),
        refused("AuthorizationServiceMismatch")
    );
    assert_eq!(
        get(with(BLOB, "wl", "o", "b")),
        refused("AuthorizationPermissionMismatch")
    );
    let delete = answer(&context, Method::DELETE, &with(BLOB, "r", "o", "b"));
    assert_eq!(delete, refused("AuthorizationPermissionMismatch"));
    let acl = with("/orders?restype=container&comp=acl", "rwdlacup", "sco", "b");
    assert_eq!(get(acl), refused("AuthorizationPermissionMismatch"));
    assert_eq!(
        answer(&context, Method::DELETE, &with(BLOB, "d", "o", "b")).0,
        202
    );
}

#[test]
fn whoever_may_only_create_replaces_nothing() {
    let context = example();
    let later = in_hours(&context, 1);
    let fields = [
        ("sv", "2024-08-04"),
        ("sr", "c"),
        ("sp", "c"),
        ("se", later.as_str()),
    ];
    let put = |path: &str| {
        let url = by_service(path, "orders", &key(&context), &fields);
        let reply = bare(&context, Method::PUT, &url)
            .with("x-ms-blob-type", "BlockBlob")
            .bytes("new")
            .reply();
        reply.status.as_u16()
    };
    assert_eq!(put("/orders/new.txt"), 201);
    assert_eq!(put(BLOB), 403);
}

#[test]
fn a_signature_for_a_resource_is_good_for_that_resource() {
    let context = example();
    let (key, later) = (key(&context), in_hours(&context, 1));
    let fields = |sr| {
        [
            ("sv", "2024-08-04"),
            ("sr", sr),
            ("sp", "rl"),
            ("se", later.as_str()),
            ("rsct", "text/x"),
        ]
    };
    let of_blob = by_service(BLOB, "orders/hello.txt", &key, &fields("b"));
    let reply = bare(&context, Method::GET, &of_blob).reply();
    assert_eq!(reply.status, 200, "{}", text(&reply));
    assert_eq!(header(&reply, "content-type"), "text/x");
    let of_container = by_service(LIST, "orders", &key, &fields("c"));
    assert_eq!(answer(&context, Method::GET, &of_container).0, 200);
    for (path, resource, sr) in [
        ("/orders/other.txt", "orders/hello.txt", "b"),
        ("/other/hello.txt", "orders", "c"),
        (LIST, "orders/hello.txt", "b"),
        ("/?comp=list", "orders", "c"),
        (BLOB, "orders/hello.txt", "bs"),
    ] {
        let url = by_service(path, resource, &key, &fields(sr));
        let found = answer(&context, Method::GET, &url);
        assert_eq!(found, refused("AuthenticationFailed"), "{path} {sr}");
    }
    let itself = by_service("/orders?restype=container", "orders", &key, &fields("c"));
    let found = answer(&context, Method::GET, &itself);
    assert_eq!(found, refused("AuthorizationPermissionMismatch"));
}

#[test]
fn a_signature_that_is_not_good_now_or_was_changed_is_none() {
    let context = example();
    let key = key(&context);
    let (before, later) = (in_hours(&context, -1), in_hours(&context, 1));
    let url = |sv: &str, st: &str, se: &str, key: &str| {
        let mut fields = vec![("sv", sv), ("sr", "b"), ("sp", "r"), ("se", se)];
        if !st.is_empty() {
            fields.push(("st", st));
        }
        by_service(BLOB, "orders/hello.txt", key, &fields)
    };
    let get = |url: &str| answer(&context, Method::GET, url);
    let good = url("2024-08-04", &before, &later, &key);
    assert_eq!(get(&good).0, 200);
    for bad in [
        url("2024-08-04", "", &before, &key),
        url("2024-08-04", &later, &later, &key),
        url("2024-08-04", "", "soon", &key),
        url("2024-08-04", "", "", &key),
        url("2014-02-14", "", &later, &key),
        url("", "", &later, &key),
        url("2024-08-04", "", &later, "AAAA"),
        good.replace("sp=r", "sp=rw"),
        good.replace("sig=", "sig=A"),
        good.replace("sr=b", "sr=c"),
        format!("{BLOB}?sig="),
    ] {
        assert_eq!(get(&bad), refused("AuthenticationFailed"), "{bad}");
    }
    context.clock.advance(std::time::Duration::from_secs(3601));
    assert_eq!(get(&good), refused("AuthenticationFailed"));
}

#[test]
fn only_the_addresses_that_a_signature_names_may_use_it() {
    let context = example();
    let (key, later) = (key(&context), in_hours(&context, 1));
    let get = |sip: &str| {
        let fields = [
            ("sv", "2024-08-04"),
            ("sr", "b"),
            ("sp", "r"),
            ("se", later.as_str()),
            ("sip", sip),
        ];
        let url = by_service(BLOB, "orders/hello.txt", &key, &fields);
        answer(&context, Method::GET, &url)
    };
    assert_eq!(get("10.1.1.4").0, 200);
    assert_eq!(get("10.1.1.1-10.1.1.9").0, 200);
    for other in ["10.1.1.5", "10.1.1.5-10.1.1.9", "anywhere"] {
        assert_eq!(get(other), refused("AuthorizationSourceIPMismatch"));
    }
}

#[test]
fn a_stored_policy_says_what_the_signature_does_not() {
    let context = writable();
    let (key, later) = (key(&context), in_hours(&context, 1));
    let policy = |end: &str| {
        let body = format!(
            "<SignedIdentifiers><SignedIdentifier><Id>p</Id><AccessPolicy><Expiry>{end}</Expiry><Permission>r</Permission></AccessPolicy></SignedIdentifier></SignedIdentifiers>"
        );
        let path = "/orders?restype=container&comp=acl";
        let set = asked(&context, Method::PUT, path).bytes(body).reply();
        assert_eq!(set.status, 200, "{}", text(&set));
    };
    policy(&later);
    let fields = [("sv", "2024-08-04"), ("sr", "c"), ("si", "p")];
    let url = by_service(BLOB, "orders", &key, &fields);
    assert_eq!(answer(&context, Method::GET, &url).0, 200);
    let both = [&fields[..], &[("sp", "r")]].concat();
    let both = by_service(BLOB, "orders", &key, &both);
    let unknown = [("sv", "2024-08-04"), ("sr", "c"), ("si", "q")];
    let unknown = by_service(BLOB, "orders", &key, &unknown);
    policy(&in_hours(&context, -1));
    for bad in [url, both, unknown] {
        assert_eq!(
            answer(&context, Method::GET, &bad),
            refused("AuthenticationFailed"),
            "{bad}"
        );
    }
}

/// The key of the workload, and when it is good.
fn users_key(context: &Context) -> (String, String, String) {
    let (start, end) = (in_hours(context, 0), in_hours(context, 2));
    let body = format!("<KeyInfo><Start>{start}</Start><Expiry>{end}</Expiry></KeyInfo>");
    let path = "/?restype=service&comp=userdelegationkey";
    let reply = asked(context, Method::POST, path).bytes(body).reply();
    let seen = text(&reply);
    let (_, rest) = seen.split_once("<Value>").unwrap();
    (rest.split_once('<').unwrap().0.to_owned(), start, end)
}

fn by_user(
    context: &Context,
    sp: &str,
    user: (&str, &str),
    key: &(String, String, String),
) -> String {
    let later = in_hours(context, 1);
    let fields = [
        ("sv", "2024-08-04"),
        ("sr", "c"),
        ("sp", sp),
        ("se", later.as_str()),
        ("skoid", user.0),
        ("sktid", user.1),
        ("skt", &key.1),
        ("ske", &key.2),
        ("sks", "b"),
        ("skv", "2024-08-04"),
    ];
    by_service(BLOB, "orders", &key.0, &fields)
}

#[test]
fn a_users_key_signs_what_the_user_may_do() {
    let context = contributor();
    let key = users_key(&context);
    let of = |sp| by_user(&context, sp, (WORKLOAD, RESOURCE), &key);
    assert_eq!(answer(&context, Method::GET, &of("r")).0, 200);
    let not_said = answer(&context, Method::DELETE, &of("r"));
    assert_eq!(not_said, refused("AuthorizationPermissionMismatch"));
    // A reader's signature deletes nothing, whatever it says.
    let context = example();
    let key = users_key(&context);
    let url = by_user(&context, "rd", (WORKLOAD, RESOURCE), &key);
    let beyond = answer(&context, Method::DELETE, &url);
    assert_eq!(beyond, refused("AuthorizationPermissionMismatch"));
}

#[test]
fn a_users_key_of_another_tenant_or_another_user_is_none() {
    let context = contributor();
    let key = users_key(&context);
    for user in [
        (IDENTITY, HOME),
        (WORKLOAD, HOME),
        (IDENTITY, RESOURCE),
        (crate::services::testing::RESOURCE_AUDITOR, RESOURCE),
    ] {
        let url = by_user(&context, "r", user, &key);
        let found = answer(&context, Method::GET, &url);
        assert_eq!(found, refused("AuthenticationFailed"), "{user:?}");
    }
}

/// What a client sends with a key.
fn with_key<'a>(context: &'a Context, method: Method, path: &str, key: &str) -> Ask<'a> {
    let plain = bare(context, method.clone(), path)
        .with("x-ms-date", "Tue, 24 Nov 2026 10:00:00 GMT")
        .with("x-ms-version", "2024-08-04")
        .with("x-ms-meta-a_b", "c")
        .with("x-ms-meta-a-c", "d");
    let text = strings::request(&plain.request(), NAME, HeaderOrder::HyphensLast);
    let signature = signature(key, &text);
    bare(context, method, path)
        .with("x-ms-date", "Tue, 24 Nov 2026 10:00:00 GMT")
        .with("x-ms-version", "2024-08-04")
        .with("x-ms-meta-a_b", "c")
        .with("x-ms-meta-a-c", "d")
        .with("authorization", &format!("SharedKey {NAME}:{signature}"))
}

#[test]
fn a_key_of_the_account_may_do_everything_but_become_a_user() {
    let context = example();
    let key = key(&context);
    for path in [BLOB, LIST, "/?restype=service&comp=properties"] {
        let reply = with_key(&context, Method::GET, path, &key).reply();
        assert_eq!(reply.status, 200, "{path}: {}", text(&reply));
    }
    let url = "/?restype=service&comp=userdelegationkey";
    let reply = with_key(&context, Method::POST, url, &key).reply();
    assert_eq!(code(&reply), (403, "AuthenticationFailed"));
    for wrong in ["AAAA", ""] {
        let reply = with_key(&context, Method::GET, BLOB, wrong).reply();
        assert_eq!(code(&reply), (403, "AuthenticationFailed"));
    }
    let of_another = bare(&context, Method::GET, BLOB)
        .with("x-ms-date", "Tue, 24 Nov 2026 10:00:00 GMT")
        .with("authorization", "SharedKey other:AAAA")
        .reply();
    assert_eq!(code(&of_another), (403, "AuthenticationFailed"));
}

#[test]
fn an_account_may_take_no_keys_and_the_way_comes_first() {
    let context = changed(|world| {
        for resource in &mut world.resources {
            if resource.id() == ACCOUNT {
                resource.body["properties"]["allowSharedKeyAccess"] = false.into();
            }
        }
    });
    let (key, later) = (key(&context), in_hours(&context, 1));
    let fields = [
        ("sv", "2024-08-04"),
        ("sr", "b"),
        ("sp", "r"),
        ("se", later.as_str()),
    ];
    let url = by_service(BLOB, "orders/hello.txt", &key, &fields);
    let wanted = refused("KeyBasedAuthenticationNotPermitted");
    assert_eq!(answer(&context, Method::GET, &url), wanted);
    let reply = with_key(&context, Method::GET, BLOB, &key).reply();
    assert_eq!(code(&reply), (403, "KeyBasedAuthenticationNotPermitted"));
    let users = users_key(&context);
    let url = by_user(&context, "r", (WORKLOAD, RESOURCE), &users);
    assert_eq!(answer(&context, Method::GET, &url).0, 200);
    let public = ask(&context, Method::GET, &format!("{HOST}{url}")).reply();
    assert_eq!(code(&public), (403, "AuthorizationFailure"));
}

#[test]
fn a_copy_reads_its_source_by_the_signature_of_the_source() {
    let context = contributor();
    let users = users_key(&context);
    let source = by_user(&context, "r", (WORKLOAD, RESOURCE), &users);
    let copy = |source: &str| {
        let reply = asked(&context, Method::PUT, "/orders/copy.txt")
            .with("x-ms-copy-source", &format!("https://{HOST}{source}"))
            .reply();
        reply.status.as_u16()
    };
    assert_eq!(copy(&source), 202);
    assert_eq!(copy(&source.replace("sp=r", "sp=rw")), 403);
}
