//! An image is read: manifests, layers, lists.

use http::Method;
use serde_json::json;

use super::{DATA_DOOR, DOOR, access, body, code, read};
use crate::services::apps_world::{LOGIN, context, problems};
use crate::services::testing::{ask, get, header};

#[test]
fn an_image_is_pulled_over_the_private_endpoint() {
    let context = context(&[]);
    let token = access(&context, "repository:orders/api:pull");
    let reply = read(&context, "/v2/orders/api/manifests/v1", &token);
    assert_eq!(reply.status, 200);
    let digest = header(&reply, "docker-content-digest").to_owned();
    let manifest = body(&reply);
    assert_eq!(
        header(&reply, "content-type"),
        manifest["mediaType"].as_str().unwrap()
    );
    let by_digest = read(
        &context,
        &format!("/v2/orders/api/manifests/{digest}"),
        &token,
    );
    assert_eq!(by_digest.body, reply.body);
    let layer = manifest["layers"][0]["digest"].as_str().unwrap();
    let reply = read(&context, &format!("/v2/orders/api/blobs/{layer}"), &token);
    assert_eq!(reply.status, 307);
    let link = header(&reply, "location");
    let link = link.strip_prefix("https://").unwrap();
    assert!(
        link.starts_with("acrresource.japaneast.data.azurecr.io/"),
        "{link}"
    );
    let reply = get(&context, link).by(DATA_DOOR).reply();
    assert_eq!((reply.status.as_u16(), &reply.body[..]), (200, &b"one"[..]));
    let part = get(&context, link).by(DATA_DOOR).with("range", "bytes=0-1");
    let part = part.reply();
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &b"on"[..]));
    assert_eq!(header(&part, "content-range"), "bytes 0-1/3");
    let beyond = get(&context, link).by(DATA_DOOR).with("range", "bytes=9-");
    assert_eq!(beyond.reply().status, 416);
    // The registry's own address does not serve its data, nor the data's address the registry.
    assert_eq!(get(&context, link).by(DOOR).reply().status, 421);
    assert_eq!(
        get(&context, &format!("{LOGIN}/v2/"))
            .by(DATA_DOOR)
            .reply()
            .status,
        421
    );
    assert_eq!(get(&context, link).reply().status, 403);
}

#[test]
fn head_tells_size_and_digest() {
    let context = context(&[]);
    let token = access(&context, "repository:orders/api:pull");
    let manifest = body(&read(&context, "/v2/orders/api/manifests/v1", &token));
    let layer = manifest["config"]["digest"].as_str().unwrap();
    for path in ["manifests/v1", &format!("blobs/{layer}")] {
        let reply = ask(
            &context,
            Method::HEAD,
            &format!("{LOGIN}/v2/orders/api/{path}"),
        )
        .with("authorization", &format!("Bearer {token}"))
        .by(DOOR)
        .reply();
        assert_eq!(reply.status, 200, "{path}");
        assert!(header(&reply, "docker-content-digest").starts_with("sha256:"));
    }
}

#[test]
fn what_is_not_there_says_so() {
    let context = context(&[]);
    let token = access(&context, "repository:orders/api:pull");
    let reply = read(&context, "/v2/orders/api/manifests/v9", &token);
    assert_eq!(code(&reply), (404, "MANIFEST_UNKNOWN".to_owned()));
    assert_eq!(
        body(&reply)["errors"][0]["message"],
        "manifest tagged by \"v9\" is not found"
    );
    assert_eq!(body(&reply)["errors"][0]["detail"], json!({"Tag": "v9"}));
    let reply = read(&context, "/v2/orders/api/blobs/sha256:00", &token);
    assert_eq!(code(&reply), (404, "BLOB_UNKNOWN".to_owned()));
    let token = access(&context, "repository:nothing:pull");
    let reply = read(&context, "/v2/nothing/manifests/v1", &token);
    assert_eq!(code(&reply), (404, "NAME_UNKNOWN".to_owned()));
    assert_eq!(
        body(&reply)["errors"][0]["detail"],
        json!({"name": "nothing"})
    );
    let put = ask(
        &context,
        Method::PUT,
        &format!("{LOGIN}/v2/orders/api/manifests/v1"),
    );
    assert_eq!(put.by(DOOR).reply().status, 501);
}

