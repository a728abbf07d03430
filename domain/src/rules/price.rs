//! A document's price: tax once for the whole document and rate, never per line.

use super::questions::divide;
use super::{Book, RuleError};
use chrono::NaiveDate;

/// Yen before tax, yen of tax, and the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Yen before tax.
    pub net: u64,
    /// Yen of tax.
    pub tax: u64,
    /// The rate in percent.
    pub percent: u32,
}

impl Book {
    /// The price of a document whose lines add up to `total` yen, before or with tax as the slot `tax` says.
    ///
    /// # Errors
    /// When the book lacks a slot or has no rate for the day.
    pub fn priced(&self, total: u64, tax: &str, on: NaiveDate) -> Result<Price, RuleError> {
        let percent = self.tax_percent(on)?;
        let rounding = self.choice("tax.rounding")?;
        let yen = i64::try_from(total).unwrap_or(i64::MAX / 1000);
        let rate = i64::from(percent);
        let included = self.choice(tax)? == "included";
        let by = if included { 100 + rate } else { 100 };
        let tax = divide(yen * rate, by, rounding).unsigned_abs();
        let net = if included { total - tax } else { total };
        Ok(Price { net, tax, percent })
    }
}

#[cfg(test)]
mod tests {
    use crate::Service;
    use crate::rules::Policy;
    use chrono::NaiveDate;

    #[test]
    fn tax_is_rounded_once_per_document() {
        let policy = Policy::seeded();
        let on = NaiveDate::from_ymd_opt(2026, 8, 31).expect("a day");
        let book = policy.book(Service::HonobonoMini2, on).expect("a book");
        let three_of_105 = book.priced(315, "fee.monthly_tax", on).expect("a price");
        assert_eq!((three_of_105.net, three_of_105.tax), (315, 31));
        let messenger = policy.book(Service::CareNetMessenger, on).expect("a book");
        for (total, tax) in [(10_000, 1_000), (5_000, 500)] {
            let price = messenger
                .priced(total, "fee.options_tax", on)
                .expect("a price");
            assert_eq!(price.tax, tax);
        }
        let licence = policy.book(Service::CareplanRenkei, on).expect("a book");
        let price = licence
            .priced(21_000, "fee.licence_tax", on)
            .expect("a price");
        assert_eq!((price.net, price.tax, price.percent), (19_091, 1_909, 10));
    }

    #[test]
    fn the_rate_is_that_of_the_day() {
        let policy = Policy::seeded();
        for (year, month, tax) in [(2019, 9, 240), (2019, 10, 300)] {
            let on = NaiveDate::from_ymd_opt(year, month, 30).expect("a day");
            let book = policy.book(Service::HonobonoMini2, on).expect("a book");
            assert_eq!(
                book.priced(3_000, "fee.monthly_tax", on)
                    .expect("a price")
                    .tax,
                tax
            );
        }
    }
}
