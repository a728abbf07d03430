//! Sheets of moving in as Excel workbooks: what another program wrote is taken as the same table as CSV would be, and what
//! daicho writes another program reads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use daicho_api::moving::{Kind, Table};
use daicho_tests::in_process::Server;
use daicho_tests::office::number;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Python's own zip and XML, which know nothing of our libraries.
fn python(script: &str, said: &[u8]) -> Vec<u8> {
    let mut running = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is on the machine");
    let mut stdin = running.stdin.take().expect("it was piped");
    stdin.write_all(said).expect("it listens");
    drop(stdin);
    let done = running.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{script}");
    done.stdout
}

/// Writes a workbook of the rows on its input: text as text, `{"day": n}` as a day of Excel, numbers as numbers.
const WRITES: &str = r#"
import io, json, sys, zipfile
from xml.sax.saxutils import escape
sheets = json.load(sys.stdin)
def cell(value, place):
    if isinstance(value, dict) and 'day' in value:
        return f'<c r="{place}" s="1"><v>{value["day"]}</v></c>'
    if isinstance(value, dict):
        return f'<c r="{place}" s="2"><v>{value["time"]}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
def sheet(rows):
    lines = []
    for no, row in enumerate(rows, 1):
        cells = ''.join(cell(value, f'{chr(65 + place)}{no}') for place, value in enumerate(row) if value != '')
        lines.append(f'<row r="{no}">{cells}</row>')
    main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    return f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
