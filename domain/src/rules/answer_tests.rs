//! Answers against their table, and what must hold of every answer on any day.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::{
    Answer, Ask, Certainty, Dated, Direction, Explainer, Lang, Milestone, Policy, Question,
    RuleError, Value, answer, days_in_hand,
};
use crate::dates::testing::{any_day, day, rows};
use crate::{Prefecture, Service};

const MINI2: Service = Service::HonobonoMini2;

fn answered(service: Service, question: Question, on: NaiveDate) -> Answer {
    answer(&Policy::seeded(), &Ask::new(service, question, on)).expect("an answer")
}

fn plain(value: Value) -> String {
    match value {
        Value::Date(day) => day.to_string(),
        Value::Month(month) => month.to_string(),
        Value::Amount(number) | Value::Days(number) => number.to_string(),
    }
}

#[test]
fn answers_are_as_the_table_says() {
    let policy = Policy::seeded();
    for row in rows(include_str!("../../vectors/answers.csv")) {
        let [service, question, on, prefecture, name, value] = row.as_slice() else {
            panic!("{row:?} has not six cells");
        };
        let prefecture: Option<Prefecture> = prefecture.parse().ok();
        let ask = Ask::new(
            service.parse().expect("a service"),
            question.parse().expect("a question"),
            day(on),
        );
        let answer = answer(&policy, &ask.in_prefecture(prefecture)).expect("an answer");
        let milestone = answer.milestone(name).expect("the milestone");
        assert_eq!(plain(milestone.value), *value, "{row:?}");
    }
}

#[test]
fn an_answer_has_its_milestones_in_order_and_each_rests_on_facts_and_rules() {
    for question in Question::ALL {
        for service in question.services() {
            let answer = answered(*service, question, day("2026-06-25"));
            let names: Vec<&str> = answer.milestones.iter().map(|m| m.name).collect();
            assert!(names.starts_with(question.milestones()), "{names:?}");
            for milestone in &answer.milestones {
                assert!(!milestone.facts.is_empty(), "{question} {}", milestone.name);
                assert!(!milestone.rules.is_empty(), "{question} {}", milestone.name);
                assert!(!milestone.steps.is_empty(), "{question} {}", milestone.name);
            }
        }
    }
}

#[test]
fn a_question_of_another_service_is_refused() {
    let policy = Policy::seeded();
    for (service, question) in [
        (Service::CareplanRenkei, Question::Termination),
        (Service::CareNetMessenger, Question::Trial),
        (MINI2, Question::Licence),
    ] {
        assert_eq!(
            answer(&policy, &Ask::new(service, question, day("2026-06-25"))),
            Err(RuleError::NotAsked { service, question })
        );
    }
}

#[test]
fn a_day_no_calendar_knows_is_refused() {
    let policy = Policy::seeded();
    for on in [day("+12026-01-01"), NaiveDate::MAX] {
        assert_eq!(
            answer(&policy, &Ask::new(MINI2, Question::Trial, on)),
            Err(RuleError::OutOfRange(on))
        );
    }
}

fn changes(milestone: &Milestone, direction: Direction) -> Vec<String> {
    milestone
        .would_change
        .iter()
        .filter(|change| change.direction == direction)
        .map(|change| format!("{} {}", change.when, change.value.text(Lang::Ja)))
        .collect()
}

#[test]
fn an_answer_says_what_would_change_it_both_ways() {
    let answer = answered(MINI2, Question::Transmission, day("2026-06-26"));
    let start = answer.milestone("transmission_start").expect("the month");
    assert_eq!(
        changes(start, Direction::Earlier),
        ["1日早ければ（2026/06/25（木）まで） 2026年8月"]
    );
    assert_eq!(
        changes(start, Direction::Later),
        ["30日遅ければ（2026/07/26（日）から） 2026年10月"]
    );
    let due = answer.milestone("poa_due").expect("the due date");
    assert_eq!(
        changes(due, Direction::Prefecture),
        ["提出先が大阪府なら 2026/08/07（金）"]
    );
    assert!(
        changes(due, Direction::Decision)
            .contains(&"未決定の「返送期日の日」が「5日」なら 2026/08/05（水）".to_owned())
    );
}

