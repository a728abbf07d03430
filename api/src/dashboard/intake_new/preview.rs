//! What would follow if the form were saved as it stands: the domain considers the very command that would be recorded.

use super::super::parts::Why;
use super::super::viewer::Viewer;
use super::super::{why, words};
use super::entered::Entered;
use crate::problem::Problem;
use chrono::NaiveDate;
use daicho_domain::nouns::Event;
use daicho_domain::rules::{Ask, Dated, Question, answer, days_in_hand};
use daicho_domain::stream::CorporationId;
use daicho_domain::transmission::{Plan, PlannedOffice};
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
            let Some(first) = planned.first() else {
                return;
            };
            preview.dates.push(day("間に合った締日", cutoff));
            begins(&first.plan, preview);
            // What cannot be met is told with the month that it moves to.
            if planned
                .iter()
                .all(|office| office.plan.poa_due.on > viewer.moment.day)
            {
                in_hand(first, *complete_on, viewer, entered, preview);
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
        transmission::Event::Postponed {
            from,
            to,
            offices: planned,
            cause,
        } => {
            let Some(first) = planned.first() else {
                return;
            };
            let office = offices.iter().find(|office| office.id == cause.office);
            let number = office.map_or_else(String::new, |office| office.number.to_string());
            preview.notices.push(format!(
                "規程どおりなら開始月は {} ですが、委任状（{number}）はその返送期日にもう間に合いません。この申込の事業所は {} からになり、受け付けると先送りのお知らせを発送簿に載せます。",
                from.in_japanese(),
                to.in_japanese()
            ));
            begins(&first.plan, preview);
            in_hand(first, viewer.moment.day, viewer, entered, preview);
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

/// The month and its days, instead of those that were said before.
fn begins(plan: &Plan, preview: &mut Preview) {
    let said = ["開始月", "委任状の返送期日", "国保連の締切", "ID/PW発行日"];
    preview.dates.retain(|(label, ..)| !said.contains(label));
    let month = plan.month().in_japanese();
    preview.headline = format!("この申込だと開始月は {month}");
    let why = why::of(&plan.start.basis, "開始月");
    preview.dates.insert(0, ("開始月", month, Some(why)));
    preview.dates.push(day("委任状の返送期日", &plan.poa_due));
    preview
        .dates
        .push(day("国保連の締切", &plan.federation_date));
    preview.dates.push(day("ID/PW発行日", &plan.credentials_on));
}

/// How long the customer has the 委任状 in hand. Entered late, it cannot leave before today.
fn in_hand(
    office: &PlannedOffice,
    complete_on: NaiveDate,
    viewer: &Viewer,
    entered: &Entered,
    preview: &mut Preview,
) {
    let prefecture = office.number.prefecture();
    let ask =
        Ask::new(entered.service(), Question::Dispatch, complete_on).in_prefecture(prefecture);
    let (today, policy) = (viewer.moment.day, viewer.app.policy());
    let (due, dated) = (office.plan.poa_due.on, answer(&policy, &ask));
    let late = dated.as_ref().is_ok_and(|answer| {
        let by = answer.date("dispatch_by").is_ok_and(|by| by < today);
        by || answer.date("poa_due").is_ok_and(|then| then != due)
    });
    let from_today = Ask {
        on: today,
        ..ask.clone()
    };
    let dated = match late {
        true => days_in_hand(&policy, &from_today, due).or(dated),
        false => dated,
    };
    let Ok(answer) = dated else {
        return;
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
    let told = answer.notices.iter().map(|notice| notice.text.clone());
    preview.notices.extend(told);
}
