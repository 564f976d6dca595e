package jpeg2000

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// dataDir is the folder of real data, or the test is skipped.
func dataDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("NOCTURNE_DATA")
	if dir == "" {
		dir = "../../../../shared/data"
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.tsv")); err != nil {
		t.Skip("the real data is not here: set NOCTURNE_DATA")
	}
	return dir
}

var syntaxes = map[string]bool{
	"1.2.840.10008.1.2.4.90": true, "1.2.840.10008.1.2.4.91": true,
	"1.2.840.10008.1.2.4.201": true, "1.2.840.10008.1.2.4.202": true, "1.2.840.10008.1.2.4.203": true,
}

// manifest returns the rows of our transfer syntaxes by column name.
func manifest(t testing.TB, dir string) []map[string]string {
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
		if syntaxes[row["transfer_syntax"]] {
			rows = append(rows, row)
		}
	}
	return rows
}

func register() {
	pixel.Decoders = map[dicom.UID]pixel.Decoder{}
	for ts := range syntaxes {
		pixel.Decoders[dicom.UID(ts)] = Decoder{}
	}
}

// plain are files without a sum of which an uncompressed twin exists: gdcm writes
// bits as bytes and cuts them, and a file whose last delimiter is cut off was not
// tried.
var plain = map[string]string{
	"ts/pydicom-data/liver_j2k.dcm":                             "objects/seg-ct-liver/liver.dcm",
	"ts/pydicom-data/liver_nonbyte_aligned_j2k.dcm":             "ts/pydicom-data/liver_nonbyte_aligned.dcm",
	"ts/pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm": "ts/pydicom-data/emri_small.dcm",
}

// A file of verdict single is held against the one decoder that read it (the
// manifest has its sum), and one that none reads must be refused.
func TestRealFilesHaveTheStoredValuesOthersFound(t *testing.T) {
	dir := dataDir(t)
	register()
	seen := map[string]int{}
	for _, row := range manifest(t, dir) {
		sum, err := sumOf(dir, row["file"])
		want, verdict := row["pixel_sha256"], row["pixel_verdict"]
		if twin := plain[row["file"]]; twin != "" {
			verdict = "as its uncompressed twin"
			if want, err = sumOf(dir, twin); err != nil {
				t.Fatal(err)
			}
			sum, err = sumOf(dir, row["file"])
		}
		switch {
		case verdict == "none" || verdict == "no-pixels":
			if err == nil {
				t.Errorf("%s was decoded, where others refuse", row["file"])
			}
			t.Logf("%s is refused: %v", row["file"], err)
		case err != nil || sum != want:
			t.Errorf("%s (%s): %s %v, want %s", row["file"], verdict, sum, err, want)
			continue
		}
		seen[verdict]++
	}
	t.Logf("files equal to the manifest, by verdict: %v", seen)
}

func sumOf(dir, name string) (string, error) {
	f, err := dicom.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "", err
	}
	return pixel.StoredSHA256(f)
}
