//! What the workflow carries out only as the seeded books say it. A book that says something else for
//! one of these slots would be recorded, explained and not followed: it is refused instead, until the
//! workflow can follow it.

use super::{Book, SEEDED, Slot, SlotValue};
use crate::Service;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The slots, of any service, whose alternatives the workflow does not carry out.
const AS_SEEDED: &[&str] = &[
    "debit.invoice",
    "debit.per",
    "licence.cancellable",
    "licence.invoice_on_request",
    "licence.renewed_from",
    "poa.original_required",
    "poa.rejection_is_defect",
    "poa.renumbered_office_each",
    "postponement.accepted_stay_valid",
    "postponement.counts_day",
    "postponement.decided_when",
    "postponement.early_defect_same_due",
    "postponement.late_defect_at_once",
    "postponement.not_returned_is_defect",
    "situation.arrears",
    "situation.both_on_one_form",
    "situation.channels",
    "situation.end_while_pending",
    "situation.entered_late",
    "situation.incomplete",
    "situation.kj_active_elsewhere",
    "situation.last_office_out",
    "situation.licence_moves",
    "situation.merger",
    "situation.number_changes",
    "situation.office_closes",
    "situation.office_withdraws",
    "situation.other_agent",
    "situation.papers_while_suspended",
    "situation.rejected_after_issue",
    "situation.representative_changes",
    "situation.second_trial",
    "situation.suspended_may_end",
    "situation.trial_applies",
    "suspension.no_mandate",
    "suspension.resumes",
    "suspension.scope",
    "termination.after_cutoff",
    "termination.fees_through",
    "termination.last_office",
    "termination.login_ends",
    "termination.staff_may_file",
    "termination.warns_open_returns",
    "transmission.day_ends_hour",
    "transmission.disability_claims",
    "transmission.requires_kj_id",
    "transmission.stated_duration",
    "trial.counted_from",
];

/// The slots of a book that the workflow would not follow, with their lines and why.
pub(super) fn unfollowed(book: &Book) -> Vec<(usize, String)> {
    AS_SEEDED
        .iter()
        .filter_map(|id| book.slots.get(id))
        .filter_map(|slot| {
            let followed = seeded(book.service, slot.id)?;
            (slot.value != *followed).then(|| (slot.line, sentence(slot, followed)))
        })
        .collect()
}

fn sentence(slot: &Slot, followed: &SlotValue) -> String {
    format!(
        "{}（{}）は、この版の業務処理では {} にだけ対応しています。{} には変更できません。",
        slot.id,
        slot.label,
        followed.text(slot.kind),
        slot.value.text(slot.kind),
    )
}

fn seeded(service: Service, id: &str) -> Option<&'static SlotValue> {
    static VALUES: OnceLock<BTreeMap<(Service, &'static str), SlotValue>> = OnceLock::new();
    let values = VALUES.get_or_init(|| {
        SEEDED
            .into_iter()
            .map(|(file, text)| Book::published(file, text).expect("a seeded book is a book"))
            .flat_map(|book| {
                let service = book.service;
                book.slots
                    .into_values()
                    .map(move |slot| ((service, slot.id), slot.value))
            })
            .collect()
    });
    values.get(&(service, slots_id(id)?))
}

/// The id as the list of slots has it.
fn slots_id(id: &str) -> Option<&'static str> {
    AS_SEEDED.iter().find(|known| **known == id).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::Calendars;

    #[test]
    fn every_slot_of_the_list_is_a_slot_of_a_book() {
        for id in AS_SEEDED {
            let known = Service::ALL
                .into_iter()
                .any(|service| seeded(service, id).is_some());
            assert!(known, "{id} is in no book");
        }
    }

    /// Situations that are decided as the book says, whatever it says.
    const FOLLOWED: &[&str] = &[
        "situation.credentials_while_suspended",
        "situation.old_number_ends",
    ];

    #[test]
    fn every_situation_that_the_workflow_meets_is_on_the_list() {
        let lists = [AS_SEEDED, FOLLOWED];
        let listed = |id: &&str| lists.iter().any(|list| list.contains(id));
        let unlisted: Vec<_> = SEEDED
            .into_iter()
            .map(|(file, text)| Book::published(file, text).expect("a seeded book is a book"))
            .filter(|book| book.service != Service::CareplanRenkei)
            .flat_map(|book| book.slots.into_values().map(|slot| slot.id))
            .filter(|id| id.starts_with("situation.") && !listed(id))
            .collect();
        assert_eq!(unlisted, Vec::<&str>::new());
    }

    #[test]
    fn a_book_that_would_not_be_followed_is_refused_with_its_line() {
        let (file, text) = SEEDED[0];
        let changed = text.replacen(
            "id = \"situation.incomplete\"\nlabel = \"不備のある申込\"\nvalue = \"completion_counts\"",
            "id = \"situation.incomplete\"\nlabel = \"不備のある申込\"\nvalue = \"arrival_counts\"",
            1,
        );
        assert_ne!(changed, text);
        let refused = Book::read(file, &changed, &Calendars::seeded())
            .expect_err("the workflow does not carry it out")
            .to_string();
        assert!(refused.contains("situation.incomplete"), "{refused}");
        assert!(refused.contains("この版の業務処理では"), "{refused}");
    }
}
