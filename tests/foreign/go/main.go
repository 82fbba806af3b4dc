// Checks a published log with the library of Go's checksum database, which shares no code with Candour:
//
//	check FOLDER VKEY SEED [OLD-CHECKPOINT]
//
// The signature of the checkpoint; every leaf against its hash; 1,000 leaves by proofs of inclusion; that the log begins as
// the older checkpoint says. Each hash is authenticated by the signed root. Exit 0: it holds; 1: it does not, and why.
package main

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// folder reads tiles where tlog-tiles puts them: the library's own paths name the height too.
type folder string

func (f folder) Height() int                     { return height }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(f.at(strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) at(path string) string { return filepath.Join(string(f), path) }

// leaves reads the bundle of this number.
func (f folder) leaves(n, size int64) [][]byte {
	tile := tlog.Tile{H: height, L: 0, N: n, W: 256}
	if size-n*256 < 256 {
		tile.W = int(size - n*256)
	}
	data, err := os.ReadFile(f.at(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)))
	must(err)
	var leaves [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			fail("bundle %d is cut short", n)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		leaves = append(leaves, data[2:end])
		data = data[end:]
	}
	if len(leaves) != tile.W {
		fail("bundle %d has %d leaves and not %d", n, len(leaves), tile.W)
	}
	return leaves
}

// open verifies a checkpoint. The library knows one origin, its own, so that line is exchanged after the signature was verified.
func open(file, vkey string) tlog.Tree {
	text, err := os.ReadFile(file)
	must(err)
	verifier, err := note.NewVerifier(vkey)
	must(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != verifier.Name() {
		fail("the checkpoint is of %s", origin)
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	must(err)
	return tree
}

func main() {
	if len(os.Args) < 4 {
		fail("check FOLDER VKEY SEED [OLD-CHECKPOINT]")
	}
	log, vkey := folder(os.Args[1]), os.Args[2]
	seed, err := strconv.ParseInt(os.Args[3], 10, 64)
	must(err)
	tree := open(log.at("checkpoint"), vkey)
	reader := tlog.TileHashReader(tree, log)

	for n := int64(0); n*256 < tree.N; n++ {
		var places []int64
		leaves := log.leaves(n, tree.N)
		for at := range leaves {
			places = append(places, tlog.StoredHashIndex(0, n*256+int64(at)))
		}
		hashes, err := reader.ReadHashes(places)
		must(err)
		for at, leaf := range leaves {
			if tlog.RecordHash(leaf) != hashes[at] {
				fail("leaf %d is not what the log holds", n*256+int64(at))
			}
		}
	}

	random := rand.New(rand.NewSource(seed))
	for round := 0; round < 1000; round++ {
		index := random.Int63n(tree.N)
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		must(err)
		leaf := log.leaves(index/256, tree.N)[index%256]
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)))
	}

	if len(os.Args) > 4 {
		old := open(os.Args[4], vkey)
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Println(tree.N, tree.Hash)
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}
