//! What the count takes and what stops it, given by hand: no server would send most of this.

use chrono::{DateTime, TimeDelta, Utc};

use super::counted::{Counted, Counting};
use super::token::{At, Token};
use super::wire::{Came, What};
use crate::chain::Chain;
use crate::contract::event;
use crate::port::LogError;

fn noon() -> DateTime<Utc> {
    "2026-11-20T03:00:00Z".parse().expect("an instant")
}

fn at(commit: u64) -> At {
    At {
        commit,
        prepare: commit,
    }
}

/// The event `index` of `poa-1`, at this place.
fn came(index: u64, commit: u64) -> Came {
    Came {
        at: at(commit),
        stream: "poa-1".into(),
        version: index,
        what: What::Ours {
            event: event(index),
            recorded_at: noon(),
            said: None,
        },
    }
}

fn counted(came: Vec<Came>) -> (Counted, Result<(), LogError>) {
    let mut counted = Counted::new().expect("a temporary file");
    let taken = counted.take(came);
    (counted, taken)
}

fn last(counted: &Counted) -> Option<u64> {
    counted.last().map(|place| place.number)
}

#[test]
fn what_came_already_is_known_by_its_place_and_not_counted_twice() {
    let (mut counted, taken) = counted(vec![came(0, 10), came(1, 20)]);
    assert_eq!(taken, Ok(()));
    assert_eq!(counted.take(vec![came(1, 20), came(2, 30)]), Ok(()));
    assert_eq!(last(&counted), Some(2));
    let out_of_order = counted.take(vec![came(3, 25)]);
    assert!(matches!(
        out_of_order,
        Err(LogError::Unreadable { number: 3, .. })
    ));
}

#[test]
fn a_gap_in_a_stream_stops_the_count_before_it() {
    let (counted, stopped) = counted(vec![came(0, 10), came(2, 20), came(3, 30)]);
    let Err(LogError::Cut { stream, why }) = &stopped else {
        panic!("{stopped:?}");
    };
    assert_eq!(stream.as_str(), "poa-1");
    assert!(
        why.contains("version 1 was expected at position 20/20"),
        "{why}"
    );
    assert_eq!(last(&counted), Some(0));
}

#[test]
fn a_stream_whose_beginning_is_gone_stops_the_count() {
    let (counted, stopped) = counted(vec![came(5, 10)]);
    assert!(matches!(stopped, Err(LogError::Cut { .. })));
    assert_eq!(last(&counted), None);
}

#[test]
fn a_server_that_counts_otherwise_stops_the_count() {
    let mut other = came(0, 10);
    if let What::Ours { said, .. } = &mut other.what {
        *said = Some(7);
    }
    let (_, stopped) = counted(vec![other]);
    let Err(LogError::Unreadable { number: 0, why }) = stopped else {
        panic!("{stopped:?}");
    };
    assert!(why.contains("number 7"), "{why}");
}

#[test]
fn what_is_not_ours_is_named_with_number_and_position() {
    let mut other = came(1, 20);
    other.what = What::NotOurs("it has no metadata".to_owned());
    let (counted, stopped) = counted(vec![came(0, 10), other, came(1, 30)]);
    assert_eq!(
        stopped,
        Err(LogError::Unreadable {
            number: 1,
            why: "it has no metadata, in poa-1 at position 20/20".to_owned()
        })
    );
    assert_eq!(last(&counted), Some(0));
}

#[test]
fn instants_never_decrease_and_the_digest_follows_them() {
    let mut earlier = came(1, 20);
    if let What::Ours { recorded_at, .. } = &mut earlier.what {
        *recorded_at -= TimeDelta::seconds(60);
    }
    let (counted, taken) = counted(vec![came(0, 10), earlier]);
    assert_eq!(taken, Ok(()));
    let held = [counted.held(0), counted.held(1)].map(|event| event.expect("it is held"));
    assert_eq!(held[0].recorded_at, held[1].recorded_at);
    let chain = held
        .iter()
        .fold(Chain::START, |chain, event| chain.then_recorded(event));
    assert_eq!(counted.last().map(|place| place.chain), Some(chain));
}

#[test]
fn who_waits_for_an_event_hears_of_it_or_that_nothing_more_comes() {
    let mut counted = Counted::new().expect("a temporary file");
    let waits = |counted: &mut Counted, version| {
        let counting = counted.await_version(&"poa-1".into(), version);
        match counting.expect("it goes on") {
            Counting::Awaited(awaited) => awaited,
            Counting::Known(place) => panic!("{place:?} is not counted yet"),
        }
    };
    let mut first = waits(&mut counted, 0);
    let mut never = waits(&mut counted, 9);
    counted.take(vec![came(0, 10)]).expect("it is counted");
    assert_eq!(first.try_recv().map(|place| place.number), Ok(0));
    counted.stop(LogError::ForeignPosition);
    assert!(never.try_recv().is_err());
    let after = counted.await_version(&"poa-1".into(), 9);
    assert!(matches!(after, Err(LogError::ForeignPosition)));
}

#[test]
fn a_position_of_another_log_is_told_from_ours() {
    let (counted, _) = counted(vec![came(0, 10)]);
    let token = |commit, number| Token {
        at: at(commit),
        number,
    };
    assert_eq!(counted.number_of(token(10, 0)), Ok(Some(0)));
    assert_eq!(
        counted.number_of(token(11, 0)),
        Err(LogError::ForeignPosition)
    );
    assert_eq!(counted.number_of(token(99, 5)), Ok(None));
    let there = Token::read(token(10, 0).position());
    assert_eq!(there, Ok(token(10, 0)));
}
