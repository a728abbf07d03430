//! Inventor of corporations and offices: valid numbers, plausible names, realistic sizes; the same seed
//! gives the same book, and a larger book begins with the smaller one.
//!
//! No invented number can be a real one in use: office numbers are taken from the top of the area codes
//! (99 downwards), corporate numbers from registry offices 99xx, telephone numbers from exchanges of
//! zeros. Names are put together from common words and mean nobody.

use std::collections::BTreeMap;

use daicho_domain::Prefecture;
use daicho_domain::identifiers::{CorporateNumber, KjId, OfficeNumber};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::words::{self, Kind, PLACES, Place, Word};

/// A corporation of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corporation {
    /// 法人番号; published files lack it for about one in twenty.
    pub number: Option<CorporateNumber>,
    /// Its name.
    pub name: String,
    /// The person who represents it (marked personal wherever it is recorded).
    pub representative: String,
    /// Its offices, at least one.
    pub offices: Vec<Office>,
}

/// An office of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// 事業所番号.
    pub number: OfficeNumber,
    /// サービスの種類.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its name in kana.
    pub kana: String,
    /// Its address.
    pub address: String,
    /// Its telephone number.
    pub phone: String,
}

impl Office {
    /// The ID the federation would give it.
    #[must_use]
    pub fn kj_id(&self) -> KjId {
        KjId::compose(self.number)
    }
}

/// Corporations with `offices` offices in all.
#[must_use]
pub fn invent(offices: usize, seed: u64) -> Vec<Corporation> {
    let mut inventor = Inventor {
        rng: ChaCha12Rng::seed_from_u64(seed),
        taken: BTreeMap::new(),
        founded: 0,
    };
    let mut left = offices;
    let mut book = Vec::new();
    while left > 0 {
        let corporation = inventor.corporation(left);
        left -= corporation.offices.len();
        book.push(corporation);
    }
    book
}

/// An invented person for a corporation of a published file, whose real one is nobody's business here.
#[must_use]
pub fn representative(key: u128) -> String {
    let pick = |among: &[&'static str], key: u128| {
        let place = key % (among.len() as u128);
        among[usize::try_from(place).expect("an index")]
    };
    let surnames = words::SURNAMES.len() as u128;
    format!(
        "{} {}",
        pick(words::SURNAMES, key),
        pick(words::GIVEN_NAMES, key / surnames)
    )
}

/// How many of ten thousand corporations have at most so many offices (measured on published files).
const SIZES: [(u64, usize, usize); 9] = [
    (6_770, 1, 1),
    (8_500, 2, 2),
    (9_190, 3, 3),
    (9_510, 4, 4),
    (9_670, 5, 5),
    (9_890, 6, 10),
    (9_960, 11, 20),
    (9_995, 21, 40),
    (10_000, 41, 80),
];

/// Corporations this large work beyond their own prefecture.
const WIDESPREAD_OFFICES_MIN: usize = 10;

struct Inventor {
    rng: ChaCha12Rng,
    /// How many numbers of a prefecture and kind character are taken.
    taken: BTreeMap<(Prefecture, char), u32>,
    founded: u64,
}

impl Inventor {
    fn corporation(&mut self, most: usize) -> Corporation {
        let home = self.place();
        let stem = self.pick(words::STEMS);
        let form = self.pick(words::FORMS);
        let size = self.size();
        let representative = format!(
            "{} {}",
            self.pick(words::SURNAMES),
            self.pick(words::GIVEN_NAMES)
        );
        // Every office is drawn, also those beyond `most`: the next corporation does not depend on it.
        let offices: Vec<Office> = (0..size)
            .map(|nth| {
                let away = size >= WIDESPREAD_OFFICES_MIN && self.below(10) < 6;
                let place = if away { self.place() } else { home };
                self.office(nth, stem, place)
            })
            .collect();
        self.founded += 1;
        let registry = 9_900 + self.founded / 1_000_000;
        let number = CorporateNumber::compose(
            (registry * 100 + form.code) * 1_000_000 + self.founded % 1_000_000,
        );
        Corporation {
            number: Some(number.expect("a registry office below 10 000 makes twelve digits")),
            name: form.before.to_owned() + stem.written + form.after,
            representative,
            offices: offices.into_iter().take(most).collect(),
        }
    }

    fn office(&mut self, nth: usize, stem: Word, place: &'static Place) -> Office {
        let kind: &Kind = self.weighed(words::KINDS, |kind| kind.weight);
        let town = self.pick(words::TOWNS);
        let (block, lot, house) = (1 + self.below(6), 1 + self.below(28), 1 + self.below(30));
        let line = 1 + self.below(9_999);
        // A second office of one kind and name would be told apart by its town.
        let (branch, branch_kana) = if nth == 0 {
            ("", "")
        } else {
            (town.written, town.kana)
        };
        Office {
            number: self.number(place.prefecture(), kind.character),
            kind: kind.name.to_owned(),
            name: format!(
                "{}{}{branch}{}",
                kind.before.written, stem.written, kind.after.written
            ),
            kana: format!(
                "{}{}{branch_kana}{}",
                kind.before.kana, stem.kana, kind.after.kana
            ),
            address: format!(
                "{}{}{}{block}-{lot}-{house}",
                place.prefecture().name(),
                place.city,
                town.written
            ),
            phone: place.phone(line),
        }
    }

