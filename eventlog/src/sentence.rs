//! The failures of log, keys and data directory as one Japanese sentence for the person at the terminal or screen:
//! what happened, why, what to do. `Display` has them in English, for developers and log lines.

use crate::copy::CopyError;
use crate::data_dir::DataDirError;
use crate::execute::{ExecuteError, Failed};
use crate::export::ExportError;
use crate::open::OpenError;
use crate::port::LogError;
use crate::sealing::SealError;

impl LogError {
    /// The failure as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Conflict { stream, .. } => {
                format!("{stream} が同時に更新されました。もう一度実行してください。")
            }
            Self::Taken { stream } => format!(
                "{stream} という名前は他のプログラムのイベントに使われているため、記録しませんでした。管理者に連絡し、そのプログラムの書き込み先を確認してください。"
            ),
            Self::TooLarge { kind, bytes, max } => format!(
                "{kind} の内容（{bytes}バイト）が上限（{max}バイト）を超えるため記録しませんでした。内容を分けてください。"
            ),
            Self::Unanswered { stream, .. } => {
                format!("{stream} に記録されたか確認できませんでした。もう一度実行してください。")
            }
            Self::Unreadable { number, why } => format!(
                "番号 {number} のイベントを読めません（{why}）。そこで止めました。log verify で確認してください。"
            ),
            Self::ForeignPosition => "この位置は別のログのものです。".to_owned(),
            Self::SecondWriter { path, holder } => format!(
                "別の daicho{} がこのログに書き込み中です（{}）。先にそちらを終了してください。",
                holder
                    .map(|pid| format!("（プロセス {pid}）"))
                    .unwrap_or_default(),
                path.display()
            ),
            Self::OpenedForReading => "このログは読み取り専用で開いています。".to_owned(),
            Self::NotWritable { path, why } => format!(
                "{} に書き込めません（{why}）。何も記録していません。権限を確認してください。",
                path.display()
            ),
            Self::DiskFull { path } => format!(
                "空き容量がないため {} に記録できませんでした。何も記録していません。容量を空けて再実行してください。",
                path.display()
            ),
            Self::NotALog { path, why } => {
                format!(
                    "{} は daicho のログではありません（{why}）。",
                    path.display()
                )
            }
            Self::NewerLayout { path, found, known } => format!(
                "{} は新しい daicho の形式（{found}）です。この daicho が読めるのは形式 {known} までです。新しい daicho を使ってください。",
                path.display()
            ),
            Self::Busy { path, why } => format!(
                "{} は使用中です（{why}）。しばらくしてから再実行してください。",
                path.display()
            ),
            Self::Failed { path, why } => {
                format!("{} の読み書きに失敗しました（{why}）。", path.display())
            }
            Self::Address { address, why } => format!(
                "接続先 {address} を読めません（{why}）。kurrentdb://ホスト:ポート の形で指定してください。"
            ),
            Self::Away { address, why } => format!(
                "{address} が応答しません（{why}）。サーバーとネットワークを確認し、しばらくしてから再実行してください。"
            ),
            Self::Denied { address } => format!(
                "{address} がこの利用者を受け付けません。接続文字列の利用者名・パスワードと権限を確認してください。"
            ),
            Self::Certificate { address, why } => format!(
                "{address} の証明書を確認できません（{why}）。tlsCaFile とホスト名を確認してください。"
            ),
            Self::OtherServer { address, found } => format!(
                "{address} は{found}です。KurrentDB または EventStoreDB の 21.6 以降が必要です。"
            ),
            Self::MessageTooLarge { stream, why } => format!(
                "{stream} への記録がサーバーの上限を超えるため、何も記録していません（{why}）。内容を分けてください。"
            ),
            Self::Cut { stream, why } => format!(
                "ストリーム {stream} が欠けています（{why}）。読み取りを止めました。削除した人を確認し、バックアップと照合してください。"
            ),
            Self::Stopped { why } => {
                format!(
                    "このログへの書き込みは停止しました（{why}）。daicho を起動し直してください。"
                )
            }
        }
    }
}

