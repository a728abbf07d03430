//! What happened, in words: an event's kind as a sentence, who did it, when. Used by ホーム and by the history of a case.

use super::viewer::Reading;
use super::words;
use crate::problem::Problem;
use daicho_projections::case_history::HistoryRow;
use daicho_projections::changes;

/// Kinds of events shown on ホーム; what follows from them by itself is counted there, not listed.
const SHOWN: u64 = 14;

/// What happened on one day.
pub struct FeedDay {
    /// `今日`, or the day.
    pub word: String,
    /// What happened, newest first.
    pub lines: Vec<FeedLine>,
}

/// One line of what happened.
pub struct FeedLine {
    /// `14:05`
    pub at: String,
    /// What it happened to.
    pub subject: String,
    /// Its page.
    pub href: String,
    /// What happened.
    pub what: &'static str,
    /// How often, when the same happened to several things of one subject.
    pub times: u64,
    /// Who did it.
    pub who: String,
}

/// What changed since yesterday, newest first; the same thing for the same subject is one line.
pub fn since_yesterday(reading: &Reading<'_>) -> Result<Vec<FeedDay>, Problem> {
    let today = reading.viewer.moment.day;
    let yesterday = today.pred_opt().unwrap_or(today);
    let before = reading.viewer.moment.number.map(|number| number + 1);
    let rows = changes::latest(reading.snapshot, before, SHOWN * 12)?;
    let mut days: Vec<FeedDay> = Vec::new();
    let mut lines = 0;
    for row in rows.iter().filter(|row| row.occurred_on >= yesterday) {
        let what = sentence(&row.kind);
        let Some((subject, href)) = reading.subject(&row.stream)? else {
            continue;
        };
        let word = if row.occurred_on == today {
            "今日".to_owned()
        } else {
            words::short_date(row.occurred_on)
        };
        if days.last().is_none_or(|day| day.word != word) {
            days.push(FeedDay {
                word,
                lines: Vec::new(),
            });
        }
        let Some(day) = days.last_mut() else { continue };
        if let Some(same) = day
            .lines
            .iter_mut()
            .find(|line| line.what == what && line.subject == subject)
        {
            same.times += 1;
        } else if lines < SHOWN {
            lines += 1;
            let at = words::time(row.recorded_at);
            let at = at
                .split_once(' ')
                .map_or(at.clone(), |(_, time)| time.to_owned());
            day.lines.push(FeedLine {
                at,
                subject,
                href,
                what,
                times: 1,
                who: who(row, reading),
            });
        }
    }
    // No day stands there by its name alone.
    days.retain(|day| !day.lines.is_empty());
    Ok(days)
}

/// Who did it: a member of the staff by the chosen name, or a worker.
pub fn who(row: &HistoryRow, reading: &Reading<'_>) -> String {
    reading.actor(&row.actor)
}

/// What an event says, by its wire name without version.
pub fn sentence(kind: &str) -> &'static str {
    let name = kind.rsplit_once(".v").map_or(kind, |(name, _)| name);
    SENTENCES
        .iter()
        .find_map(|(held, sentence)| (*held == name).then_some(*sentence))
        .unwrap_or("記録")
}