    fn number(&mut self, prefecture: Prefecture, character: char) -> OfficeNumber {
        let taken = self.taken.entry((prefecture, character)).or_default();
        let (area, serial) = (99 - *taken / 9_999, 1 + *taken % 9_999);
        *taken += 1;
        let area = u8::try_from(area).expect("areas count down from 99");
        let serial = u16::try_from(serial).expect("serials stay below 10 000");
        OfficeNumber::compose(prefecture, character, area, serial)
            .expect("a million of a kind is more than enough")
    }

    fn size(&mut self) -> usize {
        let drawn = self.below(10_000);
        let (_, least, most) = SIZES
            .into_iter()
            .find(|(up_to, _, _)| drawn < *up_to)
            .expect("the last is 10 000");
        least + usize::try_from(self.below(most as u64 - least as u64 + 1)).expect("a small number")
    }

    fn place(&mut self) -> &'static Place {
        self.weighed(&PLACES, |place| place.people)
    }

    fn weighed<T>(&mut self, among: &'static [T], weight: impl Fn(&T) -> u64) -> &'static T {
        let mut drawn = self.below(among.iter().map(&weight).sum());
        for one in among {
            match drawn.checked_sub(weight(one)) {
                Some(rest) => drawn = rest,
                None => return one,
            }
        }
        unreachable!("the draw is below the sum of the weights")
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        let place = self.below(among.len() as u64);
        among[usize::try_from(place).expect("an index")]
    }

    /// A number below `bound`. The bias of the remainder is far below what anybody could see.
    fn below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64() % bound
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use daicho_domain::identifiers::CheckRule;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_book_and_another_seed_another() {
        assert_eq!(invent(300, 7), invent(300, 7));
        assert_ne!(invent(300, 7), invent(300, 8));
    }

    #[test]
    fn a_larger_book_begins_with_the_smaller_one() {
        let (small, large) = (invent(100, 1), invent(1_000, 1));
        let whole = small.len() - 1;
        assert_eq!(small[..whole], large[..whole]);
    }

    #[test]
    fn numbers_are_valid_and_unique() {
        let book = invent(5_000, 1);
        let offices: Vec<&Office> = book
            .iter()
            .flat_map(|corporation| &corporation.offices)
            .collect();
        assert_eq!(offices.len(), 5_000);
        assert!(
            offices
                .iter()
                .all(|office| office.number.check_rule() == CheckRule::A)
        );
        let numbers: BTreeSet<OfficeNumber> = offices.iter().map(|office| office.number).collect();
        assert_eq!(numbers.len(), 5_000);
        let corporations: BTreeSet<_> = book.iter().map(|corporation| corporation.number).collect();
        assert_eq!(corporations.len(), book.len());
    }

    #[test]
    fn an_address_lies_in_the_prefecture_of_the_number() {
        for office in invent(500, 3)
            .iter()
            .flat_map(|corporation| &corporation.offices)
        {
            assert!(
                office
                    .address
                    .starts_with(office.number.prefecture().name()),
                "{office:?}"
            );
        }
    }

    #[test]
    fn every_text_reads_back_without_a_change() {
        for corporation in invent(2_000, 5) {
            assert_eq!(
                daicho_domain::identifiers::name(&corporation.name).changes,
                []
            );
            for office in corporation.offices {
                let prefecture = office.number.prefecture();
                assert_eq!(daicho_domain::identifiers::name(&office.name).changes, []);
                assert_eq!(daicho_domain::identifiers::kana(&office.kana).changes, []);
                assert_eq!(
                    daicho_domain::identifiers::address(&office.address, prefecture).changes,
                    []
                );
                let phone = daicho_domain::identifiers::phone(&office.phone).expect("ten digits");
                assert_eq!(phone.changes, []);
            }
        }
    }

    #[test]
    fn most_corporations_are_small_and_a_few_are_large() {
        let book = invent(20_000, 1);
        let share = |wanted: fn(usize) -> bool| {
            book.iter()
                .filter(|corporation| wanted(corporation.offices.len()))
                .count()
                * 100
                / book.len()
        };
        assert!((85..97).contains(&share(|offices| offices <= 3)));
        assert!(
            book.iter()
                .filter(|corporation| corporation.offices.len() > 20)
                .count()
                > 10
        );
    }
}
