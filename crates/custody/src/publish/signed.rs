//! What was signed: the newest checkpoint, and the hashes under it, for whoever asks and in whatever process.

use super::find_log;
use crate::edge::Edge;
use crate::evidence::index;
use crate::{Custody, Error, Result, rows};
use ledger::{Hash, TileId};
use std::sync::Arc;
use store::Tx;

/// A checkpoint that was signed, with what a proof under it needs beside full tiles.
pub(crate) struct Signed {
    pub text: String,
    pub edge: Edge,
}

impl Custody {
    /// The newest checkpoint that was signed.
    pub fn checkpoint(&self) -> Result<Option<String>> {
        if self.signs() {
            return Ok(self.publisher().signed().first().map(|signed| signed.text.clone()));
        }
        let custody = self.clone();
        let signed = self.store().read_blocking("checkpoint", move |tx| custody.signed(tx))?;
        Ok(signed.map(|signed| signed.text.clone()))
    }

    /// A tile of hashes of the published log by its path, `tile/0/x001/234`; `None` where there is none, and for entries, which
    /// are not for everybody.
    pub fn tile(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let Some(id) = TileId::parse(path).ok() else {
            return Ok(None);
        };
        let custody = self.clone();
        self.store().read_blocking("tile", move |tx| match custody.signed(tx)? {
            Some(signed) => signed.tile(tx, id),
            None => Ok(None),
        })
    }

    /// The newest checkpoint whose log this transaction sees.
    pub(crate) fn signed(&self, tx: &mut Tx<'_>) -> Result<Option<Arc<Signed>>> {
        let size = find_log(tx)?.head.size();
        let known = self.publisher().signed().into_iter().find(|signed| signed.edge.size() <= size);
        if self.signs() {
            return Ok(known);
        }
        let Some(row) = tx.optional(&rows::LAST_CHECKPOINT, &[])? else {
            return Ok(known);
        };
        let newest: u64 = row.get(0)?;
        if known.as_ref().is_some_and(|known| known.edge.size() >= newest) {
            return Ok(known);
        }
        self.publisher().remember(row.get(1)?, Edge::read(tx, newest)?);
        Ok(self.publisher().signed().into_iter().find(|signed| signed.edge.size() == newest))
    }

    /// Whether no other process can sign.
    fn signs(&self) -> bool {
        self.store().is_alone() && self.store().is_only_writer()
    }

    /// How far another process has published.
    pub(super) fn read_signed(&self) -> Result<u64> {
        let custody = self.clone();
        let signed = self.store().read_blocking("checkpoint", move |tx| custody.signed(tx))?;
        Ok(signed.map_or(0, |signed| signed.edge.size()))
    }
}

impl Signed {
    /// The hashes of a tile, full or not, of the log as it was signed; `None` where it had none.
    pub(crate) fn tile(&self, tx: &mut Tx<'_>, id: TileId) -> Result<Option<Vec<u8>>> {
        let TileId { level, n, width } = id;
        let Some(stands) = TileId::within(level, n, self.edge.size()).filter(|stands| width <= stands.width) else {
            return Ok(None);
        };
        let last = self.edge.levels().get(usize::from(level)).filter(|_| !stands.is_full());
        let mut bytes = last.map_or_else(|| full_tile(tx, level, n), |hashes| Ok(hashes.concat()))?;
        bytes.truncate(usize::from(width) * size_of::<Hash>());
        Ok(Some(bytes))
    }
}

/// A full tile, which must stand.
pub(super) fn full_tile(tx: &mut Tx<'_>, level: u8, n: u64) -> Result<Vec<u8>> {
    let row = tx.optional(&rows::FIND_TILE, &[i64::from(level).into(), index(n)?.into()])?;
    row.map_or_else(|| Err(Error::Log(format!("tile {n} of level {level} is missing"))), |row| Ok(row.get(0)?))
}
