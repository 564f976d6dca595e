package pixel_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
)

func TestMain(m *testing.M) {
	pixel.Decoders = all.Decoders()
	os.Exit(m.Run())
}

// dataDir is the folder of real data, or the test is skipped.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("NOCTURNE_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.tsv")); err != nil {
		t.Skip("the real data is not here: set NOCTURNE_DATA")
	}
	return dir
}

// manifest returns the rows of manifest.tsv by column name.
func manifest(t *testing.T, dir string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var names []string
	var rows []map[string]string
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if names == nil {
			names = cells
			continue
		}
		row := map[string]string{}
		for i, c := range cells {
			row[names[i]] = c
		}
		rows = append(rows, row)
	}
	return rows
}

var native = map[string]bool{
	"1.2.840.10008.1.2": true, "1.2.840.10008.1.2.1": true,
	"1.2.840.10008.1.2.2": true, "1.2.840.10008.1.2.1.99": true,
}

const rleLossless = "1.2.840.10008.1.2.5"

func TestStoredValuesAreThoseThatOtherDecodersAgreeOn(t *testing.T) {
	dir := dataDir(t)
	seen := map[string]int{}
	for _, row := range manifest(t, dir) {
		ts := row["transfer_syntax"]
		if row["pixel_verdict"] != "agree" || !native[ts] && ts != rleLossless {
			continue
		}
		seen[ts]++
		f, err := dicom.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			continue
		}
		sum, err := pixel.StoredSHA256(f)
		if err != nil || sum != row["pixel_sha256"] {
			t.Errorf("%s: %s %v, want %s", row["file"], sum, err, row["pixel_sha256"])
		}
	}
	t.Logf("files equal to the manifest, by transfer syntax: %v", seen)
	if len(seen) != 5 {
		t.Errorf("transfer syntaxes met: %v, want five kinds", seen)
	}
}
