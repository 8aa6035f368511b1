// Checks a published log with the libraries of Go's checksum database, which know nothing of ours.
//
// usage: check FOLDER VKEY [SKEY]
//
// FOLDER holds tiles in the layout of C2SP tlog-tiles and checkpoints named checkpoint*. Where it has
// inclusion/SIZE/INDEX and consistency/NEW/OLD, the base64 hashes in these must be Go's own proofs. With
// the secret key, Go's signature over each checkpoint's text must be the same bytes.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error, what ...interface{}) {
	if err != nil {
		log.Fatal(append(what, ": ", err)...)
	}
}

// The tiles of a folder. Go writes the tile height into the path, C2SP does not.
type folder string

func (f folder) Height() int                                { return 8 }
func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

// The entries of a log of n, from its entry bundles.
func (f folder) entries(n int64) (entries [][]byte) {
	for start := int64(0); start < n; start += 256 {
		width := 256
		if n-start < 256 {
			width = int(n - start)
		}
		tile := tlog.Tile{H: 8, L: 0, N: start / 256, W: width}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		must(err)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:2+length])
			data = data[2+length:]
		}
	}
	return entries
}

func readHashes(path string) (hashes []tlog.Hash) {
	text, err := os.ReadFile(path)
	must(err)
	for _, line := range strings.Fields(string(text)) {
		hash, err := tlog.ParseHash(line)
		must(err, path)
		hashes = append(hashes, hash)
	}
	return hashes
}

// same tells whether two proofs are equal; an empty one may be nil.
func same(a, b []tlog.Hash) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

func names(pattern ...string) []string {
	found, err := filepath.Glob(filepath.Join(pattern...))
	must(err)
	return found
}

func number(path string) int64 {
	n, err := strconv.ParseInt(filepath.Base(path), 10, 64)
	must(err, path)
	return n
}

func main() {
	files := folder(os.Args[1])
	verifier, err := note.NewVerifier(os.Args[2])
	must(err, "vkey")
	trees := map[int64]tlog.Tree{}
	for _, path := range names(string(files), "checkpoint*") {
		bytes, err := os.ReadFile(path)
		must(err)
		opened, err := note.Open(bytes, note.VerifierList(verifier))
		must(err, path)
		lines := strings.Split(opened.Text, "\n")
		if len(lines) != 4 || lines[0] != verifier.Name() {
			log.Fatalf("%s: %q", path, opened.Text)
		}
		size, err := strconv.ParseInt(lines[1], 10, 64)
		must(err, path)
		root, err := base64.StdEncoding.DecodeString(lines[2])
		must(err, path)
		tree := tlog.Tree{N: size}
		copy(tree.Hash[:], root)
		trees[size] = tree
		if len(os.Args) > 3 {
			signer, err := note.NewSigner(os.Args[3])
			must(err, "skey")
			signed, err := note.Sign(&note.Note{Text: opened.Text}, signer)
			must(err)
			if string(signed) != string(bytes) {
				log.Fatalf("%s: Go signs %q", path, signed)
			}
		}
	}
	proofs := 0
	for size, tree := range trees {
		if size == 0 {
			continue // Go has no root of an empty tree.
		}
		hashes := tlog.TileHashReader(tree, files)
		root, err := tlog.TreeHash(size, hashes)
		must(err, "tree of ", size)
		if root != tree.Hash {
			log.Fatalf("tree of %d: %v, signed %v", size, root, tree.Hash)
		}
		entries := files.entries(size)
		if int64(len(entries)) != size {
			log.Fatalf("%d entries in the bundles of %d", len(entries), size)
		}
		var indexes []int64
		for i := range entries {
			indexes = append(indexes, tlog.StoredHashIndex(0, int64(i)))
		}
		leaves, err := hashes.ReadHashes(indexes)
		must(err)
		for i, entry := range entries {
			if leaves[i] != tlog.RecordHash(entry) {
				log.Fatalf("entry %d is not the leaf in the tile", i)
			}
		}
		dir := strconv.FormatInt(size, 10)
		for _, path := range names(string(files), "inclusion", dir, "*") {
			index := number(path)
			ours := readHashes(path)
			theirs, err := tlog.ProveRecord(size, index, hashes)
			must(err)
			if !same(ours, theirs) {
				log.Fatalf("%s: Go proves %v", path, theirs)
			}
			must(tlog.CheckRecord(ours, size, tree.Hash, index, leaves[index]), path)
			proofs++
		}
		for _, path := range names(string(files), "consistency", dir, "*") {
			old := number(path)
			ours := readHashes(path)
			theirs, err := tlog.ProveTree(size, old, hashes)
			must(err)
			if !same(ours, theirs) {
				log.Fatalf("%s: Go proves %v", path, theirs)
			}
			must(tlog.CheckTree(ours, size, tree.Hash, old, trees[old].Hash), path)
			proofs++
		}
	}
	fmt.Printf("%d trees, %d proofs\n", len(trees), proofs)
}
