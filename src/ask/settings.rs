//! ARM and Graph: over pooled connections from the internet, as the tenant's auditor, shared within the run.

use std::future::Future;
use std::sync::{Arc, PoisonError};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::session::ReadableTenant;
use super::shared::SharedAnswer;
use super::tokens::TokenKey;
use super::{Ask, Session};
use crate::clients::arm::ReadAction;
use crate::clients::http::Http;
use crate::clients::operation::{self, Asker};
use crate::clients::recorder::Recorder;
use crate::clients::{arm, graph};
use crate::ids::ResourceId;
use crate::outcome::{NoAnswer, TenantRef};
use crate::secret::Secret;
use crate::target::INTERNET;

impl Ask {
    /// One ARM resource, in the tenant that lists its subscription; `None` when it does not exist.
    ///
    /// # Errors
    /// [`NoAnswer::Forbidden`] when the reader may not look.
    pub async fn arm<T: DeserializeOwned>(&self, id: &ResourceId) -> Result<Option<T>, NoAnswer> {
        let tenant = self.session.tenant_of(id)?;
        self.may_ask(id, &arm::read_action(id))?;
        let url = arm_url(&self.session, id, &[]);
        let read = |http, recorder, token| {
            let url = url.clone();
            async move { arm::get(&http, &recorder, &url, &token).await }
        };
        let value = self
            .read(tenant, &url, self.cloud().arm_scope, read)
            .await?;
        value.map(|value| typed(value, &url)).transpose()
    }

    /// What ARM answers to whoever has a token of the tenant, with a role or without: its cheapest question.
    ///
    /// # Errors
    /// As [`Ask::arm`].
    pub(super) async fn arm_greets(&self, tenant: &ReadableTenant) -> Result<(), NoAnswer> {
        let parts = &self.session.parts;
        let (host, version) = (parts.target.cloud.arm_host, parts.api_versions.of(""));
        let url = format!("https://{host}/subscriptions?api-version={version}");
        let read = |http, recorder, token| {
            let url = url.clone();
            async move { arm::get(&http, &recorder, &url, &token).await }
        };
        self.read(tenant, &url, self.cloud().arm_scope, read)
            .await
            .map(drop)
    }

    /// All pages of an ARM collection, such as `<vault>/privateEndpointConnections`; `None` when its parent does not
    /// exist. `query` holds further query parameters, such as `$filter`.
    ///
    /// # Errors
    /// As [`Ask::arm`].
    pub async fn arm_list<T: DeserializeOwned>(
        &self,
        collection: &ResourceId,
        query: &[(&str, &str)],
    ) -> Result<Option<Vec<T>>, NoAnswer> {
        let tenant = self.session.tenant_of(collection)?;
        self.may_ask(collection, &arm::read_action(collection))?;
        let url = arm_url(&self.session, collection, query);
        let read = |http, recorder, token| {
            let url = url.clone();
            async move {
                Ok(arm::list(&http, &recorder, &url, "nextLink", &token)
                    .await?
                    .map(Value::Array))
            }
        };
        let value = self
            .read(tenant, &url, self.cloud().arm_scope, read)
            .await?;
        value.map(|value| typed(value, &url)).transpose()
    }

    /// All pages of a list that ARM has made a POST, at a resource; `None` when the resource does not exist. `body` holds
    /// the list's own filters, such as `regions`.
    ///
    /// # Errors
    /// As [`Ask::arm`].
    pub async fn arm_action<T: DeserializeOwned>(
        &self,
        id: &ResourceId,
        action: ReadAction,
        body: &Value,
    ) -> Result<Option<Vec<T>>, NoAnswer> {
        let tenant = self.session.tenant_of(id)?;
        self.may_ask(id, &action.action(id))?;
        let url = arm_url(&self.session, &id.child(action.path()), &[]);
        let read = |http, recorder, token| {
            let (url, body) = (url.clone(), body.clone());
            async move {
                Ok(arm::post_list(&http, &recorder, &url, &body, &token)
                    .await?
                    .map(Value::Array))
            }
        };
        let what = format!("{url} {body}");
        let value = self
            .read(tenant, &what, self.cloud().arm_scope, read)
            .await?;
        value.map(|value| typed(value, &url)).transpose()
    }