#[test]
fn an_answer_for_osaka_names_its_federation_and_what_it_would_be_elsewhere() {
    let osaka = Prefecture::from_code(27).expect("27 is Osaka");
    let ask = Ask::new(MINI2, Question::Transmission, day("2026-06-25")).in_prefecture(osaka);
    let answer = answer(&Policy::seeded(), &ask).expect("an answer");
    let due = answer.milestone("poa_due").expect("the due date");
    assert_eq!(
        changes(due, Direction::Prefecture),
        ["提出先がほかの都道府県なら 2026/07/10（金）"]
    );
    assert!(
        due.facts
            .iter()
            .any(|fact| fact.contains("大阪府国民健康保険団体連合会"))
    );
    assert!(
        due.open
            .iter()
            .all(|open| open.id != "federation.arrival_day")
    );
    assert!(
        answer
            .notices
            .iter()
            .any(|notice| notice.text.contains("Oh!Shien"))
    );
}

#[test]
fn few_days_in_hand_are_warned_of() {
    let warned = |on| {
        let answer = answered(MINI2, Question::Dispatch, day(on));
        answer
            .notices
            .iter()
            .any(|notice| notice.code == "few_days_in_hand")
    };
    assert!(warned("2026-04-25"));
    assert!(!warned("2026-04-01"));
}

#[test]
fn papers_sent_again_keep_their_due_date() {
    let ask = Ask::new(MINI2, Question::Dispatch, day("2026-07-01"));
    let answer = days_in_hand(&Policy::seeded(), &ask, day("2026-07-10")).expect("an answer");
    assert_eq!(answer.date("delivered_on"), Ok(day("2026-07-03")));
    assert_eq!(answer.date("post_back_by"), Ok(day("2026-07-08")));
    assert_eq!(answer.days("days_in_hand"), Ok(4));
}

#[test]
fn what_an_event_keeps_names_book_rules_and_open_points() {
    let answer = answered(MINI2, Question::Transmission, day("2026-06-25"));
    let due = answer.dated("poa_due").expect("a day");
    assert_eq!(due.on, day("2026-07-10"));
    assert_eq!(due.basis.book, "honobono-mini2@2015-01-01 r1");
    assert!(
        due.basis
            .rules
            .contains(&"transmission.cutoff_day".to_owned())
    );
    assert!(due.basis.open.contains(&"poa.return_day".to_owned()));
    assert!(
        !due.basis
            .open
            .contains(&"transmission.cutoff_day".to_owned())
    );
    let json = serde_json::to_string(&due).expect("a dated day serialises");
    assert_eq!(
        serde_json::from_str::<Dated>(&json).expect("and reads back"),
        due
    );
    assert_eq!(
        answer
            .month("transmission_start")
            .map(|month| month.to_string()),
        Ok("2026-08".into())
    );
}

#[test]
fn a_milestone_in_json_has_its_name_and_its_date_a_month_as_its_first_day() {
    let answer = answered(MINI2, Question::Transmission, day("2026-06-25"));
    let json = serde_json::to_value(&answer).expect("an answer serialises");
    assert_eq!(json["milestones"][1]["name"], "transmission_start");
    assert_eq!(json["milestones"][1]["date"], "2026-08-01");
    assert_eq!(json["milestones"][1]["month"], "2026-08");
    assert_eq!(json["milestones"][1]["certainty"], "fixed");
    assert_eq!(json["milestones"][2]["date"], "2026-07-10");
}

#[test]
fn days_not_yet_in_the_gazette_or_beyond_the_table_are_expected() {
    let certainty = |question, on, name: &str| {
        answered(MINI2, question, day(on))
            .milestone(name)
            .expect("it")
            .certainty
    };
    assert_eq!(
        certainty(Question::Debit, "2028-02-01", "debit_on"),
        Certainty::Fixed
    );
    assert_eq!(
        certainty(Question::Debit, "2028-02-01", "debit_request_by"),
        Certainty::Expected
    );
    assert_eq!(
        certainty(Question::Debit, "2035-12-01", "debit_on"),
        Certainty::Expected
    );
    assert_eq!(
        certainty(Question::Trial, "2035-12-01", "trial_last_day"),
        Certainty::Fixed
    );
    let answer = answered(MINI2, Question::Debit, day("2035-12-01"));
    let steps = &answer.milestone("debit_on").expect("it").steps;
    assert!(
        steps.iter().any(|step| step.contains("2035/12/31")),
        "{steps:?}"
    );
}

