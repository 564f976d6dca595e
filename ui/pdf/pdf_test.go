package pdf

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/doc"
	"github.com/nocturne/nocturne/cache/oracle"
)

func page(text string) []byte {
	stream := "BT /F1 24 Tf 72 700 Td (" + text + ") Tj ET"
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n" +
		"4 0 obj<</Length " + strconv.Itoa(len(stream)) + ">>stream\n" + stream + "\nendstream endobj\n" +
		"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

func TestTextAndPageOfAPDFComeBackByThePipe(t *testing.T) {
	oracle.Tool(t, "pdftotext")
	oracle.Tool(t, "pdftoppm")
	text, pages, err := Text(t.Context(), page("No pneumothorax."))
	if err != nil || pages != 1 || !strings.Contains(text, "No pneumothorax.") {
		t.Fatalf("%q, %d pages, %v", text, pages, err)
	}
	im, err := Page(t.Context(), page("No pneumothorax."), 1, 792)
	if err != nil {
		t.Fatal(err)
	}
	if b := im.Bounds(); b.Dx() != 612 || b.Dy() != 792 { // one pixel a point
		t.Errorf("a letter page is %v", b)
	}
	dark := 0
	for y := 70; y < 100; y++ { // the line stands 92 points below the top
		for x := 72; x < 300; x++ {
			if r, _, _, _ := im.At(x, y).RGBA(); r < 0x4000 {
				dark++
			}
		}
	}
	if dark < 200 {
		t.Errorf("%d dark pixels where the line stands", dark)
	}
	if _, err := Page(t.Context(), page("x"), 2, 792); err == nil {
		t.Error("a page that is not there was painted")
	}
}

func TestWhatIsNoPDFIsSaidToBeUnreadable(t *testing.T) {
	oracle.Tool(t, "pdftotext")
	if _, _, err := Text(t.Context(), []byte("%PDF-1.4 and nothing more")); !errors.Is(err, ErrUnreadable) {
		t.Errorf("broken: %v", err)
	}
}

func TestAMissingProgramIsNamedWithItsPackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, _, err := Text(t.Context(), page("x"))
	var missing *MissingError
	if !errors.As(err, &missing) || !strings.Contains(err.Error(), "poppler-utils") {
		t.Errorf("without programs: %v", err)
	}
}

func TestAProgramEndsWithItsContextAndAtItsBound(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs sh")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("sh is not installed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	if _, err := run(ctx, nil, 10, "sh", "-c", "exec sleep 60"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := run(t.Context(), nil, 1000, "sh", "-c", "exec cat /dev/zero"); !errors.Is(err, ErrTooLong) {
		t.Errorf("without end: %v", err)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it took %v", d)
	}
	b, err := run(t.Context(), []byte("secret"), 1000, "sh", "-c", "cat; env")
	if err != nil || !bytes.HasPrefix(b, []byte("secret")) || bytes.Contains(b, []byte("NOCTURNE")) {
		t.Errorf("by the pipe: %q, %v", b, err)
	}
}

func TestEveryRealPDFHasPages(t *testing.T) {
	oracle.Tool(t, "pdftotext")
	n := 0
	for _, row := range oracle.Rows(t) {
		if row["sop_class"] != "Encapsulated PDF Storage" {
			continue
		}
		n++
		f, err := dicom.ReadFile(oracle.Data(t, row["file"]))
		if err != nil {
			t.Fatal(err)
		}
		d, err := doc.Read(f.Dataset)
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			continue
		}
		if text, pages, err := Text(t.Context(), d.Data); err != nil || pages == 0 || strings.TrimSpace(text) == "" {
			t.Errorf("%s: %d pages, %v", row["file"], pages, err)
		}
	}
	if n == 0 {
		t.Skip("no PDF in the data")
	}
}