/// Every event in words; a test walks the events of the domain.
pub const SENTENCES: &[(&str, &str)] = &[
    ("corporation.registered", "法人を登録"),
    ("corporation.number_assigned", "法人番号を登録"),
    ("corporation.merged_into", "別の法人に統合"),
    ("corporation.unmerged", "統合を取り消し"),
    ("corporation.name_changed", "法人名を変更"),
    ("corporation.contact_set", "連絡先を登録"),
    ("corporation.destination_set", "書類の送り先を決定"),
    ("corporation.texts_erased", "個人情報を消去"),
    ("corporation.account_kept", "口座は必要な間残す"),
    ("corporation.office_added", "事業所を登録"),
    ("corporation.entry_added", "サービス種類を追加"),
    ("corporation.entry_changed", "サービス種類の内容を変更"),
    ("corporation.office_renumbered", "事業所番号を変更"),
    ("corporation.office_removed", "事業所を除外"),
    ("corporation.office_transferred", "事業所を譲渡"),
    ("corporation.office_received", "事業所を譲受"),
    (
        "corporation.office_continued",
        "譲り受けた事業所の利用を開始",
    ),
    (
        "corporation.office_use_declined",
        "譲り受けた事業所では利用しないと確認",
    ),
    ("corporation.mandate_needed", "口座振替依頼書が必要"),
    (
        "corporation.mandate_carried_over",
        "口座振替依頼書を旧台帳から移行",
    ),
    ("corporation.mandate_sent", "口座振替依頼書を発送"),
    ("corporation.mandate_returned", "口座振替依頼書が返送された"),
    (
        "corporation.mandate_handed_to_bank",
        "口座振替依頼書を銀行に提出",
    ),
    ("corporation.mandate_registered", "口座を登録"),
    (
        "corporation.mandate_defective",
        "口座振替依頼書の不備を記録",
    ),
    (
        "corporation.mandate_called_off",
        "口座振替依頼書を不要とした",
    ),
    ("corporation.mandate_broken", "口座が振替できなくなった"),
    ("billing.carried_over", "残高を旧台帳から移行"),
    ("billing.charging_began", "課金の対象に追加"),
    ("billing.charging_ended", "課金の対象から外す（終了）"),
    ("billing.charged", "請求を確定"),
    ("billing.option_ordered", "オプションの申込を受付"),
    ("billing.option_done", "オプションの作業が完了"),
    ("billing.option_ended", "オプションの終わりを決定"),
    ("billing.option_withdrawn", "オプションの申込を取り下げ"),
    ("billing.options_charged", "オプションの請求を確定"),
    ("billing.not_charged", "請求なし"),
    ("billing.debit_answered", "口座振替の対象額を確定"),
    ("billing.debit_requested", "口座振替を依頼"),
    ("billing.debit_missed", "口座振替が送付されなかった"),
    ("billing.collected", "口座振替で入金"),
    ("billing.failed", "口座振替が不能"),
    ("billing.noticed", "未収を通知"),
    ("billing.suspension_due", "利用停止日が到来"),
    ("billing.person_decided", "振替不能の扱いを決定"),
    ("billing.paid", "入金を記録"),
    ("billing.credit_applied", "過入金を請求に充当"),
    ("billing.receipt_asked", "領収書の発行を受付"),
    ("billing.certificate_asked", "支払証明書の発行を受付"),
    ("billing.refunded", "過入金を返金"),
    ("billing.reversal_asked", "取消を申請"),
    ("billing.reversal_declined", "取消の申請を却下"),
    ("billing.reversed", "取消を記帳"),
    ("debit_batch.opened", "口座振替の集計を開始"),
    (
        "debit_batch.carried_over",
        "銀行に依頼中の振替ファイルを旧台帳から移行",
    ),
    ("debit_batch.frozen", "振替ファイルの内容を確定"),
    ("debit_batch.reopened", "口座振替を集計に戻した"),
    ("debit_batch.approved", "口座振替を承認"),
    ("debit_batch.sent", "振替ファイルを送付"),
    ("debit_batch.result_received", "振替結果を取り込み"),
    ("debit_batch.outcomes_recorded", "振替結果を記録"),
    ("debit_batch.reconciled", "振替結果を照合"),
    ("enrolment.suspended", "利用を停止"),
    ("enrolment.resumed", "利用を再開"),
    ("enrolment.carried_over", "登録を旧台帳から移行"),
    ("enrolment.trial_started", "仮登録を受付"),
    ("enrolment.second_trial_granted", "2回目の仮登録を認定"),
    ("enrolment.offices_entered", "事業所情報を受付"),
    (
        "enrolment.office_taken_over",
        "譲り受けた事業所を利用に追加",
    ),
    (
        "enrolment.office_handed_over",
        "譲渡した事業所を利用から外す",
    ),
    ("enrolment.registered", "本登録を受付"),
    ("enrolment.billing_started", "課金を開始"),
    ("enrolment.closed", "利用を終了"),
    ("enrolment.ended", "お試し期間が終了"),
    ("transmission.carried_over", "伝送の申込を旧台帳から移行"),
    ("transmission.applied", "伝送の申込を受付"),
    ("transmission.office_completed", "不足していた内容を受付"),
    ("transmission.start_set", "開始月を決定"),
    ("transmission.office_ready", "書類が揃った"),
    ("transmission.office_unready", "書類の受理を取り消し"),
    (
        "transmission.office_due_passed",
        "返送期日を経過（到着確認待ち）",
    ),
    (
        "transmission.office_paper_arrived",
        "返送期日の経過後に書類が到着",
    ),
    ("transmission.papers_filed", "国保連へ提出"),
    ("transmission.federation_confirmed", "国保連が確認"),
    ("transmission.federation_rejected", "国保連が差戻し"),
    (
        "transmission.number_replaced",
        "伝送中の事業所番号が変わった",
    ),
    (
        "transmission.office_transferred",
        "伝送中の事業所が譲渡された",
    ),
    ("transmission.papers_outdated", "書類の記載が古くなった"),
    ("transmission.office_withdrawn", "申込を取り下げ"),
    ("transmission.postponed", "開始月を先送り"),
    (
        "transmission.postponement_cause_added",
        "先送りの原因を追加",
    ),
    (
        "transmission.postponement_cause_removed",
        "先送りの原因を解消",
    ),
    ("transmission.postponement_reversed", "先送りを取り消し"),
    ("transmission.person_asked", "担当者の判断が必要"),
    ("transmission.person_decided", "担当者が判断"),
    ("transmission.ids_due", "ID/PW発行日が到来"),
    ("transmission.id_issued", "ID/PWを発行済みに"),
    ("transmission.agent_released", "請求代理人の解除を確認"),
    ("transmission.started", "伝送の利用を開始"),
    ("poa.carried_over", "委任状を旧台帳から移行"),
    ("poa.requested", "委任状の発送を依頼"),
    ("poa.printed", "委任状を印刷"),
    (
        "poa.unprintable",
        "印字できない文字があり委任状を印刷できない",
    ),
    ("poa.dispatched", "委任状を発送"),
    ("poa.undeliverable", "委任状が不達で戻った"),
    ("poa.reprint_requested", "委任状の再印刷を依頼"),
    ("poa.reminder_due", "委任状の返送をお願いする日が到来"),
    ("poa.due_passed", "委任状の返送期日を経過"),
    ("poa.received", "委任状を受領"),
    ("poa.accepted", "委任状を受理"),
    ("poa.found_defective", "委任状の不備を記録"),
    ("poa.filed", "委任状を国保連へ提出"),
    ("poa.confirmed", "国保連が委任状を確認"),
    ("poa.rejected", "国保連が委任状を差戻し"),
    ("poa.lapsed", "委任状が期限切れ"),
    ("poa.lapse_reversed", "委任状の期限切れを取り消し"),
    ("poa.due_moved", "委任状の期日を変更"),
    ("poa.voided", "委任状を無効に"),
    ("dispatch.requested", "お知らせの発送を予定"),
    ("dispatch.amended", "お知らせの内容を変更"),
    ("dispatch.printed", "お知らせを印刷"),
    (
        "dispatch.unprintable",
        "印字できない文字がありお知らせを印刷できない",
    ),
    ("dispatch.sent", "お知らせを発送"),
    ("dispatch.undeliverable", "お知らせが不達で戻った"),
    ("dispatch.called_off", "お知らせの発送を取りやめ"),
    ("dispatch.proved_wrong", "お知らせの訂正を予定"),
    ("agent.added", "代理人IDを登録"),
    ("agent.retired", "代理人IDの割り当てを停止"),
    ("agent.taken_up", "代理人IDの受け持ちを引き継ぎ"),
    ("agent.assigned", "委任状に代理人IDを割り当て"),
    ("agent.wanting", "代理人IDの割り当て待ち"),
    ("agent.dropped", "代理人IDの割り当て待ちを取りやめ"),
    ("agent.released", "代理人IDの受け持ちを解除"),
    ("poa.agent_named", "代理人IDを決定"),
    ("poa.agent_missing", "代理人IDが決まらない"),
    ("attachment.attached", "ファイルを添付"),
    ("attachment.withdrawn", "添付ファイルを取り下げ"),
    ("credential.carried_over", "ID/PWを旧台帳から移行"),
    ("credential.scheduled", "ID/PWの発行を予定"),
    ("credential.issued", "ID/PWを発行"),
    ("credential.unscheduled", "ID/PWの発行予定を取り消し"),
    ("credential.expired", "利用終了でID/PWを停止"),
    ("credential.revoked", "ID/PWを失効"),
    (
        "credential.secret_kept",
        "初期パスワードを保管し、確認用リンクを用意",
    ),
    ("credential.looked_up", "お客様が初期ID/PWを確認"),
    (
        "credential.link_locked",
        "誤った試行が多いため確認用リンクを停止",
    ),
    ("credential.reissued", "パスワードを再発行"),
    ("mail.asked", "メールの送信を依頼"),
    ("mail.unaddressed", "メールの宛先がない"),
    ("mail.claimed", "メールの送信を開始"),
    ("mail.sent", "メールを送信"),
    ("mail.failed", "メールの送信に失敗"),
    (
        "mail.outcome_unknown",
        "メールが届いたか不明（二重の可能性）",
    ),
    ("mail.gave_up", "メールが不達"),
    ("mail.called_off", "メールの送信を取りやめ"),
    ("mail.released", "メールの保留を解除"),
    ("mail.dropped", "メールを破棄"),
    ("credential.reset", "お客様がパスワードを変更"),
    ("licence.checked", "ライセンスの利用前確認を記録"),
    ("licence.check_dropped", "ライセンスの申請を取りやめ"),
    ("licence.download_requested", "ダウンロードの依頼を受付"),
    ("licence.applied", "ライセンスの利用申請を受付"),
    ("licence.granted", "ライセンスの手続き完了を通知"),
    ("licence.taken_over", "既存ライセンスを引き継ぎ"),
    ("licence.fee_paid", "ライセンス料の支払いを確認"),
    ("licence.fee_reversed", "ライセンス料の支払い確認を取消"),
    ("licence.fee_overdue", "ライセンス料の確認期限を経過"),
    ("licence.renewal_opened", "ライセンスの更新受付を開始"),
    ("licence.renewal_filed", "ライセンスの更新申請を受付"),
    ("licence.renewed", "更新の完了を通知"),
    ("licence.year_begun", "ライセンスの次の1年を開始"),
    ("licence.expired", "ライセンスが満了"),
    ("licence.office_moved", "ライセンスの事業所の法人を変更"),
    ("licence.office_closed", "ライセンスの更新を停止"),
    ("termination.carried_over", "終了の申込を旧台帳から移行"),
    ("termination.requested", "終了の申込を受付"),
    ("termination.withdrawn", "終了の申込を取り下げ"),
    ("termination.returns_counted", "未処理の返戻の件数を記録"),
    ("termination.ended", "終了月が満了"),
    ("termination.last_debit_passed", "最終振替日を経過"),
    ("termination.last_debit_failed", "最後の口座振替が不能"),
    ("termination.fees_settled", "最後の料金まで入金済み"),
    ("termination.paper_returned", "終了の委任状が揃った"),
    ("termination.paper_sent_back", "終了の委任状を差し戻し"),
    ("termination.agent_release_due", "代理人解除の開始日が到来"),
    ("termination.agent_released", "請求代理人を解除"),
    ("office_day.opened", "業務日を開始"),
    ("office_day.post_counted", "到着した通数を入力"),
    ("office_day.closed", "日次締め"),
    ("schedule.ran", "定期処理を実行"),
    ("staff.named", "担当者を登録"),
    ("staff.left", "担当者が退任"),
    ("rulebook.published", "規程を公布"),
    ("installation.started", "システムを起動"),
    ("installation.days_confirmed", "まとめて開始する日を確認"),
    ("installation.closing_asked", "月次締めを申請"),
    ("installation.closing_declined", "月次締めの申請を却下"),
    ("installation.month_closed", "月を締めた"),
    ("installation.sending_released", "送信保留を解除"),
    ("installation.moving_asked", "移行を申請"),
    ("installation.moving_declined", "移行の申請を却下"),
    ("installation.moving_approved", "移行を承認"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_its_words() {
        for held in daicho_schemas::catalogue::event_types() {
            let name = held
                .kind
                .rsplit_once(".v")
                .map_or(held.kind.as_str(), |(name, _)| name);
            assert!(
                SENTENCES.iter().any(|(known, _)| *known == name),
                "{name} has no words"
            );
        }
    }
}
