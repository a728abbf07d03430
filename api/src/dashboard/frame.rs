//! What surrounds every page: the navigation, the search, the bar that says which moment is shown, the footer.

use super::parts::Notice;
use super::query::Query;
use super::viewer::{Moment, Viewer};
use super::words;
use crate::assets::{ADDRESSES, Addresses};
use crate::staff::Member;

/// A page of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its address.
    pub path: &'static str,
    /// Its name.
    pub word: &'static str,
    /// Its symbol in `icons.svg`.
    pub icon: &'static str,
    /// The key after `g` that opens it.
    pub key: char,
}

/// A group of the navigation.
pub struct Group {
    /// Its heading.
    pub word: &'static str,
    /// Its pages.
    pub places: &'static [Place],
}

const fn place(path: &'static str, word: &'static str, icon: &'static str, key: char) -> Place {
    Place {
        path,
        word,
        icon,
        key,
    }
}

/// Every page that can be reached from everywhere, in the order of the day's work.
pub const NAVIGATION: &[Group] = &[
    Group {
        word: "業務",
        places: &[
            place("/", "ホーム", "home", 'h'),
            place("/cases", "案件", "cases", 'c'),
            place("/intake", "申込受付", "intake", 'i'),
            place("/poa_tracker", "委任状", "poa", 'p'),
            place("/dispatch", "発送簿", "print", 'y'),
            place("/letters", "書面の控え", "mail", 'e'),
            place("/documents", "電子取引・書類", "search", 'q'),
            place("/filing", "国保連提出", "poa", 'z'),
            place("/office_day", "日次締め", "day", 'd'),
            place("/postponements", "先送り", "postponed", 's'),
            place("/credentials", "ID/PW発行", "credential", 'k'),
            place("/mails", "送信", "mail", 'v'),
            place("/licences", "ライセンス", "licence", 'l'),
            place("/terminations", "終了・解約", "ending", 'x'),
        ],
    },
    Group {
        word: "お金",
        places: &[
            place("/ledger", "請求・債権台帳", "ledger", 'b'),
            place("/debits", "口座振替", "debit", 'f'),
            place("/options", "オプション", "cases", 'n'),
            place("/arrears", "未収・利用停止", "warning", 'a'),
            place("/closing", "月次締め", "book", 'j'),
        ],
    },
    Group {
        word: "台帳",
        places: &[
            place("/corporations", "法人・事業所", "corporation", 'o'),
            place("/moving", "移行", "intake", 't'),
            place("/agents", "代理人ID", "corporation", 'g'),
            place("/calendar", "締め・予定カレンダー", "calendar", 'm'),
        ],
    },
    Group {
        word: "根拠",
        places: &[
            place("/rulebooks", "規程", "book", 'r'),
            place("/undecided", "未決定事項", "undecided", 'u'),
        ],
    },
    Group {
        word: "運用",
        places: &[place("/health", "稼働状況", "health", 'w')],
    },
];

/// The frame of one page for one viewer.
pub struct Frame {
    /// The page's title.
    pub title: String,
    /// The path whose entry in the navigation is marked.
    pub here: &'static str,
    /// The words in the search field.
    pub searched: String,
    /// The moment shown.
    pub moment: Moment,
    /// Where to come back to after choosing a name or a moment: this page, or where the form was that it answers.
    pub address: String,
    /// Whether the office is closed on the day shown.
    pub closed: bool,
    /// The same page, shown as of now.
    pub address_now: String,
    /// Its path and fields apart, for a form that adds a moment.
    pub path: String,
    /// The fields of the address.
    pub fields: Vec<(String, String)>,
    /// A directory that is 練習用 for ever.
    pub practice: bool,
    /// The name chosen, not proven.
    pub staff: Option<Member>,
    /// The names to choose from.
    pub staff_all: Vec<Member>,
    /// What the last action did.
    pub notice: Option<Notice>,
    /// A form of it was refused: the browser is at the address that the form was sent to.
    pub refused: bool,
    /// What has stopped or waits for a person, on every page until it goes on.
    pub alarms: Vec<String>,
    /// The rule books in force on the day shown.
    pub books: Vec<String>,
    /// The binary.
    pub version: &'static str,
    /// Styles, script, icons.
    pub assets: &'static Addresses,
}

