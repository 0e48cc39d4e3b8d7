//! Languages and versions that apps may be made with: `functionAppStacks` and `webAppStacks`.
//!
//! Shapes: azure-rest-api-specs `web/…/2023-12-01/Provider.json`, `examples/GetFunctionAppStacks.json`,
//! `examples/GetWebAppStacks.json`. Clients look here before they make an app or change its settings. Whoever has a token may
//! ask, as for the list of providers. Missing on purpose: Windows, ends of life, and most versions.

use http::Method;
use serde_json::{Value, json};

use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::page;
use crate::services::{Access, Handler, Operation};

const SOME: &str = "some versions for Linux, without ends of life";

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    open(
        "Provider_GetFunctionAppStacks",
        "/providers/Microsoft.Web/functionAppStacks",
        functions,
    ),
    open(
        "Provider_GetWebAppStacks",
        "/providers/Microsoft.Web/webAppStacks",
        webs,
    ),
];

const fn open(id: &'static str, path: &'static str, handler: Handler) -> Operation {
    Operation {
        id,
        method: Method::GET,
        path,
        access: Access::Bearer(Audience::Arm),
        spec: None,
        simplified: SOME,
        handler: Some(handler),
    }
}

/// A language: its name, its title, `FUNCTIONS_WORKER_RUNTIME`, and versions.
struct Stack {
    name: &'static str,
    title: &'static str,
    worker: &'static str,
    versions: &'static [Version],
}

/// A version: its number, and `linuxFxVersion` of function apps and of other apps.
struct Version {
    number: &'static str,
    function: &'static str,
    web: &'static str,
}

const fn version(number: &'static str, function: &'static str, web: &'static str) -> Version {
    Version {
        number,
        function,
        web,
    }
}

/// THE list.
const STACKS: &[Stack] = &[
    Stack {
        name: "dotnet",
        title: ".NET",
        worker: "dotnet-isolated",
        versions: &[
            version("9", "DOTNET-ISOLATED|9.0", "DOTNETCORE|9.0"),
            version("8", "DOTNET-ISOLATED|8.0", "DOTNETCORE|8.0"),
        ],
    },
    Stack {
        name: "node",
        title: "Node.js",
        worker: "node",
        versions: &[
            version("22", "Node|22", "NODE|22-lts"),
            version("20", "Node|20", "NODE|20-lts"),
        ],
    },
    Stack {
        name: "python",
        title: "Python",
        worker: "python",
        versions: &[
            version("3.12", "Python|3.12", "PYTHON|3.12"),
            version("3.11", "Python|3.11", "PYTHON|3.11"),
        ],
    },
];

fn functions(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    listed(request, "functionAppStacks", |stack, version| {
        json!({
            "runtimeVersion": version.function,
            "appInsightsSettings": {"isSupported": true},
            "remoteDebuggingSupported": false,
            "gitHubActionSettings": {"isSupported": true, "supportedVersion": version.number},
            "appSettingsDictionary": {"FUNCTIONS_WORKER_RUNTIME": stack.worker},
            "siteConfigPropertiesDictionary": {"use32BitWorkerProcess": false, "linuxFxVersion": version.function},
            "supportedFunctionsExtensionVersions": ["~4"],
        })
    })
}

fn webs(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    listed(request, "webAppStacks", |_, version| {
        json!({
            "runtimeVersion": version.web,
            "appInsightsSettings": {"isSupported": true},
            "remoteDebuggingSupported": false,
            "gitHubActionSettings": {"isSupported": true, "supportedVersion": version.number},
        })
    })
}

fn listed(request: &Request, of: &str, settings: fn(&Stack, &Version) -> Value) -> Reply {
    let system = request.query("stackOsType").unwrap_or("All");
    match system.to_ascii_lowercase().as_str() {
        "all" | "linux" => {
            let all = STACKS.iter().map(|it| shown(it, of, settings));
            page::single(all.collect())
        }
        "windows" => page::single(Vec::new()),
        _ => bad_request(
            "BadRequest",
            &format!("'stackOsType' is Windows, Linux or All, not '{system:.50}'"),
        ),
    }
}

fn shown(stack: &Stack, of: &str, settings: fn(&Stack, &Version) -> Value) -> Value {
    let major = |version: &Version| {
        let title = format!("{} {}", stack.title, version.number);
        let linux = settings(stack, version);
        json!({
            "displayText": title,
            "value": version.number,
            "minorVersions": [{
                "displayText": title,
                "value": version.number,
                "stackSettings": {"linuxRuntimeSettings": linux},
            }],
        })
    };
    json!({
        "id": format!("/providers/Microsoft.Web/{of}/{}", stack.name),
        "name": stack.name,
        "type": format!("Microsoft.Web/{of}"),
        "properties": {
            "displayText": stack.title,
            "value": stack.name,
            "preferredOs": "Linux",
            "majorVersions": stack.versions.iter().map(major).collect::<Vec<_>>(),
        },
    })
}
