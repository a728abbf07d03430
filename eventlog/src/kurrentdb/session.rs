//! The client of one cluster: made anew when it has given up, asked again as long as that may help.
//!
//! The official client keeps a connection over short failures by itself. After its last attempt to find a node it
//! ends for good, and after a node's death it stays with that node; both are repaired here by a new one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kurrentdb::{
    AppendToStreamOptions, Client, EventData, ReadAllOptions, ReadStream, ReadStreamOptions,
    RecordedEvent, StreamPosition, WriteResult,
};
use tokio::time::timeout;

use super::address::Address;
use super::carrier::Carrier;
use super::certificate;
use super::failure::{Sense, of_append, sense};
use super::token::At;
use super::wire;
use crate::envelope::StreamName;
use crate::port::{Expected, LogError};

/// How long a call may go without a sign of life.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long a call is repeated before its caller hears of it.
const REPEAT_FOR: Duration = Duration::from_secs(20);

/// The first pause before a call is repeated; each is twice the one before.
const PAUSE_FIRST: Duration = Duration::from_millis(20);

/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// The oldest version that offers what is asked of it.
const VERSION_MIN: (usize, usize) = (21, 6);

/// A client that outlives its connections.
pub(super) struct Session {
    address: Address,
    carrier: Option<Carrier>,
    held: Mutex<Held>,
}

struct Held {
    client: Client,
    generation: u64,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.address)
    }
}

/// The pauses of one row of attempts.
pub(super) struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(PAUSE_FIRST)
    }
}

impl Pauses {
    pub(super) async fn pause(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(PAUSE_MAX);
    }
}

