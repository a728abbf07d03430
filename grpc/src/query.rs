//! What a client wants to read, understood: the one request message of the protocol says it in nested options.

use daicho_eventlog::StreamName;
use daicho_eventlog::foreign::{Entry, Place, Way};
use tonic::Status;

use crate::filter::Filter;
use crate::wire::streams::ReadReq;
use crate::wire::streams::read_req::options::{
    CountOption, FilterOption, ReadDirection, StreamOption, all_options::AllOption,
    stream_options::RevisionOption, uuid_option,
};
use crate::wire::{IdForm, stream_name};

/// One thing to read or follow.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) source: Source,
    pub(crate) from: From,
    pub(crate) way: Way,
    pub(crate) amount: Amount,
    pub(crate) filter: Option<Filter>,
    pub(crate) ids: IdForm,
}

/// Where it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Everything,
    Stream(StreamName),
}

/// Where reading begins: a place of everything, or a revision of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Start,
    End,
    At(u64),
}

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// So many events, then the answer ends.
    Events(u64),
    /// Everything that is there, then everything that comes.
    Following,
}

impl Query {
    /// Understands a request.
    pub(crate) fn of(request: ReadReq) -> Result<Self, Status> {
        let missing = |what| Status::invalid_argument(format!("the request says no {what}"));
        let options = request.options.ok_or_else(|| missing("options"))?;
        let way = match options.read_direction() {
            ReadDirection::Forwards => Way::Forwards,
            ReadDirection::Backwards => Way::Backwards,
        };
        let ids = match options.uuid_option.and_then(|option| option.content) {
            Some(uuid_option::Content::Structured(_)) => IdForm::Structured,
            Some(uuid_option::Content::String(_)) | None => IdForm::String,
        };
        let (source, from) = match options.stream_option.ok_or_else(|| missing("stream"))? {
            StreamOption::All(all) => {
                let from = match all.all_option.ok_or_else(|| missing("position"))? {
                    AllOption::Start(_) => From::Start,
                    AllOption::End(_) => From::End,
                    AllOption::Position(position) => From::At(position.commit_position),
                };
                (Source::Everything, from)
            }
            StreamOption::Stream(stream) => {
                let from = match stream.revision_option.ok_or_else(|| missing("revision"))? {
                    RevisionOption::Start(_) => From::Start,
                    RevisionOption::End(_) => From::End,
                    RevisionOption::Revision(revision) => From::At(revision),
                };
                (Source::Stream(stream_name(stream.stream_identifier)?), from)
            }
        };
        let amount = match options.count_option.ok_or_else(|| missing("count"))? {
            CountOption::Count(count) => Amount::Events(count),
            CountOption::Subscription(_) => Amount::Following,
        };
        if amount == Amount::Following && way == Way::Backwards {
            return Err(Status::invalid_argument("nothing is followed backwards"));
        }
        let filter = match (&options.filter_option, &source) {
            (Some(FilterOption::Filter(given)), Source::Everything) => Some(Filter::of(given)?),
            (Some(FilterOption::Filter(_)), Source::Stream(_)) => {
                return Err(Status::invalid_argument(
                    "one stream is read without a filter",
                ));
            }
            (Some(FilterOption::NoFilter(_)) | None, _) => None,
        };
        Ok(Self {
            source,
            from,
            way,
            amount,
            filter,
            ids,
        })
    }
}

/// Where the next page begins: a place of everything, or a revision of a stream; `None` when nothing can follow.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    pub(crate) source: Source,
    pub(crate) way: Way,
    pub(crate) next: Option<u64>,
}

impl Cursor {
    /// Of a reader: a revision is included; a position is too, but not on the way back.
    pub(crate) fn of_reader(query: &Query) -> Self {
        let all = query.source == Source::Everything;
        let next = match (query.way, query.from) {
            (Way::Forwards, From::Start) => Some(0),
            (Way::Forwards, From::End) => None,
            (Way::Forwards, From::At(at)) => Some(at),
            (Way::Backwards, From::Start) if all => None,
            (Way::Backwards, From::Start) => Some(0),
            (Way::Backwards, From::End) => Some(Place::END.position()),
            (Way::Backwards, From::At(at)) if all => at.checked_sub(1),
            (Way::Backwards, From::At(at)) => Some(at),
        };
        Self {
            source: query.source.clone(),
            way: query.way,
            next,
        }
    }

    /// Goes behind an entry.
    pub(crate) fn pass(&mut self, last: &Entry) {
        let last = match &self.source {
            Source::Everything => last.place.position(),
            Source::Stream(_) => last.revision,
        };
        self.next = match self.way {
            Way::Forwards => last.checked_add(1),
            Way::Backwards => last.checked_sub(1),
        };
    }

    /// Of a follower: it has seen what it names. From the end on it is told where that is.
    pub(crate) fn of_follower(query: &Query, last: Option<u64>) -> Self {
        let next = match query.from {
            From::Start => 0,
            From::End => last.map_or(0, |last| last + 1),
            From::At(at) => at.saturating_add(1),
        };
        Self {
            source: query.source.clone(),
            way: Way::Forwards,
            next: Some(next),
        }
    }
}
