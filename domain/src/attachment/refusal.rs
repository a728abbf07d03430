//! Why an attachment says no.

use super::kind::BYTES_MAX;
use crate::refusals::refusals;
use chrono::NaiveDate;

refusals! {
    /// Why a request to attachments is refused.
    Refusal {
        /// There is no such case.
        UnknownCase = "attachment.unknown_case",
            "この案件はありません。案件を開き直して、添付し直してください。",
            "There is no such case. Open the case again and attach the file there.";
        /// Nothing of this digest is attached to the case.
        Unknown = "attachment.unknown",
            "この添付ファイルは案件にありません。案件を開き直してください。",
            "No such file is attached to the case. Open the case again.";
        /// There is nothing in it.
        Empty = "attachment.empty",
            "ファイルが空です。読み取りや保存が終わっているか確認して、選び直してください。",
            "The file is empty. Check that it was scanned and saved, and choose it again.";
        /// It is longer than what is taken.
        TooLarge { /// The longest that is taken, in MiB.
            mebibytes_max: u64 } = "attachment.too_large",
            "ファイルが大きすぎます。1件は {mebibytes_max} MiB までです。読み取りの解像度を下げるか、分けてください。",
            "The file is too large; one may have {mebibytes_max} MiB. Scan it at a lower resolution or split it.";
        /// It is of no kind that is taken.
        KindNotTaken = "attachment.kind_not_taken",
            "添付できる種類のファイルではありません。PDF・JPEG・PNG・TIFF・メール（.eml）にして添付してください。",
            "The file is of no kind that is taken. Attach a PDF, JPEG, PNG, TIFF or a mail (.eml).";
        /// The day has not come.
        DayNotCome { /// The day given.
            on: NaiveDate, /// The open day.
            today: NaiveDate } = "attachment.day_not_come",
            "届いた日 {on} は本日（{today}）より後です。日付を確認してください。",
            "The day of arrival {on} is after today ({today}). Check it.";
        /// No reason was given.
        ReasonMissing = "attachment.reason_missing",
            "取り下げる理由が空です。理由を入力してください。",
            "The reason is empty. Enter one.";
        /// The corporation's texts were erased while the file was sealed.
        ErasedMeanwhile = "attachment.erased_meanwhile",
            "この法人の個人情報が、いま消去されたところです。添付してよいか確認して、もう一度添付してください。",
            "The personal data of this corporation was erased just now. Check whether the file may be attached, and attach it again.";
    }
}

impl Refusal {
    /// It is longer than what is taken.
    pub const fn too_large() -> Self {
        Self::TooLarge {
            mebibytes_max: BYTES_MAX / (1024 * 1024),
        }
    }
}
