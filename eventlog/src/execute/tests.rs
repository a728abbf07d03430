//! What `execute` promises, on the nouns with the shortest rules: days, staff, recurring jobs.

use std::collections::BTreeMap;

use daicho_domain::intake::Channel;
use daicho_domain::personal::Personal;
use daicho_domain::stream::StaffId;
use daicho_domain::{schedule, staff};
use uuid::Uuid;

use super::troubled::Troubled;
use super::*;
use crate::envelope::NewEvent;
use crate::sealing::MasterKey;
use crate::{MemoryLog, SimulatedClock, Training};

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(super) fn clock() -> Arc<SimulatedClock> {
    let noon = "2026-11-20T03:00:00Z".parse().expect("an instant");
    Arc::new(SimulatedClock::at(noon))
}

pub(super) async fn on(log: Arc<dyn EventLog>) -> Engine {
    let master = MasterKey::for_training(Training { seed: 1 });
    let keys = Arc::new(Keys::in_memory(master).expect("keys in memory"));
    Engine::start(log, keys, clock(), Arc::default())
        .await
        .expect("the engine starts")
}

pub(super) async fn engine() -> Engine {
    on(Arc::new(MemoryLog::new(clock()))).await
}

pub(super) fn asked(id: u128) -> Caused {
    Caused::by_request("staff-7", Uuid::from_u128(id))
}

pub(super) fn open(date: &str) -> Command {
    Command::office_day(&Stream::OfficeDay(day(date)), office_day::Command::Open {})
}

pub(super) fn run(job: &str, due_on: &str) -> Command {
    let stream = Stream::Schedule(job.to_owned());
    Command::schedule(
        &stream,
        schedule::Command::Run {
            due_on: day(due_on),
        },
    )
}

pub(super) fn name(id: u128, text: &str) -> Command {
    let name = Personal::new(format!("staff-{id}"), text);
    Command::staff(&somebody(id), staff::Command::Name { name })
}

pub(super) fn somebody(id: u128) -> Stream {
    Stream::Staff(StaffId(Uuid::from_u128(id)))
}

pub(super) fn ids(executed: &Executed) -> Vec<Uuid> {
    let events = executed.events.iter();
    events.map(|event| event.recorded.event_id).collect()
}

pub(super) async fn events_in(engine: &Engine) -> usize {
    let all = engine.log().read_all(None, usize::MAX).await;
    all.expect("the log is read").len()
}

#[tokio::test]
async fn a_command_is_decided_on_the_open_day_and_recorded_with_its_cause() {
    let engine = engine().await;
    engine
        .execute(open("2026-11-18"), asked(1))
        .await
        .expect("it opens");
    let done = engine
        .execute(run("month_end", "2026-11-18"), asked(2))
        .await;
    let done = done.expect("it is decided").events;
    let recorded = &done[0].recorded;
    assert_eq!(recorded.occurred_on, day("2026-11-18"));
    assert_eq!(
        recorded.recorded_at.to_rfc3339(),
        "2026-11-20T03:00:00+00:00"
    );
    assert_eq!(&*recorded.kind, "schedule.ran.v1");
    assert_eq!(recorded.stream.as_str(), "schedule-month_end");
    assert_eq!(&*recorded.actor, "staff-7");
    assert_eq!(recorded.command_id, Uuid::from_u128(2));
    assert_eq!(recorded.event_id, Uuid::new_v5(&Uuid::from_u128(2), b"0"));
    assert_eq!(
        (recorded.correlation, recorded.causation),
        (Uuid::from_u128(2), None)
    );

    let next = Caused::by_event("worker", recorded, "then", "schedule-after");
    let after = engine
        .execute(run("after", "2026-11-18"), next.clone())
        .await;
    let after = &after.expect("it is decided").events[0].recorded;
    assert_eq!(after.causation, Some(recorded.event_id));
    assert_eq!(after.correlation, recorded.correlation);
    assert_eq!(after.command_id, next.command_id);
}