impl SealError {
    /// The failure as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Erased { subject } => format!(
                "{subject} の個人情報は消去済みのため、記録しませんでした。新しい対象として登録してください。"
            ),
            Self::KeyMissing { subject, path } => format!(
                "{subject} の鍵が {} にありません。このログの鍵ファイルか確認してください。",
                path.display()
            ),
            Self::Broken { pointer } => {
                format!("封印された項目（{pointer}）が改変されているか、別の場所のものです。")
            }
            Self::Malformed { pointer, why } => {
                format!("個人情報の項目（{pointer}）の形式が正しくありません（{why}）。")
            }
            Self::WrongMasterKey { master, keys } => format!(
                "マスターキー {} では {} を開けません。このログのマスターキーを指定してください。",
                master.display(),
                keys.display()
            ),
            Self::MasterKeyMissing { path } => format!(
                "マスターキー {} がありません。個人情報を開くには、このログのマスターキーが必要です。",
                path.display()
            ),
            Self::MasterKeyInside { path, root } => format!(
                "マスターキー {} がデータディレクトリ {} の中にあるため、使いません。写しと一緒に持ち出されない、外の場所に移してください。",
                path.display(),
                root.display()
            ),
            Self::MasterKeyOpen { path, mode } => format!(
                "マスターキー {} のモードが {mode:04o} のため、使いません。所有者だけが読めるように chmod 0400 してください。",
                path.display()
            ),
            Self::NotAMasterKey { path } => {
                format!("{} はマスターキーではありません。", path.display())
            }
            Self::Failed { path, why } => {
                format!("{} の読み書きに失敗しました（{why}）。", path.display())
            }
        }
    }
}

impl DataDirError {
    /// The failure as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Real { root } => format!(
                "{} は実際の業務のデータです。練習用のデータは別の場所を指定してください。",
                root.display()
            ),
            Self::OtherSeed { root, found, asked } => format!(
                "{} は seed {found} の練習用データです（指定は {asked}）。別の場所を指定してください。",
                root.display()
            ),
            Self::ForTraining { root, .. } => format!(
                "{} は練習用のデータです。実際の業務のデータは別の場所を指定してください。",
                root.display()
            ),
            Self::Mark { path, why } => format!("{} を読めません（{why}）。", path.display()),
            Self::Io { path, error } => format!("{} を使えません（{error}）。", path.display()),
        }
    }
}

impl OpenError {
    /// The failure as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Directory(error) => error.sentence(),
            Self::Log(error) => error.sentence(),
            Self::Keys(error) => error.sentence(),
        }
    }
}

impl ExportError {
    /// The failure as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Log(error) => error.sentence(),
            Self::Out(error) => format!("書き出せませんでした（{error}）。"),
        }
    }
}

impl CopyError {
    /// The failure as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Source(error) => format!("複写元: {}", error.sentence()),
            Self::Target(error) => format!("複写先: {}", error.sentence()),
            Self::Unsound { number } => format!(
                "複写元のログは番号 {number} でダイジェストと一致しません。log verify で確認してください。"
            ),
            Self::OtherLog { number } => format!(
                "複写先に別のイベントがあります（番号 {number} まで一致しません）。空の場所か、同じログの複写の続きを指定してください。"
            ),
            Self::Longer { events, target } => format!(
                "複写先のイベント（{target}件）が複写元（{events}件）より多いため、何も複写していません。複写元と複写先を確認してください。"
            ),
            Self::Differs { number } => format!(
                "番号 {number} のイベントを元のとおりに記録できませんでした。複写先に書き込む他のプログラムを止めてから、複写先を空にしてやり直してください。"
            ),
        }
    }
}

impl Failed {
    /// The failure as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Log(error) => error.sentence(),
            Self::Seal(error) => error.sentence(),
            Self::Contended { stream, attempts } => format!(
                "{stream} への書き込みが{attempts}回競合しました。しばらくしてから、もう一度実行してください。"
            ),
        }
    }
}

impl ExecuteError {
    /// The refusal or failure as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.sentence(),
            Self::Failed(failed) => failed.sentence(),
        }
    }
}
