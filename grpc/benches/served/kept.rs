//! A call that is kept open for all appends of a connection, each answered under its own id: how the official clients of
//! .NET and Node append.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use h2::SendStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::protocol::{fields, id, proposed};
use crate::raw::{Messages, Raw, field, framed, number};

/// Who waits for the answer of which append.
type Waiting = Arc<Mutex<HashMap<Vec<u8>, oneshot::Sender<()>>>>;

/// One such call.
pub struct Kept {
    sends: Mutex<SendStream<Bytes>>,
    waiting: Waiting,
    hearing: JoinHandle<()>,
    _connection: Raw,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.hearing.abort();
    }
}

impl Kept {
    /// Begins it.
    pub async fn on(mut connection: Raw) -> Self {
        let (sends, answers) = connection.call("BatchAppend").await.both_ways();
        let waiting = Waiting::default();
        let hearing = tokio::spawn(hear(answers, waiting.clone()));
        Self {
            sends: Mutex::new(sends),
            waiting,
            hearing,
            _connection: connection,
        }
    }

    /// Appends one event and waits until it is acknowledged.
    pub async fn append(&self, writer: usize, index: usize) {
        let name = format!("bench-{writer}");
        let correlation = field(2, id(index).to_string().as_bytes());
        let options = [field(1, &field(3, name.as_bytes())), field(4, &[])].concat();
        let id = field(1, &correlation);
        let message = [
            id.clone(),
            field(2, &options),
            field(3, &proposed(id, index)),
            number(4, 1),
        ];
        let (done, answered) = oneshot::channel();
        let before = self
            .waiting
            .lock()
            .expect("nobody panics")
            .insert(correlation, done);
        assert!(before.is_none(), "each has an id of its own");
        let message = framed(&message.concat());
        let sent = self
            .sends
            .lock()
            .expect("nobody panics")
            .send_data(message, false);
        sent.expect("it is sent");
        answered.await.expect("it is answered");
    }
}

async fn hear(answers: impl Future<Output = Messages>, waiting: Waiting) {
    let mut answers = answers.await;
    while let Some(message) = answers.next().await {
        let find = |number| fields(&message).find(|(field, _)| *field == number);
        assert!(find(3).is_some(), "it is taken");
        let (_, correlation) = find(1).expect("the id of the append");
        let waits = waiting.lock().expect("nobody panics").remove(correlation);
        // Who waits may have been given up with the round.
        let _ = waits.expect("somebody waits").send(());
    }
}
