//! One consumer of a kept subscription: what it hears, and what it says.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot};
use tonic::{Status, Streaming};

use super::answer::Answer;
use super::desk::Inbox;
use super::{Message, Name, Verdict};
use crate::shared::Admitted;
use crate::wire::persistent::ReadReq;
use crate::wire::persistent::read_req::{self, nack::Action};
use crate::wire::uuid;

/// One consumer, as it hears.
pub(super) struct Hearing {
    /// `None` when it was told why it hears no more.
    receiver: Option<mpsc::Receiver<Result<Answer, Status>>>,
    taken: Arc<Notify>,
    name: Name,
    /// Goes with the call: then the consumer has gone.
    _here: oneshot::Sender<()>,
    _admitted: Admitted,
}

impl Hearing {
    pub(super) fn of(
        receiver: mpsc::Receiver<Result<Answer, Status>>,
        taken: Arc<Notify>,
        name: Name,
        here: oneshot::Sender<()>,
        admitted: Admitted,
    ) -> Self {
        Self {
            receiver: Some(receiver),
            taken,
            name,
            _here: here,
            _admitted: admitted,
        }
    }

    /// What it hears next; nothing more after it was told why.
    pub(super) async fn next(&mut self) -> Option<Result<Answer, Status>> {
        let answer = self.receiver.as_mut()?.recv().await;
        self.taken.notify_one();
        let answer = answer.unwrap_or_else(|| Err(self.name.dropped()));
        if answer.is_err() {
            self.receiver = None;
        }
        Some(answer)
    }
}

/// Hears what one consumer says until it goes.
pub(super) async fn listen(
    mut given: Streaming<ReadReq>,
    inbox: Inbox,
    consumer: u64,
    mut gone: oneshot::Receiver<()>,
) {
    loop {
        let message = tokio::select! {
            biased;
            message = given.message() => message,
            _ = &mut gone => break,
        };
        let content = match message {
            Ok(Some(message)) => message.content,
            Ok(None) => {
                // It says no more, and may hear on.
                let _ = gone.await;
                break;
            }
            Err(_) => break,
        };
        let (ids, verdict) = match content {
            Some(read_req::Content::Ack(ack)) => (ack.ids, Verdict::Done),
            Some(read_req::Content::Nack(nack)) => {
                let verdict = match nack.action() {
                    Action::Park => Verdict::Park(nack.reason),
                    Action::Retry | Action::Unknown => Verdict::Retry(nack.reason),
                    Action::Skip => Verdict::Done,
                    Action::Stop => Verdict::Stop,
                };
                (nack.ids, verdict)
            }
            Some(read_req::Content::Options(_)) | None => continue,
        };
        let ids = ids.iter().filter_map(|id| uuid(Some(id)).ok()).collect();
        let said = Message::Said {
            consumer,
            ids,
            verdict,
        };
        if inbox.send(said).await.is_err() {
            return;
        }
    }
    // A subscription that has ended needs no farewell.
    let _ = inbox.send(Message::Leave(consumer)).await;
}
