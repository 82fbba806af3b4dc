//! The live schema, in the words of migrations, so that one engine's can be held against another's.

/// The live schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// Every column, in order of table and of place. The engine's own tables are left out.
    pub columns: Vec<Column>,
    /// Every index and every unique key beside the primary ones, in order of table and of name.
    pub indexes: Vec<Index>,
}

/// A column of the live schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its table.
    pub table: String,
    /// Its name.
    pub column: String,
    /// Its type, as a migration writes it: `BIGINT`, `TEXT` or `{bytes}`; any other as the engine names it.
    pub kind: String,
    /// Whether it must hold a value.
    pub not_null: bool,
    /// Its place in the primary key, counted from 1; 0 when it is not part of it.
    pub key_position: u32,
}

/// An index of the live schema, or a unique key of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Index {
    /// Its table.
    pub table: String,
    /// Its name; none for a unique key that a table states.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Whether two rows may not agree in them.
    pub unique: bool,
}
