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
    /// The tax in so many yen that include it, rounded as the book says.
    ///
    /// # Errors
    /// When the book does not say how.
    pub fn tax_within(&self, gross: u64, percent: u32) -> Result<u64, RuleError> {
        let rounding = self.choice("tax.rounding")?;
        let yen = i64::try_from(gross).unwrap_or(i64::MAX / 1000);
        let rate = i64::from(percent);
        Ok(divide(yen * rate, 100 + rate, rounding).unsigned_abs())
    }

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

    /// The tax in the yen of a document that are stated with it, at the rate of the day.
    ///
    /// # Errors
    /// When the book has no rate for the day.
    pub fn tax_in(&self, gross: u64, on: NaiveDate) -> Result<u64, RuleError> {
        let rounding = self.choice("tax.rounding")?;
        let rate = i64::from(self.tax_percent(on)?);
        let yen = i64::try_from(gross).unwrap_or(i64::MAX / 1000);
        Ok(divide(yen * rate, 100 + rate, rounding).unsigned_abs())
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
    fn the_tax_in_what_is_stated_with_it_is_that_of_its_day() {
        let policy = Policy::seeded();
        for (year, month, gross, tax) in [
            (2026, 8, 3_300, 300),
            (2026, 8, 21_000, 1_909),
            (2019, 9, 3_240, 240),
        ] {
            let on = NaiveDate::from_ymd_opt(year, month, 30).expect("a day");
            let book = policy.book(Service::HonobonoMini2, on).expect("a book");
            assert_eq!(book.tax_in(gross, on).expect("a rate"), tax);
        }
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
