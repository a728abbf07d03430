//! How an event changes what is known of a 委任状.

use super::agent::NamedAgent;
use super::event::ReversalReason;
use super::state::{Sheet, Stage};
use super::{Defect, Event};

impl Sheet {
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Requested { .. } | Event::CarriedOver { .. } => {}
            Event::AgentNamed { agent } => self.agent = NamedAgent::Named(*agent),
            Event::AgentMissing { why } => self.agent = NamedAgent::Missing(*why),
            Event::Printed { document, .. } => {
                self.printed = Some(document.clone());
                self.unprintable = None;
            }
            Event::Unprintable { glyph } => {
                self.printed = None;
                self.unprintable = Some(glyph.clone());
            }
            Event::Dispatched {
                method,
                sent_on,
                delivered_on,
                post_back_by,
                remind_on,
                tracking,
                to,
            } => {
                self.printed = None;
                self.unprintable = None;
                self.first_sent_on.get_or_insert(*sent_on);
                self.remind_on.clone_from(remind_on);
                self.stage = Stage::Out {
                    method: *method,
                    sent_on: *sent_on,
                    delivered_on: delivered_on.clone(),
                    post_back_by: post_back_by.clone(),
                    tracking: tracking.clone(),
                    to: *to,
                };
            }
            Event::Undeliverable { returned_on, .. } => {
                self.stage = Stage::Undeliverable {
                    returned_on: *returned_on,
                };
            }
            Event::ReprintRequested { .. } => {
                self.printed = None;
                if !matches!(self.stage, Stage::ToSend { .. }) {
                    self.stage = Stage::ToSend { defect: None };
                }
            }
            Event::ReminderDue { due } => self.reminded = Some(*due),
            Event::DuePassed { .. } => self.due_passed = true,
            Event::Received {
                arrived_on,
                channel,
            } => {
                self.stage = Stage::Received {
                    arrived_on: *arrived_on,
                    channel: *channel,
                };
            }
            Event::Accepted {} => {
                if let Some(arrived_on) = self.arrived_on() {
                    self.stage = Stage::Accepted { arrived_on };
                }
            }
            Event::FoundDefective { defect, .. } => {
                self.excused = None;
                self.printed = None;
                self.unprintable = None;
                self.stage = Stage::ToSend {
                    defect: Some(*defect),
                };
            }
            Event::Filed { filed_on, .. } => {
                self.unprintable = None;
                if let Some(arrived_on) = self.arrived_on() {
                    self.stage = Stage::Filed {
                        arrived_on,
                        filed_on: *filed_on,
                    };
                }
            }
            Event::Confirmed { on } => {
                if let Stage::Filed { filed_on, .. } = self.stage {
                    self.stage = Stage::Confirmed { filed_on, on: *on };
                }
            }
            Event::Rejected { .. } => {
                self.printed = None;
                self.stage = Stage::ToSend {
                    defect: Some(Defect::Rejected),
                };
            }
            Event::Lapsed { .. } => {
                self.lapsed = true;
                self.missed.push(self.dates.clone());
            }
            Event::LapseReversed { why, due, .. } => {
                self.excused = match why {
                    ReversalReason::ArrivedInTime => None,
                    ReversalReason::LateApproved => Some(*due),
                };
                self.lapsed = false;
                self.missed.retain(|missed| missed.due.on != *due);
            }
            Event::DueMoved { dates, remind_on } => {
                // What was printed and not sent names the former due date.
                self.printed = None;
                self.remind_on.clone_from(remind_on);
                self.dates = dates.clone();
                self.due_passed = false;
                self.lapsed = false;
            }
            Event::Voided { why } => self.stage = Stage::Void { why: *why },
        }
    }
}