impl Session {
    /// A session with the cluster at this address, whether it is there or not.
    pub(super) fn new(address: Address) -> Result<Self, LogError> {
        let carrier = match address.one_plain_server() {
            Some((host, port)) => {
                Some(Carrier::to(host, port).map_err(|error| LogError::Away {
                    address: address.to_string(),
                    why: error.to_string(),
                })?)
            }
            None => None,
        };
        let held = Mutex::new(Held {
            client: client(&address, carrier.as_ref())?,
            generation: 0,
        });
        Ok(Self {
            address,
            carrier,
            held,
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Whether somebody answers there, and whether it is a server that can do what is asked of it.
    pub(super) async fn check(&self) -> Result<(), LogError> {
        let (client, generation) = self.client();
        let answer = match timeout(ANSWER_WITHIN, client.server_info()).await {
            Err(_) => return Err(self.away("it took too long".to_owned())),
            Ok(Err(error)) => {
                self.renew(generation, &error)?;
                return Err(match sense(&self.address, &error) {
                    Sense::Undone(why) | Sense::Lost(why) => {
                        match certificate::refused(&self.address).await {
                            Some(why) => LogError::Certificate {
                                address: self.address.to_string(),
                                why,
                            },
                            None => self.away(why),
                        }
                    }
                    Sense::Final(error) => error,
                });
            }
            Ok(Ok(info)) => info.version(),
        };
        let found = match answer {
            none if none == (0, 0, 0) => "a server that does not say its version".to_owned(),
            old if old < VERSION_MIN => format!("version {old}"),
            _ => return Ok(()),
        };
        Err(LogError::OtherServer {
            address: self.address.to_string(),
            found,
        })
    }

    /// The client, and which one it is.
    pub(super) fn client(&self) -> (Client, u64) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        (held.client.clone(), held.generation)
    }

    /// Puts a new client in the place of one that ended with this error, if the error leaves it of no more use.
    pub(super) fn renew(&self, generation: u64, error: &kurrentdb::Error) -> Result<(), LogError> {
        let settings = self.address.settings();
        let several = settings.hosts().len() > 1 || settings.is_dns_discovery_enabled();
        let ended = matches!(
            error,
            kurrentdb::Error::ConnectionClosed | kurrentdb::Error::GrpcConnectionError(_)
        );
        let useless = ended || several && matches!(error, kurrentdb::Error::ServerError(_));
        if !useless {
            return Ok(());
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.generation == generation {
            held.client = client(&self.address, self.carrier.as_ref())?;
            held.generation += 1;
        }
        Ok(())
    }

    pub(super) fn away(&self, why: String) -> LogError {
        let unreachable = self.carrier.as_ref().and_then(Carrier::unreachable);
        LogError::Away {
            address: self.address.to_string(),
            why: unreachable.unwrap_or(why),
        }
    }

    /// Sends events once, and again only while it is certain that nothing was sent.
    pub(super) async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: impl Fn() -> Vec<EventData>,
    ) -> Result<WriteResult, LogError> {
        let options = AppendToStreamOptions::default()
            .stream_state(wire::stream_state(expected))
            .deadline(ANSWER_WITHIN);
        let mut why = String::new();
        let attempts = async {
            let mut pauses = Pauses::default();
            loop {
                let (client, generation) = self.client();
                let sent = client.append_to_stream(stream.as_str(), &options, events());
                let unanswered = |why| LogError::Unanswered {
                    stream: stream.clone(),
                    why,
                };
                let error = match timeout(ANSWER_WITHIN, sent).await {
                    Ok(Ok(written)) => return Ok(written),
                    Ok(Err(error)) => error,
                    Err(_) => return Err(unanswered("it took too long".to_owned())),
                };
                self.renew(generation, &error)?;
                match of_append(&self.address, stream, expected, &error) {
                    Sense::Undone(undone) => why = undone,
                    Sense::Lost(why) => return Err(unanswered(why)),
                    Sense::Final(error) => return Err(error),
                }
                pauses.pause().await;
            }
        };
        match timeout(REPEAT_FOR, attempts).await {
            Ok(answer) => answer,
            // The last attempt may have been under way.
            Err(_) => Err(LogError::Unanswered {
                stream: stream.clone(),
                why,
            }),
        }
    }

    /// At most `max` events of a stream from a version on; `None` when the cluster knows no such stream.
    pub(super) async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        max: usize,
    ) -> Result<Option<Vec<RecordedEvent>>, LogError> {
        let options = ReadStreamOptions::default()
            .position(StreamPosition::Position(from))
            .max_count(max);
        let asked = Asked::Stream(stream.clone(), options);
        self.repeated(&asked).await
    }

    /// At most `max` of our events from a place on, that one included.
    pub(super) async fn read_all(
        &self,
        from: Option<At>,
        max: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        let position = match from {
            None => StreamPosition::Start,
            Some(at) => StreamPosition::Position(at.position()),
        };
        let options = ReadAllOptions::default()
            .forwards()
            .position(position)
            .filter(wire::our_streams())
            .max_count(max);
        self.all(options).await
    }

    /// Our last event.
    pub(super) async fn last(&self) -> Result<Option<RecordedEvent>, LogError> {
        let options = ReadAllOptions::default()
            .position(StreamPosition::End)
            .filter(wire::our_streams())
            .max_count(1);
        Ok(self.all(options).await?.pop())
    }

    async fn all(&self, options: ReadAllOptions) -> Result<Vec<RecordedEvent>, LogError> {
        let read = self.repeated(&Asked::All(options)).await?;
        Ok(read.unwrap_or_default())
    }

    /// Reads, again and again for a while when the connection fails.
    async fn repeated(&self, asked: &Asked) -> Result<Option<Vec<RecordedEvent>>, LogError> {
        let mut why = String::new();
        let attempts = async {
            let mut pauses = Pauses::default();
            loop {
                let (client, generation) = self.client();
                why = match timeout(ANSWER_WITHIN, asked.of(&client)).await {
                    Ok(Ok(read)) => return Ok(read),
                    Ok(Err(error)) => {
                        self.renew(generation, &error)?;
                        match asked.sense(&self.address, &error) {
                            Sense::Undone(why) | Sense::Lost(why) => why,
                            Sense::Final(error) => return Err(error),
                        }
                    }
                    Err(_) => "it took too long".to_owned(),
                };
                tracing::debug!(%why, "a read is repeated");
                pauses.pause().await;
            }
        };
        match timeout(REPEAT_FOR, attempts).await {
            Ok(answer) => answer,
            Err(_) => Err(self.away(why)),
        }
    }
}

/// What is read.
enum Asked {
    Stream(StreamName, ReadStreamOptions),
    All(ReadAllOptions),
}

impl Asked {
    /// Asks once. `None` when there is no such stream.
    async fn of(&self, client: &Client) -> kurrentdb::Result<Option<Vec<RecordedEvent>>> {
        let read = match self {
            Self::Stream(stream, options) => client.read_stream(stream.as_str(), options).await,
            Self::All(options) => client.read_all(options).await,
        };
        let read = match read {
            Ok(events) => collect(events).await,
            Err(error) => Err(error),
        };
        match read {
            Ok(events) => Ok(Some(events)),
            Err(kurrentdb::Error::ResourceNotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn sense(&self, address: &Address, error: &kurrentdb::Error) -> Sense {
        match (self, error) {
            (Self::Stream(stream, _), kurrentdb::Error::ResourceDeleted) => {
                Sense::Final(LogError::Cut {
                    stream: stream.clone(),
                    why: "it was deleted".to_owned(),
                })
            }
            (_, error) => sense(address, error),
        }
    }
}

fn client(address: &Address, carrier: Option<&Carrier>) -> Result<Client, LogError> {
    let over = carrier.and_then(|carrier| address.settings_over(carrier.address()));
    let settings = over.unwrap_or_else(|| address.settings().clone());
    Client::new(settings).map_err(|error| LogError::Address {
        address: address.to_string(),
        why: error.to_string(),
    })
}

async fn collect(mut events: ReadStream) -> kurrentdb::Result<Vec<RecordedEvent>> {
    let mut read = Vec::new();
    while let Some(event) = events.next().await? {
        // Links are not resolved: what comes is the event itself.
        read.extend(event.event);
    }
    Ok(read)
}
