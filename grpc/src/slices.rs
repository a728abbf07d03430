//! Answers cut into slices: the connection takes the next one when the client has taken most of what was sent. So a
//! client that takes nothing keeps a slice or two in the connection's hands, and the rest of its page here, where it
//! is counted.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

/// How long a slice is: as much as one frame of the connection carries.
const SLICE_BYTES: usize = 16 << 10;

/// An answer with its body in slices.
pub(crate) fn sliced(answer: Response<Body>) -> Response<Body> {
    answer.map(|whole| {
        Body::new(Sliced {
            whole,
            left: Bytes::new(),
        })
    })
}

struct Sliced {
    whole: Body,
    /// What was given and not taken yet.
    left: Bytes,
}

impl http_body::Body for Sliced {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.left.is_empty() {
            let next = std::task::ready!(Pin::new(&mut self.whole).poll_frame(context));
            match next.map(|frame| frame.map(Frame::into_data)) {
                None => return Poll::Ready(None),
                Some(Err(status)) => return Poll::Ready(Some(Err(status))),
                Some(Ok(Err(trailers))) => return Poll::Ready(Some(Ok(trailers))),
                Some(Ok(Ok(data))) => self.left = data,
            }
        }
        let taken = self.left.len().min(SLICE_BYTES);
        let slice = self.left.split_to(taken);
        Poll::Ready(Some(Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.whole.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
