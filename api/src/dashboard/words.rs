//! How the pages write dates, months, amounts and counts. One place, so that every page writes them alike.

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, Utc};
use daicho_domain::Service;
use daicho_domain::dates::{in_japanese, weekday_in_japanese};
use daicho_domain::personal::Personal;

/// What a person typed, for the staff who may read it; or that it was erased.
pub fn typed(text: &Personal) -> &str {
    text.disclose().unwrap_or("（消去済み）")
}

/// `2026/10/09（金）`
pub fn date(date: NaiveDate) -> String {
    in_japanese(date)
}

/// `10/09（金）`, where the year is plain from the context.
pub fn short_date(date: NaiveDate) -> String {
    format!("{}（{}）", date.format("%m/%d"), weekday_in_japanese(date))
}

/// `10/09（金）` in the year of `today`, `2025/10/09（木）` in any other.
pub fn near_date(on: NaiveDate, today: NaiveDate) -> String {
    match on.year() == today.year() {
        true => short_date(on),
        false => date(on),
    }
}

/// The service where there is little room.
pub const fn service(service: Service) -> &'static str {
    match service {
        Service::HonobonoMini2 => "mini2",
        Service::CareNetMessenger => "メッセンジャー",
        Service::CareplanRenkei => "ケアプラン",
    }
}

/// `2026/10/09 14:05`, in Japan.
pub fn time(at: DateTime<Utc>) -> String {
    let japan = FixedOffset::east_opt(9 * 3600).expect("nine hours are a valid offset");
    at.with_timezone(&japan)
        .format("%Y/%m/%d %H:%M")
        .to_string()
}

/// `12,345`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A person's name, telephone or mail, masked: its beginning and end only.
pub fn masked(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let shown = if characters.len() > 5 { 2 } else { 1 };
    let hidden = characters.len().saturating_sub(shown * 2).max(1);
    let first: String = characters.iter().take(shown).collect();
    let last: String = characters.iter().skip(shown + hidden).collect();
    format!("{first}{}{last}", "＊".repeat(hidden.min(6)))
}

/// `金`
pub fn weekday(date: NaiveDate) -> &'static str {
    weekday_in_japanese(date)
}

/// `-12,345`, of yen: the sign, then the grouped digits.
pub fn yen(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}{}", count(amount.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_carries_its_weekday() {
        let friday = NaiveDate::from_ymd_opt(2026, 10, 9).expect("a date");
        assert_eq!(date(friday), "2026/10/09（金）");
        assert_eq!(short_date(friday), "10/09（金）");
    }

    #[test]
    fn a_masked_text_keeps_its_ends_only() {
        assert_eq!(masked("山田花子"), "山＊＊子");
        assert_eq!(masked("03-1234-5678"), "03＊＊＊＊＊＊78");
        assert_eq!(masked("林"), "林＊");
    }

    #[test]
    fn counts_are_grouped_by_three() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn an_instant_is_shown_in_japan() {
        let at = DateTime::parse_from_rfc3339("2026-10-09T15:30:00Z").expect("an instant");
        assert_eq!(time(at.to_utc()), "2026/10/10 00:30");
    }
}