#[test]
fn after_a_postponement_the_book_of_the_deciding_day_answers() {
    let ask = Ask::new(MINI2, Question::TransmissionMonth, day("2014-09-01"));
    assert!(matches!(
        answer(&Policy::seeded(), &ask),
        Err(RuleError::NoBook { .. })
    ));
    let later = ask.decided_on(day("2015-01-05"));
    let due = answer(&Policy::seeded(), &later)
        .expect("an answer")
        .date("poa_due");
    assert_eq!(due, Ok(day("2014-08-08")));
}

#[test]
fn the_text_of_an_answer_reads_from_conclusion_to_change() {
    let text = answered(MINI2, Question::Trial, day("2026-04-10")).text(Lang::Ja);
    for part in [
        "ほのぼのmini2 無料お試し　起点: 仮登録の日 2026/04/10（金）",
        "お試しの最終日（trial_last_day）: 2026/06/10（水）　確定",
        "当日は数えず、翌日の 2026/04/11（土） から数え始める",
        "（民法、第140条・第143条）",
        "未決定の「仮登録の当日を数える」が「はい」なら 2026/06/09（火）",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let text = answered(MINI2, Question::Trial, day("2026-04-10")).text(Lang::En);
    assert!(text.contains("trial_last_day: 2026-06-10, fixed"), "{text}");
    assert!(
        text.contains("1 day earlier (until 2026-04-09): 2026-06-09"),
        "{text}"
    );
}

fn both() -> impl Strategy<Value = Service> {
    prop_oneof![Just(MINI2), Just(Service::CareNetMessenger)]
}

proptest! {
    #[test]
    fn the_start_month_never_moves_back_as_the_application_day_grows(on in any_day(), service in both()) {
        let policy = Policy::seeded();
        let explainer = Explainer::new(&policy, Ask::new(service, Question::Transmission, on));
        let start = |on| explainer.values_on(on).expect("values")[1].1;
        prop_assert!(start(on) <= start(on + Days::new(1)));
    }

    #[test]
    fn papers_are_due_before_the_federation_wants_them_and_ids_come_before_the_start(
        on in any_day(), service in both(), code in 1u8..=47,
    ) {
        let prefecture = Prefecture::from_code(code);
        let ask = Ask::new(service, Question::Transmission, on).in_prefecture(prefecture);
        let policy = Policy::seeded();
        let values = Explainer::new(&policy, ask).values_on(on).expect("values");
        let date = |name| values.iter().find(|(n, _)| *n == name).and_then(|(_, v)| v.date()).expect("a day");
        prop_assert!(on <= date("cutoff_on"));
        prop_assert!(date("cutoff_on") < date("poa_due"));
        prop_assert!(date("poa_due") < date("federation_date"));
        prop_assert!(date("poa_due") < date("credentials_on"));
        prop_assert!(date("credentials_on") < date("transmission_start"));
        prop_assert!(policy.calendars.vendor().is_open(date("poa_due")).value);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_said_would_change_an_answer_does(on in any_day()) {
        let policy = Policy::seeded();
        for (service, question) in [
            (MINI2, Question::Transmission), (MINI2, Question::Debit), (Service::CareplanRenkei, Question::Licence),
        ] {
            let answer = answered(service, question, on);
            let explainer = Explainer::new(&policy, Ask::new(service, question, on));
            let value = |on, name: &str| {
                let values = explainer.values_on(on).ok()?;
                values.iter().find(|(n, _)| *n == name).map(|(_, value)| *value)
            };
            for milestone in &answer.milestones {
                for change in &milestone.would_change {
                    let days = Days::new(change.days.unsigned_abs());
                    let (there, near) = match change.direction {
                        Direction::Earlier => (on - days, on - days + Days::new(1)),
                        Direction::Later => (on + days, on + days - Days::new(1)),
                        Direction::Decision | Direction::Prefecture => continue,
                    };
                    prop_assert_eq!(value(there, milestone.name), Some(change.value));
                    prop_assert_eq!(value(near, milestone.name), Some(milestone.value));
                    prop_assert_ne!(change.value, milestone.value);
                }
            }
        }
    }

    #[test]
    fn nobody_is_suspended_while_claims_are_transmitted_or_without_fair_notice(on in any_day(), service in both()) {
        use chrono::Datelike;
        prop_assume!(on > day("2015-03-01"));
        let policy = Policy::seeded();
        let stop = answered(service, Question::Suspension, on).date("suspension_on").expect("a day");
        prop_assert!(!(1..=10).contains(&stop.day()));
        prop_assert!(policy.calendars.vendor().count(on, stop).value >= 5);
        prop_assert!(policy.calendars.vendor().is_open(stop).value);
    }
}
