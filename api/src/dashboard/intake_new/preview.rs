//! What would follow if the form were saved as it stands: the domain considers the very command that would be recorded.

use super::super::parts::Why;
use super::super::viewer::Viewer;
use super::super::{why, words};
use super::entered::Entered;
use crate::problem::Problem;
use daicho_domain::dates::Month;
use daicho_domain::nouns::Event;
use daicho_domain::rules::{Ask, Dated, Question, answer, days_in_hand};
use daicho_domain::stream::CorporationId;
use daicho_domain::{enrolment, transmission};
use daicho_projections::offices::OfficeRow;

/// What would follow if the form were saved as it stands.
#[derive(Default)]
pub(super) struct Preview {
    pub problem: Option<Problem>,
    pub headline: String,
    pub dates: Vec<(&'static str, String, Option<Why>)>,
    pub notices: Vec<String>,
}

/// What the domain would record now, in words.
pub(super) async fn preview(
    viewer: &Viewer,
    entered: &Entered,
    corporation: CorporationId,
    offices: &[OfficeRow],
) -> Preview {
    let command = match entered.command(corporation, offices) {
        Ok(command) => command,
        Err(problem) => {
            return Preview {
                problem: Some(problem),
                ..Preview::default()
            };
        }
    };
    let events = match viewer.app.engine.consider(command).await {
        Ok(events) => events,
        Err(error) => {
            return Preview {
                problem: Some(error.into()),
                ..Preview::default()
            };
        }
    };
    let mut preview = Preview {
        headline: "この内容で受け付けられます。".to_owned(),
        ..Preview::default()
    };
    for event in &events {
        match event {
            Event::Enrolment(event) => of_enrolment(event, &mut preview),
            Event::Transmission(event) => {
                of_transmission(event, viewer, entered, offices, &mut preview)
            }
            Event::Corporation(_)
            | Event::Poa(_)
            | Event::Credential(_)
            | Event::Licence(_)
            | Event::Billing(_)
            | Event::DebitBatch(_)
            | Event::Termination(_)
            | Event::OfficeDay(_)
            | Event::Schedule(_)
            | Event::Staff(_)
            | Event::Rulebook(_)
            | Event::Installation(_)
            | Event::Dispatch(_)
            | Event::Mail(_)
            | Event::Attachment(_)
            | Event::Agent(_) => {}
        }
    }
    if events.is_empty() {
        preview.headline = "同じ内容がすでに記録されています。".to_owned();
    }
    preview
}

fn day(word: &'static str, dated: &Dated) -> (&'static str, String, Option<Why>) {
    (
        word,
        words::date(dated.on),
        Some(why::of(&dated.basis, word)),
    )
}

fn of_enrolment(event: &enrolment::Event, preview: &mut Preview) {
    match event {
        enrolment::Event::TrialStarted {
            last_free_day,
            registered_last_free_day,
            ..
        } => {
            preview.headline = format!(
                "この申込だと、お試しは {} まで",
                words::date(last_free_day.on)
            );
            preview.dates.push(day("お試しの満了日", last_free_day));
            preview
                .dates
                .push(day("本登録した場合の無料満了日", registered_last_free_day));
        }
        enrolment::Event::Registered {
            billing_start,
            last_free_day,
            ..
        } => {
            preview.headline =
                format!("この申込だと、課金開始は {}", words::date(billing_start.on));
            preview.dates.push(day("無料の満了日", last_free_day));
            preview.dates.push(day("課金開始日", billing_start));
        }
        enrolment::Event::OfficesEntered { offices, .. } => {
            preview.headline = format!("{} 事業所の情報を受け付けます。", offices.len());
        }
        enrolment::Event::SecondTrialGranted { last_day, .. } => {
            preview.notices.push(format!(
                "2回目の仮登録です（前の利用は {} まで）。無料期間は今回の受領日から数えます。未入金が残っていないか確かめてください。",
                words::date(*last_day)
            ));
        }
        enrolment::Event::BillingStarted { .. }
        | enrolment::Event::Suspended { .. }
        | enrolment::Event::Resumed { .. }
        | enrolment::Event::CarriedOver { .. }
        | enrolment::Event::Closed { .. }
        | enrolment::Event::OfficeTakenOver { .. }
        | enrolment::Event::OfficeHandedOver { .. }
        | enrolment::Event::Ended { .. } => {}
    }
}

fn of_transmission(
    event: &transmission::Event,
    viewer: &Viewer,
    entered: &Entered,
    offices: &[OfficeRow],
    preview: &mut Preview,
) {
    match event {
        transmission::Event::Applied { offices, .. } => {
            let missing = offices
                .iter()
                .filter(|office| office.missing.is_some())
                .count();
            if missing > 0 {
                preview.headline = "この申込では、まだ開始月が決まりません。".to_owned();
                preview.notices.push(format!("{missing} 事業所に足りないものがあります。すべて揃った日で締日を判定し、開始月が決まります。"));
            }
        }
        transmission::Event::StartSet {
            cutoff,
            complete_on,
            offices: planned,
            ..
        } => {
            let Some(plan) = planned.first().map(|office| &office.plan) else {
                return;
            };
            preview.headline = format!("この申込だと開始月は {}", plan.month().in_japanese());
            let month = Month::of(plan.start.on).in_japanese();
            preview
                .dates
                .push(("開始月", month, Some(why::of(&plan.start.basis, "開始月"))));
            preview.dates.push(day("間に合った締日", cutoff));
            preview.dates.push(day("委任状の返送期日", &plan.poa_due));
            preview
                .dates
                .push(day("国保連の締切", &plan.federation_date));
            preview.dates.push(day("ID/PW発行日", &plan.credentials_on));
            let prefecture = planned.first().map(|office| office.number.prefecture());
            let ask = Ask::new(entered.service(), Question::Dispatch, *complete_on)
                .in_prefecture(prefecture);
            let (today, policy) = (viewer.moment.day, viewer.app.policy());
            if plan.poa_due.on < today {
                preview.notices.push(format!(
                    "委任状の返送期日 {} はもう過ぎています。受け付けても委任状が間に合わず、開始月が先送りされます。",
                    words::date(plan.poa_due.on)
                ));
            } else if let Ok(answer) = answer(&policy, &ask) {
                // Entered late, the papers cannot leave before today.
                let late = answer.date("dispatch_by").is_ok_and(|by| by < today);
                let from_today = Ask {
                    on: today,
                    ..ask.clone()
                };
                let answer = match late {
                    true => days_in_hand(&policy, &from_today, plan.poa_due.on).unwrap_or(answer),
                    false => answer,
                };
                for name in ["days_in_hand", "post_back_by"] {
                    if let Ok(milestone) = answer.milestone(name) {
                        let link = (!late).then(|| why::of_ask(&ask, name, milestone.label));
                        let value = why::value(milestone.value);
                        let label = match (late, name) {
                            (true, "days_in_hand") => "手元日数（本日郵送の場合）",
                            (_, _) => milestone.label,
                        };
                        preview.dates.push((label, value, link));
                    }
                }
                preview
                    .notices
                    .extend(answer.notices.iter().map(|notice| notice.text.clone()));
            }
            let differing = offices
                .iter()
                .filter(|office| !entered.get(&format!("confirmed-{}", office.id)).is_empty());
            preview.notices.extend(differing.map(|office| {
                format!(
                    "{}：KJ IDが事業所番号と違うことを確認済みとして記録します。",
                    office.number
                )
            }));
        }
        transmission::Event::CarriedOver { .. }
        | transmission::Event::OfficeCompleted { .. }
        | transmission::Event::OfficeReady { .. }
        | transmission::Event::OfficeUnready { .. }
        | transmission::Event::OfficeDuePassed { .. }
        | transmission::Event::OfficePaperArrived { .. }
        | transmission::Event::PapersFiled { .. }
        | transmission::Event::FederationConfirmed { .. }
        | transmission::Event::FederationRejected { .. }
        | transmission::Event::OfficeWithdrawn { .. }
        | transmission::Event::AgentReleased { .. }
        | transmission::Event::NumberReplaced { .. }
        | transmission::Event::OfficeTransferred { .. }
        | transmission::Event::PapersOutdated { .. }
        | transmission::Event::Postponed { .. }
        | transmission::Event::PostponementCauseAdded { .. }
        | transmission::Event::PostponementCauseRemoved { .. }
        | transmission::Event::PostponementReversed { .. }
        | transmission::Event::PersonAsked { .. }
        | transmission::Event::PersonDecided { .. }
        | transmission::Event::IdsDue { .. }
        | transmission::Event::IdIssued { .. }
        | transmission::Event::Started { .. } => {}
    }
}
