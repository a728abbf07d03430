//! What the typesetter may see: the templates, the values, the fonts. No file, no package, no network, no clock.

use std::collections::HashMap;
use std::path::PathBuf;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts::FONTS;
use crate::templates::Templates;

/// What every letter sees alike.
pub(crate) struct Stock {
    library: LazyHash<Library>,
    sources: HashMap<FileId, Source>,
    main: FileId,
    values: FileId,
}

impl Stock {
    pub(crate) fn new(templates: &Templates) -> Self {
        let sources = templates.sources().map(|(path, text)| {
            let id = id(path);
            (id, Source::new(id, text.to_owned()))
        });
        Self {
            library: LazyHash::new(Library::default()),
            sources: sources.collect(),
            main: id("main.typ"),
            values: id("values.json"),
        }
    }
}

/// One file to be set: what is to be set, and the values for it.
pub(crate) struct Sheet<'a> {
    stock: &'a Stock,
    main: Source,
    values: Bytes,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(stock: &'a Stock, main: String, values: Vec<u8>) -> Self {
        Self {
            stock,
            main: Source::new(stock.main, main),
            values: Bytes::new(values),
        }
    }
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.stock.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.stock.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.stock.main {
            return Ok(self.main.clone());
        }
        self.stock
            .sources
            .get(&id)
            .cloned()
            .ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.stock.values {
            return Ok(self.values.clone());
        }
        Err(missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.held.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The id of a path below the folder of templates.
fn id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("our own paths are paths");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.vpath().get_without_slash()))
}
