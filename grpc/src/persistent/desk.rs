//! The protocol's service of kept subscriptions: which there are, and what clients ask of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use daicho_eventlog::foreign::{Place, Way};
use futures::stream::{self, BoxStream};
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tonic::{Request, Response, Status, Streaming};

use super::answer::Answer;
use super::consumers::Joined;
use super::group::Group;
use super::settings::{Begins, FilterText, Settings};
use super::store::{Kept, Store};
use super::{EVERYTHING, Message, Name, Verdict};
use crate::failure;
use crate::query::Source;
use crate::shared::{Admitted, Served};
use crate::wire::persistent::persistent_subscriptions_server::PersistentSubscriptions;
use crate::wire::persistent::read_req::{self, nack::Action};
use crate::wire::persistent::{
    CreateReq, CreateResp, DeleteReq, DeleteResp, GetInfoReq, GetInfoResp, ListReq, ListResp,
    ReadReq, ReadResp, ReplayParkedReq, ReplayParkedResp, UpdateReq, UpdateResp, create_req,
    delete_req, get_info_req, list_req, replay_parked_req, update_req,
};
use crate::wire::{IdForm, shared, stream_name, uuid};

/// How many messages wait for one subscription.
const INBOX: usize = 256;

/// How many events are on their way to one consumer.
const ON_THE_WAY: usize = 16;

type Inbox = mpsc::Sender<Message>;

/// Serves kept subscriptions.
pub(crate) struct Desk {
    served: Arc<Served>,
    store: Arc<Store>,
    groups: Mutex<BTreeMap<Name, (i64, Inbox)>>,
    /// Held by every subscription that is at work.
    at_work: mpsc::Sender<()>,
}

impl Desk {
    /// Takes up all subscriptions where they were left. Each holds `at_work` until it has kept how far it came.
    pub(crate) fn take_up(
        served: Arc<Served>,
        store: Store,
        at_work: mpsc::Sender<()>,
    ) -> Result<Self, Status> {
        let store = Arc::new(store);
        let mut groups = BTreeMap::new();
        for kept in store.all()? {
            let name = Name {
                stream: kept.stream.clone(),
                group: kept.name.clone(),
            };
            let id = kept.id;
            groups.insert(name, (id, begin(&served, &store, kept, at_work.clone())?));
        }
        Ok(Self {
            served,
            store,
            groups: Mutex::new(groups),
            at_work,
        })
    }

    fn begin(&self, kept: Kept) -> Result<Inbox, Status> {
        begin(&self.served, &self.store, kept, self.at_work.clone())
    }

    async fn inbox(&self, name: &Name) -> Result<Inbox, Status> {
        let groups = self.groups.lock().await;
        let found = groups.get(name).map(|(_, inbox)| inbox.clone());
        found.ok_or_else(|| name.missing())
    }

