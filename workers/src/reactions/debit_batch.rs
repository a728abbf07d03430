//! A result that was taken is booked in every ledger it names.

use super::{Happening, Reaction};
use daicho_domain::billing::Command as Billing;
use daicho_domain::debit_batch::Event;
use daicho_domain::nouns::{self, Command};
use daicho_domain::stream::Stream;

pub(super) const REACTIONS: &[Reaction] = &[Reaction {
    name: "book_result",
    on: &["debit_batch.outcomes_recorded"],
    react: book_result,
}];

fn book_result(happening: Happening<'_>) -> Vec<Command> {
    let (
        Stream::DebitBatch(batch),
        nouns::Event::DebitBatch(Event::OutcomesRecorded { outcomes, .. }),
    ) = (happening.stream, happening.event)
    else {
        return vec![];
    };
    let book = outcomes.iter().map(|outcome| {
        let stream = Stream::Billing(outcome.corporation);
        let (batch, code) = (*batch, outcome.code);
        Command::billing(&stream, Billing::BookResult { batch, code })
    });
    book.collect()
}
