//! What clients ask of kept subscriptions, understood: the protocol says it in nested options.

use tonic::Status;

use super::settings::{Begins, FilterText, Settings};
use super::{EVERYTHING, Name};
use crate::wire::persistent::{
    create_req, delete_req, get_info_req, read_req, replay_parked_req, update_req,
};
use crate::wire::{NAME_BYTES_MAX, shared, stream_name};

/// The request does not say what it has to.
pub(super) fn missing(what: &str) -> Status {
    Status::invalid_argument(format!("the request says no {what}"))
}

fn named(stream: Option<shared::StreamIdentifier>, group: String) -> Result<Name, Status> {
    if group.is_empty() {
        return Err(missing("group name"));
    }
    if group.len() > NAME_BYTES_MAX {
        return Err(Status::invalid_argument(format!(
            "a group's name has at most {NAME_BYTES_MAX} bytes"
        )));
    }
    Ok(Name {
        stream: stream_name(stream)?.as_str().to_owned(),
        group,
    })
}

fn of_everything(group: String) -> Result<Name, Status> {
    let everything = shared::StreamIdentifier {
        stream_name: bytes::Bytes::from_static(EVERYTHING.as_bytes()),
    };
    named(Some(everything), group)
}

/// What a group hears. The protocol says it in a type of its own for each call.
pub(super) enum Heard {
    Everything,
    Stream(shared::StreamIdentifier),
}

macro_rules! says_what_is_heard {
    ($($call:ident),*) => {$(
        impl From<$call::options::StreamOption> for Heard {
            fn from(option: $call::options::StreamOption) -> Self {
                use $call::options::StreamOption;
                match option {
                    StreamOption::All(_) => Self::Everything,
                    StreamOption::StreamIdentifier(stream) => Self::Stream(stream),
                }
            }
        }
    )*};
}
says_what_is_heard!(delete_req, get_info_req, read_req, replay_parked_req);

/// The group that a request is about.
pub(super) fn wanted(stream: Option<impl Into<Heard>>, group: String) -> Result<Name, Status> {
    match stream.ok_or_else(|| missing("stream"))?.into() {
        Heard::Everything => of_everything(group),
        Heard::Stream(stream) => named(Some(stream), group),
    }
}

/// Name, beginning and filter of a new subscription.
pub(super) fn created(options: create_req::Options) -> Result<(Name, Settings), Status> {
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
pub(super) fn changed(options: &update_req::Options) -> Result<(Name, Begins), Status> {
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
