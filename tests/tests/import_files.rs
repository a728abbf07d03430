//! Files of offices, read line by line: what is taken, noted, warned about and refused, and which files
//! are not taken at all. Nothing here writes to a log.

use std::io::Write;
use std::path::{Path, PathBuf};

use daicho_api::import::{FileFault, ImportLine, Remark, Run, SourceFile, TEMPLATE, book_of};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/import")
        .join(name)
}

fn lines_of(files: &[PathBuf]) -> Vec<ImportLine> {
    let mut run = Run::new();
    let mut all = Vec::new();
    let sources = files
        .iter()
        .map(|path| SourceFile::open(path).expect("the file can be taken"));
    let mut sources: Vec<SourceFile> = sources.collect();
    sources.iter_mut().for_each(|source| run.expect(source));
    for (path, source) in files.iter().zip(&sources) {
        run.begin_file(&path.file_name().expect("a file").to_string_lossy());
        for line in source.lines().expect("it is still there") {
            let mut line = line.expect("it was looked through");
            run.hold(&mut line);
            all.push(line);
        }
    }
    all
}

fn said(line: &ImportLine) -> String {
    let codes: Vec<&str> = line.remarks.iter().map(|remark| remark.code()).collect();
    let outcome = serde_json::to_value(line.outcome).expect("a word");
    format!(
        "{} {} {}",
        line.line_no,
        outcome.as_str().expect("a word"),
        codes.join(",")
    )
}

#[test]
fn every_line_of_the_published_sample_ends_as_the_office_says() {
    let said: Vec<String> = lines_of(&[fixture("published_sample.csv")])
        .iter()
        .map(said)
        .collect();
    let expected = [
        "2 taken ",
        "3 taken ",
        "4 noted normalised,normalised,normalised,normalised,normalised",
        "5 warned corporate_number_missing",
        "6 warned corporate_number_check_digit",
        "7 warned office_number_check_digit",
        "8 warned phone_unreadable",
        "9 warned key_twice",
        "10 warned other_corporation",
        "11 refused office_number_lost_zero",
        "12 refused office_number_character",
        "13 refused line_placeholder",
        "14 refused line_columns",
        "15 noted normalised,spelled_differently",
        "16 taken ",
    ];
    assert_eq!(said, expected);
}

#[test]
fn warnings_and_refusals_name_field_value_remedy_and_the_likely_number() {
    let lines = lines_of(&[fixture("published_sample.csv")]);
    let sentences: Vec<String> = lines[3..13]
        .iter()
        .flat_map(|line| line.remarks.iter().map(|remark| remark.sentence()))
        .collect();
    let expected = [
        "法人番号がありません。事業所番号ごとの仮の法人で取り込みます。後で正しい法人に統合してください。",
        "法人番号「7999900000020」は検査数字が合いません。国税庁の法人番号公表サイトで確かめてください。「7999900000002」「9799900000020」「7999900000200」ではありませんか。事業所番号ごとの仮の法人で取り込みます。後で正しい法人に統合してください。",
        "事業所番号「4079900060」は検査数字がどの規則にも合いません。指定通知書の番号と照らし合わせてください。",
        "電話番号「（代表）029-000-0」を電話番号として読めません。そのまま残します。事業所に確かめて直してください。",
        "事業所番号「1379900010」の「訪問入浴介護」は2行目にもあります。先の行を残し、この行は取り込みません。",
        "事業所番号「1379900010」は既に法人番号「8999900000001」の法人の事業所です。法人番号「7999900000002」の法人には移しません。どちらが正しいか確かめてください。",
        "事業所番号「879900116」は9文字です。先頭の0が落ちています。0を補って入力してください（表計算ソフトでは列を文字列にします）。「0879900116」ではありませんか。",
        "事業所番号「01I9900120」の3文字目「I」は使えません。半角10文字（都道府県2桁・種別1文字・地域2桁・連番4桁・検査数字1桁。種別は数字かI・O・Qを除く英大文字）で入力してください。",
        "事業所名「○○○」は仮の値です。正式な名称を入力して、もう一度取り込んでください。",
        "14行目までで20列です。見出しと同じ24列にしてください。値の中のコンマや引用符は「\"」で囲みます。",
    ];
    assert_eq!(sentences, expected);
}