impl Frame {
    /// The frame of the page `title`, under the entry `here` of the navigation.
    pub fn new(viewer: &Viewer, here: &'static str, title: &str) -> Self {
        let page = match viewer.posted {
            true => Query::at(here),
            false => viewer.query.clone(),
        };
        Self {
            title: title.to_owned(),
            here,
            searched: viewer.query.get("q").unwrap_or_default().to_owned(),
            moment: viewer.moment.clone(),
            closed: !viewer
                .app
                .policy()
                .calendars
                .vendor()
                .is_open(viewer.moment.day)
                .value,
            address: page.without("done").to_string(),
            address_now: page.without("as_of").to_string(),
            path: page.path().to_owned(),
            fields: page.without("as_of").fields().to_vec(),
            practice: viewer.app.practice,
            staff: viewer.staff.clone(),
            staff_all: viewer
                .staff_all
                .iter()
                .filter(|member| !member.gone)
                .cloned()
                .collect(),
            notice: match &viewer.refused {
                Some(refused) => Some(refused.notice()),
                None => viewer.notice.clone(),
            },
            refused: viewer.refused.is_some(),
            alarms: alarms(viewer),
            books: viewer.app.books_in_force(viewer.moment.day),
            version: env!("CARGO_PKG_VERSION"),
            assets: &ADDRESSES,
        }
    }

    /// The groups of the navigation.
    pub fn navigation(&self) -> &'static [Group] {
        NAVIGATION
    }

    /// `2026/10/09（金）`
    pub fn day(&self) -> String {
        words::date(self.moment.day)
    }

    /// What the day is: days without business are opened too, since dates fall on them.
    pub fn day_word(&self) -> &'static str {
        match self.closed {
            true => "休業日",
            false => "営業日",
        }
    }

    /// Whether the address asks for part of a list: then a list without rows has some that do not fit.
    pub fn narrowed(&self) -> bool {
        const OTHERS: [&str; 4] = ["page", "sort", "done", "number"];
        self.fields
            .iter()
            .any(|(name, _)| !OTHERS.contains(&name.as_str()))
    }

    /// How far the page has followed the log.
    pub fn reflected(&self) -> String {
        self.moment.number.map_or_else(
            || "記録はまだありません".to_owned(),
            |number| format!("記録 #{} まで反映", words::count(number)),
        )
    }
}

/// What everybody must know: the workers or the read models stopped, so that the page is as of a number; days that
/// wait to be opened.
fn alarms(viewer: &Viewer) -> Vec<String> {
    let outcomes = viewer.app.workers.outcomes();
    let shown = viewer.app.views.applied().map_or_else(
        || "記録はまだ反映されていません".to_owned(),
        |number| format!("画面は記録 #{} までの内容です", words::count(number)),
    );
    let stopped = outcomes.stopped().into_iter().map(|(_, failure)| {
        format!(
            "{} から自動処理が止まっています。{shown}。操作は記録されます。理由：{}",
            words::time(failure.since),
            failure.sentence
        )
    });
    let jump = outcomes.jump().map(|jump| {
        format!(
            "時計は {} ですが、業務日は {} のままです。{}日分の開始には担当者の確認が必要です。",
            words::date(jump.civil),
            words::date(jump.today),
            jump.days
        )
    });
    stopped.chain(jump).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_page_of_the_navigation_has_its_own_key() {
        let places: Vec<&Place> = NAVIGATION.iter().flat_map(|group| group.places).collect();
        let keys: BTreeSet<char> = places.iter().map(|place| place.key).collect();
        assert_eq!(keys.len(), places.len());
    }
}
