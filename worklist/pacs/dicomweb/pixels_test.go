package dicomweb_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// killer has values beyond its Bits Stored: asked for it as JPEG-LS, Orthanc 1.10.1 of
// Debian ends by an assertion of DCMTK.
const killer = "mlut_18.dcm"

// TestRealImagesHaveTheSamePixelsHoweverTheyTravel stores images of many scanners and
// encodings in Orthanc and wants, as stored and compressed for the wire, the stored
// values that the files have.
func TestRealImagesHaveTheSamePixelsHoweverTheyTravel(t *testing.T) {
	dir := oracle.Data(t, "ts")
	pixel.Decoders = all.Decoders()
	url, user, password := pacstest.StartOrthanc(t)
	arch := client(t, dicomweb.Config{BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: user, Password: password}, nil
	}})
	came := map[string]int{}
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".dcm") {
			return err
		}
		most := int64(40 << 10) // the nightly run takes larger ones, too
		if os.Getenv("NOCTURNE_LONG") != "" || d.Name() == killer {
			most = 600 << 10
		}
		if in, err := d.Info(); err != nil || in.Size() > most {
			return err
		}
		sameEitherWay(t, arch, path, came)
		return nil
	})
	t.Logf("images by how they came: %v", came)
	if came["JPEG-LS Lossless"] == 0 || len(came) < 3 {
		t.Errorf("images came only as %v", came)
	}
}

func sameEitherWay(t *testing.T, arch *dicomweb.Client, path string, came map[string]int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := dicom.Parse(b)
	if err != nil || f.Truncated || f.Pixel.Tag == 0 {
		return
	}
	want, err := pixel.StoredSHA256(f)
	if err != nil {
		return
	}
	ref := pacs.Ref{Study: dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)), Series: dicom.UID(f.Dataset.Str(dicom.SeriesInstanceUID)),
		Instance: dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID))}
	stored, err := arch.Store(context.Background(), ref.Study, b)
	if err != nil || len(stored.OK) != 1 {
		return // Orthanc does not take every file
	}
	for _, wire := range []pacs.Wire{pacs.AsStored, pacs.Lossless, pacs.Lossless} {
		err := arch.RetrieveAs(context.Background(), ref, wire, func(o pacs.Object) error {
			g, err := dicom.Parse(o.Bytes)
			if err != nil {
				return err
			}
			if wire == pacs.Lossless {
				came[g.TransferSyntax.Name()]++
			}
			if got, err := pixel.StoredSHA256(g); err != nil || got != want {
				t.Errorf("%s: stored in %s, came in %s with other pixels: %v", filepath.Base(path), f.TransferSyntax.Name(), g.TransferSyntax.Name(), err)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: wire %d: %v", filepath.Base(path), wire, err)
		}
	}
}