#[test]
fn name_address_and_telephone_are_normalised_and_kept_as_sent() {
    let lines = lines_of(&[fixture("published_sample.csv")]);
    let row = lines[2].row.as_ref().expect("line 4 is taken");
    let entry = &row.entry;
    assert_eq!(
        (entry.name.sent.as_str(), entry.name.normalised.as_str()),
        ("ＭＩＨＯＮ　ケア", "MIHON ケア")
    );
    assert_eq!(entry.kana.normalised, "ミホンケア");
    assert_eq!(entry.address.normalised, "大阪府見本市見本5-6 見本ビル2階");
    assert_eq!(
        (entry.phone.sent.as_str(), entry.phone.normalised.as_str()),
        ("（06）0000‐0003", "06-0000-0003")
    );
    assert_eq!(row.corporation_called().normalised, "(株)サンプル福祉");
}

#[test]
fn a_key_that_stood_in_an_earlier_file_names_that_file() {
    let sample = fixture("published_sample.csv");
    let lines = lines_of(&[sample.clone(), sample]);
    let sentence = lines[15].remarks.last().expect("a remark").sentence();
    assert_eq!(
        sentence,
        "事業所番号「1379900010」の「訪問入浴介護」は「published_sample.csv」の2行目にもあります。先の行を残し、この行は取り込みません。"
    );
}

#[test]
fn a_line_without_a_corporate_number_finds_the_one_another_line_gives_its_office() {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let lines = "事業所番号,事業所名,サービスの種類,法人番号\n\
        1379900010,見本,訪問介護,\n\
        1379900010,見本,通所介護,8999900000001\n";
    file.write_all(lines.as_bytes()).expect("written");
    let lines = lines_of(&[file.path().to_owned()]);
    assert_eq!(
        lines.iter().map(said).collect::<Vec<_>>(),
        ["2 warned corporate_number_missing", "3 taken "]
    );
    let sentence = lines[0].remarks[0].sentence();
    assert_eq!(
        sentence,
        "法人番号がありません。法人番号「8999900000001」の法人の事業所のままにします。"
    );
}

#[test]
fn our_own_csv_is_read_in_any_order_of_columns_also_as_shift_jis() {
    let said: Vec<String> = lines_of(&[fixture("own_sample.csv"), fixture("own_shift_jis.csv")])
        .iter()
        .map(said)
        .collect();
    assert_eq!(said, ["2 taken ", "3 noted kind_missing", "2 taken "]);
}

#[test]
fn the_template_is_a_file_we_take() {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(TEMPLATE.as_bytes()).expect("written");
    let lines = lines_of(&[file.path().to_owned()]);
    assert_eq!(lines.iter().map(said).collect::<Vec<_>>(), ["2 taken "]);
}

#[test]
fn a_simulation_takes_its_offices_from_the_same_files() {
    let book = book_of(&[fixture("published_sample.csv"), fixture("own_sample.csv")])
        .expect("both can be taken");
    let said = book
        .iter()
        .map(|corporation| (corporation.name.as_str(), corporation.offices.len()));
    let expected = [
        ("株式会社見本ケア", 4),
        ("医療法人見本会", 1),
        ("㈱サンプル福祉", 2),
        ("見本ホーム", 1),
        ("医療法人見本会", 1),
    ];
    assert_eq!(said.collect::<Vec<_>>(), expected);
    assert!(
        book.iter()
            .all(|corporation| !corporation.representative.is_empty())
    );
}

fn refused(bytes: &[u8]) -> (String, String) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("written");
    let fault = SourceFile::open(file.path()).expect_err("the file is refused");
    (
        fault.code().to_owned(),
        fault
            .to_string()
            .replace(&*file.path().to_string_lossy(), "F"),
    )
}

const HEADER: &str = "事業所番号,事業所名,サービスの種類\r\n";

#[test]
fn a_utf16_file_is_refused_by_name() {
    let published = std::fs::read(fixture("published_utf16.csv")).expect("the fixture");
    let expected =
        "「F」は文字コードがUTF-16です。「CSV UTF-8（コンマ区切り）」で保存し直してください。";
    assert_eq!(refused(&published), ("file_utf16".into(), expected.into()));
    let without_mark = &published[2..];
    assert_eq!(
        refused(without_mark),
        ("file_utf16".into(), expected.into())
    );
}

