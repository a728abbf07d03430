//! The protocol's service of kept subscriptions: which call does what.

use futures::stream::{self, BoxStream};
use tokio::sync::{mpsc, oneshot};
use tonic::{Request, Response, Status, Streaming};

use super::answer::Answer;
use super::consumers::Joined;
use super::desk::Desk;
use super::hearing::{Hearing, listen};
use super::requests::{changed, created, missing, wanted};
use super::settings::Settings;
use super::{EVERYTHING, Message, Name};
use crate::wire::persistent::persistent_subscriptions_server::PersistentSubscriptions;
use crate::wire::persistent::{
    CreateReq, CreateResp, DeleteReq, DeleteResp, GetInfoReq, GetInfoResp, ListReq, ListResp,
    ReadReq, ReadResp, ReplayParkedReq, ReplayParkedResp, UpdateReq, UpdateResp, list_req,
    read_req, replay_parked_req,
};
use crate::wire::{IdForm, shared, stream_name};

/// How many events are on their way to one consumer.
const ON_THE_WAY: usize = 16;

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
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let name = wanted(options.stream_option, options.group_name)?;
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
        use read_req::options::uuid_option;
        let mut given = request.into_inner();
        let first = given.message().await?.and_then(|message| message.content);
        let Some(read_req::Content::Options(options)) = first else {
            return Err(Status::invalid_argument(
                "a subscriber begins with its options",
            ));
        };
        let name = wanted(options.stream_option, options.group_name)?;
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
        let hearing = Hearing::of(receiver, taken, name, here, admitted);
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
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let name = wanted(options.stream_option, options.group_name)?;
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
        use replay_parked_req::options::StopAtOption;
        let options = request
            .into_inner()
            .options
            .ok_or_else(|| missing("options"))?;
        let name = wanted(options.stream_option, options.group_name)?;
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