#[tokio::test]
async fn the_same_command_twice_is_recorded_once_and_answered_alike() {
    let engine = engine().await;
    let first = engine
        .execute(run("a", "2026-11-18"), asked(1))
        .await
        .expect("it is decided");
    engine
        .execute(run("a", "2026-11-19"), asked(2))
        .await
        .expect("it is decided");
    let again = engine
        .execute(run("a", "2026-11-18"), asked(1))
        .await
        .expect("it was decided");
    assert_eq!((first.repeated, again.repeated), (false, true));
    assert_eq!(first.events, again.events);
    assert_eq!(events_in(&engine).await, 2);
}

#[tokio::test]
async fn what_holds_already_gives_no_events() {
    let engine = engine().await;
    engine
        .execute(run("a", "2026-11-18"), asked(1))
        .await
        .expect("it is decided");
    let again = engine
        .execute(run("a", "2026-11-18"), asked(2))
        .await
        .expect("it holds");
    assert_eq!((again.events.len(), again.repeated), (0, false));
    assert_eq!(events_in(&engine).await, 1);
}

#[tokio::test]
async fn a_refusal_records_nothing() {
    let engine = engine().await;
    let leave = Command::staff(&somebody(1), staff::Command::Leave {});
    match engine.execute(leave, asked(1)).await {
        Err(ExecuteError::Refused(refusal)) => assert_eq!(refusal.code(), "staff.unknown"),
        other => panic!("nobody can leave who never came: {other:?}"),
    }
    assert_eq!(events_in(&engine).await, 0);
}

#[tokio::test]
async fn needed_streams_are_gathered_until_nothing_new_is_needed() {
    let engine = engine().await;
    // Friday's post was counted, then a weekend: closing Monday looks back over three days.
    for (id, date) in [
        "2026-11-20",
        "2026-11-21",
        "2026-11-22",
        "2026-11-23",
        "2026-11-24",
    ]
    .into_iter()
    .enumerate()
    {
        engine
            .execute(open(date), asked(id as u128))
            .await
            .expect("it opens");
    }
    let close = |date| {
        let close = office_day::Command::Close {
            entered: BTreeMap::from([(Channel::Post, 3)]),
            difference: None,
        };
        Command::office_day(&Stream::OfficeDay(day(date)), close)
    };
    let count = |date| {
        let count = office_day::Command::CountPost {
            channel: Channel::Post,
            sheets: 3,
        };
        Command::office_day(&Stream::OfficeDay(day(date)), count)
    };
    engine
        .execute(count("2026-11-24"), asked(10))
        .await
        .expect("it is counted");
    match engine.execute(close("2026-11-24"), asked(11)).await {
        Err(ExecuteError::Refused(refusal)) => {
            assert_eq!(refusal.code(), "office_day.earlier_day_open");
        }
        other => panic!("the Friday before is open: {other:?}"),
    }
    engine
        .execute(count("2026-11-20"), asked(12))
        .await
        .expect("it is counted");
    engine
        .execute(close("2026-11-20"), asked(13))
        .await
        .expect("it closes");
    engine
        .execute(close("2026-11-24"), asked(14))
        .await
        .expect("now it closes");
}

