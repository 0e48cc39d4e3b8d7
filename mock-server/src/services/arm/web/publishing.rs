//! What an app is published with: `WebApps_ListPublishingProfileXmlWithSecrets`, which clients ask for the FTP address.
//!
//! Shape: the `.publishsettings` file of azure-docs (`app-service/deploy-configure-credentials.md`). Names and passwords are
//! `REDACTED`, as for an app whose basic authentication is off (same page): the mock takes no code, so there is none to give.

use bytes::Bytes;
use http::StatusCode;

use super::handlers::site_of;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::functions::host_of;

/// `publishxml`.
pub(super) fn profiles(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match site_of(&state, request) {
        Ok(site) => xml(document(&site.name, &host_of(site))),
        Err(reply) => reply,
    }
}

fn xml(text: String) -> Reply {
    Reply {
        status: StatusCode::OK,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: Bytes::from(text),
    }
}

/// A name of an app is letters, digits and hyphens: nothing to escape.
fn document(name: &str, host: &str) -> String {
    let scm = host.replacen('.', ".scm.", 1);
    let ftp = format!(
        "ftps://{}.ftp.azurewebsites.windows.net/site/wwwroot",
        name.to_ascii_lowercase()
    );
    let profile = |title: &str, method: &str, url: &str, more: &str| {
        format!(
            r#"<publishProfile profileName="{name} - {title}" publishMethod="{method}" publishUrl="{url}" {more} userName="REDACTED" userPWD="REDACTED" destinationAppUrl="http://{host}" SQLServerDBConnectionString="" mySQLDBConnectionString="" hostingProviderForumLink="" controlPanelLink="https://portal.azure.com" webSystem="WebSites"><databases /></publishProfile>"#
        )
    };
    let site = format!(r#"msdeploySite="{name}""#);
    let port = format!("{scm}:443");
    [
        "<publishData>".to_owned(),
        profile("Web Deploy", "MSDeploy", &port, &site),
        profile("FTP", "FTP", &ftp, r#"ftpPassiveMode="True""#),
        profile("Zip Deploy", "ZipDeploy", &port, ""),
        "</publishData>".to_owned(),
    ]
    .concat()
}
