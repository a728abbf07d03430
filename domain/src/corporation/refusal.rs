//! Why a corporation says no.

use crate::identifiers::{CorporateNumber, OfficeNumber};
use crate::refusals::refusals;
use crate::stream::{CorporationId, OfficeId};

refusals! {
    /// Why a request to a corporation is refused.
    Refusal {
        /// The corporation has not been registered.
        Unknown = "corporation.unknown",
            "この法人は登録されていません。法人を登録してから、もう一度操作してください。",
            "This corporation is not registered. Register it and try again.";
        /// The corporation was merged into another.
        Merged { /// The one that stays.
            into: CorporationId } = "corporation.merged",
            "この法人は別の法人（{into}）に統合済みです。統合先の法人で操作してください。",
            "This corporation was merged into {into}. Work on that one.";
        /// It has a different 法人番号 already.
        NumberAssigned { /// The number it has.
            number: CorporateNumber } = "corporation.number_assigned",
            "法人番号は {number} で登録済みです。別の番号なら、統合または新規登録をしてください。",
            "The corporate number {number} is already assigned. Merge or register another corporation instead.";
        /// A corporation cannot be merged into itself.
        IntoItself = "corporation.into_itself",
            "統合先に同じ法人が指定されています。別の法人を選んでください。",
            "A corporation cannot be merged into itself. Choose another one.";
        /// The corporation that should stay is not registered.
        TargetUnknown { /// The one named.
            corporation: CorporationId } = "corporation.target_unknown",
            "統合先の法人（{corporation}）は登録されていないか、別の法人に統合済みです。統合先を確認してください。",
            "The corporation {corporation} to merge into is not registered or was merged itself. Check it.";
        /// No such office here.
        UnknownOffice { /// The one named.
            office: OfficeId } = "corporation.unknown_office",
            "事業所（{office}）はこの法人にありません。事業所番号を確認してください。",
            "The office {office} does not belong to this corporation. Check the office number.";
        /// No reason was given.
        ReasonMissing = "corporation.reason_missing",
            "理由が空です。理由を入力してください。",
            "The reason is empty. Enter one.";
        /// Another office of the corporation has the number.
        NumberTaken { /// The number.
            number: OfficeNumber } = "corporation.office_number_taken",
            "事業所番号 {number} はこの法人の別の事業所で使用中です。番号を確認してください。",
            "The office number {number} is used by another office of this corporation. Check it.";
    }
}
