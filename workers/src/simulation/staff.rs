//! The staff of the simulated office: who does which work.

use super::words;
use daicho_domain::stream::{StaffId, derived_id};

/// A member of the staff.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The id that stands in events.
    pub(super) id: StaffId,
    /// The name.
    pub(super) name: String,
}

/// The work that somebody does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Desk {
    /// Takes applications.
    Intake,
    /// Sends papers out.
    Dispatch,
    /// Opens, counts and closes the post.
    Post,
    /// Checks papers and files them.
    Papers,
    /// Decides what the rules leave open.
    Lead,
}

/// The staff: two at intake and papers, one at each other desk.
pub(super) fn members(seed: u64) -> Vec<Member> {
    let mut chance = super::chance::Chance::of(seed, &["staff"]);
    (0..6_u32)
        .map(|nth| {
            let family = chance.pick(words::SURNAMES);
            let given = chance.pick(words::GIVEN_NAMES);
            let id = derived_id(&["simulated-staff", &seed.to_string(), &nth.to_string()]);
            Member {
                id: StaffId(id),
                name: format!("{family} {given}"),
            }
        })
        .collect()
}

impl Desk {
    /// Who of the staff sits there for the work with this number.
    pub(super) const fn seat(self, work: u64) -> usize {
        let odd = work % 2 == 1;
        match (self, odd) {
            (Self::Intake, false) => 0,
            (Self::Intake, true) => 1,
            (Self::Dispatch | Self::Post, _) => 2,
            (Self::Papers, false) => 3,
            (Self::Papers, true) => 4,
            (Self::Lead, _) => 5,
        }
    }
}
