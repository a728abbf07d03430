//! What forms are made of: a field, and an action with its fields. A form that was refused is drawn again with what
//! was entered and what is wrong beside it.

/// How a field is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// One line.
    Text,
    /// Several lines.
    Long,
    /// A day.
    Day,
    /// A month.
    Month,
    /// A time of day.
    Time,
    /// A count.
    Number,
    /// One of these (value, word).
    Choice(Vec<(String, String)>),
    /// Yes or no.
    Check,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the form.
    pub name: &'static str,
    /// What people call it.
    pub title: String,
    /// How it is entered.
    pub entry: Entry,
    /// What stands in it.
    pub value: String,
    /// What helps to fill it in.
    pub hint: String,
    /// Whether it may stay empty.
    pub must: bool,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl Field {
    /// A field that must be filled in.
    pub fn must(name: &'static str, title: &str, entry: Entry) -> Self {
        Self {
            name,
            title: title.to_owned(),
            entry,
            value: String::new(),
            hint: String::new(),
            must: true,
            error: None,
        }
    }

    /// A field that may stay empty.
    pub fn may(name: &'static str, title: &str, entry: Entry) -> Self {
        Self {
            must: false,
            ..Self::must(name, title, entry)
        }
    }

    /// Why something is done. It is kept with the event and readable as long as the log is, so it is no place for what a
    /// person could ask to have erased.
    pub fn reason() -> Self {
        Self::must("reason", "理由", Entry::Text)
            .hint("氏名や電話番号は書かないでください。後から消去できません。")
    }

    /// With what stands in it.
    #[must_use]
    pub fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// With what helps to fill it in.
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// Whether it is a box to tick.
    pub fn is_check(&self) -> bool {
        self.entry == Entry::Check
    }

    /// Whether it is a list to choose from.
    pub fn is_choice(&self) -> bool {
        matches!(self.entry, Entry::Choice(_))
    }

    /// Whether it has several lines.
    pub fn is_long(&self) -> bool {
        self.entry == Entry::Long
    }

    /// The choices, if it is a list.
    pub fn options(&self) -> &[(String, String)] {
        match &self.entry {
            Entry::Choice(options) => options,
            Entry::Text
            | Entry::Long
            | Entry::Day
            | Entry::Month
            | Entry::Time
            | Entry::Number
            | Entry::Check => &[],
        }
    }

    /// The type of its `<input>`.
    pub fn input_type(&self) -> &'static str {
        match self.entry {
            Entry::Text | Entry::Long | Entry::Choice(_) => "text",
            Entry::Day => "date",
            Entry::Month => "month",
            Entry::Time => "time",
            Entry::Number => "number",
            Entry::Check => "checkbox",
        }
    }
}

/// Something that can be done, or the reason why it cannot be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Unique on the page.
    pub id: String,
    /// The word on the button.
    pub word: String,
    /// What will happen, and to how many.
    pub explains: String,
    /// Where the form goes.
    pub href: String,
    /// What goes with it unseen.
    pub hidden: Vec<(String, String)>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The word on the button that sends it.
    pub submit: String,
    /// Hard to take back.
    pub danger: bool,
    /// The one most likely wanted.
    pub main: bool,
    /// Drawn open, because it was refused just now.
    pub open: bool,
    /// Why it was refused just now, where that is about none of its fields.
    pub error: Option<String>,
    /// Why it cannot be done now.
    pub impossible: Option<String>,
}

impl Action {
    /// An action that is sent to `href`.
    pub fn new(id: &str, word: &str, href: &str) -> Self {
        Self {
            id: id.to_owned(),
            word: word.to_owned(),
            explains: String::new(),
            href: href.to_owned(),
            hidden: Vec::new(),
            fields: Vec::new(),
            submit: word.to_owned(),
            danger: false,
            main: false,
            open: false,
            error: None,
            impossible: None,
        }
    }

    /// With what it will do.
    #[must_use]
    pub fn explains(mut self, text: &str) -> Self {
        text.clone_into(&mut self.explains);
        self
    }

    /// With one more field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// With something that goes with it unseen.
    #[must_use]
    pub fn hidden(mut self, name: &str, value: impl ToString) -> Self {
        self.hidden.push((name.to_owned(), value.to_string()));
        self
    }

    /// Hard to take back.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// The one most likely wanted.
    #[must_use]
    pub fn main(mut self) -> Self {
        self.main = true;
        self
    }

    /// Shown with the reason why it cannot be done now, if there is one.
    #[must_use]
    pub fn unless(mut self, reason: Option<String>) -> Self {
        self.impossible = reason;
        self
    }
}
