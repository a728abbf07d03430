//! `daicho vault rotate`: everything that the master key protects goes under another one. The server must be stopped.

use std::path::PathBuf;

use daicho_eventlog::{DataDir, open};
use serde_json::json;

use super::{Failure, print, print_json};
use crate::Global;

/// What `vault` takes.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Seals keys and secrets anew under another master key; carried on when it was stopped in between
    Rotate {
        /// The new master key: made there, outside the data directory, unless it is there already
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// The present master key, if it does not lie beside the data directory
        #[arg(long, value_name = "FILE")]
        master_key: Option<PathBuf>,
    },
}

/// Runs one of them.
pub fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    let What::Rotate { to, master_key } = &args.what;
    let dir = DataDir::at(global.data());
    let training = dir
        .training()
        .map_err(|error| Failure::refused(error.sentence()))?;
    if training.is_some() {
        return Err(Failure::refused(
            "練習用のディレクトリの鍵は seed から作られるため、取り替えられません。",
        ));
    }
    if !dir.root().exists() {
        return Err(Failure::refused(format!(
            "データディレクトリ {} がありません。--data を確認してください。",
            dir.root().display()
        )));
    }
    open::change_master_key(&dir, master_key.as_deref(), to)
        .map_err(|error| Failure::refused(error.sentence()))?;
    if global.json {
        return print_json(&json!({ "master_key": to }));
    }
    print(&format!(
        "個人情報の鍵と保管庫を {} で封印し直しました。次からはこの鍵で起動してください（--master-key、または {} と入れ替え）。\n旧い鍵は、旧いバックアップを開くときにだけ要ります。\n",
        to.display(),
        dir.master_key().display()
    ))
}