    /// The result of a long-running question, which ARM answers later; `None` when the resource does not exist. The link's
    /// time bounds it as a whole.
    ///
    /// # Errors
    /// As [`Ask::arm`]; [`NoAnswer::Refused`] with the operation's own code when it fails,
    /// [`NoAnswer::Unreachable`] when it does not end in time.
    pub async fn arm_operation<T: DeserializeOwned>(
        &self,
        id: &ResourceId,
        action: ReadAction,
        body: &Value,
    ) -> Result<Option<T>, NoAnswer> {
        let tenant = self.session.tenant_of(id)?;
        self.rights.action(&action.action(id))?;
        let url = arm_url(&self.session, &id.child(action.path()), &[]);
        let clock = Arc::clone(&self.session.parts.target.clock);
        let patience = self.link.patience;
        let read = |http: Http, recorder: Recorder, token: Secret| {
            let (url, body) = (url.clone(), body.clone());
            async move {
                let asker = Asker {
                    http: &http,
                    recorder: &recorder,
                    token: &token,
                    clock: &*clock,
                    patience,
                };
                operation::run(&asker, &url, &body).await
            }
        };
        let what = format!("{url} {body}");
        let value = self
            .read(tenant, &what, self.cloud().arm_scope, read)
            .await?;
        value.map(|value| typed(value, &url)).transpose()
    }

    /// One Graph object of the link's tenant by its path below `/v1.0`, such as `/applications(appId='…')`; `None`
    /// when it does not exist.
    ///
    /// # Errors
    /// As [`Ask::arm`].
    pub async fn graph<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, NoAnswer> {
        self.graph_of(self.graph_tenant()?, path).await
    }

    /// As [`Ask::graph`], in the directory of another tenant of the scenario.
    ///
    /// # Errors
    /// As [`Ask::arm`].
    pub async fn graph_in<T: DeserializeOwned>(
        &self,
        tenant: &TenantRef,
        path: &str,
    ) -> Result<Option<T>, NoAnswer> {
        let named = self.session.tenant_named(&tenant.name);
        let named = named.ok_or_else(|| {
            NoAnswer::Unusable(format!("the scenario has no tenant `{}`", tenant.name))
        })?;
        self.graph_of(named, path).await
    }

    async fn graph_of<T: DeserializeOwned>(
        &self,
        tenant: &ReadableTenant,
        path: &str,
    ) -> Result<Option<T>, NoAnswer> {
        self.rights.graph(graph::permission(path), path)?;
        let host = self.cloud().graph_host;
        let read = |http, recorder, token| {
            let path = path.to_owned();
            async move { graph::get(&http, &recorder, host, &path, &token).await }
        };
        let value = self
            .read(tenant, path, self.cloud().graph_scope, read)
            .await?;
        value.map(|value| typed(value, path)).transpose()
    }

    /// All pages of a Graph collection; `None` when its parent does not exist.
    ///
    /// # Errors
    /// As [`Ask::arm`].
    pub async fn graph_list<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<Vec<T>>, NoAnswer> {
        self.rights.graph(graph::permission(path), path)?;
        let host = self.cloud().graph_host;
        let read = |http, recorder, token| {
            let path = path.to_owned();
            async move {
                Ok(graph::list(&http, &recorder, host, &path, &token)
                    .await?
                    .map(Value::Array))
            }
        };
        let value = self
            .read(self.graph_tenant()?, path, self.cloud().graph_scope, read)
            .await?;
        value.map(|value| typed(value, path)).transpose()
    }

