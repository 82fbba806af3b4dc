//! The tree hash of RFC 6962 section 2.1, over SHA-256.

use crate::leaf::MAX_LEAF;
use aws_lc_rs::digest::{Context, SHA256, digest};

/// A SHA-256 digest: of a leaf, of a subtree, of a notice, or a commitment.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256(0x00 ‖ leaf).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    // In one piece: a hash fed piece by piece allocates a context of its own.
    let mut bytes = [0; MAX_LEAF + 1];
    match bytes.get_mut(1..=leaf.len()) {
        Some(place) => place.copy_from_slice(leaf),
        None => return sha256(&[&[0], leaf]),
    }
    hash(&bytes[..=leaf.len()])
}

/// The hash of a node over its two subtrees: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    hash(&bytes)
}

/// The root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// The root of the tree over these leaf hashes. A tree that is not perfect is split at the largest power of two below
/// its size.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(1 << (leaves.len() - 1).ilog2());
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two below `size`, which is at least 2: how many leaves the left subtree has.
pub(crate) fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

fn hash(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The hashes of `count` different leaves.
    pub(crate) fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    pub(crate) fn first(hashes: &[Hash], count: u64) -> &[Hash] {
        &hashes[..usize::try_from(count).expect("small")]
    }

    pub(crate) fn nth(hashes: &[Hash], n: u64) -> &Hash {
        &hashes[usize::try_from(n).expect("small")]
    }

    fn hex(hash: Hash) -> String {
        let digits = |byte: u8| [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]);
        hash.into_iter().flat_map(digits).map(char::from).collect()
    }

    /// The roots over the first 0 to 8 of these leaves, as the Certificate Transparency reference implementation
    /// tests them.
    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let inputs: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let leaves: Vec<Hash> = inputs.into_iter().map(leaf_hash).collect();
        for (size, expected) in roots.into_iter().enumerate() {
            assert_eq!(hex(root(&leaves[..size])), expected, "{size} leaves");
        }
    }

    #[test]
    fn a_leaf_cannot_pass_for_a_node() {
        let [left, right] = [[1; 32], [2; 32]];
        let both = [left, right].concat();
        assert_ne!(leaf_hash(&both), node_hash(&left, &right));
    }

    #[test]
    fn a_leaf_of_any_length_is_hashed_alike() {
        let bytes = [7; 1_000];
        for length in [0, 1, 64, MAX_LEAF - 1, MAX_LEAF, MAX_LEAF + 1, 1_000] {
            assert_eq!(leaf_hash(&bytes[..length]), sha256(&[&[0], &bytes[..length]]), "{length} bytes");
        }
    }

    #[test]
    fn the_left_subtree_is_the_largest_perfect_one() {
        assert_eq!([2, 3, 4, 5, 8, 9].map(split), [1, 2, 2, 4, 4, 8]);
    }
}
