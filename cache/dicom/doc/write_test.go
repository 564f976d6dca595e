package doc

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
)

// odd is a PDF of an odd number of bytes.
const odd = "%PDF-1.4\n%%EOF\n\n"

func paperOf(pdf string) Paper {
	h := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{dicom.PatientName: "PHANTOM^Änne", dicom.PatientID: "P-001", dicom.PatientBirthDate: "19530412",
		dicom.PatientSex: "F", dicom.StudyInstanceUID: "1.2.3.4", dicom.StudyDate: "20251120", dicom.StudyTime: "031200",
		dicom.StudyID: "1", dicom.AccessionNumber: "A1", dicom.Modality: "CT"} {
		h.SetStr(t, v)
	}
	return Paper{Study: h, SeriesUID: "1.2.3.4.8", SOPUID: "1.2.3.4.8.1", SeriesNumber: 9004, Title: "CT Chest Report",
		Concept: sr.Title("CT", "CHEST"), Institution: "Night Hospital", Verified: true,
		Content: time.Date(2025, 11, 20, 3, 30, 15, 0, time.UTC), PDF: []byte(pdf),
		Of: &sr.InstanceRef{Study: "1.2.3.4", Series: "1.2.3.4.9", Instance: "1.2.3.4.9.1", Class: dicom.BasicTextSRStorage}}
}

// PS3.3 C.24.2, PS3.5 8.2: an odd document has one byte of padding, and its length is
// stated.
func TestAPDFComesOutOfItsObjectByteForByte(t *testing.T) {
	for _, pdf := range []string{odd, odd + "\n"} {
		d, err := WritePDF(paperOf(pdf))
		if err != nil {
			t.Fatal(err)
		}
		b, err := dicom.Bytes(d, nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := dicom.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := f.Dataset.Get(dicom.EncapsulatedDocument)
		got, err := Read(f.Dataset)
		if err != nil || string(got.Data) != pdf || len(e.Bytes)%2 != 0 || got.Note != "" || got.Title != "CT Chest Report" {
			t.Errorf("%v: %d bytes of %d, note %q", err, len(got.Data), len(pdf), got.Note)
		}
		if f.Dataset.Str(dicom.BurnedInAnnotation) != "YES" || f.Dataset.Str(dicom.VerificationFlag) != "VERIFIED" ||
			f.Dataset.Item(0x00420013).Str(dicom.ReferencedSOPInstanceUID) != "1.2.3.4.9.1" {
			t.Error("burned in, verified or source is missing")
		}
	}
}

func TestAPaperThatWouldNotBeLegalIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Paper){
		"no study":   func(p *Paper) { p.Study = nil },
		"no UID":     func(p *Paper) { p.SOPUID = "1..2" },
		"no time":    func(p *Paper) { p.Content = time.Time{} },
		"no PDF":     func(p *Paper) { p.PDF = []byte("<html>") },
		"no content": func(p *Paper) { p.PDF = nil },
	} {
		p := paperOf(odd)
		spoil(&p)
		if _, err := WritePDF(p); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

func TestAValidatorAcceptsThePDFObjectAndAnotherReaderTakesItOut(t *testing.T) {
	take := oracle.Tool(t, "dcm2pdf")
	d, err := WritePDF(paperOf(odd))
	if err != nil {
		t.Fatal(err)
	}
	b, err := dicom.Bytes(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	oracle.Accept(t, "EncapsulatedPDF", b)
	path, out := oracle.Keep(t, "p.dcm", b), filepath.Join(t.TempDir(), "p.pdf")
	if said, err := exec.Command(take, path, out).CombinedOutput(); err != nil {
		t.Fatalf("dcm2pdf: %v %s", err, said)
	}
	got, _ := os.ReadFile(out)
	if !bytes.HasPrefix(got, []byte(odd)) || len(got) > len(odd)+1 {
		t.Errorf("dcm2pdf takes out %d bytes of %d", len(got), len(odd))
	}
}
