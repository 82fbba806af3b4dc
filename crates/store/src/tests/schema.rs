use super::*;
use crate::test::Place;
use crate::{Class, Columns, DiesWith, columns, migration_portability, portability, unclassified};

const TEXT: &str = include_str!("../../../../migrations/columns.toml");

fn declared() -> Columns {
    columns(TEXT).expect("columns.toml reads")
}

#[test]
fn every_live_column_is_classified_and_every_classified_column_lives() {
    let live = fresh().catalogue().unwrap();
    assert_eq!(unclassified(&declared(), &live), [""; 0]);
}

#[test]
fn the_engine_understands_every_statement_of_the_store() {
    let store = fresh();
    for statement in [crate::tx::STATEMENTS, crate::migration::STATEMENTS, STATEMENTS].concat() {
        assert_eq!(store.understand(statement), Ok(()), "{}", statement.name());
    }
}

#[test]
fn both_engines_have_the_same_columns_keys_and_indexes() {
    let here = crate::test::database_file(MIGRATIONS).unwrap().live_schema().unwrap();
    assert!(here.indexes.iter().any(|index| index.name == "enquiry_state" && index.columns == ["state", "touched_at"]));
    assert_eq!(fresh().live_schema().unwrap(), here);
}

#[test]
fn a_column_left_out_is_named_with_what_to_do() {
    let line = TEXT.lines().find(|line| line.starts_with("answer_by ")).expect("the column is classified");
    let without = columns(&TEXT.replace(line, "")).unwrap();
    let found = unclassified(&without, &fresh().catalogue().unwrap());
    let sentence = "enquiry.answer_by is not classified: say under [enquiry] in columns.toml whether answer_by is sealed, linked or impersonal";
    assert_eq!(found, [sentence]);
}

#[test]
fn a_column_that_is_gone_is_named_with_what_to_do() {
    let mut live = fresh().catalogue().unwrap();
    live.retain(|column| column.column != "frontier");
    let sentence = "columns.toml classifies log_head.frontier, which the database does not have: take the line out, or add the column in a migration";
    assert_eq!(unclassified(&declared(), &live), [sentence]);
}

#[test]
fn only_three_columns_are_sealed() {
    let declared = declared();
    let of_table = |table: &str| -> Vec<String> {
        let sealed = declared.of_table(table).filter(|(_, class)| matches!(class, Class::Sealed { .. }));
        sealed.map(|(column, _)| format!("{table}.{column}")).collect()
    };
    let sealed: Vec<String> = declared.tables().flat_map(|(table, _)| of_table(table)).collect();
    assert_eq!(sealed, ["data_key.wrapped", "holding.sealed", "trail.sealed"]);
}

#[test]
fn every_table_that_names_a_person_dies_with_something() {
    let declared = declared();
    for column in fresh().catalogue().unwrap().iter().filter(|column| column.column == "person_id") {
        assert_ne!(declared.dies_with(&column.table), Some(DiesWith::Never), "{}", column.table);
    }
}

#[test]
fn the_catalogue_tells_types_and_keys() {
    let live = fresh().catalogue().unwrap();
    let find = |table: &str, column: &str| {
        live.iter().find(|live| live.table == table && live.column == column).expect("a column")
    };
    let holding = find("holding", "holding_id");
    assert_eq!((holding.kind.as_str(), holding.not_null, holding.key_position), ("{bytes}", true, 2));
    let idx = find("trail", "idx");
    assert_eq!((idx.kind.as_str(), idx.not_null, idx.key_position), ("BIGINT", false, 0));
    assert!(live.iter().all(|live| !live.table.starts_with("sqlite_")));
}

#[test]
fn the_schema_and_every_statement_of_the_store_are_portable() {
    for migration in MIGRATIONS {
        assert_eq!(migration_portability(migration.text), [""; 0]);
    }
    for statement in [crate::tx::STATEMENTS, crate::migration::STATEMENTS, STATEMENTS].concat() {
        assert_eq!(portability(statement.text()), [""; 0], "{}", statement.name());
    }
}

/// Opens a database that had `first` with the program that has `second`.
fn reopened(first: &'static [Migration], second: &'static [Migration]) -> Result<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::new(folder.path(), &[])?;
    Store::open(settings(place.engine(), first))?.close();
    let store = Store::open(settings(place.engine(), second))?;
    let mut tables: Vec<String> = store.catalogue()?.into_iter().map(|column| column.table).collect();
    tables.dedup();
    Ok(tables)
}

const fn migration(number: u32, text: &'static str) -> Migration {
    Migration { number, name: "test", text }
}

const ONE: Migration = migration(1, "CREATE TABLE one (day TEXT NOT NULL PRIMARY KEY) {table};");
const ONE_CHANGED: Migration = migration(1, "CREATE TABLE one (day TEXT NOT NULL PRIMARY KEY, at BIGINT) {table};");
const TWO: Migration = migration(2, "CREATE TABLE two (day TEXT NOT NULL PRIMARY KEY) {table};");
const THREE: Migration = migration(3, "ALTER TABLE two ADD COLUMN at BIGINT;");
const TWO_BROKEN: Migration = migration(
    2,
    "CREATE TABLE two (day TEXT NOT NULL PRIMARY KEY) {table}; CREATE TABLE one (day TEXT NOT NULL PRIMARY KEY) {table};",
);
const TWO_STRANGE: Migration = migration(2, "CREATE TABLE two (id INTEGER PRIMARY KEY AUTOINCREMENT) {table};");

#[test]
fn a_migration_is_applied_once_and_a_new_one_after_it() {
    assert_eq!(reopened(&[ONE], &[ONE]).unwrap(), ["migration", "one"]);
    assert_eq!(reopened(&[ONE], &[ONE, TWO]).unwrap(), ["migration", "one", "two"]);
}

#[test]
fn a_store_tells_its_newest_migration() {
    let schema = |migrations| crate::test::database(migrations).expect("a database").schema();
    assert_eq!([schema(&[]), schema(&[ONE]), schema(&[ONE, TWO])], [0, 1, 2]);
}

#[test]
fn a_changed_migration_is_refused() {
    assert_eq!(reopened(&[ONE], &[ONE_CHANGED]), Err(Error::Changed(1)));
}

#[test]
fn a_newer_schema_is_refused() {
    let refused = reopened(&[ONE, TWO, THREE], &[ONE]).expect_err("the program is too old");
    assert_eq!(refused, Error::Newer { found: 3, known: 1 });
    assert_eq!(
        refused.to_string(),
        "the database has migration 3, but this program knows only 1; start the newer program"
    );
}

#[test]
fn migrations_out_of_order_are_refused() {
    assert!(matches!(reopened(&[TWO, ONE], &[]), Err(Error::Other(_))));
}

#[test]
fn a_migration_for_one_engine_is_refused_before_it_runs() {
    assert!(matches!(reopened(&[ONE], &[ONE, TWO_STRANGE]), Err(Error::Portability(_))));
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), &[]).unwrap();
    assert!(Store::open(settings(place.engine(), &[ONE, TWO_BROKEN])).is_err());
    let store = Store::open(settings(place.engine(), &[ONE])).unwrap();
    assert!(store.catalogue().unwrap().iter().all(|column| column.table != "two"));
}
