//! SIGINT and SIGTERM: the first one ends the work in order, the second one ends the process. SIGHUP: read again.

use std::io::{self, Write};

use crate::engine::{Cancel, Canceller};
use crate::exit_code::ExitCode;

/// Hears from now on. What is returned is cancelled by the first signal; the second ends the process at once.
pub(super) fn listen() -> Cancel {
    let (canceller, cancel) = Canceller::new();
    let mut asked = Asked::new();
    tokio::spawn(async move {
        loop {
            asked.next().await;
            if canceller.cancel() {
                leave();
            }
            let _ = writeln!(
                io::stderr(),
                "interrupted: the run ends with a partial report; once more ends it at once"
            );
        }
    });
    cancel
}

#[expect(clippy::exit, reason = "whoever asks twice does not want to wait")]
fn leave() {
    std::process::exit(ExitCode::Interrupted.number().into());
}

/// Somebody asks the process to end.
pub(super) struct Asked {
    #[cfg(unix)]
    signals: Option<[tokio::signal::unix::Signal; 2]>,
}

impl Asked {
    /// Hears from now on, not only while waiting.
    pub(super) fn new() -> Self {
        Self {
            #[cfg(unix)]
            signals: {
                use tokio::signal::unix::{SignalKind, signal};
                let [interrupt, terminate] =
                    [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
                interrupt.ok().zip(terminate.ok()).map(<[_; 2]>::from)
            },
        }
    }

    /// Ends when it is asked for the next time.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        if let Some([interrupt, terminate]) = &mut self.signals {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

/// Somebody asks that what was read be read again: SIGHUP, where there is one.
pub(super) struct Reload {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Reload {
    /// Hears from now on.
    pub(super) fn new() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    /// Ends when it is asked for the next time.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.recv().await;
            return;
        }
        std::future::pending().await
    }
}
