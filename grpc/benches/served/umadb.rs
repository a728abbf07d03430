//! Against UmaDB's server.

use std::path::Path;

use crate::ROUNDS;
use crate::compared::compared;
use crate::server::Server;

/// Appends by so many writers, and reading them all.
pub async fn against(directory: &Path, umadb: &Path, writers: usize, appends: usize) {
    let (mut written, mut read) = ([vec![], vec![]], [vec![], vec![]]);
    let mut kept = Vec::new();
    for round in 0..ROUNDS {
        let place = directory.join(format!("{writers}-{round}"));
        let servers = [
            Server::daicho(&place.join("daicho")),
            Server::umadb(umadb, &place.join("umadb")),
        ];
        for (server, written) in servers.iter().zip(&mut written) {
            written.push(server.appends_per_second(writers, appends).await);
        }
        // A log of its own, so that what is read is as much on both sides.
        let server = Server::daicho(&place.join("kept"));
        kept.push(server.kept_appends_per_second(writers, appends).await);
        for (server, read) in servers.iter().zip(&mut read) {
            read.push(server.read_per_second(appends).await);
        }
    }
    let what = format!("single appends, {writers} writers");
    compared(&what, &written[0], &written[1]);
    let what = format!("on kept calls, {writers} writers");
    compared(&what, &kept, &written[1]);
    compared(&format!("reading all {appends}"), &read[0], &read[1]);
}
