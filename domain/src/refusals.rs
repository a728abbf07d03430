//! How a refusal is written down once: its variant, its stable code, its sentence in both languages.

/// Declares a noun's refusals. A variant's fields may stand in its sentences.
macro_rules! refusals {
    ($(#[$doc:meta])* $name:ident { $(
        $(#[$vdoc:meta])*
        $variant:ident $({ $($(#[$fdoc:meta])* $field:ident : $type:ty),* $(,)? })? = $code:literal, $ja:literal, $en:literal;
    )* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum $name { $(
            $(#[$vdoc])*
            #[error($en)]
            $variant $({ $($(#[$fdoc])* $field: $type),* })?,
        )* }

        impl $name {
            /// Every code, for the test that looks for each one's runbook page.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// The stable code that integrations match on.
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code,)* }
            }

            /// The sentence for the clerk: result, cause, remedy.
            pub fn sentence(&self) -> String {
                let said = match self { $(Self::$variant $({ $($field),* })? => format!($ja),)* };
                $crate::dates::dates_in_japanese(&said)
            }
        }
    };
}
pub(crate) use refusals;