    /// Whether the card declares an action; with which version it is asked is kept in mind.
    fn may_ask(&self, id: &ResourceId, action: &str) -> Result<(), NoAnswer> {
        self.rights.action(action)?;
        let own = id.resource_type().unwrap_or_default();
        if let Some(goes) = self.session.parts.api_versions.retirement(&own) {
            let mut first = self
                .retirement
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert(goes);
        }
        Ok(())
    }

    /// The tenant whose directory the link asks.
    fn graph_tenant(&self) -> Result<&ReadableTenant, NoAnswer> {
        let named = self
            .link
            .tenant
            .as_ref()
            .and_then(|tenant| self.session.tenant_named(&tenant.name));
        named.ok_or_else(|| {
            NoAnswer::Unusable("the link names no tenant whose directory could be asked".to_owned())
        })
    }

    /// Reads as the tenant's auditor: whoever asks for the same thing at the same time shares one read.
    async fn read<F>(
        &self,
        tenant: &ReadableTenant,
        what: &str,
        scope: &str,
        ask: impl FnOnce(Http, Recorder, Secret) -> F,
    ) -> Result<Option<Value>, NoAnswer>
    where
        F: Future<Output = Result<Option<Value>, NoAnswer>>,
    {
        let reader = tenant.reader.as_deref().ok_or_else(|| {
            NoAnswer::Unusable(format!(
                "the tenant `{}` says nobody to read it as (`read-as:`)",
                tenant.tenant.name
            ))
        })?;
        let token_key = TokenKey {
            identity: reader.to_owned(),
            vantage: INTERNET.to_owned(),
            scope: scope.to_owned(),
        };
        let token = self.lasting_token(&token_key).await?;
        let http = self.session.pool(INTERNET, self.link.patience)?;
        let key = format!("{} {what}", tenant.tenant.id);
        let anew = self.polls && self.first_time(&key);
        let recorder = Recorder::default();
        let (answer, shared) = self
            .session
            .shared
            .get(key, anew, || async {
                let value = ask(http, recorder.clone(), token).await;
                SharedAnswer {
                    value,
                    evidence: recorder.evidence(),
                }
            })
            .await;
        self.recorder.add(&answer.evidence, shared);
        self.forget_if_refused(&token_key, &answer.value).await;
        answer.value
    }

    /// Whether this try has not asked for this yet.
    fn first_time(&self, key: &str) -> bool {
        self.asked_anew
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.to_owned())
    }
}

/// The URL of an ARM id or collection, with the api-version of its type.
fn arm_url(session: &Session, id: &ResourceId, query: &[(&str, &str)]) -> String {
    let version = session
        .parts
        .api_versions
        .of(&id.resource_type().unwrap_or_default());
    let mut path = String::new();
    for segment in id.as_str().split('/').filter(|segment| !segment.is_empty()) {
        path.push('/');
        path.extend(encoded(segment));
    }
    let mut url = format!(
        "https://{}{path}?api-version={version}",
        session.parts.target.cloud.arm_host
    );
    for (name, value) in query {
        url.push('&');
        url.push_str(name);
        url.push('=');
        url.extend(encoded(value));
    }
    url
}

/// Percent-encodes everything but what RFC 3986 calls unreserved and the marks that ARM ids hold.
fn encoded(text: &str) -> impl Iterator<Item = String> {
    text.bytes().map(|byte| match byte {
        b'A'..=b'Z'
        | b'a'..=b'z'
        | b'0'..=b'9'
        | b'-'
        | b'.'
        | b'_'
        | b'~'
        | b'('
        | b')'
        | b'\'' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    })
}

fn typed<T: DeserializeOwned>(value: Value, what: &str) -> Result<T, NoAnswer> {
    serde_json::from_value(value).map_err(|error| {
        NoAnswer::Unusable(format!("the answer to {what} has another shape: {error}"))
    })
}
