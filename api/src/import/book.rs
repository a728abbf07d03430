//! Published files as the book of business of a simulation: real offices, invented days.

use std::collections::BTreeMap;
use std::path::PathBuf;

use daicho_domain::stream::CorporationId;
use daicho_workers::simulation::offices::{Corporation, Office, representative};

use super::fault::FileFault;
use super::line::{ImportLine, Row};
use super::run::{Home, Run};
use super::source::SourceFile;

/// The corporations and offices of some files, in the order the files name them first. Each office has
/// its first entry's kind, name, address and telephone number.
///
/// # Errors
/// [`FileFault`] of the first file that cannot be taken.
pub fn book_of(files: &[PathBuf]) -> Result<Vec<Corporation>, FileFault> {
    let mut sources: Vec<SourceFile> = files
        .iter()
        .map(|path| SourceFile::open(path))
        .collect::<Result<_, _>>()?;
    let mut run = Run::new();
    sources.iter_mut().for_each(|source| run.expect(source));
    let mut book = Book::default();
    for source in &sources {
        run.begin_file(&source.path().to_string_lossy());
        for line in source.lines()? {
            let mut line: ImportLine = line?;
            if let (Some(home), Some(row)) = (run.hold(&mut line), &line.row) {
                book.add(home, row);
            }
        }
    }
    Ok(book.corporations)
}

#[derive(Default)]
struct Book {
    corporations: Vec<Corporation>,
    places: BTreeMap<CorporationId, usize>,
}

impl Book {
    fn add(&mut self, home: Home, row: &Row) {
        let next = self.corporations.len();
        let place = *self.places.entry(home.id).or_insert(next);
        if place == next {
            self.corporations.push(Corporation {
                number: home.number,
                name: home.name,
                representative: representative(home.id.0.as_u128()),
                offices: Vec::new(),
            });
        }
        let offices = &mut self.corporations[place].offices;
        if offices
            .iter()
            .all(|office| office.number != row.entry.office)
        {
            offices.push(Office {
                number: row.entry.office,
                kind: row.entry.kind.clone(),
                name: row.entry.name.normalised.clone(),
                kana: row.entry.kana.normalised.clone(),
                address: row.entry.address.normalised.clone(),
                phone: row.entry.phone.normalised.clone(),
            });
        }
    }
}
