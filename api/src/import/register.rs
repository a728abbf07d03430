//! What the log says of corporations and offices before a run, read once from its first event on.

use std::collections::BTreeMap;

use daicho_domain::corporation::Event;
use daicho_domain::identifiers::OfficeNumber;
use daicho_domain::nouns;
use daicho_domain::stream::{CorporationId, Noun, OfficeId, Stream};
use daicho_eventlog::{Engine, LogError};

use super::run::Run;

/// How many events are read at once.
const PAGE_EVENTS: usize = 4096;

/// Tells a run where every recorded office stands.
///
/// # Errors
/// When the log cannot be read.
pub(super) async fn recall(engine: &Engine, run: &mut Run) -> Result<(), LogError> {
    let mut numbers: BTreeMap<OfficeId, OfficeNumber> = BTreeMap::new();
    each_corporation_event(engine, |corporation, event| {
        recall_event(run, &mut numbers, corporation, event);
    })
    .await
}

/// Every event of every corporation, in their order. Events of other nouns are not decoded.
///
/// # Errors
/// When the log cannot be read.
pub(crate) async fn each_corporation_event(
    engine: &Engine,
    mut hear: impl FnMut(CorporationId, &Event),
) -> Result<(), LogError> {
    let mut after = None;
    loop {
        let page = engine.log().read_all(after, PAGE_EVENTS).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.position);
        for recorded in page {
            if recorded.stream.noun() != Noun::Corporation.code() {
                continue;
            }
            let decoded = engine.codec().decode(recorded)?;
            if let (Stream::Corporation(corporation), nouns::Event::Corporation(event)) =
                (decoded.stream, &decoded.event)
            {
                hear(corporation, event);
            }
        }
    }
}

fn recall_event(
    run: &mut Run,
    numbers: &mut BTreeMap<OfficeId, OfficeNumber>,
    corporation: CorporationId,
    event: &Event,
) {
    match event {
        Event::Registered {
            number: Some(number),
            name,
            ..
        } => run.corporation_is_called(*number, name),
        Event::OfficeAdded { office, number, .. } => {
            numbers.insert(*office, *number);
            run.office_stands_under(*number, corporation);
        }
        Event::OfficeRenumbered { office, to, .. } => {
            numbers.insert(*office, *to);
            run.office_stands_under(*to, corporation);
        }
        Event::OfficeRemoved { office, .. } => {
            if let Some(number) = numbers.get(office) {
                run.office_was_removed(*number, corporation);
            }
        }
        Event::OfficeTransferred { handed, .. } => {
            run.office_was_removed(handed.number, corporation);
        }
        Event::OfficeReceived { handed, .. } => {
            numbers.insert(handed.office, handed.number);
            run.office_stands_under(handed.number, corporation);
        }
        Event::MergedInto { corporation: into } => run.corporation_merged(corporation, Some(*into)),
        Event::Unmerged {} => run.corporation_merged(corporation, None),
        Event::Registered { number: None, .. }
        | Event::NumberAssigned { .. }
        | Event::NameChanged { .. }
        | Event::ContactSet { .. }
        | Event::DestinationSet { .. }
        | Event::TextsErased { .. }
        | Event::AccountKept { .. }
        | Event::EntryAdded { .. }
        | Event::EntryChanged { .. }
        | Event::MandateNeeded { .. }
        | Event::MandateSent { .. }
        | Event::MandateReturned { .. }
        | Event::MandateHandedToBank { .. }
        | Event::MandateRegistered { .. }
        | Event::MandateDefective { .. }
        | Event::MandateBroken { .. }
        | Event::MandateCarriedOver { .. }
        | Event::OfficeContinued { .. }
        | Event::OfficeUseDeclined { .. }
        | Event::MandateCalledOff {} => {}
    }
}