    /// Asks a subscription, and waits for what it says.
    async fn ask<T>(
        &self,
        inbox: &Inbox,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Result<T, Status> {
        let stands_still =
            || Status::unavailable("the subscription stands still; the server's log says why");
        let (said, hears) = oneshot::channel();
        inbox
            .send(message(said))
            .await
            .map_err(|_| stands_still())?;
        hears.await.map_err(|_| stands_still())
    }

    /// Where a new subscription begins, as the first revision or place it gives out.
    async fn first(&self, source: &Source, begins: Begins) -> Result<u64, Status> {
        let last = match (begins, source) {
            (Begins::Start, _) => return Ok(0),
            (Begins::At(at), _) => return Ok(at),
            (Begins::End, Source::Stream(name)) => {
                let last = self.served.log.last_revision(name).await;
                last.map_err(|error| failure::of_log(&error))?
            }
            (Begins::End, Source::Everything) => {
                let last = self.served.page(Place::END, Way::Backwards, 1).await?;
                last.first().map(|entry| entry.place.position())
            }
        };
        Ok(last.map_or(0, |last| last + 1))
    }
}

/// Starts the task of a subscription.
fn begin(
    served: &Arc<Served>,
    store: &Arc<Store>,
    kept: Kept,
    at_work: mpsc::Sender<()>,
) -> Result<Inbox, Status> {
    let group = Group::of(served.clone(), store.clone(), kept)?;
    let (inbox, messages) = mpsc::channel(INBOX);
    tokio::spawn(async move {
        group.work(messages).await;
        drop(at_work);
    });
    Ok(inbox)
}

fn missing(what: &str) -> Status {
    Status::invalid_argument(format!("the request says no {what}"))
}

fn named(stream: Option<shared::StreamIdentifier>, group: String) -> Result<Name, Status> {
    match group.is_empty() {
        true => Err(missing("group name")),
        false => Ok(Name {
            stream: stream_name(stream)?.as_str().to_owned(),
            group,
        }),
    }
}

fn of_everything(group: String) -> Result<Name, Status> {
    let everything = shared::StreamIdentifier {
        stream_name: bytes::Bytes::from_static(EVERYTHING.as_bytes()),
    };
    named(Some(everything), group)
}

/// Name, beginning and filter of a new subscription.
fn created(options: create_req::Options) -> Result<(Name, Settings), Status> {
    use create_req::all_options::AllOption;
    use create_req::all_options::FilterOption;
    use create_req::options::StreamOption;
    use create_req::stream_options::RevisionOption;
    let settings = options.settings.ok_or_else(|| missing("settings"))?;
    match options.stream_option {
        Some(StreamOption::All(all)) => {
            let begins = match all.all_option {
                Some(AllOption::Start(_)) | None => Begins::Start,
                Some(AllOption::End(_)) => Begins::End,
                Some(AllOption::Position(at)) => Begins::At(at.commit_position),
            };
            let filter = match all.filter_option {
                Some(FilterOption::Filter(filter)) => Some(FilterText::of(filter)?),
                Some(FilterOption::NoFilter(_)) | None => None,
            };
            let settings = Settings::of_create(settings, begins, filter)?;
            Ok((of_everything(options.group_name)?, settings))
        }
        Some(StreamOption::Stream(stream)) => {
            let begins = match stream.revision_option {
                Some(RevisionOption::Start(_)) | None => Begins::Start,
                Some(RevisionOption::End(_)) => Begins::End,
                Some(RevisionOption::Revision(at)) => Begins::At(at),
            };
            let name = named(stream.stream_identifier, options.group_name)?;
            Ok((name, Settings::of_create(settings, begins, None)?))
        }
        None => {
            // As clients before 21.10 say it.
            let begins = Begins::At(settings.revision);
            let name = named(options.stream_identifier, options.group_name)?;
            Ok((name, Settings::of_create(settings, begins, None)?))
        }
    }
}

/// Name and beginning of a changed subscription.
fn changed(options: &update_req::Options) -> Result<(Name, Begins), Status> {
    use update_req::all_options::AllOption;
    use update_req::options::StreamOption;
    use update_req::stream_options::RevisionOption;
    let group = options.group_name.clone();
    match &options.stream_option {
        Some(StreamOption::All(all)) => {
            let begins = match all.all_option {
                Some(AllOption::Start(_)) | None => Begins::Start,
                Some(AllOption::End(_)) => Begins::End,
                Some(AllOption::Position(at)) => Begins::At(at.commit_position),
            };
            Ok((of_everything(group)?, begins))
        }
        Some(StreamOption::Stream(stream)) => {
            let begins = match stream.revision_option {
                Some(RevisionOption::Start(_)) | None => Begins::Start,
                Some(RevisionOption::End(_)) => Begins::End,
                Some(RevisionOption::Revision(at)) => Begins::At(at),
            };
            Ok((named(stream.stream_identifier.clone(), group)?, begins))
        }
        None => Ok((
            named(options.stream_identifier.clone(), group)?,
            Begins::Start,
        )),
    }
}

#[tonic::async_trait]
impl PersistentSubscriptions for Desk {
    type ReadStream = BoxStream<'static, Result<ReadResp, Status>>;

    async fn create(&self, request: Request<CreateReq>) -> Result<Response<CreateResp>, Status> {
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let (name, settings) = created(options)?;
        if let Some(filter) = &settings.filter {
            // One that is not understood is refused now, not when it is used.
            crate::filter::Filter::kept(filter)?;
        }
        let first = self.first(&name.source(), settings.begins).await?;
        let mut groups = self.groups.lock().await;
        let kept = self
            .store
            .add(&name.stream, &name.group, &settings, first)?;
        let kept = kept.ok_or_else(|| name.exists())?;
        let id = kept.id;
        groups.insert(name, (id, self.begin(kept)?));
        Ok(Response::new(CreateResp {}))
    }

