//! `daicho serve`: API, dashboard and workers in one process.

use std::sync::Arc;

use daicho_api::{App, Parts, guard, observe};
use daicho_domain::zengin::Consignor;
use daicho_eventlog::open::Place;
use daicho_eventlog::{DataDir, Durability, SystemClock, Training};
use daicho_workers::live;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Failure, offered, print};
use crate::configuration::{self, Configuration, Confirmation, Flags};
use crate::installation::{Installation, Start};
use crate::{Global, tracing};

/// What `serve` takes.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    confirmation: Confirmation,
}

/// Serves until it is told to stop.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    let dir = DataDir::at(global.data());
    let config = args.flags.config.as_deref();
    let place = configuration::place(global.log.as_deref(), config, dir.root())?;
    serve(&dir, &place, &args.flags, args.confirmation)
}

/// Serves a data directory until the process is told to stop (Ctrl+C, SIGTERM); what is under way is finished.
pub fn serve(
    dir: &DataDir,
    place: &Place,
    flags: &Flags,
    confirmation: Confirmation,
) -> Result<(), Failure> {
    let configuration = Configuration::read(flags, dir.root())?;
    let _traces = tracing::begin(&configuration)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let installation = Installation::start(Start {
            dir,
            place,
            master_key: configuration.master_key.as_deref(),
            clock: Arc::new(SystemClock),
            durability: Durability::Acknowledged,
            configuration: configuration.digest(),
        })
        .await?;
        if let Some(day) = confirmation.confirm_days_until {
            installation.workers.confirm_days_until(day).await;
        }
        serve_installation(dir.clone(), installation, &configuration).await
    })
}

/// Who collects: as configured, or an invented one where everything is 練習用.
fn consignor(configuration: &Configuration, training: Option<Training>) -> Option<Consignor> {
    let invented = || training.map(|_| Consignor::invented());
    configuration.consignor.clone().or_else(invented)
}

async fn serve_installation(
    data: DataDir,
    installation: Installation,
    configuration: &Configuration,
) -> Result<(), Failure> {
    let Installation {
        engine,
        views,
        workers,
        training,
        file,
    } = installation;
    let listen = configuration.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| Failure::refused(format!("{listen} で待ち受けできません: {error}")))?;
    let address = listener.local_addr()?;
    let metrics = observe::Metrics::default();
    metrics.register(|registry| workers.outcomes().register(registry));
    let app = App::new(Parts {
        hosts: guard::Hosts::loopback(address),
        practice: training.is_some(),
        consignor: consignor(configuration, training),
        accounts: configuration.accounts.clone(),
        engine,
        views,
        workers: workers.clone(),
        data: Some(data),
        metrics,
    });
    let offered = offered::Offered::bind(configuration, file).await?;
    let stop = told_to_stop()?;
    let serving = daicho_api::serve(listener, app, stopped(stop.clone()));
    let working = live::run(&workers, stopped(stop.clone()));
    let following = live::follow(&workers, stopped(stop.clone()));
    print(&format!("http://{address}/\n"))?;
    if let Some(offered) = &offered {
        print(&format!("{}\n", offered.connection()?))?;
    }
    let offering = async {
        match offered {
            Some(offered) => offered.serve(stopped(stop.clone())).await,
            None => Ok(()),
        }
    };
    let serving = async { serving.await.map_err(Failure::from) };
    let (served, (), (), offered) = tokio::join!(serving, working, following, offering);
    served.and(offered)
}

/// Turns true when the process is told to stop.
fn told_to_stop() -> Result<watch::Receiver<bool>, Failure> {
    let (say, told) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        say.send_replace(true);
    });
    Ok(told)
}

async fn stopped(mut told: watch::Receiver<bool>) {
    // The sender goes only after it has said so.
    let _ = told.wait_for(|told| *told).await;
}
