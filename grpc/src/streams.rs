//! The protocol's service of streams: which call goes where.

use std::sync::Arc;

use futures::stream::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use crate::query::{Amount, Query};
use crate::read::Answers;
use crate::shared::Served;
use crate::wire::stream_name;
use crate::wire::streams::streams_server::Streams;
use crate::wire::streams::{
    AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, DeleteReq, DeleteResp, ReadReq,
    TombstoneReq, TombstoneResp,
};
use crate::{append, batch, failure, follow, read};

/// The answers to the appends of one batch.
pub(crate) type BatchAnswers = BoxStream<'static, Result<BatchAppendResp, Status>>;

/// Serves streams.
#[derive(Debug)]
pub(crate) struct Desk(pub(crate) Arc<Served>);

#[tonic::async_trait]
impl Streams for Desk {
    type ReadStream = Answers;
    type BatchAppendStream = BatchAnswers;

    async fn read(&self, request: Request<ReadReq>) -> Result<Response<Answers>, Status> {
        let query = Query::of(request.into_inner())?;
        let admitted = self.0.admit()?;
        let answers = match query.amount {
            Amount::Events(_) => read::read(admitted, query).await?,
            Amount::Following => follow::follow(admitted, query).await?,
        };
        Ok(Response::new(answers))
    }

    async fn append(
        &self,
        request: Request<Streaming<AppendReq>>,
    ) -> Result<Response<AppendResp>, Status> {
        let answer = append::append(&self.0, request.into_inner()).await?;
        Ok(Response::new(answer))
    }

    async fn batch_append(
        &self,
        request: Request<Streaming<BatchAppendReq>>,
    ) -> Result<Response<BatchAnswers>, Status> {
        let admitted = self.0.admit()?;
        Ok(Response::new(batch::batch(admitted, request.into_inner())))
    }

    async fn delete(&self, request: Request<DeleteReq>) -> Result<Response<DeleteResp>, Status> {
        let options = request.into_inner().options.unwrap_or_default();
        Err(failure::never_deleted(&stream_name(
            options.stream_identifier,
        )?))
    }

    async fn tombstone(
        &self,
        request: Request<TombstoneReq>,
    ) -> Result<Response<TombstoneResp>, Status> {
        let options = request.into_inner().options.unwrap_or_default();
        Err(failure::never_deleted(&stream_name(
            options.stream_identifier,
        )?))
    }
}
