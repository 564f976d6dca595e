package jpeg_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

// dctSyntaxes are those of PS3.5 A.4.1 whose values a DCT makes, retired ones
// too, by the last part of their UID.
var dctSyntaxes = map[string]bool{
	"50": true, "51": true, "52": true, "53": true, "54": true, "55": true, "56": true,
	"59": true, "60": true, "61": true, "62": true, "63": true, "64": true,
}

func TestMain(m *testing.M) {
	pixel.Decoders = map[dicom.UID]pixel.Decoder{}
	for n := range dctSyntaxes {
		pixel.Decoders[dicom.UID("1.2.840.10008.1.2.4."+n)] = jpeg.Decoder{}
	}
	os.Exit(m.Run())
}

func TestRealFramesEqualThoseThatOtherDecodersAgreeOn(t *testing.T) {
	seen := 0
	dir := oracle.Data(t)
	for _, r := range oracle.Rows(t) {
		ts := r["transfer_syntax"]
		if !strings.HasPrefix(ts, "1.2.840.10008.1.2.4.") || !dctSyntaxes[ts[20:]] {
			continue
		}
		f, err := dicom.ReadFile(filepath.Join(dir, r["file"]))
		if err != nil {
			t.Errorf("%s: %v", r["file"], err)
			continue
		}
		sum, err := pixel.StoredSHA256(f)
		switch {
		case r["pixel_verdict"] != "agree":
			t.Logf("%s: %s: %.16s %v %s", r["pixel_verdict"], r["file"], sum, err, r["notes"])
		case err != nil || sum != r["pixel_sha256"]:
			t.Errorf("%s: %s %v, want %s", r["file"], sum, err, r["pixel_sha256"])
		default:
			seen++
		}
	}
	t.Logf("%d files equal", seen)
}
