//! The pages' refresh: says that rows changed, never which. The page fetches its own regions again.

use crate::App;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{Stream, StreamExt, unfold};
use std::convert::Infallible;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// `GET /changes`
pub async fn stream(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // A worker that stops or goes on changes the bar of every page, and no row.
    let heard = (app.views.notices(), app.workers.outcomes().changed());
    let changes = unfold(heard, |(mut notices, mut outcomes)| async move {
        let heard = tokio::select! {
            heard = notices.recv() => heard.map(|_| ()),
            Ok(()) = outcomes.changed() => Ok(()),
        };
        match heard {
            // Falling behind only means that several changes are told as one.
            Ok(_) | Err(RecvError::Lagged(_)) => {
                drain(&mut notices);
                // A browser passes over an event without data.
                let changed = Event::default().event("changed").data("rows");
                Some((Ok(changed), (notices, outcomes)))
            }
            Err(RecvError::Closed) => None,
        }
    });
    let changes = changes.take_until(app.closing());
    Sse::new(changes).keep_alive(KeepAlive::default())
}

/// One commit changes many rows; its notices are one change.
fn drain<T: Clone>(notices: &mut Receiver<T>) {
    while let Ok(_) | Err(TryRecvError::Lagged(_)) = notices.try_recv() {}
}
