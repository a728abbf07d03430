//! Who is in the cluster: this one server, which leads.

use std::net::SocketAddr;
use std::sync::Arc;

use daicho_eventlog::Clock;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::wire::gossip::gossip_server::Gossip;
use crate::wire::gossip::member_info::VNodeState;
use crate::wire::gossip::{ClusterInfo, EndPoint, MemberInfo};
use crate::wire::{IdForm, shared};

/// A cluster of one.
#[derive(Debug)]
pub(crate) struct Alone {
    pub(crate) address: SocketAddr,
    pub(crate) instance: Uuid,
    pub(crate) clock: Arc<dyn Clock>,
}

#[tonic::async_trait]
impl Gossip for Alone {
    async fn read(&self, _: Request<shared::Empty>) -> Result<Response<ClusterInfo>, Status> {
        let this = MemberInfo {
            instance_id: Some(IdForm::String.of(self.instance)),
            time_stamp: self.clock.now().timestamp_micros() * 10,
            state: VNodeState::Leader.into(),
            is_alive: true,
            http_end_point: Some(EndPoint {
                address: self.address.ip().to_string(),
                port: self.address.port().into(),
            }),
        };
        let members = vec![this];
        Ok(Response::new(ClusterInfo { members }))
    }
}
