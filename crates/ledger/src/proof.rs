//! Inclusion and consistency proofs: made as RFC 6962 defines them, verified by the algorithms of RFC 9162.

use crate::tree::{Hash, empty_root, node_hash, root, split};
use std::ops::Range;

/// The proof that leaf `index`, from 0, is in the tree over these leaf hashes: the hashes beside its path, lowest first
/// (RFC 9162 section 2.1.3.1). `None` when there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: u64) -> Option<Vec<Hash>> {
    roots(leaves, inclusion_ranges(index, leaves.len() as u64)?)
}

/// The leaves under each hash of an inclusion proof, in its order.
pub(crate) fn inclusion_ranges(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let mut subtree = 0..size;
    let mut ranges = Vec::new();
    while subtree.end - subtree.start > 1 {
        let (left, right) = halves(&subtree);
        let beside;
        (subtree, beside) = if left.contains(&index) { (left, right) } else { (right, left) };
        ranges.push(beside);
    }
    ranges.reverse();
    Some(ranges)
}

/// Whether `proof` shows that the leaf with this hash is leaf `index`, from 0, of the tree of `size` leaves with this
/// root (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(leaf_hash: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf_hash;
    for beside in proof {
        if last == 0 {
            return false;
        }
        if is_right(node, last) {
            hash = node_hash(beside, &hash);
            climb_to_right(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// The proof that the tree over these leaf hashes begins with the tree over the first `size` of them (RFC 9162 section
/// 2.1.4.1). Empty when `size` is 0 or all. `None` when there are fewer leaves than that.
pub fn consistency_proof(leaves: &[Hash], size: u64) -> Option<Vec<Hash>> {
    roots(leaves, consistency_ranges(size, leaves.len() as u64)?)
}

/// The leaves under each hash of a consistency proof, in its order.
pub(crate) fn consistency_ranges(old_size: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if old_size > size {
        return None;
    }
    if old_size == 0 {
        return Some(Vec::new());
    }
    let mut subtree = 0..size;
    let mut ranges = Vec::new();
    while old_size < subtree.end {
        let (left, right) = halves(&subtree);
        let beside;
        (subtree, beside) = if old_size <= left.end { (left, right) } else { (right, left) };
        ranges.push(beside);
    }
    // An older tree that is the leftmost part of the whole has a root that the verifier knows.
    if subtree.start > 0 {
        ranges.push(subtree);
    }
    ranges.reverse();
    Some(ranges)
}

/// The two subtrees of a tree of two leaves or more.
fn halves(subtree: &Range<u64>) -> (Range<u64>, Range<u64>) {
    let middle = subtree.start + split(subtree.end - subtree.start);
    (subtree.start..middle, middle..subtree.end)
}

fn roots(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Option<Vec<Hash>> {
    let root_over = |range: Range<u64>| {
        let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
        leaves.get(range).map(root)
    };
    ranges.into_iter().map(root_over).collect()
}

/// Whether `proof` shows that the tree of `size` leaves with `root` begins with the tree of `old_size` leaves with
/// `old_root` (RFC 9162 section 2.1.4.2). Every tree begins with the empty tree.
pub fn verify_consistency(old_size: u64, old_root: &Hash, size: u64, root: &Hash, proof: &[Hash]) -> bool {
    if old_size == size {
        return proof.is_empty() && old_root == root && (size > 0 || *root == empty_root());
    }
    if old_size == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    if old_size > size {
        return false;
    }
    // An old tree that is perfect is a node of the new one, and the proof leaves its hash out.
    let (start, proof) = match proof {
        _ if old_size.is_power_of_two() => (old_root, proof),
        [start, proof @ ..] => (start, proof),
        [] => return false,
    };
    let (mut node, mut last) = (old_size - 1, size - 1);
    let level = node.trailing_ones();
    node >>= level;
    last >>= level;
    let (mut old_hash, mut hash) = (*start, *start);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if is_right(node, last) {
            old_hash = node_hash(beside, &old_hash);
            hash = node_hash(beside, &hash);
            climb_to_right(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && hash == *root
}

/// Whether the next hash of the proof stands to the left: the node is a right child, or the last of its level and so
/// carried up until it is one.
fn is_right(node: u64, last: u64) -> bool {
    node & 1 == 1 || node == last
}

/// A last node without a right-hand neighbour is carried up, unhashed, until it is a right child.
fn climb_to_right(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{first, leaves, nth};

    const MOST: u64 = 64;

    fn inclusion(leaves: &[Hash], index: u64) -> Vec<Hash> {
        inclusion_proof(leaves, index).expect("a leaf")
    }

    fn consistency(leaves: &[Hash], size: u64) -> Vec<Hash> {
        consistency_proof(leaves, size).expect("enough leaves")
    }

    /// The proof with one bit changed, in every hash; with a hash too many at either end; one short at either end; with
    /// two neighbours in the wrong order.
    fn broken(proof: &[Hash]) -> Vec<Vec<Hash>> {
        let mut all = Vec::new();
        for n in 0..proof.len() {
            let mut bit = proof.to_vec();
            bit[n][n % 32] ^= 1 << (n % 8);
            all.push(bit);
        }
        all.push([proof, &[[0; 32]]].concat());
        all.push([&[[0; 32]], proof].concat());
        if let [_, rest @ ..] = proof {
            all.push(rest.to_vec());
            all.push(proof[..proof.len() - 1].to_vec());
        }
        for n in 1..proof.len() {
            let mut order = proof.to_vec();
            order.swap(n - 1, n);
            all.push(order);
        }
        all
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proved() {
        let all = leaves(MOST);
        for size in 1..=MOST {
            let (leaves, whole) = (first(&all, size), root(first(&all, size)));
            for index in 0..size {
                let proof = inclusion(leaves, index);
                let leaf = nth(&all, index);
                assert!(verify_inclusion(leaf, index, size, &proof, &whole), "{index} of {size}");
            }
        }
    }

    #[test]
    fn no_leaf_is_proved_at_another_index_or_under_another_root() {
        let all = leaves(MOST);
        for size in 1..=MOST {
            let (leaves, whole) = (first(&all, size), root(first(&all, size)));
            for index in 0..size {
                let proof = inclusion(leaves, index);
                let leaf = nth(&all, index);
                for other in (0..=MOST).filter(|other| *other != index) {
                    assert!(!verify_inclusion(leaf, other, size, &proof, &whole));
                }
                let mut changed = *leaf;
                changed[31] ^= 1;
                assert!(!verify_inclusion(&changed, index, size, &proof, &whole));
                let mut changed = whole;
                changed[0] ^= 0x80;
                assert!(!verify_inclusion(leaf, index, size, &proof, &changed));
            }
        }
    }

    #[test]
    fn no_broken_inclusion_proof_verifies() {
        let all = leaves(MOST);
        for size in 1..=MOST {
            let (leaves, whole) = (first(&all, size), root(first(&all, size)));
            for index in 0..size {
                let leaf = nth(&all, index);
                for proof in broken(&inclusion(leaves, index)) {
                    assert!(!verify_inclusion(leaf, index, size, &proof, &whole));
                }
            }
        }
    }

    /// A proof alone does not fix the size of the tree; the root of that size does. So each other size comes with its
    /// own root here.
    #[test]
    fn no_inclusion_proof_serves_a_tree_of_another_size() {
        let all = leaves(MOST);
        let roots: Vec<Hash> = (0..=MOST).map(|size| root(first(&all, size))).collect();
        for size in 1..=MOST {
            for index in 0..size {
                let proof = inclusion(first(&all, size), index);
                let leaf = nth(&all, index);
                for other in (0..=MOST).filter(|other| *other != size) {
                    let whole = nth(&roots, other);
                    assert!(!verify_inclusion(leaf, index, other, &proof, whole));
                }
            }
        }
    }

    #[test]
    fn there_is_no_proof_of_a_leaf_that_is_not_there() {
        let leaves = leaves(5);
        assert_eq!(inclusion_proof(&leaves, 5), None);
        assert_eq!(inclusion_proof(&leaves, u64::MAX), None);
        assert_eq!(inclusion_proof(&[], 0), None);
        assert_eq!(consistency_proof(&leaves, 6), None);
        assert!(!verify_inclusion(&leaves[0], 0, 0, &[], &empty_root()));
    }

    #[test]
    fn every_small_tree_begins_with_every_smaller_one() {
        let all = leaves(MOST);
        for size in 0..=MOST {
            let whole = root(first(&all, size));
            for old in 0..=size {
                let old_root = root(first(&all, old));
                let proof = consistency(first(&all, size), old);
                assert!(verify_consistency(old, &old_root, size, &whole, &proof), "{old} of {size}");
            }
        }
    }

    #[test]
    fn no_broken_consistency_proof_verifies() {
        let all = leaves(MOST);
        for size in 0..=MOST {
            let whole = root(first(&all, size));
            for old in 0..=size {
                let old_root = root(first(&all, old));
                for proof in broken(&consistency(first(&all, size), old)) {
                    assert!(!verify_consistency(old, &old_root, size, &whole, &proof));
                }
            }
        }
    }

    #[test]
    fn no_consistency_proof_serves_another_pair_of_trees() {
        let all = leaves(MOST);
        let roots: Vec<Hash> = (0..=MOST).map(|size| root(first(&all, size))).collect();
        for size in 1..=MOST {
            for old in 1..size {
                let proof = consistency(first(&all, size), old);
                let (old_root, whole) = (nth(&roots, old), nth(&roots, size));
                for other in (0..=MOST).filter(|other| *other != old) {
                    let other_root = nth(&roots, other);
                    assert!(!verify_consistency(other, other_root, size, whole, &proof));
                    assert!(!verify_consistency(old, other_root, size, whole, &proof));
                }
                for other in (0..=MOST).filter(|other| *other != size) {
                    let other_root = nth(&roots, other);
                    assert!(!verify_consistency(old, old_root, other, other_root, &proof));
                    assert!(!verify_consistency(old, old_root, size, other_root, &proof));
                }
            }
        }
    }

    #[test]
    fn a_rewritten_log_is_not_consistent() {
        let honest = leaves(40);
        let mut rewritten = honest.clone();
        rewritten[11][0] ^= 1;
        let old_root = root(first(&honest, 20));
        let proof = consistency(&rewritten, 20);
        assert!(!verify_consistency(20, &old_root, 40, &root(&rewritten), &proof));
    }

    #[test]
    fn the_largest_sizes_are_answered() {
        let proof = [[3; 32]; 70];
        let hash = [1; 32];
        for size in [u64::MAX, 1 << 63, (1 << 63) + 1] {
            assert!(!verify_inclusion(&hash, size - 1, size, &proof, &hash));
            assert!(!verify_inclusion(&hash, size, size, &proof, &hash));
            for old in [1, size - 1, size, 1 << 62] {
                assert!(!verify_consistency(old, &hash, size, &hash, &proof));
            }
        }
    }
}
