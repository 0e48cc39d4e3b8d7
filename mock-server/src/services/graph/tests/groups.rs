//! Groups and their members.

use super::*;

const WRITER: &[&str] = &["Group.ReadWrite.All", "Application.Read.All"];

fn link(id: &str) -> Value {
    json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")})
}

fn group(context: &Context, name: &str) -> String {
    let body = json!({"displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true});
    let (status, body) = post(context, "groups", &body);
    assert_eq!(status, 201, "{body}");
    body["id"].as_str().unwrap().to_owned()
}

#[test]
fn members_come_and_go_and_carry_their_groups() {
    let context = permitted(WRITER);
    let (outer, inner) = (group(&context, "outer"), group(&context, "inner"));
    let members = |group: &str| format!("groups/{group}/members/$ref");
    assert_eq!(post(&context, &members(&outer), &link(&inner)).0, 204);
    assert_eq!(post(&context, &members(&inner), &link(HOME_AUDITOR)).0, 204);
    let again = post(&context, &members(&inner), &link(HOME_AUDITOR));
    assert!(
        again.0 == 400
            && again.1["error"]["message"]
                .as_str()
                .unwrap()
                .contains("'members'")
    );
    assert_eq!(post(&context, &members(&inner), &link("nobody")).0, 404);
    assert_eq!(post(&context, &members(&inner), &json!({})).0, 400);
    let number = |path: &str| home(&context, path).1["value"].as_array().map(Vec::len);
    assert_eq!(number(&format!("groups/{outer}/members")), Some(1));
    assert_eq!(
        number(&format!("groups/{outer}/transitiveMembers")),
        Some(2)
    );
    let principal = format!("servicePrincipals/{HOME_AUDITOR}");
    assert_eq!(number(&format!("{principal}/memberOf")), Some(1));
    assert_eq!(number(&format!("{principal}/transitiveMemberOf")), Some(2));
    assert_eq!(
        number(&format!("groups/{outer}/members/graph.group")),
        Some(1)
    );
    assert_eq!(
        number(&format!("groups/{outer}/members/microsoft.graph.user")),
        Some(0)
    );
    assert_eq!(
        number(&format!("{principal}/memberOf/graph.group")),
        Some(1)
    );
    assert_eq!(home(&context, &format!("groups/{outer}/members/x")).0, 400);
    let cast = format!("groups/{outer}/transitiveMembers/graph.servicePrincipal");
    assert_eq!(home(&context, &cast).0, 400, "an advanced query");
    let url = format!("graph.microsoft.com/v1.0/{cast}?$count=true");
    let counted = get(&context, &url).with("consistencylevel", "eventual");
    let counted = counted.bearing(HOME, HOME_AUDITOR, Audience::Graph).ok();
    assert_eq!(counted["@odata.count"], 1);
    let owners = format!("groups/{outer}/owners");
    assert_eq!(
        post(&context, &format!("{owners}/$ref"), &link(HOME_AUDITOR)).0,
        204
    );
    assert_eq!(number(&owners), Some(1));
    assert_eq!(
        delete(&context, &format!("{owners}/{HOME_AUDITOR}/$ref")).0,
        204
    );
    let all = json!({"securityEnabledOnly": false});
    for collection in ["directoryObjects", "servicePrincipals"] {
        let path = format!("{collection}/{HOME_AUDITOR}/getMemberGroups");
        let (_, body) = post(&context, &path, &all);
        assert_eq!(body["value"].as_array().map(Vec::len), Some(2), "{body}");
        assert_eq!(post(&context, &path, &json!({})).0, 400);
    }
    let check = json!({"groupIds": [outer, "nothing"]});
    let (_, body) = post(&context, &format!("{principal}/checkMemberGroups"), &check);
    assert_eq!(body["value"], json!([outer]));
    let member = format!("groups/{inner}/members/{HOME_AUDITOR}/$ref");
    assert_eq!(
        (delete(&context, &member).0, delete(&context, &member).0),
        (204, 404)
    );
    assert_eq!(number(&format!("{principal}/transitiveMemberOf")), Some(0));
    assert_eq!(delete(&context, &format!("groups/{outer}")).0, 204);
    assert_eq!(home(&context, &format!("groups/{outer}")).0, 404);
}

#[test]
fn a_group_is_changed_and_what_it_cannot_be_is_refused() {
    let context = permitted(WRITER);
    let id = group(&context, "one");
    let path = format!("groups/{id}");
    assert_eq!(
        patch(
            &context,
            &path,
            &json!({"displayName": "two", "description": "d"})
        )
        .0,
        204
    );
    let (_, body) = home(&context, &path);
    assert_eq!(
        (&body["displayName"], &body["mailNickname"]),
        (&json!("two"), &json!("one"))
    );
    let bind = json!({"members@odata.bind": [format!("https://graph.microsoft.com/v1.0/directoryObjects/{HOME_AUDITOR}")]});
    assert_eq!(patch(&context, &path, &bind).0, 204);
    assert_eq!(patch(&context, &path, &json!({"id": "x"})).0, 400);
    assert_eq!(
        post(&context, "groups", &json!({"displayName": "x"})).0,
        400
    );
    let mailbox = json!({"displayName": "m", "mailEnabled": true, "mailNickname": "m", "securityEnabled": false});
    assert_eq!(post(&context, "groups", &mailbox).0, 501);
    let (_, body) = home(&context, "groups?$filter=displayName%20eq%20'two'");
    assert_eq!(body["value"].as_array().map(Vec::len), Some(1));
}

#[test]
fn each_permission_of_groups_does_its_own() {
    let body = json!({"displayName": "g", "mailEnabled": false, "mailNickname": "g", "securityEnabled": true});
    for (permissions, created, read) in [
        (vec!["Group.Read.All"], 403, 200),
        (vec!["Group.Create"], 201, 403),
        (vec!["Directory.Read.All"], 403, 200),
        (vec!["Directory.ReadWrite.All"], 201, 200),
        (vec!["Application.ReadWrite.All"], 403, 403),
    ] {
        let context = permitted(&permissions);
        assert_eq!(
            post(&context, "groups", &body).0,
            created,
            "{permissions:?}"
        );
        assert_eq!(home(&context, "groups").0, read, "{permissions:?}");
    }
}

#[test]
fn of_what_may_not_be_read_only_id_and_type_are_told() {
    let context = changed(|world| {
        let home = world.tenants.get_mut("home").unwrap();
        home.groups.push(Group {
            id: "09000000-0000-4000-8000-000000000001".to_owned(),
            display_name: "secret name".to_owned(),
            members: vec![HOME_AUDITOR.to_owned()],
            security_enabled: true,
        });
    });
    let (_, body) = home(
        &context,
        &format!("servicePrincipals/{HOME_AUDITOR}/memberOf"),
    );
    let group = &body["value"][0];
    assert_eq!(group["id"], "09000000-0000-4000-8000-000000000001");
    assert_eq!(
        (&group["@odata.type"], &group["displayName"]),
        (&json!("#microsoft.graph.group"), &Value::Null)
    );
    assert_eq!(
        home(
            &context,
            "directoryObjects/09000000-0000-4000-8000-000000000001"
        )
        .0,
        403
    );
    let (_, body) = home(&context, &format!("directoryObjects/{HOME_AUDITOR}"));
    assert_eq!(body["@odata.type"], "#microsoft.graph.servicePrincipal");
}
