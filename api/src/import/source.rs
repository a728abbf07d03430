//! One file on disk: what it is, whether it is whole, and its lines in order.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::{ByteRecord, StringRecord};
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};
use sha2::{Digest, Sha256};

use super::claims::Claims;
use super::fault::FileFault;
use super::layout::Layout;
use super::line::ImportLine;
use super::parse;

/// No line of an honest file comes near this; a quotation mark never closed does.
const RECORD_BYTES_MAX: u64 = 1 << 20;

/// How much of a file is looked at to tell what it is.
const FRONT_BYTES: usize = 64 << 10;

/// A file that was looked through whole: it is CSV we know, in an encoding we read, complete.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    encoding: &'static Encoding,
    layout: Layout,
    bytes: u64,
    lines: u64,
    sha256: String,
    pub(super) claims: Claims,
}

impl SourceFile {
    /// Looks a file through, from its first byte to its last.
    ///
    /// # Errors
    /// [`FileFault`]: nothing of such a file is taken.
    pub fn open(path: &Path) -> Result<SourceFile, FileFault> {
        let file = File::open(path).map_err(|cause| FileFault::Unopened {
            path: path.to_owned(),
            cause,
        })?;
        let metadata = file.metadata().map_err(|cause| FileFault::Unopened {
            path: path.to_owned(),
            cause,
        })?;
        if !metadata.is_file() {
            return Err(FileFault::NotAFile {
                path: path.to_owned(),
            });
        }
        let encoding = encoding_of(path, file)?;
        let mut records = Records::open(path, encoding)?;
        let header = records.next()?.ok_or_else(|| FileFault::Empty {
            path: path.to_owned(),
        })?;
        let layout = Layout::of(&header.cells).map_err(|missing| FileFault::UnknownColumns {
            path: path.to_owned(),
            missing,
        })?;
        if layout.published && encoding == SHIFT_JIS {
            return Err(FileFault::ShiftJis {
                path: path.to_owned(),
            });
        }
        let mut lines = 0;
        let mut claims = Claims::default();
        let mut last = None;
        while let Some(record) = records.next()? {
            lines += 1;
            claims.read(&layout, &record);
            last = Some((record.line_no, record.cells.len()));
        }
        match last {
            Some((line, found)) if found < layout.width => {
                let needed = layout.width;
                Err(FileFault::Truncated {
                    path: path.to_owned(),
                    line,
                    found,
                    needed,
                })
            }
            Some(_) | None => Ok(SourceFile {
                path: path.to_owned(),
                encoding,
                layout,
                bytes: metadata.len(),
                lines,
                sha256: sha256_of(path)?,
                claims,
            }),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many lines follow the header.
    #[must_use]
    pub fn line_count(&self) -> u64 {
        self.lines
    }

    /// The digest of its bytes.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Its lines in order, each read for itself.
    ///
    /// # Errors
    /// [`FileFault`] when the file can no longer be opened.
    pub fn lines(&self) -> Result<Lines<'_>, FileFault> {
        let mut records = Records::open(&self.path, self.encoding)?;
        records.next()?;
        Ok(Lines {
            source: self,
            records,
        })
    }
}

/// The lines of one file.
#[derive(Debug)]
pub struct Lines<'a> {
    source: &'a SourceFile,
    records: Records,
}

impl Iterator for Lines<'_> {
    type Item = Result<ImportLine, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next().transpose()?;
        Some(record.map(|record| parse::line(&self.source.layout, &record)))
    }
}

/// One record of a file, decoded.
pub(super) struct Record {
    /// The line it begins on, the header being 1.
    pub(super) line_no: u64,
    /// The line it ends on.
    pub(super) line_last: u64,
    /// Its cells.
    pub(super) cells: StringRecord,
}

#[derive(Debug)]
struct Records {
    path: PathBuf,
    encoding: &'static Encoding,
    reader: csv::Reader<Guarded>,
    read: Rc<Cell<u64>>,
    raw: ByteRecord,
}

