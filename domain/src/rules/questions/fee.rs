//! The prices of a month: net, tax and gross of every fee the service's book has.

use crate::Service;
use crate::dates::Month;
use crate::rules::desk::{Desk, Line};
use crate::rules::{RuleError, Value};

/// A fee: its slots of price and of tax in or out, and its milestones of net, tax and gross.
struct Fee {
    price: &'static str,
    tax: &'static str,
    label: &'static str,
    milestones: [&'static str; 3],
}

const MINI2: &[Fee] = &[Fee {
    price: "fee.monthly",
    tax: "fee.monthly_tax",
    label: "月額利用料",
    milestones: ["monthly_net", "monthly_tax", "monthly_gross"],
}];
const MESSENGER: &[Fee] = &[
    Fee {
        price: "fee.monthly",
        tax: "fee.monthly_tax",
        label: "月額利用料",
        milestones: ["monthly_net", "monthly_tax", "monthly_gross"],
    },
    Fee {
        price: "fee.return_manager",
        tax: "fee.options_tax",
        label: "返戻管理",
        milestones: [
            "return_manager_net",
            "return_manager_tax",
            "return_manager_gross",
        ],
    },
    Fee {
        price: "fee.restore_notice",
        tax: "fee.options_tax",
        label: "削除データの復旧（1ファイル）",
        milestones: [
            "restore_notice_net",
            "restore_notice_tax",
            "restore_notice_gross",
        ],
    },
    Fee {
        price: "fee.password_reissue",
        tax: "fee.options_tax",
        label: "パスワード再発行（1ID）",
        milestones: [
            "password_reissue_net",
            "password_reissue_tax",
            "password_reissue_gross",
        ],
    },
];
const RENKEI: &[Fee] = &[Fee {
    price: "fee.licence",
    tax: "fee.licence_tax",
    label: "ライセンス料",
    milestones: ["licence_net", "licence_tax", "licence_gross"],
}];

pub(in crate::rules) fn fee(desk: &mut Desk) -> Result<(), RuleError> {
    let fees = match desk.book.service {
        Service::HonobonoMini2 => MINI2,
        Service::CareNetMessenger => MESSENGER,
        Service::CareplanRenkei => RENKEI,
    };
    let parts: [fn(i64, i64) -> i64; 3] = [|net, _| net, |_, tax| tax, |net, tax| net + tax];
    for fee in fees {
        for (name, part) in fee.milestones.into_iter().zip(parts) {
            let mut line = desk.line(name, fee.label, "課金対象月の日");
            let (net, tax) = price(&mut line, fee)?;
            line.end(Value::Amount(part(net, tax)));
        }
    }
    return_manager(desk)
}

/// The first and the last month for which 返戻管理くん is charged. A book that was published before there was such a rule
/// says nothing of it.
fn return_manager(desk: &mut Desk) -> Result<(), RuleError> {
    const FROM: &str = "option.return_manager_from";
    const LAST: &str = "option.return_manager_last";
    if desk.book.slot(FROM).is_err() || desk.book.slot(LAST).is_err() {
        return Ok(());
    }
    let asked = Month::of(desk.on);
    let mut line = desk.line("return_manager_from", "返戻管理の課金開始月", "申込日");
    let later = line.choice(FROM)? == "next_month";
    let from = if later { asked.next() } else { asked };
    line.step(|| match later {
        true => "申し込んだ月の翌月からかかる",
        false => "申し込んだ月からかかる",
    });
    line.month(from);
    let mut line = desk.line(
        "return_manager_last",
        "返戻管理の課金の最終月",
        "申し出の日",
    );
    let later = line.choice(LAST)? == "next_month";
    let last = if later { asked.next() } else { asked };
    line.step(|| match later {
        true => "申し出の届いた月の翌月までかかる",
        false => "申し出の届いた月までかかる",
    });
    line.month(last);
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
pub(in crate::rules) fn divide(yen: i64, by: i64, rounding: &str) -> i64 {
    match rounding {
        "up" => (yen + by - 1) / by,
        "half_up" => (yen * 2 + by) / (by * 2),
        _ => yen / by,
    }
}
