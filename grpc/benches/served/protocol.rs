//! What is asked of the two servers, as their protocols write it.

use uuid::Uuid;

use crate::BODY_BYTES;
use crate::raw::{self, Last, Raw, field, number};

/// Which server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    KurrentDb,
    UmaDb,
}

/// How long is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    TheEnd,
    Stopped,
}

/// An id that says which event it is.
pub fn id(index: usize) -> Uuid {
    Uuid::from_u64_pair(0xb, index as u64)
}

pub fn body(index: usize) -> Vec<u8> {
    let mut body = format!("{{\"index\":{index:010},\"text\":\"");
    body.push_str(&"x".repeat(BODY_BYTES - body.len() - 2));
    body.push_str("\"}");
    body.into_bytes()
}

impl Protocol {
    /// Appends so many events together by a call of its own.
    pub async fn append(self, connection: &mut Raw, writer: usize, index: usize, together: usize) {
        let name = format!("bench-{writer}");
        let events = index..index + together;
        let mut call = match self {
            Self::KurrentDb => {
                let mut call = connection.call("Append").await;
                call.send(&raw::append_options(&name), Last::No);
                for index in events {
                    let id = field(1, &field(2, id(index).to_string().as_bytes()));
                    call.send(&field(2, &proposed(id, index)), Last::No);
                }
                call
            }
            Self::UmaDb => {
                let mut call = connection.call_of("umadb.v1.DCB/Append").await;
                let events = events.flat_map(|index| {
                    let event = [
                        field(1, b"order-placed"),
                        field(2, name.as_bytes()),
                        field(3, &body(index)),
                        field(4, id(index).to_string().as_bytes()),
                    ];
                    field(1, &event.concat())
                });
                call.send(&events.collect::<Vec<_>>(), Last::No);
                call
            }
        };
        let ended = call.sends.send_data(bytes::Bytes::new(), true);
        ended.expect("it is sent");
        let (_, status) = call.whole_answer().await;
        assert_eq!(status, "0", "{self:?} takes it");
    }

    /// Reads everything from its start.
    pub async fn read_all(self, connection: &mut Raw, until: Until) -> raw::Messages {
        let (path, message) = match (self, until) {
            (Self::KurrentDb, Until::TheEnd) => {
                // At most so many as a varint of nine full bytes says.
                let count = [&[5 << 3][..], &[0xff; 8], &[0x7f]].concat();
                let options = [
                    field(2, &field(2, &[])),
                    count,
                    field(8, &[]),
                    field(9, &field(2, &[])),
                    field(10, &number(1, 1)),
                ];
                (
                    "event_store.client.streams.Streams/Read",
                    field(1, &options.concat()),
                )
            }
            (Self::KurrentDb, Until::Stopped) => {
                ("event_store.client.streams.Streams/Read", raw::follow_all())
            }
            (Self::UmaDb, Until::TheEnd) => ("umadb.v1.DCB/Read", Vec::new()),
            (Self::UmaDb, Until::Stopped) => ("umadb.v1.DCB/Read", number(5, 1)),
        };
        let mut call = connection.call_of(path).await;
        call.send(&message, Last::Yes);
        call.messages().await
    }

    /// How many events a message of an answer holds.
    pub fn events_in(self, message: &[u8]) -> usize {
        fields(message).filter(|(number, _)| *number == 1).count()
    }
}

/// An event as both kinds of append bring it.
pub fn proposed(id: Vec<u8>, index: usize) -> Vec<u8> {
    let properties = [
        ("type", "order-placed"),
        ("content-type", "application/json"),
    ];
    let properties = properties.map(|(key, value)| {
        let entry = [field(1, key.as_bytes()), field(2, value.as_bytes())];
        field(2, &entry.concat())
    });
    [id, properties.concat(), field(4, &body(index))].concat()
}

/// The fields of a message that hold bytes: number and content. Others are passed over.
pub fn fields(mut message: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        loop {
            let tag = varint(&mut message)?;
            let held = varint(&mut message)?;
            if tag & 7 == 2 {
                let (content, rest) = message.split_at(usize::try_from(held).ok()?);
                message = rest;
                return Some(((tag >> 3) as u8, content));
            }
        }
    })
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}
