//! Every slot there is: its id, what values it takes, which services' books hold it. A book holds exactly these.

use super::Kind;
use super::slot::MOVES;
use crate::Service;

/// What a slot is, whatever a book says of it.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its id.
    pub id: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// Whose books hold it.
    pub services: &'static [Service],
}

const MINI2: &[Service] = &[Service::HonobonoMini2];
const MESSENGER: &[Service] = &[Service::CareNetMessenger];
const RENKEI: &[Service] = &[Service::CareplanRenkei];
const BOTH: &[Service] = &[Service::HonobonoMini2, Service::CareNetMessenger];
const ALL: &[Service] = &Service::ALL;

const TAX: Kind = Kind::Choice(&[("excluded", "税抜"), ("included", "税込")]);
const CHANNEL: Kind = Kind::Choice(&[("post", "郵送"), ("mail", "自動配信メールのPDF")]);
const TOLD: Kind = Kind::Choice(&[
    ("post", "郵送"),
    ("mail", "メール"),
    ("mail_with_pdf", "PDFを付けたメール"),
]);
const WORKDAYS: Kind =
    Kind::Choice(&[("vendor", "自社営業日と同じ"), ("bank", "銀行営業日と同じ")]);
const PERSON: (&str, &str) = ("person", "人が決める");

const fn spec(id: &'static str, kind: Kind, services: &'static [Service]) -> Spec {
    Spec { id, kind, services }
}

/// The spec of this id for a service.
pub(super) fn find(service: Service, id: &str) -> Option<&'static Spec> {
    of(service).find(|spec| spec.id == id)
}

/// Every slot a book of the service holds.
pub fn of(service: Service) -> impl Iterator<Item = &'static Spec> {
    SLOTS
        .iter()
        .filter(move |spec| spec.services.contains(&service))
}

