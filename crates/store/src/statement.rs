//! Statements: a name and one SQL text for every engine.

use std::borrow::Cow;

/// A named SQL text. Only [`statements!`](crate::statements), [`delete_by`], [`select_by`] and [`select_without`]
/// make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    name: Cow<'static, str>,
    text: Cow<'static, str>,
}

impl Statement {
    /// For the macro alone.
    #[doc(hidden)]
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), text: Cow::Borrowed(text) }
    }

    /// Its name, for errors and traces.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its SQL. Parameters are `$1`, `$2`, … and are bound by the number in the name, wherever they stand.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Declares the statements of a module, and `STATEMENTS`, the list that a test holds to [`portability`](crate::portability).
///
/// ```
/// mod rows {
///     store::statements! {
///         /// Counts the holdings of a kind.
///         COUNT_KIND = "SELECT count(*) FROM holding WHERE kind = $1";
///     }
/// }
/// assert_eq!(rows::COUNT_KIND.name(), "COUNT_KIND");
/// assert!(rows::STATEMENTS.iter().all(|statement| store::portability(statement.text()).is_empty()));
/// ```
///
/// The list is public; `@list pub(crate),` in front keeps it in the crate.
#[macro_export]
macro_rules! statements {
    (@list $visibility:vis, $($(#[$attribute:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$attribute])* pub(crate) static $name: $crate::Statement = $crate::Statement::new(stringify!($name), $text);)+

        /// Every statement of this module.
        $visibility const STATEMENTS: &[&$crate::Statement] = &[$(&$name),+];

        // A module may offer its list to tests alone.
        const _: &[&$crate::Statement] = STATEMENTS;
    };
    ($($(#[$attribute:meta])* $name:ident = $text:expr;)+) => {
        $crate::statements! { @list pub, $($(#[$attribute])* $name = $text;)+ }
    };
}

/// `DELETE FROM table WHERE a = $1 AND b = $2`, with the columns in the given order.
///
/// Names are words of `a`–`z` and `_`; with any other name, or without a column, the text is empty, and no transaction
/// runs an empty text.
pub fn delete_by(table: &str, columns: &[&str]) -> Statement {
    let text = if are_words(columns) && are_words(&[table]) {
        format!("DELETE FROM {table} WHERE {}", conditions(columns))
    } else {
        String::new()
    };
    made(format!("DELETE {table}"), text)
}

/// `SELECT x, y FROM table WHERE a = $1 AND b = $2`, with the columns in the given order.
///
/// Names are words of `a`–`z` and `_`; with any other name, or without a column on either side, the text is empty, and no
/// transaction runs an empty text.
pub fn select_by<C: AsRef<str>>(table: &str, columns: &[C], by: &[&str]) -> Statement {
    let columns: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
    let text = if are_words(&columns) && are_words(by) && are_words(&[table]) {
        format!("SELECT {} FROM {table} WHERE {}", columns.join(", "), conditions(by))
    } else {
        String::new()
    };
    made(format!("SELECT {table}"), text)
}

/// The rows of `table` to which no row of `other` belongs, one with the same values in `columns`: those columns of at most `$3`
/// rows whose column `within` lies above `$1` and not above `$2`. As with a foreign key, a row with a `NULL` in one of
/// the columns belongs to nothing and is left out.
///
/// Names are words of `a`–`z` and `_`; with any other name, or without a column, the text is empty, and no transaction
/// runs an empty text.
pub fn select_without(table: &str, columns: &[&str], other: &str, within: &str) -> Statement {
    let text = if are_words(columns) && are_words(&[table, other, within]) {
        let each = |text: fn(&&str) -> String, between| columns.iter().map(text).collect::<Vec<_>>().join(between);
        format!(
            "SELECT {} FROM {table} t WHERE t.{within} > $1 AND t.{within} <= $2 AND {} \
             AND NOT EXISTS (SELECT {} FROM {other} o WHERE {}) LIMIT $3",
            each(|column| format!("t.{column}"), ", "),
            each(|column| format!("t.{column} IS NOT NULL"), " AND "),
            each(|column| format!("o.{column}"), ", "),
            each(|column| format!("o.{column} = t.{column}"), " AND "),
        )
    } else {
        String::new()
    };
    made(format!("SELECT {table} WITHOUT {other}"), text)
}

fn made(name: String, text: String) -> Statement {
    Statement { name: Cow::Owned(name), text: Cow::Owned(text) }
}

/// Whether there is a name, and every name can stand in a statement unquoted.
fn are_words(names: &[&str]) -> bool {
    let is_word = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    !names.is_empty() && names.iter().all(is_word)
}

fn conditions(columns: &[&str]) -> String {
    let conditions: Vec<String> = columns.iter().zip(1..).map(|(column, n)| format!("{column} = ${n}")).collect();
    conditions.join(" AND ")
}
