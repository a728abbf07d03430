//! The rules of the workflow nouns, as sentences: given, when, then.

mod arrears;
mod billing;
mod corporation;
mod debit_batch;
mod enrolment;
mod erasure;
mod installation;
mod kit;
mod licence;
mod licence_lists;
mod licence_moves;
mod licence_walk;
mod mandate;
mod moving;
mod moving_ends;
mod moving_money;
mod office_day;
mod poa;
mod postponement;
mod suspended_ids;
mod termination;
mod transmission;
