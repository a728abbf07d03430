//! What can be corrected about a corporation: what will happen, and to how many. No rule stands here: what can be known
//! before the form is filled in is considered by the domain, and its refusal is the reason shown; the rest is refused
//! when it is sent.

use super::form::{Action, Entry, Field};
use super::viewer::{Reading, Viewer};
use crate::acting::{self, Asking};
use crate::problem::Problem;
use crate::requests::transmission::invalid;
use crate::requests::{Back, actor, done};
use axum::Form;
use axum::extract::{Path, Query as Address};
use axum::response::Redirect;
use chrono::NaiveDate;
use daicho_domain::corporation::{Command as Corporation, SendTo};
use daicho_domain::identifiers::CorporateNumber;
use daicho_domain::nouns::Command;
use daicho_domain::stream::{CorporationId, Stream};
use daicho_projections::cases::{CaseRow, Kind};
use daicho_projections::corporations::{self, CorporationRow};
use daicho_projections::offices::OfficeRow;
use serde::Deserialize;

/// An action, and the command that stands for it where its hindrance does not depend on what is filled in.
type Candidate = (Action, Option<Command>);

/// What the page knows of a corporation.
pub struct Known {
    /// The corporation.
    pub corporation: CorporationRow,
    /// Its offices.
    pub offices: Vec<OfficeRow>,
    /// Its cases.
    pub cases: Vec<CaseRow>,
    /// The corporations that were merged into it.
    pub merged: Vec<CorporationRow>,
}

/// What can be done, and what cannot with the reason.
pub async fn of(viewer: &Viewer, known: &Known) -> (Vec<Action>, Vec<Action>) {
    let mut possible = Vec::new();
    let mut impossible = Vec::new();
    for (action, command) in candidates(known, viewer.moment.day) {
        let action = viewer.form(action, &format!("/corporations/{}", known.corporation.id));
        let reason = match command {
            Some(command) => acting::hindrance(&viewer.app.engine, command).await,
            None => None,
        };
        match reason {
            None => possible.push(action),
            reason => impossible.push(action.unless(reason)),
        }
    }
    (possible, impossible)
}

fn candidates(known: &Known, today: NaiveDate) -> Vec<Candidate> {
    let free = |action| (action, None);
    let mut all = vec![
        assign_number(known),
        free(set_contact(known)),
        free(set_destination(known)),
        free(change_name(known)),
    ];
    if let Some(office) = office(known) {
        all.push(free(renumber_office(known, office.clone(), today)));
        all.push(free(remove_office(known, office.clone())));
        let id = known.corporation.id;
        all.push(free(super::transfers::action(id, office, today)));
    }
    all.push(free(merge_into(known)));
    all.extend(known.merged.iter().map(unmerge));
    all.push(free(erase_texts(known)));
    all
}

fn action(known: &Known, id: &str, word: &str) -> Action {
    let href = format!("/corporations/{}/{id}", known.corporation.id);
    Action::new(id, word, &href)
}

/// The applications that have not started: those that a merger, another number or a removal takes away.
fn before_start(known: &Known) -> usize {
    let before = |case: &&CaseRow| case.kind == Kind::Transmission && case.open;
    known.cases.iter().filter(before).count()
}

fn belonging(known: &Known) -> impl Iterator<Item = &OfficeRow> {
    let belongs = |office: &&OfficeRow| !office.removed;
    known.offices.iter().filter(belongs)
}

fn assign_number(known: &Known) -> Candidate {
    let action = action(known, "assign_number", "法人番号を登録する")
        .explains("仮登録の法人に法人番号を付けます。付けた番号は変更できません。間違えたときは統合で直します。")
        .field(Field::must("number", "法人番号", Entry::Text).hint("13桁。検査数字を確かめます。"));
    // Whether one can be assigned does not depend on which.
    let another = ["7000012050002", "6000012050003"]
        .into_iter()
        .map(|number| CorporateNumber::parse(number).expect("a number with its check digit"))
        .find(|number| known.corporation.number != Some(*number));
    let assign = another.map(|number| Corporation::AssignNumber { number });
    let stream = Stream::Corporation(known.corporation.id);
    let assign = assign.map(|assign| Command::corporation(&stream, assign));
    (action, assign)
}

fn set_contact(known: &Known) -> Action {
    action(known, "set_contact", "連絡先を登録する")
        .explains("いまの連絡先に代わります。氏名・電話・メールは封印して記録され、画面では伏せて表示されます。")
        .field(Field::must("name", "担当者名", Entry::Text))
        .field(Field::may("phone", "電話", Entry::Text))
        .field(Field::may("mail", "メール", Entry::Text))
}

fn set_destination(known: &Known) -> Action {
    let choices = SendTo::ALL
        .iter()
        .map(|to| (to.code().to_owned(), to.label().to_owned()));
    let row = &known.corporation;
    let to = Field::must("to", "送り先", Entry::Choice(choices.collect()));
    let head_office = Field::may("head_office", "本部の住所", Entry::Text);
    action(known, "set_destination", "書類の送り先を決める")
        .explains("委任状と返信用封筒の封筒の分け方と宛先が、発送簿で次に印刷するものから変わります。法人全体へのお知らせは本部に送ります。")
        .field(to.value(row.send_to.code()))
        .field(
            head_office
                .value(row.head_office.as_deref().unwrap_or_default())
                .hint("郵便番号から。空のままにすると、最初の事業所の住所に送ります。"),
        )
}

