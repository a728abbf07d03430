//! What can be asked about the end of a service.

use super::carry_over::CarryEnd;
use super::event::Scope;
use crate::dates::Month;
use crate::stream::PoaId;
use crate::transmission::PaperStep;
use crate::waiting::worded;
use chrono::{NaiveDate, NaiveTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

worded! {
    /// The way in which somebody asks for an end. Only the ways of the rule book are taken.
    Way {
        /// The form.
        Form = "form", "Webフォーム";
        /// The telephone.
        Phone = "phone", "電話";
        /// Mail.
        Mail = "mail", "メール";
        /// Fax.
        Fax = "fax", "FAX";
        /// Post.
        Post = "post", "郵送";
        /// By word of mouth.
        Hand = "hand", "来社・口頭";
    }
}

/// How and when an end, or its withdrawal, was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The way.
    pub way: Way,
    /// The day of receipt, Japan time.
    pub on: NaiveDate,
    /// The time of receipt, which the form carries.
    pub at: Option<NaiveTime>,
    /// The form's receipt number.
    pub number: Option<String>,
}

/// A request about the end of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Takes the customer's form.
    Request {
        /// What ends.
        scope: Scope,
        /// How and when it was asked for.
        request: Request,
        /// The end month.
        end_month: Month,
        /// How many returned claims are open.
        open_returns: u32,
    },
    /// Takes an end back, as the customer asks.
    Withdraw {
        /// Which end.
        no: u32,
        /// How and when it was asked for.
        request: Request,
    },
    /// Says how many returned claims are open now.
    CountReturns {
        /// Which end.
        no: u32,
        /// How many.
        open: u32,
    },
    /// The day after the last day has come (a deadline).
    EndUse {
        /// Which end.
        no: u32,
        /// The last day it was set for.
        last_day: NaiveDate,
    },
    /// The day after the last debit has come (a deadline).
    PassLastDebit {
        /// Which end.
        no: u32,
        /// The day of the debit.
        on: NaiveDate,
    },
    /// Notes how the last fees stand, as the ledger says (a reaction).
    NoteFees {
        /// The ends whose fees are all paid.
        settled: Vec<u32>,
        /// The ends whose last debit failed.
        failed: Vec<u32>,
    },
    /// The day of the release has come (a deadline).
    ReleaseDue {
        /// Which end.
        no: u32,
        /// The day.
        on: NaiveDate,
    },
    /// Takes over what was filed from the books kept before.
    CarryOver {
        /// All ends of the stream.
        ends: Vec<CarryEnd>,
    },
    /// Notes what became of an end 委任状 (a reaction).
    NotePaper {
        /// The 委任状.
        poa: PoaId,
        /// What became of it.
        step: PaperStep,
    },
}