#[test]
fn a_published_file_saved_again_as_shift_jis_is_refused_by_name() {
    let fault = SourceFile::open(&fixture("published_shift_jis.csv")).expect_err("refused");
    assert_eq!(fault.code(), "file_shift_jis");
    assert!(fault.to_string().contains(
        "文字コードがShift_JISです。公表ファイルは配布されたまま（UTF-8）で指定してください。"
    ));
}

#[test]
fn a_file_cut_off_in_the_middle_of_a_line_is_refused_with_that_line() {
    let whole = std::fs::read(fixture("published_sample.csv")).expect("the fixture");
    let (code, sentence) = refused(&whole[..whole.len() - 100]);
    assert_eq!(code, "file_truncated", "{sentence}");
    assert!(
        sentence.starts_with("「F」は16行目の途中で切れています（"),
        "{sentence}"
    );
}

#[test]
fn a_file_with_broken_bytes_is_refused_with_the_line() {
    let mut bytes = HEADER.as_bytes().to_vec();
    bytes.extend_from_slice("1379900010,見本,通所介護\r\n".as_bytes());
    bytes.extend_from_slice(b"1379900010,\xe8\xa6\xff\xff,a\r\n");
    let expected = "「F」の3行目に文字として読めないバイトがあります。ファイルが壊れています。入手し直してください。何も取り込んでいません。";
    assert_eq!(refused(&bytes), ("file_not_text".into(), expected.into()));
}

#[test]
fn what_is_no_csv_of_ours_is_refused_with_the_columns_it_lacks() {
    let expected = "「F」の見出し行に「事業所番号」「事業所名」の列がありません。公表ファイルか、ひな形（daicho import --template）の列名にしてください。";
    assert_eq!(
        refused(b"a,b,c\n1,2,3\n"),
        ("file_unknown_columns".into(), expected.into())
    );
    assert_eq!(refused(b"PK\x03\x04rest").0, "file_archive");
    assert_eq!(refused(b"\xff\xff\xff\xff").0, "file_not_text");
    assert_eq!(refused(b"").0, "file_empty");
    assert_eq!(refused(b"\xef\xbb\xbf").0, "file_empty");
}

#[test]
fn a_missing_file_and_a_directory_are_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let code = |path: &Path| SourceFile::open(path).expect_err("refused").code();
    assert_eq!(code(directory.path()), "file_not_a_file");
    assert_eq!(code(&directory.path().join("missing.csv")), "file_unopened");
}

#[test]
fn a_quotation_mark_never_closed_is_found_without_reading_the_file_into_memory() {
    let mut bytes = format!("{HEADER}1379900010,\"見本,通所介護\r\n").into_bytes();
    bytes.resize(bytes.len() + (3 << 20), b'a');
    let expected = "「F」の2行目が終わりません。引用符「\"」の閉じ忘れか、改行のないファイルです。その行を直してください。何も取り込んでいません。";
    assert_eq!(refused(&bytes), ("file_open_quote".into(), expected.into()));
}

#[test]
fn every_code_of_a_file_that_is_not_taken_has_a_test_here() {
    // Those of workbooks stand beside.
    let here = concat!(
        include_str!("import_files.rs"),
        include_str!("workbooks.rs")
    );
    // A file that breaks while it is read needs a broken disk.
    let missing: Vec<&&str> = FileFault::CODES
        .iter()
        .filter(|code| **code != "file_unread" && !here.contains(&format!("\"{code}\"")))
        .collect();
    assert_eq!(missing, Vec::<&&str>::new());
}

#[test]
fn every_code_of_files_and_lines_stands_in_the_runbook() {
    let runbook = include_str!("../../ops/runbooks/import.md");
    let codes = FileFault::CODES.iter().chain(Remark::CODES);
    let missing: Vec<&&str> = codes
        .filter(|code| !runbook.contains(&format!("`{code}`")))
        .collect();
    assert_eq!(missing, Vec::<&&str>::new());
}
