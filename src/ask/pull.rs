//! An image of a container registry, pulled as the identity under test, over connections that are new for each try.

use super::data::peers_of;
use super::{Ask, PullAnswer};
use crate::clients::jwt::Claims;
use crate::clients::recorder::Recorder;
use crate::clients::registry::{self, EXCHANGE_REFUSED, Image, Line};
use crate::outcome::{NoAnswer, Refusal};
use crate::secret::Secret;

/// Our word for a registry that takes tokens of its own service only.
const ARM_AUDIENCE_DISABLED: &str = "ArmAudienceDisabled";

impl Ask {
    /// Pulls an image's manifest and one layer. `scope` is that of the token that is exchanged; the registry's own
    /// service without it.
    ///
    /// # Errors
    /// [`NoAnswer::Refused`] with the registry's codes, and ours where it has none of its own.
    pub async fn pull(
        &self,
        login: &str,
        repository: &str,
        reference: &str,
        scope: Option<&str>,
    ) -> Result<PullAnswer, NoAnswer> {
        let cloud = self.cloud();
        if !cloud.is_registry(login) {
            return Err(NoAnswer::unreachable(format!(
                "{login} is no container registry of this cloud, and may be given no token; nothing was sent"
            )));
        }
        let image = Image {
            login,
            repository,
            reference,
        };
        let (login_side, layer_side) = (Recorder::default(), Recorder::default());
        let http = self.fresh()?;
        let line = Line {
            http: &http,
            login: &login_side,
            layers: &layer_side,
        };
        let scope = scope.unwrap_or(cloud.registry_scope);
        let pulled = match self.access(line, image, scope).await {
            Ok(access) => registry::pull(line, image, &access).await,
            Err(why) => Err(self.explained(why, line, image, scope).await),
        };
        self.recorder.add(&login_side.evidence(), false);
        self.recorder.add(&layer_side.evidence(), false);
        // Where no layer lies elsewhere, the login server held it.
        let mut layer_peers = peers_of(&layer_side);
        let login_peers = peers_of(&login_side);
        if layer_peers.is_empty() {
            layer_peers.clone_from(&login_peers);
        }
        Ok(PullAnswer {
            pulled: pulled?,
            login_peers,
            layer_peers,
        })
    }

    /// A token of the registry, for a token of Entra with this scope.
    async fn access(
        &self,
        line: Line<'_>,
        image: Image<'_>,
        scope: &str,
    ) -> Result<Secret, NoAnswer> {
        let key = self.workload_key(scope)?;
        let token = self.lasting_token(&key).await?;
        let tenant = Claims::read(&token)
            .map_err(NoAnswer::Unusable)?
            .text("tid");
        let access = registry::access(line, image, &tenant, &token).await;
        self.forget_if_refused(&key, &access).await;
        access
    }

    /// A registry does not say whether it is the caller or the kind of token that it does not take: a token of the other
    /// kind tells.
    async fn explained(
        &self,
        why: NoAnswer,
        line: Line<'_>,
        image: Image<'_>,
        scope: &str,
    ) -> NoAnswer {
        let cloud = self.cloud();
        let is_refused = why.codes().iter().any(|code| code == EXCHANGE_REFUSED);
        let is_of_arm = scope == cloud.arm_scope && scope != cloud.registry_scope;
        if !is_refused || !is_of_arm {
            return why;
        }
        match self.access(line, image, cloud.registry_scope).await {
            Ok(_) => NoAnswer::Refused(Refusal {
                status: 401,
                codes: vec![ARM_AUDIENCE_DISABLED.to_owned()],
                message:
                    "a token for its own service is taken, one for Azure Resource Manager is not"
                        .to_owned(),
                host: image.login.to_owned(),
                ..Refusal::default()
            }),
            Err(_) => why,
        }
    }
}