names = range(1, len(sheets) + 1)
book = f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>' + ''.join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in names) + '</sheets></workbook>'
package = 'http://schemas.openxmlformats.org/package/2006'
rels = f'<Relationships xmlns="{package}/relationships">' + ''.join(f'<Relationship Id="r{n}" Type="{rel}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in names) + f'<Relationship Id="s" Type="{rel}/styles" Target="styles.xml"/></Relationships>'
styles = f'<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>'
types = f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>'
root = f'<Relationships xmlns="{package}/relationships"><Relationship Id="b" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
out = io.BytesIO()
with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('[Content_Types].xml', types)
    z.writestr('_rels/.rels', root)
    z.writestr('xl/workbook.xml', book)
    z.writestr('xl/_rels/workbook.xml.rels', rels)
    z.writestr('xl/styles.xml', styles)
    for n, rows in zip(names, sheets):
        z.writestr(f'xl/worksheets/sheet{n}.xml', sheet(rows))
sys.stdout.buffer.write(out.getvalue())
"#;

/// A workbook of these sheets.
fn workbook(sheets: &Value) -> Vec<u8> {
    python(WRITES, sheets.to_string().as_bytes())
}

const CORPORATION: &str = "00000000000000000000000000000101";

async fn office_with_two_offices() -> Server {
    let server = Server::opens_on("2026-10-01").await;
    let of_corporation = |action: &str| format!("/api/v1/corporations/{CORPORATION}/{action}");
    let name = json!({ "number": "7000012050002", "name": "社会福祉法人あおぞら会" });
    server.must(&of_corporation("register"), name).await;
    let office = |nth: usize| json!({ "number": number(nth).as_str(), "entries": [{ "kind": "訪問介護", "name": "あおぞら" }] });
    let offices = json!({ "offices": [office(0), office(1)] });
    server.must(&of_corporation("add_offices"), offices).await;
    server
}

fn checks(file: Value) -> Value {
    json!({ "files": [file], "switched_on": "2026-10-01", "charged_from": "2026-10" })
}

#[tokio::test]
async fn a_workbook_is_taken_as_the_same_table_as_csv_is() {
    let server = office_with_two_offices().await;
    let header = [
        "事業所番号",
        "申込番号",
        "サービス",
        "受付日",
        "受付時刻",
        "KJ ID",
        "開始月",
        "委任状の返送期日",
        "委任状の状態",
        "委任状の発送日",
    ];
    let kj = |nth: usize| format!("KJ01{}", number(nth));
    // 2026-09-10 is day 46275 of Excel, 2026-09-11 the next, 2026-11-01 day 46327, 2026-10-15 day 46310.
    let good = json!([number(0).as_str(), "T-2", "ほのぼのmini2", { "day": 46275 }, { "time": 0.4375 }, kj(0), { "day": 46327 }, { "day": 46310 }, "返送待ち", { "day": 46276 }]);
    let lost: u64 = number(1).as_str().parse().expect("digits");
    let bad = json!([lost, "T-3", "ほのぼのmini2", { "day": 46275 }, "", kj(1), "2026-11", "", "返送待ち", { "day": 46276 }]);
    let book = workbook(&json!([[header, good, bad], []]));
    let as_csv = format!(
        "{}\r\n{},T-2,ほのぼのmini2,2026-09-10,10:30,{},2026-11,2026-10-15,返送待ち,2026-09-11\r\n\
         {lost},T-3,ほのぼのmini2,2026-09-10,,{},2026-11,,返送待ち,2026-09-11\r\n",
        header.join(","),
        number(0),
        kj(0),
        kj(1),
    );
    let file = |name: &str| json!({ "name": name, "xlsx": STANDARD.encode(&book) });
    let of_book = server
        .must("/api/v1/moving/check", checks(file("伝送.xlsx")))
        .await;
    let of_csv = json!({ "name": "伝送.csv", "csv": as_csv });
    let of_csv = server.must("/api/v1/moving/check", checks(of_csv)).await;
    let lines = |report: &Value| {
        let lines = report["files"][0]["lines"].as_array().cloned();
        let said = |line: &Value| {
            (
                line["line"].clone(),
                line["outcome"].clone(),
                line["remarks"].clone(),
            )
        };
        lines
            .unwrap_or_default()
            .iter()
            .map(said)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&of_book), lines(&of_csv), "{of_book}");
    assert_eq!(of_book["counted"], of_csv["counted"]);
    let text = of_book.to_string();
    assert!(
        text.contains(number(1).as_str()),
        "the lost zero is offered: {text}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_workbook_or_holds_several_sheets_is_refused_by_name() {
    let server = office_with_two_offices().await;
    let several = workbook(&json!([[["法人番号", "仮登録日"]], [["法人番号"]]]));
    let unpacks = python(
        "import io,sys,zipfile\no=io.BytesIO()\nz=zipfile.ZipFile(o,'w',zipfile.ZIP_DEFLATED)\nz.writestr('xl/workbook.xml',b'0'*(300<<20))\nz.close()\nsys.stdout.buffer.write(o.getvalue())",
        b"",
    );
    for (bytes, code, said) in [
        (several.as_slice(), "file_many_sheets", "シートが複数"),
        (
            b"PK\x03\x04 no zip at all".as_slice(),
            "file_archive",
            "圧縮ファイル",
        ),
        (unpacks.as_slice(), "file_too_large", "大きすぎます"),
        // It begins like a request to the bank and goes on like nothing.
        (
            b"19100000".as_slice(),
            "file_not_sent",
            "口座振替の依頼ファイル",
        ),
    ] {
        let fault = Table::read("表.xlsx", bytes).expect_err("it is refused");
        assert_eq!(fault.code(), code);
        let file = json!({ "name": "表.xlsx", "xlsx": STANDARD.encode(bytes) });
        let answer = server.asks("/api/v1/moving/check", checks(file)).await;
        assert_eq!(answer.refusal(), "http.unreadable");
        assert!(answer.body.contains(said), "{}", answer.body);
    }
}

/// Prints what a workbook holds, cell by cell: text, or the number with its format's code.
const READS: &str = r#"
import io, sys, zipfile, xml.etree.ElementTree as x
z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
m = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
strings = [''.join(t.text or '' for t in s.iter(m + 't')) for s in x.fromstring(z.read('xl/sharedStrings.xml'))]
styles = x.fromstring(z.read('xl/styles.xml'))
codes = {f.get('numFmtId'): f.get('formatCode') for f in styles.iter(m + 'numFmt')}
codes['49'] = '@'
formats = [codes.get(f.get('numFmtId'), '') for f in styles.find(m + 'cellXfs')]
for row in x.fromstring(z.read('xl/worksheets/sheet1.xml')).iter(m + 'row'):
    said = []
    for c in row:
        v = c.find(m + 'v')
        value = '' if v is None else strings[int(v.text)] if c.get('t') == 's' else v.text
        said.append(value + '|' + formats[int(c.get('s') or 0)])
    print('\t'.join(said))
"#;

#[test]
fn another_program_reads_the_templates_with_days_as_days_and_numbers_as_text() {
    for kind in Kind::ALL {
        let book = kind.template_workbook();
        assert_eq!(book, kind.template_workbook(), "the same bytes each time");
        let read = String::from_utf8(python(READS, &book)).expect("UTF-8");
        let rows: Vec<Vec<&str>> = read
            .lines()
            .map(|line| line.split('\t').collect())
            .collect();
        let [header, example] = rows.as_slice() else {
            panic!("two rows: {read}");
        };
        for (place, column) in kind.columns().iter().enumerate() {
            assert_eq!(header[place], format!("{}|@", column.name));
            let day = column.example.parse::<chrono::NaiveDate>();
            let expected = match day {
                Ok(day) => {
                    let first = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day");
                    format!("{}|yyyy/mm/dd", (day - first).num_days())
                }
                Err(_) => format!("{}|@", column.example),
            };
            assert_eq!(example[place], expected, "{}", column.name);
        }
        let table = Table::read("ひな形.xlsx", &book).expect("it is a sheet of ours");
        assert_eq!((table.kind, table.line_count()), (*kind, 1));
    }
}
