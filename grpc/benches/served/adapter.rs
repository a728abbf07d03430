//! The KurrentDB adapter against the client it rests on.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use daicho_eventlog::contract::event;
use daicho_eventlog::kurrentdb::Address;
use daicho_eventlog::{
    Body, EventLog as _, Expected, KurrentLog, NewEvent, StreamName, SystemClock,
};
use futures::StreamExt as _;

use crate::ROUNDS;
use crate::compared::compared;
use crate::protocol::body;
use crate::server::Server;

fn usual(index: u64) -> NewEvent {
    let body = String::from_utf8(body(index as usize)).expect("text");
    NewEvent {
        body: Body::from_text(body),
        ..event(index)
    }
}

/// The adapter and the client it rests on, both against the served protocol.
pub async fn against_its_client(directory: &Path) {
    const WRITERS: u64 = 64;
    const APPENDS: u64 = 4_000;
    // More than what is measured one by one: both have to connect before they read, which takes the client half a second.
    const TOGETHER: u64 = 500;
    const EVENTS: u64 = APPENDS + 120 * TOGETHER;
    let (mut written, mut caught_up) = ([vec![], vec![]], [vec![], vec![]]);
    for round in 0..ROUNDS {
        let servers = ["adapter", "client"]
            .map(|what| Server::daicho(&directory.join(format!("{what}-{round}"))));
        let connections = servers
            .each_ref()
            .map(|server| format!("kurrentdb://{}?tls=false", server.address));
        let address = Address::parse(&connections[0]).expect("it is read");
        let log = KurrentLog::open(address, Arc::new(SystemClock)).await;
        let log = Arc::new(log.expect("it opens"));
        let begun = Instant::now();
        let writers = (0..WRITERS).map(|writer| {
            let log = log.clone();
            tokio::spawn(async move {
                let stream = StreamName::from(format!("poa-{writer}").as_str());
                for (version, index) in (writer..APPENDS).step_by(WRITERS as usize).enumerate() {
                    let expected = Expected::after((version as u64).checked_sub(1));
                    let appended = log.append(&stream, expected, vec![usual(index)]).await;
                    appended.expect("it is taken");
                }
            })
        });
        futures::future::join_all(writers.collect::<Vec<_>>()).await;
        written[0].push(APPENDS as f64 / begun.elapsed().as_secs_f64());
        for first in (APPENDS..EVENTS).step_by(TOGETHER as usize) {
            let stream = StreamName::from(format!("poa-{first}").as_str());
            let events = (first..first + TOGETHER).map(usual).collect();
            let appended = log.append(&stream, Expected::after(None), events).await;
            appended.expect("they are taken");
        }

        let client = kurrentdb::Client::new(connections[1].parse().expect("an address"));
        let client = client.expect("a client");
        let begun = Instant::now();
        let writers = (0..WRITERS).map(|writer| {
            let client = client.clone();
            tokio::spawn(async move {
                let options = kurrentdb::AppendToStreamOptions::default();
                for index in (writer..APPENDS).step_by(WRITERS as usize) {
                    let body = body(index as usize).into();
                    let event = kurrentdb::EventData::binary("order-placed", body);
                    let appended =
                        client.append_to_stream(format!("poa-{writer}"), &options, event);
                    appended.await.expect("it is taken");
                }
            })
        });
        futures::future::join_all(writers.collect::<Vec<_>>()).await;
        written[1].push(APPENDS as f64 / begun.elapsed().as_secs_f64());
        for first in (APPENDS..EVENTS).step_by(TOGETHER as usize) {
            let options = kurrentdb::AppendToStreamOptions::default();
            let events = (first..first + TOGETHER).map(|index| {
                kurrentdb::EventData::binary("order-placed", body(index as usize).into())
            });
            let events: Vec<_> = events.collect();
            let appended = client.append_to_stream(format!("poa-{first}"), &options, events);
            appended.await.expect("they are taken");
        }

        let begun = Instant::now();
        let address = Address::parse(&connections[0]).expect("it is read");
        let again = KurrentLog::open(address, Arc::new(SystemClock)).await;
        let again = again.expect("it opens");
        let mut pages = again.subscribe(None).await.expect("it is followed");
        let mut seen = 0;
        while seen < EVENTS {
            let page = pages.next().await.expect("a page").expect("it is read");
            seen += page.len() as u64;
        }
        caught_up[0].push(EVENTS as f64 / begun.elapsed().as_secs_f64());

        let begun = Instant::now();
        let client = kurrentdb::Client::new(connections[1].parse().expect("an address"));
        let client = client.expect("a client");
        let options =
            kurrentdb::SubscribeToAllOptions::default().position(kurrentdb::StreamPosition::Start);
        let mut following = client.subscribe_to_all(&options).await;
        for _ in 0..EVENTS {
            following.next().await.expect("an event");
        }
        caught_up[1].push(EVENTS as f64 / begun.elapsed().as_secs_f64());
    }
    compared("adapter / client, 64 writers", &written[0], &written[1]);
    compared(
        "adapter / client, catching up",
        &caught_up[0],
        &caught_up[1],
    );
}
