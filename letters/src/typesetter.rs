//! Sets letters: checks what they say, hands it to the typesetter, makes PDF/A-2b of what comes back.

use chrono::NaiveDate;
use daicho_workers::letters::{Content, Letter, Press, Printed, Refusal, Sender, Template};
use serde_json::{Map, Value, json};
use typst::diag::SourceDiagnostic;
use typst::syntax::DiagSpan;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::templates::{self, Templates};
use crate::world::{Sheet, Stock};
use crate::{code, glyphs};

/// Files set after which what was remembered of one is forgotten, so that memory stays flat.
const REMEMBERED: usize = 2;

/// The press with typst inside.
pub struct Typesetter {
    templates: Templates,
    stock: Stock,
    sender: Option<Sender>,
}

impl Typesetter {
    /// A press with these templates, printing for this sender; without one every letter is refused.
    #[must_use]
    pub fn new(templates: Templates, sender: Option<Sender>) -> Self {
        let stock = Stock::new(&templates);
        Self {
            templates,
            stock,
            sender,
        }
    }

    /// Sets every letter from its sample: what a start does with templates that were edited.
    ///
    /// # Errors
    /// [`Refusal::Template`] with file, line and what is wrong, of the first that fails.
    pub fn check(&self) -> Result<(), Refusal> {
        let invented = Sender::invented();
        let sender = self.sender.as_ref().unwrap_or(&invented);
        Letter::ALL.iter().try_for_each(|letter| {
            let content = Content {
                letter: *letter,
                values: templates::sample(*letter),
            };
            self.print_for(sender, &[content]).map(drop)
        })
    }

    fn print_for(&self, sender: &Sender, letters: &[Content]) -> Result<Printed, Refusal> {
        let sender = serde_json::to_value(sender).expect("a sender is plain data");
        let mut used: Vec<Template> = Vec::new();
        let mut values = Vec::new();
        for letter in letters {
            let template = self.templates.present(letter.letter);
            values.push(prepared(letter, &template, &sender)?);
            used.push(template);
        }
        let main = main(&used, &values);
        let values = json!({ "letters": values });
        let sheet = Sheet::new(&self.stock, main, values.to_string().into_bytes());
        let set = set(&sheet);
        comemo::evict(REMEMBERED);
        let (pdf, pages) = set?;
        Ok(Printed {
            pdf,
            pages,
            templates: used,
        })
    }
}

impl Press for Typesetter {
    fn print(&self, letters: &[Content]) -> Result<Printed, Refusal> {
        let sender = self.sender.as_ref().ok_or(Refusal::NoSender)?;
        self.print_for(sender, letters)
    }
}

/// Lays a file out and exports it: its bytes and how many pages it has.
fn set(sheet: &Sheet<'_>) -> Result<(Vec<u8>, usize), Refusal> {
    let refused = |errors: &[SourceDiagnostic]| refusal(sheet, errors);
    let document = typst::compile::<PagedDocument>(sheet)
        .output
        .map_err(|errors| refused(&errors))?;
    let options = PdfOptions {
        standards: PdfStandards::new(&[PdfStandard::A_2b]).expect("one standard fits itself"),
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| refused(&errors))?;
    Ok((pdf, document.pages().len()))
}

/// The values of one letter as its template sees them.
fn prepared(letter: &Content, template: &Template, sender: &Value) -> Result<Value, Refusal> {
    let mut values: Map<String, Value> = letter.values.clone();
    values.insert("sender".to_owned(), sender.clone());
    glyphs::printable(&values)?;
    if let Some(Value::String(text)) = values.get("code") {
        let drawn = code::modules(text);
        values.insert("code".to_owned(), drawn);
    }
    values.insert("template".to_owned(), templates::file(template).into());
    Ok(Value::Object(values))
}

/// The file that sets all letters one after the other. Nothing of a letter's own stands in it: values come from JSON.
fn main(used: &[Template], values: &[Value]) -> String {
    let mut files: Vec<String> = used.iter().map(templates::file).collect();
    files.sort_unstable();
    files.dedup();
    let imports: String = files
        .iter()
        .enumerate()
        .map(|(number, file)| format!("#import \"/{file}\": letter as letter-{number}\n"))
        .collect();
    let by_file: String = files
        .iter()
        .enumerate()
        .map(|(number, file)| format!("  \"{file}\": letter-{number},\n"))
        .collect();
    format!(
        "{imports}\
         #let letters = json(\"/values.json\").letters\n\
         #set document(title: \"{}\", author: letters.first().sender.name{})\n\
         #let by-file = (\n{by_file})\n\
         #for (number, letter) in letters.enumerate() {{\n  \
           if number > 0 {{ pagebreak(weak: true) }}\n  \
           (by-file.at(letter.template))(letter)\n\
         }}\n",
        title(used),
        dated(values),
    )
}

/// What the file is called in a reader's window.
fn title(used: &[Template]) -> String {
    match used {
        [only] => only.letter.label().to_owned(),
        several => format!("発送書類 {}通", several.len()),
    }
}

/// The date of the file: the latest that one of its letters bears. PDF/A wants one, and a clock would change the bytes.
fn dated(values: &[Value]) -> String {
    let days = values
        .iter()
        .filter_map(|letter| letter["date"].as_str()?.parse::<NaiveDate>().ok());
    days.max().map_or_else(String::new, |day| {
        day.format(", date: datetime(year: %Y, month: %-m, day: %-d)")
            .to_string()
    })
}

/// The first error as a refusal: where it is and what is wrong.
fn refusal(sheet: &Sheet<'_>, errors: &[SourceDiagnostic]) -> Refusal {
    let Some(error) = errors.first() else {
        unreachable!("a failure has an error");
    };
    // What went wrong within a part is said at the place of the template that used it, if the part has none.
    let uses = error.trace.iter().map(|point| DiagSpan::from(point.span));
    let spans = std::iter::once(error.span).chain(uses);
    let place = spans
        .filter_map(|span| {
            let file = span.id()?;
            let start = sheet.range(span)?.start;
            let source = sheet.source(file).ok()?;
            let (line, column) = source.lines().byte_to_line_column(start)?;
            let path = file.vpath().get_without_slash().to_owned();
            Some((path, line + 1, column + 1))
        })
        .next();
    let (file, line, column) = place.unwrap_or_else(|| ("main.typ".to_owned(), 1, 1));
    Refusal::Template {
        file,
        line,
        column,
        message: error.message.to_string(),
    }
}
