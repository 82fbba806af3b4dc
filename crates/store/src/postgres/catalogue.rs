//! The live schema of PostgreSQL, in the words of migrations.

use super::fault::Rules;
use super::session::Session;
use crate::catalogue::{Catalogue, Column, Index};
use crate::driver::Link;
use crate::error::Result;
use crate::statement::Statement;
use crate::value::Row;

static COLUMNS: Statement = Statement::new(
    "COLUMNS",
    "SELECT t.relname, a.attname,
            CASE format_type(a.atttypid, a.atttypmod) WHEN 'bytea' THEN '{bytes}' WHEN 'bigint' THEN 'BIGINT'
                WHEN 'text' THEN 'TEXT' ELSE format_type(a.atttypid, a.atttypmod) END,
            a.attnotnull, coalesce(array_position(k.conkey, a.attnum), 0)
     FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid
     LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p'
     WHERE n.nspname = current_schema() AND t.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY t.relname, a.attnum",
);

static INDEXES: Statement = Statement::new(
    "INDEXES",
    "SELECT t.relname, i.relname, x.indisunique, x.indisprimary, k.oid IS NOT NULL,
            (SELECT string_agg(a.attname, ' ' ORDER BY p.n) FROM unnest(x.indkey) WITH ORDINALITY p (attnum, n)
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = p.attnum)
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
     JOIN pg_namespace n ON n.oid = t.relnamespace
     LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u')
     WHERE n.nspname = current_schema()",
);

/// The live schema of the session's database.
pub(crate) fn read(session: &mut Session) -> Result<Catalogue> {
    let columns = session.rows(&COLUMNS, &[])?.iter().map(column).collect::<Result<_>>()?;
    let mut indexes = Vec::new();
    for row in session.rows(&INDEXES, &[])? {
        if !row.get::<bool>(3)? {
            indexes.push(index(&row)?);
        }
    }
    indexes.sort();
    Ok(Catalogue { columns, indexes })
}

/// What the unique keys list.
pub(crate) fn rules(session: &mut Session) -> Result<Rules> {
    let rule = |row: &Row| {
        let (table, columns): (String, String) = (row.get(0)?, row.get(5)?);
        let names: Vec<String> = columns.split(' ').map(|column| format!("{table}.{column}")).collect();
        Ok((row.get(1)?, names.join(", ")))
    };
    session.rows(&INDEXES, &[])?.iter().map(rule).collect()
}

fn column(row: &Row) -> Result<Column> {
    Ok(Column {
        table: row.get(0)?,
        column: row.get(1)?,
        kind: row.get(2)?,
        not_null: row.get(3)?,
        key_position: row.get(4)?,
    })
}

fn index(row: &Row) -> Result<Index> {
    let name = if row.get::<bool>(4)? { String::new() } else { row.get(1)? };
    let columns = row.get::<String>(5)?.split(' ').map(str::to_owned).collect();
    Ok(Index { table: row.get(0)?, name, columns, unique: row.get(2)? })
}