#[tokio::test]
async fn the_open_day_is_found_in_the_log_and_never_goes_back() {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new(clock()));
    let before = on(log.clone()).await;
    assert_eq!(before.today().await, None);
    let early = before
        .execute(run("a", "2026-11-01"), asked(1))
        .await
        .expect("it is decided");
    assert_eq!(
        early.events[0].recorded.occurred_on,
        day("2026-11-20"),
        "by the clock"
    );
    for (id, date) in [(2, "2026-11-20"), (3, "2026-11-21"), (4, "2026-11-20")] {
        before
            .execute(open(date), asked(id))
            .await
            .expect("it opens");
    }
    assert_eq!(before.today().await, Some(day("2026-11-21")));
    let late = Caused {
        occurred_on: Some(day("2026-11-20")),
        ..asked(5)
    };
    let late = before
        .execute(run("b", "2026-11-20"), late)
        .await
        .expect("it is decided");
    assert_eq!(late.events[0].recorded.occurred_on, day("2026-11-21"));
    assert_eq!(on(log).await.today().await, Some(day("2026-11-21")));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_commands_at_once_on_one_stream_are_all_decided_in_turn() {
    let engine = Arc::new(engine().await);
    let first = day("2026-01-01");
    let callers = (0..40).map(|index| {
        let engine = engine.clone();
        let due_on = (first + chrono::Days::new(index)).to_string();
        tokio::spawn(async move { engine.execute(run("a", &due_on), asked(index.into())).await })
    });
    for caller in callers.collect::<Vec<_>>() {
        let done = caller
            .await
            .expect("no panic")
            .expect("it is decided in the end");
        assert!(done.events.len() <= 1);
    }
    let stream = Stream::Schedule("a".to_owned());
    let folded = engine.state(&stream).await.expect("it is read");
    let afresh = on(engine.log().clone()).await;
    assert_eq!(folded, afresh.state(&stream).await.expect("it is read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_at_once_is_recorded_once() {
    let engine = Arc::new(engine().await);
    let callers = (0..20).map(|_| {
        let engine = engine.clone();
        tokio::spawn(async move { engine.execute(run("a", "2026-11-18"), asked(1)).await })
    });
    let mut answers = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        answers.push(ids(&caller
            .await
            .expect("no panic")
            .expect("it is decided")));
    }
    answers.dedup();
    assert_eq!(answers, [[Uuid::new_v5(&Uuid::from_u128(1), b"0")]]);
    assert_eq!(events_in(&engine).await, 1);
}

#[tokio::test]
async fn personal_texts_are_sealed_in_the_log_and_gone_when_erased() {
    let engine = engine().await;
    let named = engine
        .execute(name(1, "山田 花子"), asked(1))
        .await
        .expect("it is decided");
    let body = named.events[0].recorded.body.as_str();
    assert!(body.contains("$sealed") && !body.contains("山田"), "{body}");
    let known = |state: &State| {
        let State::Staff(staff::State::Known { name, .. }) = state else {
            panic!("somebody is known: {state:?}");
        };
        name.disclose().map(str::to_owned)
    };
    let state = engine.state(&somebody(1)).await.expect("it is read");
    assert_eq!(known(&state).as_deref(), Some("山田 花子"));
    let asked_for = Event::Corporation(corporation::Event::TextsErased {
        subjects: vec!["staff-1".to_owned()],
        reason: Personal::new("remarks-1", "本人の申し出"),
    });
    engine
        .erase_as_recorded(&asked_for)
        .expect("the key is erased");
    let state = engine.state(&somebody(1)).await.expect("it is read");
    assert_eq!(known(&state), None);
}

#[tokio::test]
async fn an_append_whose_answer_was_lost_is_found_by_its_command() {
    let log = Troubled::losing_answers(MemoryLog::new(clock()));
    let engine = on(Arc::new(log)).await;
    let done = engine
        .execute(run("a", "2026-11-18"), asked(1))
        .await
        .expect("it is found");
    assert!(done.repeated);
    assert_eq!(done.events.len(), 1);
    assert_eq!(events_in(&engine).await, 1);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_the_decision() {
    let log = MemoryLog::new(clock());
    let foreign = NewEvent {
        kind: "poa.received.v9".into(),
        ..crate::contract::event(0)
    };
    log.append(&"schedule-a".into(), Expected::NoStream, vec![foreign])
        .await
        .expect("the append is taken");
    let engine = on(Arc::new(log)).await;
    match engine.execute(run("a", "2026-11-18"), asked(1)).await {
        Err(ExecuteError::Failed(Failed::Log(LogError::Unreadable { number: 0, .. }))) => {}
        other => panic!("nobody knows what that event says: {other:?}"),
    }
}