#[test]
fn accept_chooses_and_a_known_manifest_is_304() {
    let context = context(&[]);
    let token = access(&context, "repository:orders/api:pull");
    let ask = |name: &str, value: &str| {
        get(&context, &format!("{LOGIN}/v2/orders/api/manifests/v1"))
            .with("authorization", &format!("Bearer {token}"))
            .with(name, value)
            .by(DOOR)
            .reply()
    };
    let docker = "application/vnd.docker.distribution.manifest.v2+json";
    let both = format!("{docker};q=0.5, application/vnd.oci.image.manifest.v1+json");
    assert_eq!(ask("accept", &both).status, 200);
    assert_eq!(ask("accept", "*/*").status, 200);
    assert_eq!(
        code(&ask("accept", docker)),
        (404, "MANIFEST_UNKNOWN".to_owned())
    );
    let digest = header(&ask("accept", "*/*"), "docker-content-digest").to_owned();
    assert_eq!(ask("if-none-match", &format!("\"{digest}\"")).status, 304);
}

#[test]
fn lists_come_in_pages() {
    let context = context(&[]);
    let token = access(
        &context,
        "registry:catalog:* repository:orders/api:metadata_read",
    );
    let reply = read(&context, "/v2/_catalog?n=1", &token);
    assert_eq!(body(&reply)["repositories"], json!(["orders/api"]));
    assert_eq!(
        header(&reply, "link"),
        "</v2/_catalog?last=orders%2Fapi&n=1>; rel=\"next\""
    );
    let reply = read(&context, "/v2/_catalog?last=orders%2Fapi&n=1", &token);
    assert_eq!(body(&reply)["repositories"], json!(["other"]));
    assert_eq!(header(&reply, "link"), "");
    let reply = read(&context, "/v2/orders/api/tags/list", &token);
    assert_eq!(
        body(&reply),
        json!({"name": "orders/api", "tags": ["v1", "v2"]})
    );
    let reply = read(&context, "/acr/v1/orders/api/_tags", &token);
    assert_eq!(body(&reply)["tags"][1]["name"], "v2");
    let reply = read(&context, "/acr/v1/orders/api/_manifests", &token);
    assert_eq!(body(&reply)["manifests"].as_array().unwrap().len(), 2);
    let digest = body(&reply)["manifests"][0]["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    for (path, status) in [
        ("/acr/v1/orders/api", 200),
        ("/acr/v1/orders/api/_tags/v1", 200),
        ("/acr/v1/orders/api/_tags/v9", 404),
        (&*format!("/acr/v1/orders/api/_manifests/{digest}"), 200),
        ("/acr/v1/orders/api/_manifests/sha256:00", 404),
        ("/acr/v1/other/_tags/latest", 401),
    ] {
        assert_eq!(
            read(&context, path, &token).status.as_u16(),
            status,
            "{path}"
        );
    }
    assert_eq!(read(&context, "/v2/_catalog?n=0", &token).status, 400);
}

#[test]
fn worlds_with_malformed_images_are_refused() {
    for (from, to, title) in [
        (
            "  acrresource:\n",
            "  acrother:\n",
            "the world has no Microsoft.ContainerRegistry/registries named acrother",
        ),
        (
            "    orders/api:\n",
            "    Orders/api:\n",
            "not a repository name: Orders/api",
        ),
        ("      latest:", "      -latest:", "not a tag: -latest"),
        (
            "[{text: three}]",
            "[{text: three, base64: eA==}]",
            "the blob's content is given twice or not at all",
        ),
    ] {
        let found = problems(from, to);
        assert!(found.iter().any(|it| it == title), "{title}: {found:?}");
    }
}
