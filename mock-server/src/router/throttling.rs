//! Which budgets does a request draw on, and what does a caller hear when one is used up?
//!
//! Codes of IDENTITY.md §6: `SubscriptionRequestsThrottled` for Resource Manager's own budgets, `TooManyRequests` for those
//! of a provider; the texts are ours. Requests that the router refuses draw on nothing.

use http::{Method, StatusCode};

use super::scope;
use crate::auth::{Audience, Caller};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Access, Hosts, Service, arm, envelope};
use crate::throttle::{Running, UsedUp};

/// What a request took, for as long as it runs.
#[derive(Debug, Default)]
pub struct Taken {
    remaining: Option<(&'static str, u32)>,
    _running: Option<Running>,
}

impl Taken {
    /// Tells the caller what is left.
    pub fn tell(&self, reply: Reply) -> Reply {
        match self.remaining {
            Some((header, left)) => reply.with(header, left.to_string()),
            None => reply,
        }
    }
}

/// Takes what a request costs.
///
/// # Errors
/// 429 with `Retry-After`, in the words of the service.
pub fn take(
    service: &Service,
    access: Access,
    ctx: &Context,
    req: &Request,
    caller: Option<&Caller>,
) -> Result<Taken, Reply> {
    match (access, caller) {
        (Access::Arm(_) | Access::Bearer(Audience::Arm), Some(caller)) => arm(ctx, req, caller),
        _ if matches!(service.hosts, Hosts::LinkLocal) => machine(ctx, req),
        _ => Ok(Taken::default()),
    }
}

/// A kind of request to Resource Manager.
struct Kind {
    word: &'static str,
    budget: &'static str,
    of_subscription: &'static str,
    of_tenant: &'static str,
    network: Option<&'static str>,
}

const READ: Kind = Kind {
    word: "read",
    budget: "arm-reads",
    of_subscription: "x-ms-ratelimit-remaining-subscription-reads",
    of_tenant: "x-ms-ratelimit-remaining-tenant-reads",
    network: Some("network-reads"),
};
const WRITE: Kind = Kind {
    word: "write",
    budget: "arm-writes",
    of_subscription: "x-ms-ratelimit-remaining-subscription-writes",
    of_tenant: "x-ms-ratelimit-remaining-tenant-writes",
    network: Some("network-writes"),
};
const DELETE: Kind = Kind {
    word: "delete",
    budget: "arm-deletes",
    of_subscription: "x-ms-ratelimit-remaining-subscription-deletes",
    of_tenant: "x-ms-ratelimit-remaining-tenant-deletes",
    network: None,
};

fn arm(ctx: &Context, req: &Request, caller: &Caller) -> Result<Taken, Reply> {
    let kind = match req.method {
        Method::GET | Method::HEAD => READ,
        Method::DELETE => DELETE,
        _ => WRITE,
    };
    let now = ctx.clock.epoch_seconds();
    let subscription = scope::subscription(&req.path);
    let (owner, header) = match subscription {
        Some(subscription) => (subscription, kind.of_subscription),
        None => (caller.tenant_id.as_str(), kind.of_tenant),
    };
    let left = ctx
        .throttle
        .take(kind.budget, (owner, &caller.object_id), now)
        .map_err(|used_up| throttled(used_up, &kind, owner, subscription.is_some(), caller))?;
    if let (Some(subscription), Some(budget)) = (subscription, of_provider(&kind, &req.path)) {
        ctx.throttle
            .take(budget, (subscription, ""), now)
            .map_err(provider)?;
    }
    Ok(Taken {
        remaining: Some((header, left)),
        _running: None,
    })
}

/// The budget of the provider that a path names.
fn of_provider(kind: &Kind, path: &str) -> Option<&'static str> {
    let path = path.to_ascii_lowercase();
    let (_, of_network) = path.split_once("/providers/microsoft.network/")?;
    if kind.budget == READ.budget && of_network.starts_with("privatednszones") {
        return Some("private-dns-reads");
    }
    kind.network
}

