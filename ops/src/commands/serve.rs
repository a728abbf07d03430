//! `daicho serve`: API, dashboard and workers in one process.

use std::sync::Arc;

use daicho_api::{App, Parts, guard, observe};
use daicho_domain::zengin::Consignor;
use daicho_eventlog::open::Place;
use daicho_eventlog::{DataDir, Durability, SystemClock, Training};
use daicho_letters::{Templates, Typesetter};
use daicho_workers::letters::{Press, Sender};
use daicho_workers::{agents, live};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use super::{Failure, letters, offered, print};
use crate::configuration::{self, Configuration, Confirmation, Flags};
use crate::installation::{Installation, Start};
use crate::{Global, mail, tracing};

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
    let templates = tried(&configuration)?;
    let _traces = tracing::begin(&configuration)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let training = dir
        .training()
        .map_err(|error| Failure::refused(error.sentence()))?;
    let press = press(templates, &configuration, training);
    let outgoing = mail::outgoing(dir, &configuration, training, press.clone())?;
    runtime.block_on(async {
        let installation = Installation::start(Start {
            dir,
            place,
            master_key: configuration.master_key.as_deref(),
            clock: Arc::new(SystemClock),
            durability: Durability::Acknowledged,
            outgoing: Some(outgoing),
            configuration: configuration.digest(),
        })
        .await?;
        if let Some(sender) = sender(&configuration, training) {
            let Installation { engine, views, .. } = &installation;
            if let Err(error) = agents::seed(engine, views, &sender.agent_id).await {
                // Pages say what stopped the read models; papers name the configured ID as before, and the next start looks again.
                ::tracing::warn!(%error, "the configured agent_id was not added to the pool");
            }
        }
        if let Some(day) = confirmation.confirm_days_until {
            installation.workers.confirm_days_until(day).await;
        }
        serve_installation(dir.clone(), installation, &configuration, press).await
    })
}

/// The templates letters are made from. Those that the office edits are tried before anything is opened: a faulty one stops
/// the start, not the letter that somebody needs months later.
fn tried(configuration: &Configuration) -> Result<Templates, Failure> {
    let edited = configuration.letters.templates.as_deref();
    let templates = letters::templates(edited)?;
    if edited.is_some() {
        let sender = configuration.letters.sender.clone();
        let press = Typesetter::new(templates.clone(), sender);
        press.check().map_err(letters::refused)?;
    }
    Ok(templates)
}

/// Who collects: as configured, or an invented one where everything is 練習用.
fn consignor(configuration: &Configuration, training: Option<Training>) -> Option<Consignor> {
    let invented = || training.map(|_| Consignor::invented());
    configuration.consignor.clone().or_else(invented)
}

/// The press with the configured sender, or an invented one where everything is 練習用.
fn press(
    templates: Templates,
    configuration: &Configuration,
    training: Option<Training>,
) -> Arc<dyn Press> {
    Arc::new(Typesetter::new(templates, sender(configuration, training)))
}

/// Who sends, as configured, or an invented one where everything is 練習用.
fn sender(configuration: &Configuration, training: Option<Training>) -> Option<Sender> {
    let sender = configuration.letters.sender.clone();
    sender.or_else(|| training.map(|_| Sender::invented()))
}

async fn serve_installation(
    data: DataDir,
    installation: Installation,
    configuration: &Configuration,
    press: Arc<dyn Press>,
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
        hosts: guard::Hosts::loopback(address).published_at(configuration.public_url.clone()),
        practice: training.is_some(),
        consignor: consignor(configuration, training),
        accounts: configuration.accounts.clone(),
        press,
        engine,
        views,
        workers: workers.clone(),
        data: Some(data),
        metrics,
    });
    let offered = offered::Offered::bind(configuration, file).await?;
    let stop = told_to_stop()?;
    let serving = daicho_api::serve(listener, app, stopped(stop.clone()));
    let (woken, today) = oneshot::channel();
    let working = live::run(&workers, woken, stopped(stop.clone()));
    let following = live::follow(&workers, stopped(stop.clone()));
    let sending = live::send(&workers, stopped(stop.clone()));
    let connection = offered.as_ref().map(|offered| offered.connection());
    let connection = connection.transpose()?;
    // Pages and API answer at once; the address is said when today is open, so that whoever waits for it is not told that
    // today has not come yet.
    let saying = async {
        let _ = today.await;
        print(&format!("http://{address}/\n"))?;
        match connection {
            Some(connection) => print(&format!("{connection}\n")),
            None => Ok(()),
        }
    };
    let offering = async {
        match offered {
            Some(offered) => offered.serve(stopped(stop.clone())).await,
            None => Ok(()),
        }
    };
    let serving = async { serving.await.map_err(Failure::from) };
    let (served, (), (), (), offered, said) =
        tokio::join!(serving, working, following, sending, offering, saying);
    served.and(offered).and(said)
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