fn change_name(known: &Known) -> Action {
    let papers = known
        .cases
        .iter()
        .filter(|case| case.kind == Kind::Poa && case.open);
    action(known, "change_name", "法人名を変更する")
        .explains(&format!(
            "委任状には法人名が入っています。進行中の委任状 {} 通のうち、まだ戻っていないものは同じ返送期日で刷り直しになります。",
            papers.count()
        ))
        .field(Field::must("name", "新しい法人名", Entry::Text).value(&known.corporation.name))
}

/// The field to choose one of its offices; nothing when it has none.
fn office(known: &Known) -> Option<Field> {
    let choices: Vec<_> = belonging(known)
        .map(|office| {
            (
                office.id.to_string(),
                format!("{}　{}", office.number, office.name),
            )
        })
        .collect();
    (!choices.is_empty()).then(|| Field::must("office", "事業所", Entry::Choice(choices)))
}

fn renumber_office(known: &Known, office: Field, today: NaiveDate) -> Action {
    let number = Field::must("number", "新しい事業所番号", Entry::Text);
    action(known, "renumber_office", "事業所番号を変更する")
        .explains(&format!(
            "選んだ事業所の、まだ始まっていない申込（この法人で {} 件）は取り下げられ、委任状は無効になります。新しい番号で申し込み直してください。",
            before_start(known)
        ))
        .field(office)
        .field(number.hint("10桁。検査数字を確かめます。"))
        .field(Field::must("on", "新しい番号の初日", Entry::Day).value(today))
        .danger()
}

fn remove_office(known: &Known, office: Field) -> Action {
    action(known, "remove_office", "事業所を除外する")
        .explains(&format!(
            "選んだ事業所をこの法人から外します。その事業所の、まだ始まっていない申込（この法人で {} 件）は取り下げられ、委任状は無効になります。",
            before_start(known)
        ))
        .field(office)
        .field(Field::reason())
        .danger()
}

fn merge_into(known: &Known) -> Action {
    let number = Field::must("number", "統合先の法人番号", Entry::Text);
    action(known, "merge_into", "別の法人に統合する")
        .explains(&format!(
            "この法人は統合先と同じ法人だったものとして扱われ、以後の操作は統合先で行います。事業所 {} 件は移りません（統合の後に「事業所を別の法人に譲渡する」で移してください）。まだ始まっていない申込 {} 件は取り下げられ、委任状は無効になります。統合は取り消せますが、取り下げた申込は戻りません。",
            belonging(known).count(),
            before_start(known)
        ))
        .field(number.hint("13桁。登録済みの法人の番号です。"))
        .danger()
}

fn unmerge(other: &CorporationRow) -> Candidate {
    let href = format!("/corporations/{}/unmerge", other.id);
    let id = format!("unmerge-{}", other.id);
    let action = Action::new(&id, &format!("「{}」の統合を取り消す", other.name), &href).explains(
        "統合されていた法人が、もとの法人に戻ります。統合のときに取り下げられた申込は戻りません。",
    );
    let unmerge = Command::corporation(&Stream::Corporation(other.id), Corporation::Unmerge {});
    (action, Some(unmerge))
}

fn erase_texts(known: &Known) -> Action {
    let papers = known.cases.iter().filter(|case| case.kind == Kind::Poa);
    let reason = Field::reason();
    let confirmed = Field::must("confirmed", "元に戻せないことを確認しました", Entry::Check);
    action(known, "erase_texts", "個人情報を消去する")
        .explains(&format!(
            "連絡先と、この法人の委任状 {} 通・入金の備考を、過去の時点の表示も含めて読めなくします。口座は、利用中・未精算の間と、送付した振替ファイルの保存期間だけ残り、その後に自動で消去します。元に戻せません。誰がいつなぜ消去したかは記録に残ります。",
            papers.count()
        ))
        .field(reason.hint("本人の申し出とその日付など。氏名は書かないでください。"))
        .field(confirmed)
        .danger()
}

/// The form of a merger names the number that people know; the log names the corporation that has it.
#[derive(Deserialize)]
pub struct MergeInto {
    number: String,
}

/// `POST /corporations/{corporation}/merge_into`
pub async fn merge(
    viewer: Viewer,
    Path(id): Path<CorporationId>,
    Address(back): Address<Back>,
    Form(body): Form<MergeInto>,
) -> Result<Redirect, Problem> {
    let number = CorporateNumber::parse(&body.number).map_err(|why| invalid(&why))?;
    let asking = Asking::by_form(&actor(&viewer)?, back.form.as_deref());
    let app = viewer.app.clone();
    let named = move |reading: &Reading<'_>| Ok(corporations::numbered(reading.snapshot, number)?);
    let corporation = viewer
        .read(named)
        .await?
        .map_or_else(|| CorporationId::of_number(number.as_str()), |row| row.id);
    let merge = Corporation::MergeInto { corporation };
    let command = Command::corporation(&Stream::Corporation(id), merge);
    let executed = acting::execute(&app, command, asking.cause("0")).await?;
    Ok(Redirect::to(&done(&back.return_to, &executed)))
}
