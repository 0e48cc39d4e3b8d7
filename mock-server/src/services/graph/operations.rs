//! THE list of Graph's operations.
//!
//! Objects are named in two ways, so most operations stand here twice: by a segment (`applications/{object id}`) and by a
//! key in parentheses (`applications(appId='…')`, `applications(uniqueName='…')`, `applications('…')`).

use http::Method;

use super::asked::answer;
use super::{
    applications, batch, credentials, deleted, grants, groups, objects, organization, owners,
    principals, role_assignments, secrets,
};
use crate::auth::Audience;
use crate::services::{Access, Handler, Operation};

/// An operation: id as in the names of microsoft-graph-docs' pages, method, path, function.
macro_rules! operation {
    ($id:literal, $method:ident, $path:literal, $function:path) => {
        operation($id, Method::$method, $path, |context, request, caller| {
            answer(context, request, caller, $function)
        })
    };
}

pub(super) const OPERATIONS: &[Operation] = &[
    // -- batch and objects of any kind --
    operation!("batch", POST, "/v1.0/$batch", batch::post),
    operation!(
        "directoryobject-getbyids",
        POST,
        "/v1.0/directoryObjects/getByIds",
        objects::get_by_ids
    ),
    operation!(
        "directoryobject-get",
        GET,
        "/v1.0/directoryObjects/{id}",
        objects::get
    ),
    operation!(
        "directoryobject-getmembergroups",
        POST,
        "/v1.0/directoryObjects/{id}/getMemberGroups",
        objects::member_groups
    ),
    operation!(
        "directoryobject-getmemberobjects",
        POST,
        "/v1.0/directoryObjects/{id}/getMemberObjects",
        objects::member_groups
    ),
    operation!(
        "directoryobject-checkmembergroups",
        POST,
        "/v1.0/directoryObjects/{id}/checkMemberGroups",
        objects::check_member_groups
    ),
    operation!(
        "serviceprincipal-getmembergroups",
        POST,
        "/v1.0/servicePrincipals/{id}/getMemberGroups",
        objects::member_groups
    ),
    operation!(
        "serviceprincipal-getmemberobjects",
        POST,
        "/v1.0/servicePrincipals/{id}/getMemberObjects",
        objects::member_groups
    ),
    operation!(
        "serviceprincipal-checkmembergroups",
        POST,
        "/v1.0/servicePrincipals/{id}/checkMemberGroups",
        objects::check_member_groups
    ),
    operation!(
        "serviceprincipal-getmembergroups (key)",
        POST,
        "/v1.0/servicePrincipals({key})/getMemberGroups",
        objects::member_groups
    ),
    operation!(
        "serviceprincipal-getmemberobjects (key)",
        POST,
        "/v1.0/servicePrincipals({key})/getMemberObjects",
        objects::member_groups
    ),
    operation!(
        "serviceprincipal-checkmembergroups (key)",
        POST,
        "/v1.0/servicePrincipals({key})/checkMemberGroups",
        objects::check_member_groups
    ),
    operation!(
        "group-getmembergroups",
        POST,
        "/v1.0/groups/{id}/getMemberGroups",
        objects::member_groups
    ),
    operation!(
        "group-getmemberobjects",
        POST,
        "/v1.0/groups/{id}/getMemberObjects",
        objects::member_groups
    ),
    operation!(
        "group-checkmembergroups",
        POST,
        "/v1.0/groups/{id}/checkMemberGroups",
        objects::check_member_groups
    ),
    operation!(
        "directory-deleteditems-get, -list (cast)",
        GET,
        "/v1.0/directory/deletedItems/{id}",
        deleted::get
    ),
    operation!(
        "directory-deleteditems-restore",
        POST,
        "/v1.0/directory/deletedItems/{id}/restore",
        deleted::restore
    ),
    operation!(
        "directory-deleteditems-delete",
        DELETE,
        "/v1.0/directory/deletedItems/{id}",
        deleted::delete
    ),
    operation!(
        "organization-list",
        GET,
        "/v1.0/organization",
        organization::list
    ),
    operation!(
        "organization-get",
        GET,
        "/v1.0/organization/{id}",
        organization::get
    ),
    operation!("user-get (me)", GET, "/v1.0/me", organization::me),
    operation!(
        "user-list-ownedobjects (me)",
        GET,
        "/v1.0/me/ownedObjects",
        organization::me
    ),
    operation!("user-list", GET, "/v1.0/users", organization::users),
    operation!("user-get", GET, "/v1.0/users/{id}", organization::user),
    operation!(
        "oauth2permissiongrant-list",
        GET,
        "/v1.0/oauth2PermissionGrants",
        grants::list
    ),
    operation!(
        "oauth2permissiongrant-post",
        POST,
        "/v1.0/oauth2PermissionGrants",
        grants::post
    ),
    operation!(
        "oauth2permissiongrant-get",
        GET,
        "/v1.0/oauth2PermissionGrants/{id}",
        grants::get
    ),
    operation!(
        "oauth2permissiongrant-update",
        PATCH,
        "/v1.0/oauth2PermissionGrants/{id}",
        grants::patch
    ),
    operation!(
        "oauth2permissiongrant-delete",
        DELETE,
        "/v1.0/oauth2PermissionGrants/{id}",
        grants::delete
    ),
    operation!(
        "serviceprincipal-list-oauth2permissiongrants",
        GET,
        "/v1.0/servicePrincipals/{id}/oauth2PermissionGrants",
        grants::list_of_client
    ),
    operation!(
        "group-list-approleassignments",
        GET,
        "/v1.0/groups/{id}/appRoleAssignments",
        groups::app_roles
    ),
    operation!(
        "group-post-approleassignments",
        POST,
        "/v1.0/groups/{id}/appRoleAssignments",
        groups::assign_app_role
    ),
    operation!(
        "delta",
        GET,
        "/v1.0/{collection}/delta()",
        organization::delta
    ),
    operation!(
        "delta (bare)",
        GET,
        "/v1.0/{collection}/delta",
        organization::delta
    ),
    operation!("domain-list", GET, "/v1.0/domains", organization::domains),
    operation!(
        "domain-get",
        GET,
        "/v1.0/domains/{id}",
        organization::domain
    ),
    operation!(
        "directoryrole-list",
        GET,
        "/v1.0/directoryRoles",
        organization::directory_roles
    ),
    // -- applications --
    operation!(
        "application-list",
        GET,
        "/v1.0/applications",
        applications::list
    ),
    operation!(
        "application-count",
        GET,
        "/v1.0/applications/$count",
        applications::count
    ),
    operation!(
        "application-post-applications",
        POST,
        "/v1.0/applications",
        applications::post
    ),
    operation!(
        "application-get",
        GET,
        "/v1.0/applications/{id}",
        applications::get
    ),
    operation!(
        "application-get (key)",
        GET,
        "/v1.0/applications({key})",
        applications::get
    ),
    operation!(
        "application-update",
        PATCH,
        "/v1.0/applications/{id}",
        applications::patch
    ),
    operation!(
        "application-update (key)",
        PATCH,
        "/v1.0/applications({key})",
        applications::patch
    ),
    operation!(
        "application-delete",
        DELETE,
        "/v1.0/applications/{id}",
        applications::delete
    ),
    operation!(
        "application-delete (key)",
        DELETE,
        "/v1.0/applications({key})",
        applications::delete
    ),
    operation!(
        "application-addpassword",
        POST,
        "/v1.0/applications/{id}/addPassword",
        secrets::add_to_application
    ),
    operation!(
        "application-addpassword (key)",
        POST,
        "/v1.0/applications({key})/addPassword",
        secrets::add_to_application
    ),
    operation!(
        "application-removepassword",
        POST,
        "/v1.0/applications/{id}/removePassword",
        secrets::remove_from_application
    ),
    operation!(
        "application-removepassword (key)",
        POST,
        "/v1.0/applications({key})/removePassword",
        secrets::remove_from_application
    ),
    operation!(
        "application-list-owners",
        GET,
        "/v1.0/applications/{id}/owners",
        owners::of_application
    ),
    operation!(
        "application-list-owners (key)",
        GET,
        "/v1.0/applications({key})/owners",
        owners::of_application
    ),
    operation!(
        "application-post-owners",
        POST,
        "/v1.0/applications/{id}/owners/$ref",
        owners::add_to_application
    ),
    operation!(
        "application-post-owners (key)",
        POST,
        "/v1.0/applications({key})/owners/$ref",
        owners::add_to_application
    ),
    operation!(
        "application-delete-owners",
        DELETE,
        "/v1.0/applications/{id}/owners/{object}/$ref",
        owners::remove_from_application
    ),
    operation!(
        "application-delete-owners (key)",
        DELETE,
        "/v1.0/applications({key})/owners/{object}/$ref",
        owners::remove_from_application
    ),
    // -- federated identity credentials --
    operation!(
        "application-list-federatedidentitycredentials",
        GET,
        "/v1.0/applications/{id}/federatedIdentityCredentials",
        credentials::list
    ),
    operation!(
        "application-list-federatedidentitycredentials (key)",
        GET,
        "/v1.0/applications({key})/federatedIdentityCredentials",
        credentials::list
    ),
    operation!(
        "application-post-federatedidentitycredentials",
        POST,
        "/v1.0/applications/{id}/federatedIdentityCredentials",
        credentials::post
    ),
    operation!(
        "application-post-federatedidentitycredentials (key)",
        POST,
        "/v1.0/applications({key})/federatedIdentityCredentials",
        credentials::post
    ),
    operation!(
        "federatedidentitycredential-get",
        GET,
        "/v1.0/applications/{id}/federatedIdentityCredentials/{credential}",
        credentials::get
    ),
    operation!(
        "federatedidentitycredential-get (key)",
        GET,
        "/v1.0/applications({key})/federatedIdentityCredentials/{credential}",
        credentials::get
    ),
    operation!(
        "federatedidentitycredential-get (name)",
        GET,
        "/v1.0/applications/{id}/federatedIdentityCredentials({credentialKey})",
        credentials::get
    ),
    operation!(
        "federatedidentitycredential-get (name) (key)",
        GET,
        "/v1.0/applications({key})/federatedIdentityCredentials({credentialKey})",
        credentials::get
    ),
    operation!(
        "federatedidentitycredential-update",
        PATCH,
        "/v1.0/applications/{id}/federatedIdentityCredentials/{credential}",
        credentials::patch
    ),
    operation!(
        "federatedidentitycredential-update (key)",
        PATCH,
        "/v1.0/applications({key})/federatedIdentityCredentials/{credential}",
        credentials::patch
    ),
    operation!(
        "federatedidentitycredential-update (name)",
        PATCH,
        "/v1.0/applications/{id}/federatedIdentityCredentials({credentialKey})",
        credentials::patch
    ),
    operation!(
        "federatedidentitycredential-update (name) (key)",
        PATCH,
        "/v1.0/applications({key})/federatedIdentityCredentials({credentialKey})",
        credentials::patch
    ),
    operation!(
        "federatedidentitycredential-delete",
        DELETE,
        "/v1.0/applications/{id}/federatedIdentityCredentials/{credential}",
        credentials::delete
    ),
    operation!(
        "federatedidentitycredential-delete (key)",
        DELETE,
        "/v1.0/applications({key})/federatedIdentityCredentials/{credential}",
        credentials::delete
    ),
    operation!(
        "federatedidentitycredential-delete (name)",
        DELETE,
        "/v1.0/applications/{id}/federatedIdentityCredentials({credentialKey})",
        credentials::delete
    ),
    operation!(
        "federatedidentitycredential-delete (name) (key)",
        DELETE,
        "/v1.0/applications({key})/federatedIdentityCredentials({credentialKey})",
        credentials::delete
    ),
    // -- app roles --
    operation!(
        "serviceprincipal-list-approleassignments",
        GET,
        "/v1.0/servicePrincipals/{id}/appRoleAssignments",
        role_assignments::list_held
    ),
    operation!(
        "serviceprincipal-post-approleassignments",
        POST,
        "/v1.0/servicePrincipals/{id}/appRoleAssignments",
        role_assignments::post_held
    ),
    operation!(
        "serviceprincipal-get-approleassignments",
        GET,
        "/v1.0/servicePrincipals/{id}/appRoleAssignments/{assignment}",
        role_assignments::get_held
    ),
    operation!(
        "serviceprincipal-delete-approleassignments",
        DELETE,
        "/v1.0/servicePrincipals/{id}/appRoleAssignments/{assignment}",
        role_assignments::delete_held
    ),
    operation!(
        "serviceprincipal-list-approleassignments (key)",
        GET,
        "/v1.0/servicePrincipals({key})/appRoleAssignments",
        role_assignments::list_held
    ),
    operation!(
        "serviceprincipal-post-approleassignments (key)",
        POST,
        "/v1.0/servicePrincipals({key})/appRoleAssignments",
        role_assignments::post_held
    ),
    operation!(
        "serviceprincipal-get-approleassignments (key)",
        GET,
        "/v1.0/servicePrincipals({key})/appRoleAssignments/{assignment}",
        role_assignments::get_held
    ),
    operation!(
        "serviceprincipal-delete-approleassignments (key)",
        DELETE,
        "/v1.0/servicePrincipals({key})/appRoleAssignments/{assignment}",
        role_assignments::delete_held
    ),
    operation!(
        "serviceprincipal-list-approleassignedto",
        GET,
        "/v1.0/servicePrincipals/{id}/appRoleAssignedTo",
        role_assignments::list_given
    ),
    operation!(
        "serviceprincipal-post-approleassignedto",
        POST,
        "/v1.0/servicePrincipals/{id}/appRoleAssignedTo",
        role_assignments::post_given
    ),
    operation!(
        "serviceprincipal-get-approleassignedto",
        GET,
        "/v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}",
        role_assignments::get_given
    ),
    operation!(
        "serviceprincipal-delete-approleassignedto",
        DELETE,
        "/v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}",
        role_assignments::delete_given
    ),
    operation!(
        "serviceprincipal-list-approleassignedto (key)",
        GET,
        "/v1.0/servicePrincipals({key})/appRoleAssignedTo",
        role_assignments::list_given
    ),
    operation!(
        "serviceprincipal-post-approleassignedto (key)",
        POST,
        "/v1.0/servicePrincipals({key})/appRoleAssignedTo",
        role_assignments::post_given
    ),
    operation!(
        "serviceprincipal-get-approleassignedto (key)",
        GET,
        "/v1.0/servicePrincipals({key})/appRoleAssignedTo/{assignment}",
        role_assignments::get_given
    ),
    operation!(
        "serviceprincipal-delete-approleassignedto (key)",
        DELETE,
        "/v1.0/servicePrincipals({key})/appRoleAssignedTo/{assignment}",
        role_assignments::delete_given
    ),
    // -- service principals --
    operation!(
        "serviceprincipal-list",
        GET,
        "/v1.0/servicePrincipals",
        principals::list
    ),
    operation!(
        "serviceprincipal-count",
        GET,
        "/v1.0/servicePrincipals/$count",
        principals::count
    ),
    operation!(
        "serviceprincipal-post-serviceprincipals",
        POST,
        "/v1.0/servicePrincipals",
        principals::post
    ),
    operation!(
        "serviceprincipal-get",
        GET,
        "/v1.0/servicePrincipals/{id}",
        principals::get
    ),
    operation!(
        "serviceprincipal-get (key)",
        GET,
        "/v1.0/servicePrincipals({key})",
        principals::get
    ),
    operation!(
        "serviceprincipal-update",
        PATCH,
        "/v1.0/servicePrincipals/{id}",
        principals::patch
    ),
    operation!(
        "serviceprincipal-update (key)",
        PATCH,
        "/v1.0/servicePrincipals({key})",
        principals::patch
    ),
    operation!(
        "serviceprincipal-delete",
        DELETE,
        "/v1.0/servicePrincipals/{id}",
        principals::delete
    ),
    operation!(
        "serviceprincipal-delete (key)",
        DELETE,
        "/v1.0/servicePrincipals({key})",
        principals::delete
    ),
    operation!(
        "serviceprincipal-addpassword",
        POST,
        "/v1.0/servicePrincipals/{id}/addPassword",
        secrets::add_to_principal
    ),
    operation!(
        "serviceprincipal-addpassword (key)",
        POST,
        "/v1.0/servicePrincipals({key})/addPassword",
        secrets::add_to_principal
    ),
    operation!(
        "serviceprincipal-removepassword",
        POST,
        "/v1.0/servicePrincipals/{id}/removePassword",
        secrets::remove_from_principal
    ),
    operation!(
        "serviceprincipal-removepassword (key)",
        POST,
        "/v1.0/servicePrincipals({key})/removePassword",
        secrets::remove_from_principal
    ),
    operation!(
        "serviceprincipal-list-owners",
        GET,
        "/v1.0/servicePrincipals/{id}/owners",
        owners::of_principal
    ),
    operation!(
        "serviceprincipal-list-owners (key)",
        GET,
        "/v1.0/servicePrincipals({key})/owners",
        owners::of_principal
    ),
    operation!(
        "serviceprincipal-post-owners",
        POST,
        "/v1.0/servicePrincipals/{id}/owners/$ref",
        owners::add_to_principal
    ),
    operation!(
        "serviceprincipal-post-owners (key)",
        POST,
        "/v1.0/servicePrincipals({key})/owners/$ref",
        owners::add_to_principal
    ),
    operation!(
        "serviceprincipal-delete-owners",
        DELETE,
        "/v1.0/servicePrincipals/{id}/owners/{object}/$ref",
        owners::remove_from_principal
    ),
    operation!(
        "serviceprincipal-delete-owners (key)",
        DELETE,
        "/v1.0/servicePrincipals({key})/owners/{object}/$ref",
        owners::remove_from_principal
    ),
    operation!(
        "serviceprincipal-list-memberof",
        GET,
        "/v1.0/servicePrincipals/{id}/memberOf",
        objects::principal_member_of
    ),
    operation!(
        "serviceprincipal-list-memberof (key)",
        GET,
        "/v1.0/servicePrincipals({key})/memberOf",
        objects::principal_member_of
    ),
    operation!(
        "serviceprincipal-list-transitivememberof",
        GET,
        "/v1.0/servicePrincipals/{id}/transitiveMemberOf",
        objects::principal_memberships
    ),
    operation!(
        "serviceprincipal-list-transitivememberof (key)",
        GET,
        "/v1.0/servicePrincipals({key})/transitiveMemberOf",
        objects::principal_memberships
    ),
    operation!(
        "serviceprincipal-list-memberof (cast)",
        GET,
        "/v1.0/servicePrincipals/{id}/memberOf/{type}",
        objects::principal_member_of_type
    ),
    operation!(
        "serviceprincipal-list-memberof (cast) (key)",
        GET,
        "/v1.0/servicePrincipals({key})/memberOf/{type}",
        objects::principal_member_of_type
    ),
    operation!(
        "serviceprincipal-list-transitivememberof (cast)",
        GET,
        "/v1.0/servicePrincipals/{id}/transitiveMemberOf/{type}",
        objects::principal_memberships_type
    ),
    operation!(
        "serviceprincipal-list-transitivememberof (cast) (key)",
        GET,
        "/v1.0/servicePrincipals({key})/transitiveMemberOf/{type}",
        objects::principal_memberships_type
    ),
    // -- groups --
    operation!("group-list", GET, "/v1.0/groups", groups::list),
    operation!("group-count", GET, "/v1.0/groups/$count", groups::count),
    operation!("group-post-groups", POST, "/v1.0/groups", groups::post),
    operation!("group-get", GET, "/v1.0/groups/{id}", groups::get),
    operation!("group-update", PATCH, "/v1.0/groups/{id}", groups::patch),
    operation!("group-delete", DELETE, "/v1.0/groups/{id}", groups::delete),
    operation!(
        "group-list-members",
        GET,
        "/v1.0/groups/{id}/members",
        groups::members
    ),
    operation!(
        "group-list-transitivemembers",
        GET,
        "/v1.0/groups/{id}/transitiveMembers",
        groups::transitive_members
    ),
    operation!(
        "group-post-members",
        POST,
        "/v1.0/groups/{id}/members/$ref",
        groups::add_member
    ),
    operation!(
        "group-delete-members",
        DELETE,
        "/v1.0/groups/{id}/members/{object}/$ref",
        groups::remove_member
    ),
    operation!(
        "group-list-memberof",
        GET,
        "/v1.0/groups/{id}/memberOf",
        groups::member_of
    ),
    operation!(
        "group-list-owners",
        GET,
        "/v1.0/groups/{id}/owners",
        owners::of_group
    ),
    operation!(
        "group-post-owners",
        POST,
        "/v1.0/groups/{id}/owners/$ref",
        owners::add_to_group
    ),
    operation!(
        "group-delete-owners",
        DELETE,
        "/v1.0/groups/{id}/owners/{object}/$ref",
        owners::remove_from_group
    ),
    operation!(
        "group-list-members (cast)",
        GET,
        "/v1.0/groups/{id}/members/{type}",
        groups::members_type
    ),
    operation!(
        "group-list-transitivemembers (cast)",
        GET,
        "/v1.0/groups/{id}/transitiveMembers/{type}",
        groups::transitive_members_type
    ),
];

const fn operation(
    id: &'static str,
    method: Method,
    path: &'static str,
    handler: Handler,
) -> Operation {
    Operation {
        id,
        method,
        path,
        access: Access::Bearer(Audience::Graph),
        spec: Some("graph/v1.0/graph-v1.0-cut.csdl.xml"),
        simplified: "no replication delay; owners and members are expanded, nothing else",
        handler: Some(handler),
    }
}