fn throttled(used_up: UsedUp, kind: &Kind, owner: &str, subscription: bool, by: &Caller) -> Reply {
    let (of, code) = if subscription {
        ("subscription", "SubscriptionRequestsThrottled")
    } else {
        ("tenant", "TenantRequestsThrottled")
    };
    let message = format!(
        "Number of '{}' requests for {of} '{owner}' actor '{}' exceeded. Please try again after '{}' seconds.",
        kind.word, by.object_id, used_up.retry_after
    );
    let reply = arm::errors::error(StatusCode::TOO_MANY_REQUESTS, code, &message);
    let header = if subscription {
        kind.of_subscription
    } else {
        kind.of_tenant
    };
    later(reply, used_up).with(header, "0")
}

fn provider(used_up: UsedUp) -> Reply {
    let message = format!(
        "The request limit of Microsoft.Network is reached ({}). Please try again after '{}' seconds.",
        used_up.budget, used_up.retry_after
    );
    let reply = arm::errors::error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", &message);
    later(reply, used_up)
}

/// IMDS and App Service: per machine.
fn machine(ctx: &Context, req: &Request) -> Result<Taken, Reply> {
    let machine = req.peer.vantage.as_str();
    let refused = |used_up| {
        let why = "Too many requests";
        later(
            envelope::error(StatusCode::TOO_MANY_REQUESTS, why, req, ctx),
            used_up,
        )
    };
    let running = ctx
        .throttle
        .run("imds-concurrent", machine)
        .map_err(refused)?;
    let now = ctx.clock.epoch_seconds();
    let taken = ctx.throttle.take("imds-requests", (machine, ""), now);
    taken.map_err(refused)?;
    Ok(Taken {
        remaining: None,
        _running: running,
    })
}

fn later(reply: Reply, used_up: UsedUp) -> Reply {
    reply.with("retry-after", used_up.retry_after.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::services::testing::{self, HOME, HOME_AUDITOR, NET};

    fn get(ctx: &Context, path: &str) -> Reply {
        let url = format!("management.azure.com{path}?api-version=2024-05-01");
        let asked = testing::get(ctx, &url);
        asked.bearing(HOME, HOME_AUDITOR, Audience::Arm).reply()
    }

    fn header<'r>(reply: &'r Reply, name: &str) -> Option<&'r str> {
        let found = reply.headers.iter().find(|(it, _)| *it == name);
        found.map(|(_, value)| value.as_str())
    }

    fn code(reply: &Reply) -> String {
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        body["error"]["code"].as_str().unwrap().to_owned()
    }

    #[test]
    fn replies_say_what_is_left_and_the_last_says_when_to_come_back() {
        let ctx = testing::example();
        ctx.throttle.set("arm-reads=2").unwrap();
        let path = format!("{NET}/virtualNetworks/home");
        let left = "x-ms-ratelimit-remaining-subscription-reads";
        assert_eq!(header(&get(&ctx, &path), left), Some("1"));
        assert_eq!(header(&get(&ctx, &path), left), Some("0"));
        let refused = get(&ctx, &path);
        assert_eq!(refused.status, 429);
        assert_eq!(code(&refused), "SubscriptionRequestsThrottled");
        assert!(header(&refused, "retry-after").is_some());
        let tenant = get(&ctx, "/subscriptions");
        assert_eq!(tenant.status, 200, "the tenant's budget is another");
        assert_eq!(
            header(&tenant, "x-ms-ratelimit-remaining-tenant-reads"),
            Some("1")
        );
        ctx.clock.advance(std::time::Duration::from_secs(1800));
        assert_eq!(get(&ctx, &path).status, 429);
    }

    #[test]
    fn private_dns_has_a_budget_of_its_own() {
        let ctx = testing::example();
        ctx.throttle.set("private-dns-reads=1").unwrap();
        let zones = format!("{NET}/privateDnsZones");
        assert_eq!(get(&ctx, &zones).status, 200);
        let refused = get(&ctx, &zones);
        assert_eq!(
            (refused.status.as_u16(), code(&refused)),
            (429, "TooManyRequests".to_owned())
        );
        assert_eq!(get(&ctx, &format!("{NET}/virtualNetworks")).status, 200);
    }
}
