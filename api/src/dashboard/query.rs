//! The part of an address after `?`, as the pages rewrite it: filters, sorting and paging live there, so that a link
//! reproduces the view and nothing has to be remembered for anybody.

use std::fmt;

/// No list has more pages; a larger number in an address is as good as none.
const PAGES_MAX: u64 = 1 << 32;

/// The fields of a query string, in the order in which they stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    path: String,
    fields: Vec<(String, String)>,
}

impl Query {
    /// Reads an address; what is not a field is left out.
    pub fn read(uri: &axum::http::Uri) -> Self {
        let fields = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_or_else(|_| Vec::new(), |query| query.0);
        Self {
            path: uri.path().to_owned(),
            fields: fields
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        }
    }

    /// An address without fields.
    pub fn at(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            fields: Vec::new(),
        }
    }

    /// The part before the fields.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the field has that value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|held| held == value)
    }

    /// The page of a list that is asked for, counted from 1.
    pub fn page(&self) -> u64 {
        let asked = self.get("page").and_then(|page| page.parse().ok());
        asked.unwrap_or(1_u64).clamp(1, PAGES_MAX)
    }

    /// The same view with one field set to one value.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(name);
        changed.fields.push((name.to_owned(), value.to_owned()));
        changed
    }

    /// The same view with one more value of a field.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same path with the fields of another address.
    pub fn with_fields_of(mut self, other: &Self) -> Self {
        self.fields.clone_from(&other.fields);
        self
    }

    /// The same view without a field.
    pub fn without(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.fields.retain(|(field, _)| field != name);
        changed
    }

    /// The same view with one value of a field switched on or off, back on its first page.
    pub fn switched(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without("page");
        if self.has(name, value) {
            changed
                .fields
                .retain(|(field, held)| !(field == name && held == value));
        } else {
            changed.fields.push((name.to_owned(), value.to_owned()));
        }
        changed
    }

    /// All fields, for the hidden inputs of a form that keeps the view.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (index, (name, value)) in self.fields.iter().enumerate() {
            let joint = if index == 0 { '?' } else { '&' };
            write!(f, "{joint}{}={}", Encoded(name), Encoded(value))?;
        }
        Ok(())
    }
}

/// Percent-encoding of everything but the unreserved characters.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_switches_its_value_and_goes_back_to_the_first_page() {
        let uri = "/cases?status=a&page=3&q=%E9%9D%92".parse().expect("a uri");
        let query = Query::read(&uri);
        assert_eq!(
            query.switched("status", "b").to_string(),
            "/cases?status=a&q=%E9%9D%92&status=b"
        );
        assert_eq!(
            query.switched("status", "a").to_string(),
            "/cases?q=%E9%9D%92"
        );
    }

    #[test]
    fn an_empty_field_is_no_filter() {
        let uri = "/cases?status=&q=".parse().expect("a uri");
        assert_eq!(Query::read(&uri).to_string(), "/cases");
    }
}
