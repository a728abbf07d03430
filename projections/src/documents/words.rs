//! The words for documents: which way one went, what it is, where it stands.

use crate::columns::code_columns;
use daicho_domain::words;

words! {
    /// Which way a document went.
    #[derive(serde::Serialize)]
    #[serde(rename_all = "snake_case")]
    Direction {
        /// From us.
        Sent = "sent", "送った";
        /// To us.
        Received = "received", "受け取った";
    }
}

words! {
    /// What a document is.
    #[derive(serde::Serialize)]
    #[serde(rename_all = "snake_case")]
    Kind {
        /// A letter.
        Letter = "letter", "お知らせ・請求書・領収書";
        /// A 委任状.
        Poa = "poa", "委任状";
        /// What lay on the 委任状 for a federation.
        FederationCover = "federation_cover", "国保連提出の送付状";
        /// Everything that was printed together, in envelope order.
        Batch = "batch", "発送書類一式";
        /// A mail: one of ours, or one that was attached to a case.
        Mail = "mail", "メール";
        /// What came by fax.
        Fax = "fax", "FAX";
        /// A copy of an original that came.
        Scan = "scan", "原本の写し";
        /// Something else that was attached to a case: an order, a list.
        Other = "other", "その他の受領書類";
    }
}

words! {
    /// Where it stands.
    #[derive(serde::Serialize)]
    #[serde(rename_all = "snake_case")]
    Standing {
        /// Printed, and not known to have gone out.
        Printed = "printed", "印刷のみ";
        /// It went out.
        Sent = "sent", "送付済み";
        /// It lies in a folder, where no mail server is configured.
        Folder = "folder", "フォルダーに保存";
        /// It came.
        Received = "received", "受領済み";
        /// It came, and does not belong to the case it was attached to.
        Withdrawn = "withdrawn", "案件から取り下げ";
    }
}

code_columns! {
    Direction: "direction of a document",
    Kind: "kind of document",
    Standing: "where a document stands",
}