    async fn update(&self, request: Request<UpdateReq>) -> Result<Response<UpdateResp>, Status> {
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let (name, begins) = changed(&options)?;
        let given = options.settings.ok_or_else(|| missing("settings"))?;
        let (id, inbox) = {
            let groups = self.groups.lock().await;
            groups.get(&name).cloned().ok_or_else(|| name.missing())?
        };
        let kept = self.store.all()?.into_iter().find(|kept| kept.id == id);
        let filter = kept.and_then(|kept| kept.settings.filter);
        let settings = Settings::of_update(given, begins, filter)?;
        self.store.change(id, &settings)?;
        // A subscription that stands still hears it when it is taken up again.
        let _ = inbox.send(Message::Change(Box::new(settings))).await;
        Ok(Response::new(UpdateResp {}))
    }

    async fn delete(&self, request: Request<DeleteReq>) -> Result<Response<DeleteResp>, Status> {
        use delete_req::options::StreamOption;
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let name = match options.stream_option.ok_or_else(|| missing("stream"))? {
            StreamOption::All(_) => of_everything(options.group_name)?,
            StreamOption::StreamIdentifier(stream) => named(Some(stream), options.group_name)?,
        };
        let mut groups = self.groups.lock().await;
        let (id, inbox) = groups.remove(&name).ok_or_else(|| name.missing())?;
        let _ = inbox.send(Message::End).await;
        self.store.remove(id)?;
        Ok(Response::new(DeleteResp {}))
    }

    async fn read(
        &self,
        request: Request<Streaming<ReadReq>>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        use read_req::options::{StreamOption, uuid_option};
        let mut given = request.into_inner();
        let first = given.message().await?.and_then(|message| message.content);
        let Some(read_req::Content::Options(options)) = first else {
            return Err(Status::invalid_argument(
                "a subscriber begins with its options",
            ));
        };
        let name = match options.stream_option.ok_or_else(|| missing("stream"))? {
            StreamOption::All(_) => of_everything(options.group_name)?,
            StreamOption::StreamIdentifier(stream) => named(Some(stream), options.group_name)?,
        };
        let ids = match options.uuid_option.and_then(|option| option.content) {
            Some(uuid_option::Content::Structured(_)) => IdForm::Structured,
            Some(uuid_option::Content::String(_)) | None => IdForm::String,
        };
        let admitted = self.served.admit()?;
        let inbox = self.inbox(&name).await?;
        let (answers, receiver) = mpsc::channel(ON_THE_WAY);
        let join = |said| Message::Join {
            buffer: options.buffer_size,
            answers: answers.clone(),
            said,
        };
        let Joined { consumer, taken } = self.ask(&inbox, join).await??;
        let joined = stream::iter([Ok(Answer::Joined(name.clone()).wire(ids))]);
        drop(answers);
        let (here, gone) = oneshot::channel();
        tokio::spawn(listen(given, inbox, consumer, gone));
        let hearing = Hearing {
            receiver: Some(receiver),
            taken,
            name,
            _here: here,
            _admitted: admitted,
        };
        let events = stream::unfold(hearing, move |mut hearing| async move {
            let answer = hearing.next().await?;
            Some((answer.map(|answer| answer.wire(ids)), hearing))
        });
        Ok(Response::new(Box::pin(futures::StreamExt::chain(
            joined, events,
        ))))
    }

    async fn get_info(
        &self,
        request: Request<GetInfoReq>,
    ) -> Result<Response<GetInfoResp>, Status> {
        use get_info_req::options::StreamOption;
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let name = match options.stream_option.ok_or_else(|| missing("stream"))? {
            StreamOption::All(_) => of_everything(options.group_name)?,
            StreamOption::StreamIdentifier(stream) => named(Some(stream), options.group_name)?,
        };
        let inbox = self.inbox(&name).await?;
        let info = self.ask(&inbox, Message::Info).await?;
        Ok(Response::new(GetInfoResp {
            subscription_info: Some(*info),
        }))
    }

    async fn replay_parked(
        &self,
        request: Request<ReplayParkedReq>,
    ) -> Result<Response<ReplayParkedResp>, Status> {
        use replay_parked_req::options::{StopAtOption, StreamOption};
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let name = match options.stream_option.ok_or_else(|| missing("stream"))? {
            StreamOption::All(_) => of_everything(options.group_name)?,
            StreamOption::StreamIdentifier(stream) => named(Some(stream), options.group_name)?,
        };
        let max = match options.stop_at_option {
            Some(StopAtOption::StopAt(at)) => u64::try_from(at).unwrap_or_default(),
            Some(StopAtOption::NoLimit(_)) | None => i64::MAX.cast_unsigned(),
        };
        let inbox = self.inbox(&name).await?;
        self.ask(&inbox, |said| Message::Replay { max, said })
            .await?;
        Ok(Response::new(ReplayParkedResp {}))
    }

