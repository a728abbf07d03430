//! `daicho doctor`: whether the keys are where they must be, open what they must open, and whether the vault still has what
//! the log says it has. Reads beside a running server and changes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use daicho_domain::credential::Account;
use daicho_domain::nouns::State;
use daicho_domain::stream::Stream;
use daicho_eventlog::open::{Log, Place};
use daicho_eventlog::sealing::{Keys, MasterKey, SealError, Whereabouts};
use daicho_eventlog::vault::{SecretRef, Vault};
use daicho_eventlog::{Codec, DataDir, LogError, Training};
use serde::Serialize;
use serde_json::json;

use super::{Failure, print, print_json};
use crate::Global;

/// How many events are read at once.
const PAGE_EVENTS: usize = 512;

/// What `doctor` takes.
#[derive(clap::Args)]
pub struct Args {
    /// The master key, if it does not lie beside the data directory
    #[arg(long, value_name = "FILE")]
    master_key: Option<PathBuf>,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    /// Its name, the same for ever.
    name: &'static str,
    /// Whether it is as it must be.
    sound: bool,
    /// What was found, and what to do.
    sentence: String,
}

/// Looks at everything and says what it found.
pub fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    let dir = DataDir::at(global.data());
    let place = global.place()?;
    let training = dir
        .training()
        .map_err(|error| Failure::refused(error.sentence()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let expected = runtime
        .block_on(expected(&place, &dir))
        .map_err(|error| Failure::refused(error.sentence()))?;
    let findings = look(&dir, args, training, &expected);
    let wrong = findings.iter().filter(|finding| !finding.sound).count();
    if global.json {
        print_json(&json!({ "sound": wrong == 0, "findings": findings }))?;
    } else {
        let mut text = String::new();
        for finding in &findings {
            let mark = if finding.sound { "○" } else { "×" };
            let _ = writeln!(text, "{mark} {}", finding.sentence);
        }
        print(&text)?;
    }
    match wrong {
        0 => Ok(()),
        wrong => Err(Failure::refused(format!(
            "{wrong} 件の問題があります。ops/runbooks/vault.md を確認してください。"
        ))),
    }
}

fn look(
    dir: &DataDir,
    args: &Args,
    training: Option<Training>,
    expected: &[SecretRef],
) -> Vec<Finding> {
    let place = Whereabouts::of(dir, args.master_key.as_deref());
    let needed = dir.keys().exists() || dir.vault().exists();
    let master = match (training, needed) {
        (Some(training), _) => Ok(MasterKey::for_training(training)),
        (None, _) => place.load(dir),
    };
    let shown = match training {
        Some(_) => "seed から作る練習用の鍵".to_owned(),
        None => place.path().display().to_string(),
    };
    let mut findings = vec![match &master {
        Ok(_) => sound("master_key", format!("マスターキー: {shown}")),
        Err(SealError::MasterKeyMissing { .. }) if !needed => sound(
            "master_key",
            "マスターキーはまだありません。最初の起動で作ります。".to_owned(),
        ),
        Err(error) => Finding {
            name: "master_key",
            sound: false,
            sentence: error.sentence(),
        },
    }];
    let Ok(master) = master else {
        return findings;
    };
    findings.push(match Keys::open_for_reading(&dir.keys(), master.clone()) {
        Ok(_) => sound("keys", "個人情報の鍵（keys.db）を開けます。".to_owned()),
        Err(error) => Finding {
            name: "keys",
            sound: false,
            sentence: error.sentence(),
        },
    });
    findings.push(vault(dir, &master, expected));
    findings
}

/// Whether the vault has what the log says it has. What is lost is lost: a reissue makes another password.
fn vault(dir: &DataDir, master: &MasterKey, expected: &[SecretRef]) -> Finding {
    let missing = Vault::open_for_reading(&dir.vault(), master).and_then(|vault| {
        let missing = expected.iter().filter_map(|of| {
            let holds = vault.as_ref().map_or(Ok(false), |vault| vault.holds(*of));
            match holds {
                Ok(true) => None,
                Ok(false) => Some(Ok(of.credential.to_string())),
                Err(error) => Some(Err(error)),
            }
        });
        missing.collect::<Result<Vec<_>, _>>()
    });
    let (sound, sentence) = match missing {
        Err(error) => (false, error.sentence()),
        Ok(missing) if missing.is_empty() => (
            true,
            format!(
                "保管庫（vault.db）: お客様がまだ見ていない初期パスワード {} 件、すべてあります。",
                expected.len()
            ),
        ),
        Ok(missing) => (
            false,
            format!(
                "保管庫（vault.db）から初期パスワード {} 件が失われています。元に戻せません。バックアップの vault.db を戻すか、再発行してください: {}",
                missing.len(),
                missing.join("、")
            ),
        ),
    };
    Finding {
        name: "vault",
        sound,
        sentence,
    }
}

const fn sound(name: &'static str, sentence: String) -> Finding {
    Finding {
        name,
        sound: true,
        sentence,
    }
}

/// The initial passwords whose links open, or will, as the log has them.
async fn expected(place: &Place, dir: &DataDir) -> Result<Vec<SecretRef>, LogError> {
    let log = Log::for_reading(place, dir).await?.port();
    let codec = Codec::without_keys();
    let mut states: BTreeMap<Stream, State> = BTreeMap::new();
    let mut today = NaiveDate::MIN;
    let mut after = None;
    loop {
        let page = log.read_all(after, PAGE_EVENTS).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.position);
        today = last.occurred_on;
        for recorded in page {
            if !recorded.kind.starts_with("credential.") {
                continue;
            }
            let decoded = codec.decode(recorded)?;
            let noun = decoded.stream.noun();
            let state = states.remove(&decoded.stream);
            let state = state.unwrap_or_else(|| State::initial(noun));
            states.insert(decoded.stream, state.evolve(&decoded.event));
        }
    }
    let open = states.iter().filter_map(|(stream, state)| {
        let (Stream::Credential(credential), State::Credential(state)) = (stream, state) else {
            return None;
        };
        let link = state.account().and_then(Account::link)?;
        (!link.is_over(today)).then_some(SecretRef {
            credential: *credential,
            nth: link.nth,
        })
    });
    Ok(open.collect())
}
