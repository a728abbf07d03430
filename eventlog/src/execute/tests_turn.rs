//! What `execute_in_turn` promises: the log that one command after the other would have left.

use proptest::prelude::*;
use uuid::Uuid;

use super::tests::{asked, clock, engine, events_in, name, on, run, somebody};
use super::troubled::Troubled;
use super::*;
use crate::{MemoryLog, Recorded};
use daicho_domain::staff;

fn leave(id: u128) -> Command {
    Command::staff(&somebody(id), staff::Command::Leave {})
}

/// Each answer in a word.
fn words(turns: &Turns) -> Vec<String> {
    let word = |answer: &Result<Executed, Refusal>| match answer {
        Ok(done) if done.repeated => "repeated".to_owned(),
        Ok(done) => done.events.len().to_string(),
        Err(refusal) => refusal.code().to_owned(),
    };
    turns.answers.iter().map(word).collect()
}

async fn everything(engine: &Engine) -> Vec<Recorded> {
    let all = engine.log().read_all(None, usize::MAX).await;
    all.expect("the log is read")
}

#[tokio::test]
async fn each_command_is_decided_with_what_those_before_it_gave() {
    let engine = engine().await;
    let turns = engine
        .execute_in_turn(&[
            (leave(1), asked(1)),
            (name(1, "山田 花子"), asked(2)),
            (run("a", "2026-11-18"), asked(3)),
            (run("a", "2026-11-18"), asked(4)),
            (leave(1), asked(5)),
            (run("a", "2026-11-19"), asked(6)),
        ])
        .await;
    assert!(turns.stopped.is_none(), "{turns:?}");
    assert_eq!(words(&turns), ["staff.unknown", "1", "1", "0", "1", "1"]);
    let versions: Vec<_> = everything(&engine).await;
    let versions = versions
        .iter()
        .map(|event| (event.stream.as_str().starts_with("staff"), event.version));
    assert_eq!(
        versions.collect::<Vec<_>>(),
        [(true, 0), (false, 0), (true, 1), (false, 1)]
    );
}

#[tokio::test]
async fn a_command_sent_twice_in_one_turn_is_recorded_once() {
    let engine = engine().await;
    let twice = [
        (run("a", "2026-11-18"), asked(1)),
        (run("b", "2026-11-18"), asked(2)),
        (run("a", "2026-11-18"), asked(1)),
        (run("a", "2026-11-19"), asked(3)),
    ];
    let turns = engine.execute_in_turn(&twice).await;
    assert_eq!(words(&turns), ["1", "1", "repeated", "1"]);
    let again = engine.execute_in_turn(&twice).await;
    assert_eq!(words(&again), ["repeated"; 4]);
    assert_eq!(events_in(&engine).await, 3);
}

#[tokio::test]
async fn what_was_decided_before_somebody_else_wrote_is_decided_again() {
    // The same job ran meanwhile, for another: what the turn decided on its stream no longer fits.
    let elsewhere = engine().await;
    let ran = elsewhere
        .execute(run("b", "2026-11-18"), asked(9))
        .await
        .expect("it is decided");
    let event = ran.events[0].recorded.to_new();
    let log = Troubled::written_between(MemoryLog::new(clock()), "schedule-b", event);
    let engine = on(Arc::new(log)).await;
    let turns = engine
        .execute_in_turn(&[
            (run("a", "2026-11-18"), asked(1)),
            (run("b", "2026-11-18"), asked(2)),
            (run("b", "2026-11-19"), asked(3)),
            (run("c", "2026-11-18"), asked(4)),
        ])
        .await;
    assert!(turns.stopped.is_none(), "{turns:?}");
    assert_eq!(words(&turns), ["1", "0", "1", "1"]);
    let all = everything(&engine).await;
    let streams: Vec<_> = all.iter().map(|event| event.stream.as_str()).collect();
    assert_eq!(
        streams,
        ["schedule-a", "schedule-b", "schedule-b", "schedule-c"]
    );
}

#[tokio::test]
async fn appends_whose_answers_were_lost_are_found_by_their_commands() {
    let log = Troubled::losing_answers(MemoryLog::new(clock()));
    let engine = on(Arc::new(log)).await;
    let turns = engine
        .execute_in_turn(&[
            (run("a", "2026-11-18"), asked(1)),
            (run("b", "2026-11-18"), asked(2)),
        ])
        .await;
    assert!(turns.stopped.is_none(), "{turns:?}");
    assert_eq!(words(&turns), ["repeated", "1"]);
    assert_eq!(events_in(&engine).await, 2);
}

