//! A client that does what no official one would: breaks off, says nothing, takes nothing. HTTP/2 by hand, the
//! protocol's messages written as bytes.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::{Builder, ResponseFuture, SendRequest};
use h2::{Reason, RecvStream, SendStream};
use http::Request;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A connection, shared by its clones.
#[derive(Clone)]
pub struct Raw {
    requests: SendRequest<Bytes>,
    _at_work: Arc<AtWork>,
}

/// What drives a connection, as long as somebody uses it.
struct AtWork(JoinHandle<()>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One call.
pub struct Call {
    pub sends: SendStream<Bytes>,
    answer: ResponseFuture,
}

impl Raw {
    /// Of each answer it takes so many bytes and no more.
    pub async fn taking(window: u32, server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.expect("it connects");
        // As every client but the one that forgot it: a call of several messages would wait for its own acknowledgements.
        stream.set_nodelay(true).expect("a socket");
        let (requests, connection) = Builder::new()
            .initial_window_size(window)
            .initial_connection_window_size(32 << 20)
            .handshake(stream)
            .await
            .expect("it is let in");
        let at_work = tokio::spawn(async move {
            // It ends when the server says so.
            let _ = connection.await;
        });
        Self {
            requests,
            _at_work: Arc::new(AtWork(at_work)),
        }
    }

    /// Begins a call of the service of streams.
    pub async fn call(&mut self, method: &str) -> Call {
        self.call_of(&format!("event_store.client.streams.Streams/{method}"))
            .await
    }

    /// Begins a call of any service.
    pub async fn call_of(&mut self, path: &str) -> Call {
        let path = format!("http://localhost/{path}");
        let request = Request::post(path)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .expect("a request");
        let requests = self.requests.clone();
        self.requests = requests.ready().await.expect("it takes one more call");
        let (answer, sends) = self
            .requests
            .send_request(request, false)
            .expect("it is sent");
        Call { sends, answer }
    }
}

impl Call {
    /// Sends a message, and no more if it is the last.
    pub fn send(&mut self, message: &[u8], last: Last) {
        let sent = self.sends.send_data(framed(message), last == Last::Yes);
        sent.expect("it is sent");
    }

    /// Gives the call up.
    pub fn give_up(&mut self) {
        self.sends.send_reset(Reason::CANCEL);
    }

    /// What is answered, as it comes.
    pub async fn answer(self) -> RecvStream {
        let answer = self.answer.await.expect("it is answered");
        answer.into_body()
    }

    /// All messages of the answer, and its status.
    pub async fn whole_answer(self) -> (Vec<Bytes>, String) {
        let mut answer = self.messages().await;
        let mut messages = Vec::new();
        while let Some(message) = answer.next().await {
            messages.push(message);
        }
        (messages, answer.status().await)
    }

    /// The messages of the answer as they come.
    pub async fn messages(self) -> Messages {
        Messages::of(self.answer).await
    }

    /// What sends on, apart from the messages that are answered meanwhile.
    pub fn both_ways(self) -> (SendStream<Bytes>, impl Future<Output = Messages>) {
        (self.sends, Messages::of(self.answer))
    }
}

/// A message as it stands in a call.
pub fn framed(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(5 + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).expect("a message of some bytes"));
    framed.put_slice(message);
    framed.freeze()
}

/// An answer that is read on.
pub struct Messages {
    in_headers: Option<String>,
    body: RecvStream,
    unread: BytesMut,
}

impl Messages {
    async fn of(answer: ResponseFuture) -> Self {
        let answer = answer.await.expect("it is answered");
        Self {
            in_headers: status(answer.headers()),
            body: answer.into_body(),
            unread: BytesMut::new(),
        }
    }

    /// The next message, until there are no more.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(head) = self.unread.first_chunk::<5>() {
                let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
                if self.unread.len() >= 5 + length {
                    let mut message = self.unread.split_to(5 + length);
                    return Some(message.split_off(5).freeze());
                }
            }
            let data = poll_fn(|context| self.body.poll_data(context)).await?;
            let data = data.expect("it is answered");
            let freed = self.body.flow_control().release_capacity(data.len());
            freed.expect("it was taken");
            self.unread.extend_from_slice(&data);
        }
    }

    /// The status behind the last message.
    pub async fn status(mut self) -> String {
        let trailers = self.body.trailers().await.expect("it ends");
        let status = trailers.as_ref().and_then(status).or(self.in_headers);
        status.expect("a status")
    }
}

fn status(headers: &http::HeaderMap) -> Option<String> {
    let status = headers.get("grpc-status");
    status.map(|status| status.to_str().expect("a number").to_owned())
}

/// Whether a message is the last of its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    Yes,
    No,
}

/// A field of a message that holds bytes, a text or another message.
pub fn field(number: u8, held: &[u8]) -> Vec<u8> {
    let mut written = vec![number << 3 | 2];
    let mut length = held.len();
    while length >= 0x80 {
        written.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    written.push(length as u8);
    written.extend_from_slice(held);
    written
}

/// A field that holds a small number.
pub fn number(field: u8, number: u8) -> Vec<u8> {
    vec![field << 3, number]
}

fn stream_identifier(stream: &str) -> Vec<u8> {
    field(3, stream.as_bytes())
}

fn id(id: u128) -> Vec<u8> {
    field(2, uuid::Uuid::from_u128(id).to_string().as_bytes())
}

fn properties(kind: &str, content_type: &str) -> Vec<u8> {
    let entry = |key: &str, value: &str| {
        field(
            2,
            &[field(1, key.as_bytes()), field(2, value.as_bytes())].concat(),
        )
    };
    [entry("type", kind), entry("content-type", content_type)].concat()
}

/// The first message of an append: this stream, whatever it holds.
pub fn append_options(stream: &str) -> Vec<u8> {
    let options = [field(1, &stream_identifier(stream)), field(4, &[])].concat();
    field(1, &options)
}

/// An event of an append.
pub fn append_event(index: u128, kind: &str, content_type: &str) -> Vec<u8> {
    let event = [
        field(1, &id(index)),
        properties(kind, content_type),
        field(4, b"{}"),
    ];
    field(2, &event.concat())
}

/// A whole append of one event on a batch.
pub fn batch_append(correlation: u128, stream: &str) -> Vec<u8> {
    let options = [field(1, &stream_identifier(stream)), field(4, &[])].concat();
    let event = [
        field(1, &id(correlation)),
        properties("ordered", "application/json"),
        field(4, b"{}"),
    ];
    [
        field(1, &id(correlation)),
        field(2, &options),
        field(3, &event.concat()),
        number(4, 1),
    ]
    .concat()
}

/// Following everything from its start.
pub fn follow_all() -> Vec<u8> {
    let options = [
        field(2, &field(2, &[])),
        field(6, &[]),
        field(8, &[]),
        field(9, &field(2, &[])),
        field(10, &number(1, 1)),
    ];
    field(1, &options.concat())
}
