//! The real published files, where they are beside the project (or in the directory that
//! `DAICHO_PUBLISHED_FILES` names): every row is read, and the counts are
//! those that were counted by other means. Where they are not, this says so and proves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use daicho_api::import::{Counts, Run, SourceFile};
use daicho_domain::identifiers::{CheckRule, OfficeNumber};

/// The rows of the 22 files of December 2025.
const ROWS_DECEMBER_2025: u64 = 47_395;

fn published() -> Option<Vec<PathBuf>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/mhlw");
    let directory = std::env::var_os("DAICHO_PUBLISHED_FILES").map_or(beside, PathBuf::from);
    let entries = std::fs::read_dir(&directory).ok()?;
    let paths = entries.map(|entry| entry.expect("a readable directory").path());
    let files: BTreeSet<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "csv"))
        .collect();
    Some(files.into_iter().collect())
}

#[test]
fn every_row_of_the_published_files_is_read() {
    let Some(files) = published() else {
        eprintln!("the published files are not beside the project: nothing was compared");
        return;
    };
    let (mut run, mut counts) = (Run::new(), Counts::default());
    let mut rules: BTreeMap<OfficeNumber, CheckRule> = BTreeMap::new();
    let mut by_rule = [0_u64; 3];
    let sources = files
        .iter()
        .map(|path| SourceFile::open(path).expect("a published file can be taken"));
    let mut sources: Vec<SourceFile> = sources.collect();
    sources.iter_mut().for_each(|source| run.expect(source));
    for source in &sources {
        run.begin_file(&source.path().to_string_lossy());
        for line in source.lines().expect("it is still there") {
            let mut line = line.expect("it was looked through");
            run.hold(&mut line);
            counts.count(&line);
            let Some(row) = line.row else { continue };
            let rule = row.entry.office.check_rule();
            rules.insert(row.entry.office, rule);
            by_rule[match rule {
                CheckRule::A => 0,
                CheckRule::B => 1,
                CheckRule::Neither => 2,
            }] += 1;
        }
    }
    eprintln!(
        "{counts:#?}\nrows by rule A, B, neither: {by_rule:?}, offices: {}",
        rules.len()
    );
    assert_eq!(counts.lines, by_rule.iter().sum::<u64>() + counts.refused);
    if counts.lines == ROWS_DECEMBER_2025 {
        // One row only holds a place: an office called 〇〇 at 〇〇 with telephone 000-000-0000.
        assert_eq!((counts.refused, counts.remarks["line_placeholder"]), (1, 1));
        assert_eq!(by_rule, [44_469, 2_866, 59]);
        assert_eq!(rules.len(), 37_178);
        assert_eq!(counts.remarks["corporate_number_missing"], 2_276);
        assert_eq!(counts.remarks["corporate_number_check_digit"], 105);
        assert_eq!(counts.remarks["office_number_check_digit"], 59);
    }
}
