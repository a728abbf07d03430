//! The copy that stays when an original leaves the house: the clerk scans the sheet where there is a scanner's folder, and
//! otherwise says why there is none.

use super::staff::Desk;
use super::world::{By, World};
use crate::day::WorkError;
use daicho_domain::attachment::{Command, Kind, Matter, Paper, Part, sealed_under};
use daicho_domain::nouns;
use daicho_domain::personal::Personal;
use daicho_domain::poa::{self, Sheet};
use daicho_domain::stream::{PoaId, Stream};

/// Why the clerk has no copy where nothing is scanned.
const FILED_AS_PAPER: &str = "複写を紙のまま書庫に保管";

/// Why the clerk has no copy where papers are scanned.
const SCANNER_AWAY: &str = "複合機の点検中のため、複写を紙で保管";

impl World<'_> {
    /// Hands a sheet to the federation, with a copy kept here or the reason why there is none.
    pub(super) async fn file_sheet(&mut self, id: PoaId) -> Result<(), WorkError> {
        let reason = self.copy(id).await?;
        let filing = poa::Filing::on(self.today).without_scan(reason.map(Into::into));
        self.ask_poa(Desk::Papers, id, poa::Command::File(filing))
            .await
    }

    /// Scans a sheet; the reason where that cannot be done.
    async fn copy(&mut self, id: PoaId) -> Result<Option<&'static str>, WorkError> {
        let Some(data) = self.scans.clone() else {
            return Ok(Some(FILED_AS_PAPER));
        };
        if self.paper_chance(id, "scan").in_hundred(10) {
            return Ok(Some(SCANNER_AWAY));
        }
        let Some(sheet) = self.sheet(id).await? else {
            return Ok(None);
        };
        let Some(arrived_on) = sheet.arrived_on() else {
            return Ok(None);
        };
        let corporation = sheet.assignment.corporation;
        // Nobody who is made up asks to be forgotten.
        let subject = sealed_under(corporation, 0);
        let picture = picture(&sheet);
        let kept = self
            .workers
            .engine()
            .keep_sealed(&data, &subject, &picture)?;
        let paper = Paper {
            matter: Matter::Scan,
            kind: Kind::Pdf,
            bytes: picture.len() as u64,
            digest: kept.digest,
            file: kept.file,
            name: Personal::new(subject, format!("委任状_{}.pdf", sheet.assignment.number)),
            arrived_on,
            amount: None,
        };
        let attach = Command::Attach {
            part: Part::Whole,
            paper,
        };
        let stream = Stream::attached_to(&Stream::Poa(id));
        let command = nouns::Command::attachment(&stream, attach);
        self.ask(By::Staff(Desk::Papers), 1, command).await?;
        Ok(None)
    }
}

/// One page that says what it is a copy of, as a scanner for training would write it.
fn picture(sheet: &Sheet) -> Vec<u8> {
    let line = |y: u32, text: &str| format!("1 0 0 1 72 {y} Tm ({text}) Tj ");
    let text = format!(
        "BT /F1 20 Tf {}/F1 14 Tf {}{}ET",
        line(740, "TRAINING COPY"),
        line(700, &format!("Office {}", sheet.assignment.number)),
        line(676, &format!("Start {}", sheet.dates.start.on)),
    );
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let places_at = file.len();
    let count = objects.len() + 1;
    file.push_str(&format!(
        "xref\n0 {count}\n{places}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{places_at}\n%%EOF\n"
    ));
    file.into_bytes()
}