    async fn list(&self, request: Request<ListReq>) -> Result<Response<ListResp>, Status> {
        use list_req::options::ListOption;
        use list_req::stream_option::StreamOption;
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let wanted = match options.list_option.ok_or_else(|| missing("stream"))? {
            ListOption::ListAllSubscriptions(_) => None,
            ListOption::ListForStream(stream) => match stream.stream_option {
                Some(StreamOption::Stream(stream)) => {
                    Some(stream_name(Some(stream))?.as_str().to_owned())
                }
                Some(StreamOption::All(_)) => Some(EVERYTHING.to_owned()),
                None => return Err(missing("stream")),
            },
        };
        let groups: Vec<_> = {
            let groups = self.groups.lock().await;
            let all = groups.iter();
            all.filter(|(name, _)| wanted.as_ref().is_none_or(|wanted| *wanted == name.stream))
                .map(|(_, (_, inbox))| inbox.clone())
                .collect()
        };
        let mut subscriptions = Vec::with_capacity(groups.len());
        for inbox in groups {
            subscriptions.push(*self.ask(&inbox, Message::Info).await?);
        }
        Ok(Response::new(ListResp { subscriptions }))
    }

    /// Takes all of them up anew from what is kept; their consumers are dropped.
    async fn restart_subsystem(
        &self,
        _: Request<shared::Empty>,
    ) -> Result<Response<shared::Empty>, Status> {
        let mut groups = self.groups.lock().await;
        for (_, inbox) in groups.values() {
            let _ = inbox.send(Message::End).await;
            // Gone when its task has kept how far it came.
            inbox.closed().await;
        }
        groups.clear();
        for kept in self.store.all()? {
            let name = Name {
                stream: kept.stream.clone(),
                group: kept.name.clone(),
            };
            let id = kept.id;
            groups.insert(name, (id, self.begin(kept)?));
        }
        Ok(Response::new(shared::Empty {}))
    }
}

/// One consumer, as it hears.
struct Hearing {
    /// `None` when it was told why it hears no more.
    receiver: Option<mpsc::Receiver<Result<Answer, Status>>>,
    taken: Arc<Notify>,
    name: Name,
    /// Goes with the call: then the consumer has gone.
    _here: oneshot::Sender<()>,
    _admitted: Admitted,
}

impl Hearing {
    async fn next(&mut self) -> Option<Result<Answer, Status>> {
        let answer = self.receiver.as_mut()?.recv().await;
        self.taken.notify_one();
        let answer = answer.unwrap_or_else(|| Err(self.name.dropped()));
        if answer.is_err() {
            self.receiver = None;
        }
        Some(answer)
    }
}

/// Hears what one consumer says until it goes.
async fn listen(
    mut given: Streaming<ReadReq>,
    inbox: Inbox,
    consumer: u64,
    mut gone: oneshot::Receiver<()>,
) {
    loop {
        let message = tokio::select! {
            biased;
            message = given.message() => message,
            _ = &mut gone => break,
        };
        let content = match message {
            Ok(Some(message)) => message.content,
            Ok(None) => {
                // It says no more, and may hear on.
                let _ = gone.await;
                break;
            }
            Err(_) => break,
        };
        let (ids, verdict) = match content {
            Some(read_req::Content::Ack(ack)) => (ack.ids, Verdict::Done),
            Some(read_req::Content::Nack(nack)) => {
                let verdict = match nack.action() {
                    Action::Park => Verdict::Park(nack.reason),
                    Action::Retry | Action::Unknown => Verdict::Retry(nack.reason),
                    Action::Skip => Verdict::Done,
                    Action::Stop => Verdict::Stop,
                };
                (nack.ids, verdict)
            }
            Some(read_req::Content::Options(_)) | None => continue,
        };
        let ids = ids.iter().filter_map(|id| uuid(Some(id)).ok()).collect();
        let said = Message::Said {
            consumer,
            ids,
            verdict,
        };
        if inbox.send(said).await.is_err() {
            return;
        }
    }
    // A subscription that has ended needs no farewell.
    let _ = inbox.send(Message::Leave(consumer)).await;
}

impl FilterText {
    fn of(given: create_req::all_options::FilterOptions) -> Result<Self, Status> {
        use create_req::all_options::filter_options::Filter;
        let (by_stream, expression) = match given.filter.ok_or_else(|| missing("filter"))? {
            Filter::StreamIdentifier(expression) => (true, expression),
            Filter::EventType(expression) => (false, expression),
        };
        Ok(Self {
            by_stream,
            prefixes: expression.prefix,
            regex: expression.regex,
        })
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
