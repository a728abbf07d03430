//! Why a debit batch says no.

use crate::moving::Fault;
use crate::refusals::refusals;
use crate::rules::RuleError;
use chrono::NaiveDate;

impl From<Fault> for Refusal {
    fn from(why: Fault) -> Self {
        Self::NotCarried { why }
    }
}

refusals! {
    /// Why a request to a debit batch, or a result file, is refused.
    Refusal {
        /// It has not opened.
        NotOpened = "debit_batch.unknown",
            "この月の口座振替は始まっていません。引落月を確認してください。",
            "The debit batch of this month has not opened. Check the month.";
        /// It cannot be carried over.
        NotCarried { /// Why.
            why: Fault } = "debit_batch.not_carried",
            "振替依頼のファイルを移行できません。{why}",
            "The file that is with the bank cannot be carried over: {why}";
        /// Nothing was gathered.
        Empty = "debit_batch.empty",
            "振替の対象が1件もありません。各法人の口座登録と請求を確認してください。",
            "There is nothing to debit. Check mandates and charges.";
        /// It is frozen.
        AlreadyFrozen = "debit_batch.already_frozen",
            "この月の振替は内容を確定済みです。変更するには集計に戻してください。",
            "The batch is frozen already. Reopen it to change it.";
        /// It is not frozen.
        NotFrozen = "debit_batch.not_frozen",
            "この月の振替は集計中です。先に内容を確定してください。",
            "The batch still gathers. Freeze it first.";
        /// The same person does two steps that need two.
        SamePerson = "debit_batch.same_person",
            "直前の手続きと同じ担当者は進められません。別の担当者が確認してください。",
            "The same person cannot take the next step. Another one must.";
        /// It was not approved.
        NotApproved = "debit_batch.not_approved",
            "この月の振替は承認されていません。先に承認してください。",
            "The batch was not approved. Approve it first.";
        /// The file is with the bank.
        Sent = "debit_batch.sent",
            "この月の振替ファイルは送付済みです。変更できません。",
            "The file was sent. It cannot be changed.";
        /// The file was not sent.
        NotSent = "debit_batch.not_sent",
            "この月の振替ファイルは送付していません。先に承認と送付をしてください。",
            "The file was not sent. Approve and release it first.";
        /// The day of the debit is over.
        DebitDayOver { /// The day of the debit.
            debit_on: NaiveDate } = "debit_batch.debit_day_over",
            "引落日（{debit_on}）になったため、ファイルを送付できません。請求は次の口座振替に繰り越されます。",
            "The day of the debit ({debit_on}) has come, so that the file cannot be released. The charges go into the next batch.";
        /// No reason was given.
        ReasonMissing = "debit_batch.reason_missing",
            "理由が空です。理由を入力してください。",
            "The reason is empty. Enter one.";
        /// Nobody is set as the one who collects.
        NoConsignor = "debit_batch.no_consignor",
            "委託者（収納する側）の設定がありません。設定ファイルの [consignor] に委託者コードと口座を書いてください。",
            "No consignor is configured. Give its code and account under [consignor] in the configuration file.";
        /// The consignor's own names cannot be written.
        ConsignorUnwritable { /// Why.
            why: String } = "debit_batch.consignor_unwritable",
            "委託者の名称を銀行のファイルに書けません。{why}。設定ファイルの [consignor] を直してください。",
            "The consignor's names cannot be written into the file: {why}. Correct [consignor] in the configuration file.";
        /// A line cannot be written any more.
        LineUnwritable { /// Whose.
            customer: String, /// Why.
            why: String } = "debit_batch.line_unwritable",
            "顧客番号 {customer} の振替を銀行のファイルに書けません。{why}。口座の登録を確認してください。",
            "The debit of customer {customer} cannot be written: {why}. Check its account.";
        /// Two debtors have one number.
        CustomerTwice { /// The number.
            customer: String } = "debit_batch.customer_twice",
            "顧客番号 {customer} が2つの法人に付いています。口座の登録を直してから確定してください。",
            "The customer number {customer} belongs to two corporations. Correct a mandate first.";
        /// The lines do not make the file that was frozen.
        FileDiffers = "debit_batch.file_differs",
            "作成したファイルが、確定した内容と一致しません。読み取り用データを作り直してから、もう一度操作してください。",
            "The file made from the lines is not the one that was frozen. Rebuild the read models and try again.";
        /// The ledgers' answers changed in the moment of the freeze.
        ChangedSince = "debit_batch.changed_since_frozen",
            "確定したときに台帳の内容が変わり、確定した件数・金額と一致しません。集計に戻して、もう一度確定してください。",
            "The ledgers changed in the moment of the freeze: it is not what they say now. Reopen the batch and freeze it again.";
        /// A result was taken.
        ResultTaken = "debit_batch.result_taken",
            "この月の振替結果は取り込み済みです。別のファイルは取り込めません。",
            "A result of this month was taken already. Another file cannot be.";
        /// No result was taken.
        NoResult = "debit_batch.no_result",
            "この月の振替結果がありません。先に結果ファイルを取り込んでください。",
            "There is no result of this month. Take the result file first.";
        /// Ledgers, request and result do not agree.
        Differs { /// How many debits were booked.
            booked: u64, /// How many were asked for.
            asked: u64 } = "debit_batch.differs",
            "台帳・依頼・結果が一致しません（依頼 {asked}件、記帳 {booked}件）。照合の一覧で差を確認してください。",
            "Ledgers, request and result differ ({asked} asked, {booked} booked). See the reconciliation.";
        /// The file is not of the format.
        ResultFormat { /// What is wrong.
            fault: String } = "debit_batch.result_format",
            "振替結果のファイルを読み取れません。{fault}。銀行から受け取ったファイルをそのまま指定してください。",
            "The result file cannot be read: {fault}. Give the file as it came from the bank.";
        /// The request was fed back.
        ResultIsRequest = "debit_batch.result_is_request",
            "依頼ファイルが指定されています。振替結果は書き込まれていません。銀行から戻ったファイルを指定してください。",
            "This is the request itself; no result stands in it. Give the file that came back from the bank.";
        /// It is of another collector.
        ResultConsignor { /// The code in the file.
            found: String } = "debit_batch.result_consignor",
            "別の委託者（{found}）のファイルです。委託者コードを確認してください。",
            "The file is of another consignor ({found}). Check it.";
        /// Its header says something else of the collector.
        ResultHeader { /// The field.
            field: &'static str } = "debit_batch.result_header",
            "ヘッダーレコード（1行目）の{field}が依頼と違います。別の口座のファイルでないか、銀行に確認してください。",
            "The {field} in the header (line 1) is not the one that was sent. Ask the bank whether it is the right file.";
        /// It is of another month.
        ResultDay { /// The day in the file.
            found: String, /// The day of the debit.
            debit_on: NaiveDate } = "debit_batch.result_day",
            "引落日が {found} のファイルです。この振替の引落日は {debit_on} です。別の月のファイルでないか確認してください。",
            "The file is of {found}, the debit of {debit_on}. Check whether it is another month's.";
        /// A record was not in the request.
        ResultUnknown { /// The line.
            line: usize, /// The number in it.
            customer: String } = "debit_batch.result_stranger",
            "{line}行目の顧客番号 {customer} は依頼にありません。別のファイルでないか確認してください。",
            "Line {line} has the customer number {customer}, which was not asked for. Check the file.";
        /// A record stands in it twice.
        ResultTwice { /// The line.
            line: usize, /// The number in it.
            customer: String } = "debit_batch.result_twice",
            "{line}行目の顧客番号 {customer} は2度目です。同じ内容が重なっていないか確認してください。",
            "Line {line} has the customer number {customer} a second time. Check the file.";
        /// A record is not as it was sent.
        ResultRecord { /// The line.
            line: usize, /// The field.
            field: &'static str } = "debit_batch.result_record",
            "{line}行目の{field}が依頼と違います。銀行に確認してください。",
            "The {field} in line {line} is not the one that was sent. Ask the bank.";
        /// Records of the request are missing.
        ResultPart { /// How many are missing.
            missing: usize } = "debit_batch.result_part",
            "依頼のうち {missing}件の結果がありません。結果が分かれているときは、全件が1つになったファイルを銀行に依頼してください。",
            "The results of {missing} records are missing. If the result came in parts, ask the bank for one whole file.";
        /// The totals do not agree.
        ResultTotals = "debit_batch.result_totals",
            "振替結果の合計（件数・金額）が明細と一致しません。銀行に確認してください。",
            "The totals of the result do not agree with its records. Ask the bank.";
        /// The rule books give no answer.
        NoRule { /// What they say.
            why: RuleError } = "debit_batch.no_rule",
            "規程から日付を決められません。{why}",
            "The rule books give no date: {why}";
    }
}

impl From<RuleError> for Refusal {
    fn from(why: RuleError) -> Self {
        Self::NoRule { why }
    }
}
