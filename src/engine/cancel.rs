//! Ending a run early: a word that is said once and that everything which waits hears.

use tokio::sync::watch;

/// Hears that the run shall end. The default one never does.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Option<watch::Receiver<bool>>);

/// Says that the run shall end.
#[derive(Debug)]
pub struct Canceller(watch::Sender<bool>);

impl Canceller {
    /// A canceller, and what hears it.
    pub fn new() -> (Self, Cancel) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Cancel(Some(receiver)))
    }

    /// Says it; says whether it was said before.
    pub fn cancel(&self) -> bool {
        self.0.send_replace(true)
    }
}

impl Cancel {
    /// Whether it was said.
    pub fn is_cancelled(&self) -> bool {
        self.0.as_ref().is_some_and(|heard| *heard.borrow())
    }

    /// What the future comes to, unless the run ends first; the future is dropped then.
    pub async fn unless<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.cancelled() => None,
            value = future => Some(value),
        }
    }

    /// Ends when it is said.
    async fn cancelled(&self) {
        if let Some(heard) = &self.0 {
            // A canceller that is gone will never say it.
            if heard.clone().wait_for(|is_said| *is_said).await.is_ok() {
                return;
            }
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_is_dropped_when_it_is_said_and_not_before() {
        let (canceller, cancel) = Canceller::new();
        assert_eq!(cancel.unless(async { 5 }).await, Some(5));
        let waits = cancel.unless(std::future::pending::<()>());
        let says = async { canceller.cancel() };
        assert_eq!(tokio::join!(waits, says), (None, false));
        assert!(cancel.is_cancelled() && canceller.cancel());
        assert_eq!(cancel.unless(async { 5 }).await, None);
    }

    #[tokio::test]
    async fn without_a_canceller_nothing_ends() {
        assert_eq!(Cancel::default().unless(async { 5 }).await, Some(5));
        let (canceller, cancel) = Canceller::new();
        drop(canceller);
        assert_eq!(cancel.unless(tokio::task::yield_now()).await, Some(()));
        assert!(!cancel.is_cancelled());
    }
}