/// All slots, along a customer's way.
pub const SLOTS: &[Spec] = &[
    // The trial and the first bill.
    spec("trial.free_months", Kind::Months, MINI2),
    spec(
        "trial.counted_from",
        Kind::Choice(&[
            ("form", "仮登録フォームの日"),
            ("offices_entered", "事業所の登録が済んだ日"),
        ]),
        MINI2,
    ),
    spec("trial.first_day_counted", Kind::Flag, MINI2),
    spec("trial.registered_extra_months", Kind::Months, MINI2),
    spec("trial.login_stops_after_days", Kind::Days, MINI2),
    spec("billing.start_months_after", Kind::Months, MINI2),
    spec("billing.start_day", Kind::DayOfMonth, MINI2),
    // Prices.
    spec("fee.monthly", Kind::Yen, BOTH),
    spec("fee.monthly_tax", TAX, BOTH),
    spec(
        "fee.monthly_per",
        Kind::Choice(&[
            ("office_number", "事業所番号ごと"),
            ("corporation", "法人ごと"),
            ("entry", "サービスごと"),
        ]),
        BOTH,
    ),
    spec(
        "fee.added_office_from",
        Kind::Choice(&[
            ("next_month_first", "翌月1日から"),
            ("same_month", "追加した月から"),
        ]),
        MINI2,
    ),
    spec(
        "payment.overpaid_goes",
        Kind::Choice(&[
            ("next_charge", "次の請求に充てる"),
            ("person", "担当者が返金する"),
        ]),
        MINI2,
    ),
    spec("fee.transmission", Kind::Yen, MINI2),
    spec("fee.return_manager", Kind::Yen, MESSENGER),
    spec("fee.restore_notice", Kind::Yen, MESSENGER),
    spec("fee.password_reissue", Kind::Yen, MESSENGER),
    spec("fee.password_self_reset", Kind::Yen, MESSENGER),
    spec("fee.options_tax", TAX, MESSENGER),
    spec(
        "option.return_manager_from",
        Kind::Choice(&[("next_month", "翌月から"), ("same_month", "その月から")]),
        MESSENGER,
    ),
    spec(
        "option.return_manager_last",
        Kind::Choice(&[("same_month", "その月まで"), ("next_month", "翌月まで")]),
        MESSENGER,
    ),
    spec("fee.licence", Kind::Yen, RENKEI),
    spec("fee.licence_tax", TAX, RENKEI),
    spec("tax.rates", Kind::Rates, ALL),
    spec(
        "tax.rounding",
        Kind::Choice(&[
            ("down", "切り捨て"),
            ("half_up", "四捨五入"),
            ("up", "切り上げ"),
        ]),
        ALL,
    ),
    // The transmission application.
    spec("vendor.calendar", WORKDAYS, BOTH),
    spec("transmission.cutoff_day", Kind::DayOfMonth, BOTH),
    spec("transmission.cutoff_moves", MOVES, BOTH),
    spec("transmission.day_ends_hour", Kind::Hours, BOTH),
    spec("transmission.start_months_after", Kind::Months, BOTH),
    spec(
        "transmission.stated_duration",
        Kind::Choice(&[
            ("by_cutoff", "締日の規則で決める"),
            ("at_least_two_months", "申込から2か月を下回らない"),
        ]),
        MINI2,
    ),
    spec("transmission.requires_registration", Kind::Flag, MINI2),
    spec("transmission.requires_kj_id", Kind::Flag, BOTH),
    spec("transmission.disability_claims", Kind::Flag, MESSENGER),
    // The power of attorney on its way.
    spec("poa.start_channel", CHANNEL, BOTH),
    spec("poa.end_channel", CHANNEL, BOTH),
    spec("poa.original_required", Kind::Flag, BOTH),
    spec("poa.dispatch_business_days", Kind::BusinessDays, BOTH),
    spec("poa.post_days", Kind::BusinessDays, BOTH),
    spec("poa.post_calendar", WORKDAYS, BOTH),
    spec(
        "poa.days_in_hand_counts",
        Kind::Choice(&[
            ("business_days", "営業日だけを数える"),
            ("calendar_days", "暦日で数える"),
        ]),
        BOTH,
    ),
    spec("poa.days_in_hand_min", Kind::Days, BOTH),
    spec("poa.return_months_before", Kind::Months, BOTH),
    spec("poa.return_day", Kind::DayOfMonth, BOTH),
    spec("poa.return_moves", MOVES, BOTH),
    spec(
        "poa.federation_margin_business_days",
        Kind::BusinessDays,
        BOTH,
    ),
    spec("poa.remind_business_days", Kind::BusinessDays, BOTH),
    spec(
        "poa.file_when",
        Kind::Choice(&[
            ("all_offices_ready", "申込の全事業所が揃ってから"),
            ("each_office", "揃った事業所から"),
        ]),
        BOTH,
    ),
    spec("poa.rejection_is_defect", Kind::Flag, BOTH),
    spec("poa.agent_offices_max", Kind::Count, BOTH),
    spec("poa.renumbered_office_each", Kind::Flag, BOTH),
    spec("federation.arrival_months_before", Kind::Months, BOTH),
    spec("federation.arrival_day", Kind::DayOfMonth, BOTH),
    spec("federation.arrival_moves", MOVES, BOTH),
    // Postponement.
    spec("postponement.not_returned_is_defect", Kind::Flag, BOTH),
    spec(
        "postponement.scope",
        Kind::Choice(&[
            ("corporation", "法人の未開始の全事業所"),
            ("office", "不備の事業所だけ"),
        ]),
        BOTH,
    ),
    spec("postponement.across_applications", Kind::Flag, BOTH),
    spec(
        "postponement.decided_when",
        Kind::Choice(&[
            ("due_day_closed", "返送期日の郵便を数えて締めたとき"),
            ("due_day_over", "返送期日が過ぎたとき"),
        ]),
        BOTH,
    ),
    spec("postponement.early_defect_same_due", Kind::Flag, BOTH),
    spec("postponement.late_defect_at_once", Kind::Flag, BOTH),
    spec(
        "postponement.counts_day",
        Kind::Choice(&[("arrival", "届いた日"), ("entry", "入力した日")]),
        BOTH,
    ),
    spec(
        "postponement.reversible_until",
        Kind::Choice(&[
            ("filing_closes", "国保連への提出を締めるまで"),
            ("never", "取り消さない"),
        ]),
        BOTH,
    ),
    spec("postponement.months", Kind::Months, BOTH),
    spec("postponement.max", Kind::Count, BOTH),
    spec("postponement.accepted_stay_valid", Kind::Flag, BOTH),
    // IDs and passwords.
    spec("credentials.months_before", Kind::Months, BOTH),
    spec("credentials.day", Kind::DayOfMonth, BOTH),
    spec("credentials.moves", MOVES, BOTH),
    spec("credentials.wait_for_confirmation", Kind::Flag, BOTH),
    spec("credentials.told_on_request", Kind::Flag, MESSENGER),
    spec("credentials.lookups_max", Kind::Count, BOTH),
    spec("credentials.link_days", Kind::Days, BOTH),
    spec("credentials.attempts_max", Kind::Count, BOTH),
    // Mails.
    spec("mail.from_hour", Kind::Hours, BOTH),
    spec("mail.to_hour", Kind::Hours, BOTH),
    spec("mail.attempts_max", Kind::Count, BOTH),
    spec("mail.retry_hours", Kind::Hours, BOTH),
    spec("mail.stale_business_days", Kind::BusinessDays, BOTH),
    spec("mail.poa_reminder", TOLD, BOTH),
    spec("mail.trial_received", TOLD, MINI2),
    spec("mail.trial_started", TOLD, MINI2),
    spec("mail.registered", TOLD, MINI2),
    // The debit and what follows a failed one.
    spec("debit.months_after", Kind::Months, BOTH),
    spec("debit.day", Kind::DayOfMonth, BOTH),
    spec("debit.moves", MOVES, BOTH),
    spec(
        "debit.per",
        Kind::Choice(&[
            ("corporation", "法人ごとに1件"),
            ("office_number", "事業所番号ごとに1件"),
        ]),
        BOTH,
    ),
    spec("debit.invoice", Kind::Flag, BOTH),
    spec("debit.request_bank_days", Kind::BusinessDays, BOTH),
    spec("debit.result_bank_days", Kind::BusinessDays, BOTH),
    spec("debit.file_kept_years", Kind::Years, MINI2),
    spec(
        "suspension.notice_on",
        Kind::Choice(&[
            ("result_day", "振替結果の日"),
            ("next_business_day", "翌営業日"),
        ]),
        BOTH,
    ),
    spec("suspension.months_after", Kind::Months, BOTH),
    spec("suspension.day", Kind::DayOfMonth, BOTH),
    spec("suspension.moves", MOVES, BOTH),
    spec("suspension.notice_business_days", Kind::BusinessDays, BOTH),
    spec("suspension.quiet_from_day", Kind::DayOfMonth, BOTH),
    spec("suspension.quiet_to_day", Kind::DayOfMonth, BOTH),
    spec("suspension.fees_continue", Kind::Flag, BOTH),
    spec(
        "suspension.scope",
        Kind::Choice(&[
            ("service_and_transmission", "このサービスとその伝送"),
            ("all_services", "全サービス"),
        ]),
        BOTH,
    ),
    spec(
        "suspension.redebit",
        Kind::Choice(&[
            ("next_file", "次の振替ファイルで"),
            ("transfer", "振込を求める"),
        ]),
        BOTH,
    ),
    spec(
        "suspension.resumes",
        Kind::Choice(&[
            ("payment_day", "入金を記録した日"),
            ("next_business_day", "入金の翌営業日"),
        ]),
        BOTH,
    ),
    spec(
        "suspension.no_mandate",
        Kind::Choice(&[
            ("carried_over", "繰り越して口座の案件にする"),
            ("failed", "振替不能として扱う"),
        ]),
        BOTH,
    ),
    // The end.
    spec("termination.accepted_months_before", Kind::Months, BOTH),
    spec("termination.accepted_from_day", Kind::DayOfMonth, BOTH),
    spec("termination.cutoff_day", Kind::DayOfMonth, BOTH),
    spec(
        "termination.cutoff_month",
        Kind::Choice(&[
            ("end_month", "終了月の"),
            ("month_before", "終了月の前月の"),
        ]),
        BOTH,
    ),
    spec("termination.cutoff_moves", MOVES, BOTH),
    spec(
        "termination.after_cutoff",
        Kind::Choice(&[
            ("next_month", "翌月末の終了を示す"),
            ("refused", "受け付けない"),
        ]),
        BOTH,
    ),
    spec("termination.channels", Kind::Words, BOTH),
    spec("termination.staff_may_file", Kind::Flag, BOTH),
    spec(
        "termination.last_office",
        Kind::Choice(&[
            ("refused", "受け付けず、全事業所の終了フォームを案内する"),
            ("taken", "法人の終了として扱う"),
        ]),
        MINI2,
    ),
    spec(
        "termination.withdrawable_until",
        Kind::Choice(&[("cutoff", "締日まで"), ("never", "取り下げられない")]),
        BOTH,
    ),
    spec(
        "termination.fees_through",
        Kind::Choice(&[("end_month", "終了月分まで"), ("day", "終了日まで日割り")]),
        BOTH,
    ),
    spec(
        "termination.login_ends",
        Kind::Choice(&[
            ("end_month_last_day", "終了月の末日が過ぎたとき"),
            ("filing", "受付のとき"),
        ]),
        BOTH,
    ),
    spec("termination.release_months_after", Kind::Months, BOTH),
    spec("termination.release_day", Kind::DayOfMonth, BOTH),
    spec("termination.poa_required", Kind::Flag, BOTH),
    spec("termination.warns_open_returns", Kind::Flag, MESSENGER),
    // The licence.
    spec("licence.years", Kind::Years, RENKEI),
    spec("licence.first_day_counted", Kind::Flag, RENKEI),
    spec("licence.renewal_opens_days", Kind::Days, RENKEI),
    spec(
        "licence.remaining_counts",
        Kind::Choice(&[
            ("last_minus_today", "満了日から今日を引いた日数"),
            ("today_counted", "今日も1日と数える"),
        ]),
        RENKEI,
    ),
    spec(
        "licence.renewed_from",
        Kind::Choice(&[
            ("day_after_end", "満了日の翌日から"),
            ("filing", "更新申請の日から"),
        ]),
        RENKEI,
    ),
    spec(
        "licence.renewal_notice_business_days",
        Kind::BusinessDays,
        RENKEI,
    ),
    spec("licence.fee_months_after", Kind::Months, RENKEI),
    spec("licence.fee_months_after_latest", Kind::Months, RENKEI),
    spec("licence.invoice_on_request", Kind::Flag, RENKEI),
    spec("licence.cancellable", Kind::Flag, RENKEI),
    spec(
        "licence.fee_confirmed_by",
        Kind::Choice(&[
            ("latest_month_end", "差引の遅い場合の月の末日"),
            ("month_after_end", "その翌月の末日"),
        ]),
        RENKEI,
    ),
    spec("licence.invoice_due_months_after", Kind::Months, RENKEI),
    spec("licence.check_holds_days", Kind::Days, RENKEI),
    spec("licence.systems", Kind::Words, RENKEI),
    spec("licence.browsers", Kind::Words, RENKEI),
    spec("licence.software_flags_needed", Kind::Count, RENKEI),
    spec("licence.certificate_kinds", Kind::Words, RENKEI),
    spec("licence.id_inquiry_days", Kind::Days, RENKEI),
    spec("licence.terminals_recommended", Kind::Count, RENKEI),
    spec("licence.certificate_issuer", Kind::Words, RENKEI),
    spec("licence.certificate_subjects", Kind::Words, RENKEI),
    spec("licence.client_version", Kind::Words, RENKEI),
    spec("licence.helpdesk_from_hour", Kind::Hours, RENKEI),
    spec("licence.helpdesk_to_hour", Kind::Hours, RENKEI),
    // Situations.
    spec(
        "situation.trial_applies",
        Kind::Choice(&[
            ("refused", "受け付けず、本登録した場合の開始月を伝える"),
            ("held", "本登録まで預かる"),
        ]),
        MINI2,
    ),
    spec(
        "situation.both_on_one_form",
        Kind::Choice(&[
            ("in_order", "本登録、伝送の順に受け付ける"),
            ("registration_only", "本登録だけ受け付ける"),
        ]),
        MINI2,
    ),
    spec(
        "situation.second_trial",
        Kind::Choice(&[PERSON, ("refused", "受け付けない")]),
        MINI2,
    ),
    spec(
        "situation.office_withdraws",
        Kind::Choice(&[
            ("others_keep_month", "ほかの事業所の開始月は変えない"),
            ("all_wait", "ほかの事業所も待つ"),
        ]),
        BOTH,
    ),
    spec(
        "situation.last_office_out",
        Kind::Choice(&[("application_ends", "申込を終える"), PERSON]),
        BOTH,
    ),
    spec(
        "situation.rejected_after_issue",
        Kind::Choice(&[PERSON, ("revoked", "発行を取り消す")]),
        BOTH,
    ),
    spec(
        "situation.number_changes",
        Kind::Choice(&[
            ("withdrawn_and_new", "取り下げて新しい番号で申し込み直す"),
            ("carried_over", "申込を引き継ぐ"),
        ]),
        BOTH,
    ),
    spec("claims.months_after", Kind::Months, BOTH),
    spec(
        "situation.old_number_ends",
        Kind::Choice(&[
            ("not_before_last_claim", "最後の請求の月より前にしない"),
            ("any", "自由に選べる"),
        ]),
        BOTH,
    ),
    spec(
        "situation.end_while_pending",
        Kind::Choice(&[
            ("withdrawn_when_later", "開始月が終了月より後なら取り下げる"),
            ("always_withdrawn", "必ず取り下げる"),
        ]),
        BOTH,
    ),
    spec("situation.suspended_may_end", Kind::Flag, BOTH),
    spec(
        "situation.arrears",
        Kind::Choice(&[("join_last_debit", "最後の引き落としに合わせる"), PERSON]),
        BOTH,
    ),
    spec("situation.papers_while_suspended", Kind::Flag, BOTH),
    spec(
        "situation.credentials_while_suspended",
        Kind::Choice(&[("postponed", "発行せず先送りする"), ("issued", "発行する")]),
        BOTH,
    ),
    spec(
        "situation.merger",
        Kind::Choice(&[
            (
                "person_links",
                "人が法人を結び、口座は新しく、途中の委任状は無効にする",
            ),
            ("carried_over", "そのまま引き継ぐ"),
        ]),
        ALL,
    ),
    spec(
        "situation.kj_active_elsewhere",
        Kind::Choice(&[
            ("refused", "受け付けない"),
            ("warned", "注意して受け付ける"),
        ]),
        BOTH,
    ),
    spec(
        "situation.other_agent",
        Kind::Choice(&[
            ("warned", "注意して受け付ける"),
            ("refused", "受け付けない"),
        ]),
        BOTH,
    ),
    spec(
        "situation.representative_changes",
        Kind::Choice(&[
            ("reprinted_same_due", "同じ期日で刷り直す"),
            ("new_due", "期日も改める"),
        ]),
        BOTH,
    ),
    spec(
        "situation.incomplete",
        Kind::Choice(&[
            ("completion_counts", "揃った日で締日を判定する"),
            ("arrival_counts", "最初に届いた日で判定する"),
        ]),
        BOTH,
    ),
    spec(
        "situation.entered_late",
        Kind::Choice(&[
            ("receipt_counts", "受付の日時で判定する"),
            ("entry_counts", "入力の日時で判定する"),
        ]),
        BOTH,
    ),
    spec("situation.channels", Kind::Words, BOTH),
    spec(
        "situation.office_closes",
        Kind::Choice(&[("runs_out", "満了まで残し、返金せず、案内を止める"), PERSON]),
        RENKEI,
    ),
    spec("situation.licence_moves", Kind::Flag, RENKEI),
];
