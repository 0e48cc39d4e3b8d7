//! How does everything that runs learn to stop, and who waits for it?
//!
//! A [`Stopper`] is held by the mock. When it is dropped or told so, each [`Stop`] learns it; `stop().await` returns when
//! the last of them is gone, or after a grace period.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

/// How long running requests may take to end.
const GRACE: Duration = Duration::from_secs(2);

/// The end of everything that got a [`Stop`].
#[derive(Debug)]
pub struct Stopper {
    tell: watch::Sender<bool>,
    gone: mpsc::Receiver<()>,
    template: Option<Stop>,
}

/// Held by a task for as long as it runs.
#[derive(Clone, Debug)]
pub struct Stop {
    told: watch::Receiver<bool>,
    alive: mpsc::Sender<()>,
}

/// What somebody holds who may start tasks later: it keeps nothing alive.
#[derive(Clone, Debug)]
pub struct LaterStop {
    told: watch::Receiver<bool>,
    alive: mpsc::WeakSender<()>,
}

impl Default for Stopper {
    fn default() -> Self {
        let (tell, told) = watch::channel(false);
        let (alive, gone) = mpsc::channel(1);
        Self {
            tell,
            gone,
            template: Some(Stop { told, alive }),
        }
    }
}

impl Stopper {
    /// One for a task; nothing when the end has begun.
    pub fn handle(&self) -> Option<Stop> {
        self.template.clone()
    }

    /// Tells everybody and waits until they are gone.
    pub async fn stop(&mut self) {
        self.template = None;
        self.tell.send_replace(true);
        let _ = tokio::time::timeout(GRACE, self.gone.recv()).await;
    }
}

impl LaterStop {
    /// One for a task; nothing when the end has begun.
    pub fn handle(&self) -> Option<Stop> {
        Some(Stop {
            told: self.told.clone(),
            alive: self.alive.upgrade()?,
        })
    }
}

impl Stop {
    /// For tasks that may be started later.
    pub fn later(&self) -> LaterStop {
        LaterStop {
            told: self.told.clone(),
            alive: self.alive.downgrade(),
        }
    }

    /// Returns when the end has begun.
    pub async fn told(&mut self) {
        // An error means that the stopper was dropped: the end as well.
        let _ = self.told.wait_for(|told| *told).await;
    }
}
