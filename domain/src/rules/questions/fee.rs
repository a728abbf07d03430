//! The prices of a month: net, tax and gross of every fee the service's book has.

use crate::Service;
use crate::rules::desk::{Desk, Line};
use crate::rules::{RuleError, Value};

/// A fee: slots of price and of tax in or out, and the names of its three milestones.
struct Fee {
    price: &'static str,
    tax: &'static str,
    label: &'static str,
    net: &'static str,
    tax_name: &'static str,
    gross: &'static str,
}

macro_rules! fee {
    ($name:literal, $tax:literal, $label:literal) => {
        Fee {
            price: concat!("fee.", $name),
            tax: $tax,
            label: $label,
            net: concat!($name, "_net"),
            tax_name: concat!($name, "_tax"),
            gross: concat!($name, "_gross"),
        }
    };
}

const MINI2: &[Fee] = &[fee!("monthly", "fee.monthly_tax", "月額利用料")];
const MESSENGER: &[Fee] = &[
    fee!("monthly", "fee.monthly_tax", "月額利用料"),
    fee!("return_manager", "fee.options_tax", "返戻管理"),
    fee!(
        "restore_notice",
        "fee.options_tax",
        "削除データの復旧（1ファイル）"
    ),
    fee!(
        "password_reissue",
        "fee.options_tax",
        "パスワード再発行（1ID）"
    ),
];
const RENKEI: &[Fee] = &[fee!("licence", "fee.licence_tax", "ライセンス料")];

pub(in crate::rules) fn fee(desk: &mut Desk) -> Result<(), RuleError> {
    let fees = match desk.book.service {
        Service::HonobonoMini2 => MINI2,
        Service::CareNetMessenger => MESSENGER,
        Service::CareplanRenkei => RENKEI,
    };
    let parts: [fn(i64, i64) -> i64; 3] = [|net, _| net, |_, tax| tax, |net, tax| net + tax];
    for fee in fees {
        for (name, part) in [fee.net, fee.tax_name, fee.gross].into_iter().zip(parts) {
            let mut line = desk.line(name, fee.label, "課金対象月の日");
            let (net, tax) = price(&mut line, fee)?;
            line.end(Value::Amount(part(net, tax)));
        }
    }
    Ok(())
}

/// Net and tax of a fee.
fn price(line: &mut Line, fee: &Fee) -> Result<(i64, i64), RuleError> {
    let yen = line.yen(fee.price)?;
    let on = line.on();
    let percent = i64::from(line.tax_percent(on)?);
    let included = line.choice(fee.tax)? == "included";
    let rounding = line.choice("tax.rounding")?;
    let tax = match included {
        true => divide(yen * percent, 100 + percent, rounding),
        false => divide(yen * percent, 100, rounding),
    };
    let net = if included { yen - tax } else { yen };
    line.step(|| {
        let way = if included { "税込" } else { "税抜" };
        format!(
            "{way}{yen}円、税率{percent}%の消費税は{tax}円、合わせて{}円",
            net + tax
        )
    });
    Ok((net, tax))
}

/// Once per document and rate, as the book says.
fn divide(yen: i64, by: i64, rounding: &str) -> i64 {
    match rounding {
        "up" => (yen + by - 1) / by,
        "half_up" => (yen * 2 + by) / (by * 2),
        _ => yen / by,
    }
}
