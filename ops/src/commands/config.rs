//! `daicho config`: the configuration that holds, without secrets.

use daicho_eventlog::DataDir;
use serde_json::json;

use super::{Failure, print, print_json};
use crate::Global;
use crate::configuration::{self, Configuration, Flags};

/// What `config` takes: the flags of `serve`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    flags: Flags,
}

/// Prints the configuration.
pub fn run(global: &Global, args: Args) -> Result<(), Failure> {
    let dir = DataDir::at(global.data());
    let configuration = Configuration::read(&args.flags, dir.root())?;
    let config = args.flags.config.as_deref();
    let place = configuration::place(global.log.as_deref(), config, dir.root())?;
    let place = place.to_string();
    let document = json!({
        "data": dir.root(),
        "log": place,
        "training": dir.training().map_err(Failure::refused)?.is_some(),
        "configuration": configuration,
    });
    if global.json {
        return print_json(&document);
    }
    let none = || "—".to_owned();
    let path = |path: &Option<std::path::PathBuf>| {
        path.as_ref()
            .map_or_else(none, |path| path.display().to_string())
    };
    let otlp = document["configuration"]["otlp"].as_str();
    print(&format!(
        "データ      {}\nログ        {}\n設定ファイル {}\n待受        {}\nマスター鍵   {}\nOTLP        {}\nトレース    {}\n",
        dir.root().display(),
        place,
        path(&configuration.file),
        configuration.listen,
        configuration.master_key.as_ref().map_or_else(
            || dir.master_key().display().to_string(),
            |path| path.display().to_string()
        ),
        otlp.map_or_else(none, str::to_owned),
        configuration.trace,
    ))
}
