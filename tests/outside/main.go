// Checks an evidence pack and a proof of dncsync with the code that checks Go's checksum database: signed notes, tiles and
// proofs are all read by golang.org/x/mod, which knows nothing of dncsync. What is in here only finds the bytes.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: outside PACK PROOF KEY...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(pack, proof string, keys []string) error {
	var verifiers []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		verifiers = append(verifiers, verifier)
	}
	known := note.VerifierList(verifiers...)
	if err := checkPack(pack, known); err != nil {
		return err
	}
	if err := checkProof(proof, known); err != nil {
		return fmt.Errorf("%s: %w", proof, err)
	}
	return nil
}

// tiles is the directory of a pack. Go's own paths of tiles name their height, those of C2SP do not: it is always 8.
type tiles string

const height = 8

func (pack tiles) Height() int { return height }

func (pack tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		data, err := os.ReadFile(pack.path(tile))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (pack tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (pack tiles) path(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	return filepath.Join(string(pack), "tile", filepath.FromSlash(path))
}

func checkPack(pack string, known note.Verifiers) error {
	newest, err := os.ReadFile(filepath.Join(pack, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(newest, known)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	// Whatever comes out of this reader was hashed up to the signed root.
	hashes := tlog.TileHashReader(tree, tiles(pack))
	if err := checkRecords(pack, tree, hashes); err != nil {
		return err
	}
	checkpoints, err := checkCheckpoints(pack, newest, known, hashes)
	if err != nil {
		return err
	}
	fmt.Printf("%d records are in the tree, %d checkpoints go on from each other\n", tree.N, checkpoints)
	return nil
}

// checkRecords proves of each line of the log, and of each entry of a bundle, that the tree has it there.
func checkRecords(pack string, tree tlog.Tree, hashes tlog.HashReader) error {
	lines, err := readLines(filepath.Join(pack, "log.jsonl"))
	if err != nil {
		return err
	}
	if int64(len(lines)) != tree.N {
		return fmt.Errorf("log.jsonl: %d lines, and the checkpoint is of %d", len(lines), tree.N)
	}
	for at, line := range lines {
		proof, err := tlog.ProveRecord(tree.N, int64(at), hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(at), tlog.RecordHash(line)); err != nil {
			return fmt.Errorf("log.jsonl, line %d: %w", at+1, err)
		}
	}
	for first := 0; first < len(lines); first += 1 << height {
		width := len(lines) - first
		if width > 1<<height {
			width = 1 << height
		}
		// Level -1 is Go's name for the records themselves, and `data` what its paths have where those of C2SP have `entries`.
		tile := tlog.Tile{H: height, L: -1, N: int64(first >> height), W: width}
		path := strings.Replace(tiles(pack).path(tile), "data", "entries", 1)
		bundle, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var expected []byte
		for _, line := range lines[first : first+width] {
			expected = binary.BigEndian.AppendUint16(expected, uint16(len(line)))
			expected = append(expected, line...)
		}
		if !bytes.Equal(bundle, expected) {
			return fmt.Errorf("%s: it does not hold these lines of the log", path)
		}
	}
	return nil
}

type step struct {
	From int64          `json:"from"`
	To   int64          `json:"to"`
	Path tlog.TreeProof `json:"path"`
}

// checkCheckpoints opens them all, computes the root of each anew, and compares the proofs between neighbours byte by byte.
func checkCheckpoints(pack string, newest []byte, known note.Verifiers, hashes tlog.HashReader) (int, error) {
	notes, err := readNotes(filepath.Join(pack, "checkpoints.txt"))
	if err != nil {
		return 0, err
	}
	if !bytes.Equal(notes[len(notes)-1], newest) {
		return 0, errors.New("checkpoint: it is not the last one of checkpoints.txt")
	}
	proofs, err := readLines(filepath.Join(pack, "consistency.jsonl"))
	if err != nil {
		return 0, err
	}
	if len(proofs) != len(notes)-1 {
		return 0, fmt.Errorf("consistency.jsonl: %d lines for %d checkpoints", len(proofs), len(notes))
	}
	var before tlog.Tree
	for at, signed := range notes {
		tree, err := openCheckpoint(signed, known)
		if err != nil {
			return 0, fmt.Errorf("checkpoints.txt, the %d. one: %w", at+1, err)
		}
		root, err := tlog.TreeHash(tree.N, hashes)
		if err != nil {
			return 0, err
		}
		if root != tree.Hash {
			return 0, fmt.Errorf("checkpoints.txt: the tree of %d records has another root", tree.N)
		}
		if at > 0 {
			if err := checkStep(before, tree, proofs[at-1], hashes); err != nil {
				return 0, fmt.Errorf("consistency.jsonl, line %d: %w", at, err)
			}
		}
		before = tree
	}
	return len(notes), nil
}

func checkStep(before, after tlog.Tree, line []byte, hashes tlog.HashReader) error {
	var told step
	if err := json.Unmarshal(line, &told); err != nil {
		return err
	}
	if err := tlog.CheckTree(told.Path, after.N, after.Hash, before.N, before.Hash); err != nil {
		return err
	}
	proof, err := tlog.ProveTree(after.N, before.N, hashes)
	if err != nil {
		return err
	}
	expected, err := json.Marshal(step{before.N, after.N, proof})
	if err != nil {
		return err
	}
	if !bytes.Equal(line, expected) {
		return fmt.Errorf("it must be %s", expected)
	}
	return nil
}

type proof struct {
	Number string
	Item   struct {
		Source, Salt, Root string
		Position, Count    int64
		Path               tlog.RecordProof
	}
	Events []struct {
		Line string
		Path tlog.RecordProof
	}
	Checkpoint string
}

// checkProof follows the number into its batch, and the events that name the batch into the log.
func checkProof(path string, known note.Verifiers) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var told proof
	if err := json.Unmarshal(text, &told); err != nil {
		return err
	}
	tree, err := openCheckpoint([]byte(told.Checkpoint), known)
	if err != nil {
		return err
	}
	settled := false
	for _, event := range told.Events {
		var head struct {
			Seq             int64
			EventType, Root string
		}
		if err := json.Unmarshal([]byte(event.Line), &head); err != nil {
			return err
		}
		if err := tlog.CheckRecord(event.Path, tree.N, tree.Hash, head.Seq-1, tlog.RecordHash([]byte(event.Line))); err != nil {
			return fmt.Errorf("event %d: %w", head.Seq, err)
		}
		settled = settled || head.EventType == "batch.settled" && head.Root == told.Item.Root
	}
	if !settled {
		return errors.New("no event says that the item's batch was settled")
	}
	salt, err := hex.DecodeString(told.Item.Salt)
	if err != nil {
		return err
	}
	var root tlog.Hash
	if n, err := hex.Decode(root[:], []byte(told.Item.Root)); err != nil || n != len(root) {
		return fmt.Errorf("%q is no root", told.Item.Root)
	}
	// Of an item the same is hashed as of a record: a zero byte, and then the data.
	leaf := tlog.RecordHash(append(salt, told.Number+told.Item.Source...))
	if err := tlog.CheckRecord(told.Item.Path, told.Item.Count, root, told.Item.Position, leaf); err != nil {
		return fmt.Errorf("the item: %w", err)
	}
	fmt.Printf("%s is item %d of a batch that %d events of the log tell of\n", told.Number, told.Item.Position, len(told.Events))
	return nil
}

// openCheckpoint reads origin, size and root from a note that one of the keys has signed.
func openCheckpoint(signed []byte, known note.Verifiers) (tlog.Tree, error) {
	opened, err := note.Open(signed, known)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("%q are not three lines", opened.Text)
	}
	if lines[0] != opened.Sigs[0].Name {
		return tlog.Tree{}, fmt.Errorf("%s signed for %s", opened.Sigs[0].Name, lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// readNotes takes apart notes that have an empty line after each. Each has one itself, before its signature.
func readNotes(path string) ([][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	parts := bytes.Split(text, []byte("\n\n"))
	if len(parts) < 3 || len(parts)%2 == 0 || len(parts[len(parts)-1]) > 0 {
		return nil, fmt.Errorf("%s: it does not consist of notes", path)
	}
	var notes [][]byte
	for at := 0; at+1 < len(parts); at += 2 {
		notes = append(notes, []byte(fmt.Sprintf("%s\n\n%s\n", parts[at], parts[at+1])))
	}
	return notes, nil
}

// readLines takes apart a file whose last line has its end, too.
func readLines(path string) ([][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		return nil, fmt.Errorf("%s: its last line has no end", path)
	}
	return bytes.Split(text[:len(text)-1], []byte("\n")), nil
}
