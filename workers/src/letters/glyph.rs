//! A character that no font has, in the office's words: which it is, where it stands, what to do.

use daicho_domain::document::MissingGlyph;

/// `「김」（U+AE40、宛名の法人名）`
#[must_use]
pub fn in_words(glyph: &MissingGlyph) -> String {
    let MissingGlyph { character, place } = glyph;
    let place = place_in_words(place);
    format!(
        "「{character}」（U+{:04X}、{place}）",
        u32::from(*character)
    )
}

/// What whoever finds one does about it.
pub const REMEDY: &str = "お客様の表記と見比べ、入力の誤りなら法人名や事業所の表記を直して、発送簿でもう一度印刷してください。その字で正しいときは、手書きの書面を用意し、投函したら発送済みにしてください。";

/// The same where it stands in the covering letter with which a sheet goes to its federation.
pub const REMEDY_FILING: &str = "お客様の表記と見比べ、入力の誤りなら法人名や事業所の表記を直して、国保連提出でもう一度印刷してください。その字で正しいときは、送付状を手書きで用意し、提出したらこの案件で提出済みにしてください。";

/// Where a value of a letter stands; one that has no word keeps its name.
fn place_in_words(place: &str) -> String {
    let mut nth = None;
    let parts = place.split('.').map(|part| {
        let (name, index) = part.split_once('[').unwrap_or((part, ""));
        let index = index.strip_suffix(']').and_then(|index| index.parse().ok());
        nth = nth.or(index);
        name
    });
    let name = parts.collect::<Vec<_>>().join(".");
    let nth = nth.map_or_else(String::new, |nth: usize| format!("{}件目の", nth + 1));
    match name.as_str() {
        "to.corporation" => "宛名の法人名".to_owned(),
        "to.address" => "宛名の住所".to_owned(),
        "to.person" => "宛名の担当者名".to_owned(),
        "office.name" => "事業所名".to_owned(),
        "office.address" => "事業所の住所".to_owned(),
        "offices.name" => format!("{nth}事業所名"),
        "offices.kind" => format!("{nth}事業所のサービスの種類"),
        "causes.name" => format!("先送りの原因の{nth}事業所名"),
        "papers.name" => format!("{nth}委任状の事業所名"),
        "papers.corporation" => format!("{nth}委任状の法人名"),
        _ => format!("項目 {place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_said_in_the_words_of_the_office() {
        for (place, words) in [
            ("to.corporation", "宛名の法人名"),
            ("to.address[0]", "宛名の住所"),
            ("offices[2].name", "3件目の事業所名"),
            ("reasons[0].why", "項目 reasons[0].why"),
        ] {
            let place = place.to_owned();
            let glyph = MissingGlyph {
                character: '김',
                place,
            };
            assert_eq!(in_words(&glyph), format!("「김」（U+AE40、{words}）"));
        }
    }
}