impl Records {
    fn open(path: &Path, encoding: &'static Encoding) -> Result<Records, FileFault> {
        let file = File::open(path).map_err(|cause| FileFault::Unopened {
            path: path.to_owned(),
            cause,
        })?;
        let read = Rc::new(Cell::new(0));
        let guarded = Guarded {
            file,
            read: Rc::clone(&read),
        };
        // Ended by the line feed alone: with CR LF the reader would count a line late.
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(guarded);
        Ok(Records {
            path: path.to_owned(),
            encoding,
            reader,
            read,
            raw: ByteRecord::new(),
        })
    }

    fn next(&mut self) -> Result<Option<Record>, FileFault> {
        self.read.set(0);
        let line_no = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.raw) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(self.fault(error, line_no)),
        }
        let line_no = self.raw.position().map_or(line_no, csv::Position::line);
        let mut cells = StringRecord::new();
        for (place, raw) in self.raw.iter().enumerate() {
            let last = place + 1 == self.raw.len();
            let raw = raw.strip_suffix(b"\r").filter(|_| last).unwrap_or(raw);
            let decoded = self
                .encoding
                .decode_without_bom_handling_and_without_replacement(raw);
            match decoded.filter(|_| !raw.contains(&0)) {
                Some(cell) => cells.push_field(&cell),
                None => {
                    return Err(FileFault::NotText {
                        path: self.path.clone(),
                        line: line_no,
                    });
                }
            }
        }
        Ok(Some(Record {
            line_no,
            line_last: self.reader.position().line().saturating_sub(1).max(line_no),
            cells,
        }))
    }

    fn fault(&self, error: csv::Error, line: u64) -> FileFault {
        let path = self.path.clone();
        if self.read.get() > RECORD_BYTES_MAX {
            return FileFault::OpenQuote { path, line };
        }
        FileFault::Unread {
            path,
            cause: error.into(),
        }
    }
}

/// Counts what is read for one record, and stops where no honest record is that long.
#[derive(Debug)]
struct Guarded {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.get() > RECORD_BYTES_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the record does not end",
            ));
        }
        let bytes = self.file.read(buffer)?;
        self.read
            .set(self.read.get() + u64::try_from(bytes).unwrap_or(u64::MAX));
        Ok(bytes)
    }
}

fn sha256_of(path: &Path) -> Result<String, FileFault> {
    let unread = |cause| FileFault::Unread {
        path: path.to_owned(),
        cause,
    };
    let mut file = File::open(path).map_err(unread)?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; FRONT_BYTES]);
    loop {
        match file.read(&mut buffer).map_err(unread)? {
            0 => {
                return Ok(digest
                    .finalize()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect());
            }
            read => digest.update(&buffer[..read]),
        }
    }
}

/// The encoding, from the file's front: what cannot be read is refused by its name.
fn encoding_of(path: &Path, file: File) -> Result<&'static Encoding, FileFault> {
    let mut front = Vec::with_capacity(FRONT_BYTES);
    let taken = u64::try_from(FRONT_BYTES).expect("a small number");
    file.take(taken)
        .read_to_end(&mut front)
        .map_err(|cause| FileFault::Unread {
            path: path.to_owned(),
            cause,
        })?;
    let path = path.to_owned();
    match front.as_slice() {
        [] | [0xef, 0xbb, 0xbf] => return Err(FileFault::Empty { path }),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(FileFault::Utf16 { path }),
        [b'P', b'K', 3, 4, ..] | [0x1f, 0x8b, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            return Err(FileFault::Archive { path });
        }
        _ => {}
    }
    if is_utf16_without_mark(&front) {
        return Err(FileFault::Utf16 { path });
    }
    // The header tells: it is one line, and it is not ASCII.
    let header = front.split(|&b| b == b'\n').next().unwrap_or_default();
    if std::str::from_utf8(header).is_ok() {
        Ok(UTF_8)
    } else if SHIFT_JIS
        .decode_without_bom_handling_and_without_replacement(header)
        .is_some()
    {
        Ok(SHIFT_JIS)
    } else {
        Err(FileFault::NotText { path, line: 1 })
    }
}

/// Line feeds of UTF-16 have a zero byte beside them; UTF-8 and Shift_JIS never do.
fn is_utf16_without_mark(front: &[u8]) -> bool {
    let pairs = || front.chunks_exact(2);
    pairs().any(|pair| pair == [b'\n', 0]) || pairs().any(|pair| pair == [0, b'\n'])
}
