//! A day that is opened may be the one on which its month's debit batch opens.

use super::{Happening, Reaction};
use daicho_domain::dates::Month;
use daicho_domain::debit_batch::Command as DebitBatch;
use daicho_domain::nouns::{self, Command};
use daicho_domain::office_day::Event;
use daicho_domain::stream::Stream;

pub(super) const REACTIONS: &[Reaction] = &[Reaction {
    name: "open_debit_batch",
    on: &["office_day.opened"],
    react: open_debit_batch,
}];

fn open_debit_batch(happening: Happening<'_>) -> Vec<Command> {
    let (Stream::OfficeDay(day), nouns::Event::OfficeDay(Event::Opened { .. })) =
        (happening.stream, happening.event)
    else {
        return vec![];
    };
    let stream = Stream::DebitBatch(Month::of(*day));
    vec![Command::debit_batch(&stream, DebitBatch::Open {})]
}
