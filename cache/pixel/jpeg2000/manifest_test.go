package jpeg2000

import (
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
)

var syntaxes = map[string]bool{
	"1.2.840.10008.1.2.4.90": true, "1.2.840.10008.1.2.4.91": true,
	"1.2.840.10008.1.2.4.201": true, "1.2.840.10008.1.2.4.202": true, "1.2.840.10008.1.2.4.203": true,
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
	dir := oracle.Data(t)
	register()
	seen := map[string]int{}
	for _, row := range oracle.Rows(t) {
		if !syntaxes[row["transfer_syntax"]] {
			continue
		}
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
