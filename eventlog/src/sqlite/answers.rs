//! The way back to those who append: one caller of a group is woken, and passes on what the others are told.

use tokio::sync::oneshot;

use crate::envelope::Recorded;
use crate::foreign::{Appended, ForeignError};
use crate::port::{InTurn, LogError};

/// What one caller is told.
pub(super) type Answer = Result<Done, LogError>;

/// What became of an append.
pub(super) enum Done {
    /// Events of the business were recorded.
    Own(Vec<Recorded>),
    /// Appends were recorded in turn, as far as they could be.
    InTurn(InTurn),
    /// An append to a foreign stream was decided on.
    Foreign(Result<Appended, ForeignError>),
    /// Nothing yet: its group is still being written.
    Nothing,
}

/// What the first caller of a group is given: its own answer, and the others' to pass on.
///
/// Waking a caller from outside its runtime is a system call; a caller wakes its neighbours for almost nothing.
/// So the writer wakes one, and goes back to work.
pub(super) struct Answered {
    pub(super) own: Answer,
    _others: Others,
}

/// The answers of a group, passed on when this is dropped: by whoever was woken, or in its stead when nobody
/// waits any more. A caller that has gone finds its events by the command id.
#[derive(Default)]
pub(super) struct Others(Vec<(oneshot::Sender<Answered>, Answer)>);

impl Drop for Others {
    fn drop(&mut self) {
        for (caller, own) in self.0.drain(..) {
            let _others = Others::default();
            // An answer nobody waits for is dropped.
            let _ = caller.send(Answered { own, _others });
        }
    }
}

/// A caller and the answer it is given once its group is committed.
pub(super) type Pending = (oneshot::Sender<Answered>, Answer);

/// Gives the first caller that still waits its answer, and the others' to pass on.
pub(super) fn answer(pending: Vec<Pending>) {
    let mut others = Others(pending);
    others.0.reverse();
    while let Some((caller, own)) = others.0.pop() {
        let answered = Answered {
            own,
            _others: std::mem::take(&mut others),
        };
        match caller.send(answered) {
            Ok(()) => return,
            Err(unheard) => others = unheard._others,
        }
    }
}
