package jpegls_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/jpegls"
)

func TestMain(m *testing.M) {
	pixel.Decoders = map[dicom.UID]pixel.Decoder{
		dicom.JPEGLSLossless: jpegls.Decoder{}, dicom.JPEGLSNearLossless: jpegls.Decoder{},
	}
	os.Exit(m.Run())
}

// realFiles are the rows of the manifest that others agree on in a JPEG-LS transfer
// syntax: file and SHA-256 of the stored values. Without them the test is skipped.
func realFiles(t testing.TB) (dir string, sums map[string]string) {
	t.Helper()
	dir, sums = oracle.Data(t), map[string]string{}
	for _, row := range oracle.Rows(t) {
		ts := dicom.UID(row["transfer_syntax"])
		if (ts == dicom.JPEGLSLossless || ts == dicom.JPEGLSNearLossless) && row["pixel_verdict"] == "agree" {
			sums[row["file"]] = row["pixel_sha256"]
		}
	}
	return dir, sums
}

func TestRealFilesHoldTheValuesThatOtherDecodersAgreeOn(t *testing.T) {
	dir, sums := realFiles(t)
	for name, want := range sums {
		f, err := dicom.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if sum, err := pixel.StoredSHA256(f); err != nil || sum != want {
			t.Errorf("%s: %s %v, want %s", name, sum, err, want)
		}
	}
	if len(sums) < 100 {
		t.Errorf("only %d files", len(sums))
	}
	t.Logf("%d files equal to the manifest", len(sums))
}

// frames are the codestreams of the real files' first frames.
func frames(t testing.TB) map[string][]byte {
	dir, sums := realFiles(t)
	out := map[string][]byte{}
	for name := range sums {
		f, err := dicom.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if out[name], err = f.Frame(0); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return out
}

func TestRealFramesComeBackFromOurEncoder(t *testing.T) {
	for name, frame := range frames(t) {
		px, h, err := jpegls.Decode(nil, frame, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		h.Near = 0
		again, err := jpegls.Encode(nil, px, h, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if back, _, err := jpegls.Decode(nil, again, 0); err != nil || !bytes.Equal(back, px) {
			t.Errorf("%s: %v, equal %v", name, err, bytes.Equal(back, px))
		}
	}
}

func TestRealFramesThatEndEarlyAreInvalid(t *testing.T) {
	for name, frame := range frames(t) {
		for _, share := range []int{10, 50, 90} {
			if _, _, err := jpegls.Decode(nil, frame[:len(frame)*share/100], 0); !isInvalid(err) {
				t.Errorf("%s, %d %%: %v", name, share, err)
			}
		}
	}
}