#[tokio::test]
async fn a_failure_stops_it_and_what_stood_before_is_recorded() {
    let log = MemoryLog::new(clock());
    let foreign = crate::NewEvent {
        kind: "poa.received.v9".into(),
        ..crate::contract::event(0)
    };
    log.append(&"schedule-b".into(), Expected::NoStream, vec![foreign])
        .await
        .expect("the append is taken");
    let engine = on(Arc::new(log)).await;
    let turns = engine
        .execute_in_turn(&[
            (run("a", "2026-11-18"), asked(1)),
            (leave(1), asked(2)),
            (run("b", "2026-11-18"), asked(3)),
            (run("c", "2026-11-18"), asked(4)),
        ])
        .await;
    assert_eq!(words(&turns), ["1", "staff.unknown"]);
    match turns.stopped {
        Some(Failed::Log(LogError::Unreadable { number: 0, .. })) => {}
        other => panic!("nobody knows what that event says: {other:?}"),
    }
    assert_eq!(
        events_in(&engine).await,
        2,
        "the one before, and none behind"
    );
}

#[tokio::test]
#[should_panic(expected = "a day is not opened in turn")]
async fn a_day_is_not_opened_in_turn() {
    let engine = engine().await;
    let open = [(super::tests::open("2026-11-18"), asked(1))];
    let _turns = engine.execute_in_turn(&open).await;
}

#[tokio::test]
async fn more_commands_than_one_turn_takes_come_in_their_order() {
    let engine = engine().await;
    let jobs: Vec<_> = (0..600_u128)
        .map(|nth| (run(&format!("{nth}"), "2026-11-18"), asked(nth)))
        .collect();
    let turns = engine.execute_in_turn(&jobs).await;
    assert_eq!(turns.answers.len(), 600);
    let all = everything(&engine).await;
    let ran = all.iter().map(|event| event.stream.as_str().to_owned());
    assert!(ran.eq((0..600).map(|nth| format!("schedule-{nth}"))));
}

/// Few things, so that commands meet: three people, three jobs, three days, and ids that come again.
fn any_command() -> impl Strategy<Value = (Command, Caused)> {
    let command = prop_oneof![
        (0..3_usize, 18..21_u32)
            .prop_map(|(job, day)| run(["a", "b", "c"][job], &format!("2026-11-{day}"))),
        (0..3_u128, 0..3_usize).prop_map(|(id, text)| name(id, ["山田", "佐藤", "鈴木"][text])),
        (0..3_u128).prop_map(leave),
    ];
    (command, 0..40_u128).prop_map(|(command, id)| {
        // An id is one command's: the same id for another stream is another command.
        let id = Uuid::new_v5(&Uuid::from_u128(id), command.stream.to_string().as_bytes());
        (command, Caused::by_request("staff-7", id))
    })
}

proptest! {
    #[test]
    fn the_log_is_the_one_that_one_command_after_the_other_leaves(
        commands in prop::collection::vec(any_command(), 0..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(async {
            let (one_by_one, in_turn) = (engine().await, engine().await);
            let mut answers = Vec::new();
            for (command, by) in &commands {
                match one_by_one.execute(command.clone(), by.clone()).await {
                    Ok(done) => answers.push(Ok(done)),
                    Err(ExecuteError::Refused(refusal)) => answers.push(Err(refusal)),
                    Err(ExecuteError::Failed(failed)) => panic!("{failed}"),
                }
            }
            let turns = in_turn.execute_in_turn(&commands).await;
            prop_assert!(turns.stopped.is_none());
            let unsealed = |answers: &[Result<Executed, Refusal>]| {
                let said = |answer: &Result<Executed, Refusal>| match answer {
                    Ok(done) => Ok((
                        done.repeated,
                        done.events.iter().map(|one| one.event.clone()).collect::<Vec<_>>(),
                    )),
                    Err(refusal) => Err(refusal.code()),
                };
                answers.iter().map(said).collect::<Vec<_>>()
            };
            prop_assert_eq!(unsealed(&answers), unsealed(&turns.answers));
            // What is sealed is sealed under keys of each engine's own; everything else is the same to the byte.
            let envelope = |all: Vec<Recorded>| {
                let parts = |event: Recorded| (event.number, event.stream, event.version, event.event_id, event.kind);
                all.into_iter().map(parts).collect::<Vec<_>>()
            };
            prop_assert_eq!(
                envelope(everything(&one_by_one).await),
                envelope(everything(&in_turn).await)
            );
            Ok(())
        })?;
    }
}
