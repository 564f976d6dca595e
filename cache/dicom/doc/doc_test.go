package doc

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

func object(class dicom.UID, data []byte, stated int) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(class))
	d.SetStr(dicom.DocumentTitle, "Consult")
	d.Set(dicom.Element{Tag: dicom.EncapsulatedDocument, VR: "OB", Bytes: data})
	if stated >= 0 {
		d.SetInt(encapsulatedDocumentLength, stated)
	}
	return d
}

func TestADocumentComesOutByteForByteWithoutItsPadding(t *testing.T) {
	const stl = "1.2.840.10008.5.1.4.1.1.104.3"
	for name, c := range map[string]struct {
		class  dicom.UID
		data   string
		stated int
		want   string
		note   bool
	}{
		"even":                          {dicom.EncapsulatedPDFStorage, "%PDF-1.4", -1, "%PDF-1.4", false},
		"padded by the standard":        {dicom.EncapsulatedPDFStorage, "%PDF-1.\x00", -1, "%PDF-1.", false},
		"length stated, padded":         {dicom.EncapsulatedPDFStorage, "%PDF-1.\x00", 7, "%PDF-1.", false},
		"length stated, ends in NUL":    {dicom.EncapsulatedPDFStorage, "%PDF-1.\x00", 8, "%PDF-1.\x00", false},
		"length stated far too short":   {dicom.EncapsulatedPDFStorage, "%PDF-1.4", 3, "%PDF-1.4", true},
		"a solid's last NUL is its own": {stl, "solid\x00", -1, "solid\x00", false},
		"a solid's stated length":       {stl, "solid\x00", 5, "solid", false},
	} {
		got, err := Read(object(c.class, []byte(c.data), c.stated))
		if err != nil || string(got.Data) != c.want || (got.Note != "") != c.note || got.Title != "Consult" {
			t.Errorf("%s: %q, note %q, %v", name, got.Data, got.Note, err)
		}
	}
}

func TestWhatIsNoWholeDocumentIsRefused(t *testing.T) {
	for name, d := range map[string]*dicom.Dataset{
		"an image":       object(dicom.CTImageStorage, []byte("%PDF-1.4"), -1),
		"empty":          object(dicom.EncapsulatedPDFStorage, nil, -1),
		"ends early":     object(dicom.EncapsulatedPDFStorage, []byte("%PDF-1.4"), 9),
		"another format": object(dicom.EncapsulatedPDFStorage, []byte("<html></html>"), -1),
		"nothing":        {},
	} {
		var invalid *dicom.InvalidError
		if _, err := Read(d); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheMediaTypeIsTheStatedOneElseTheClass(t *testing.T) {
	d := object("1.2.840.10008.5.1.4.1.1.104.2", []byte("<x/>"), -1)
	if got, err := Read(d); err != nil || got.MIME != CDA {
		t.Errorf("by class: %q, %v", got.MIME, err)
	}
	d.SetStr(dicom.MIMETypeOfEncapsulatedDocument, "TEXT/XML; charset=utf-8")
	if got, err := Read(d); err != nil || got.MIME != CDA {
		t.Errorf("as stated: %q, %v", got.MIME, err)
	}
}

func TestAClinicalDocumentReadsAsItsLines(t *testing.T) {
	const cda = `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2"/><title>Consultation</title>
	<component><structuredBody><component><section><code code="1"/><title>Findings</title><text>
	  <paragraph>Lungs   clear &amp; wide.</paragraph><list><item>no effusion</item><item>no <content>mass</content></item></list>
	  <table><tr><th>Site</th><th>mm</th></tr><tr><td>RUL</td><td>7</td></tr></table></text></section></component></structuredBody></component></ClinicalDocument>`
	got, ok, err := Document{MIME: CDA, Data: []byte(cda)}.Text()
	var lines []string
	for l := range strings.SplitSeq(got, "\n") {
		if l != "" {
			lines = append(lines, l)
		}
	}
	want := "Consultation|Findings|Lungs clear & wide.|no effusion|no mass|Site\tmm|RUL\t7"
	if strings.Join(lines, "|") != want || !ok || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, _, err := (Document{MIME: CDA, Data: []byte("<a><b></a>")}).Text(); err == nil {
		t.Error("broken XML was read")
	}
	latin := "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><c><title>M\xfcller</title></c>"
	if got, _, err := (Document{MIME: CDA, Data: []byte(latin)}).Text(); got != "Müller" && got != "Müller\n" || err != nil {
		t.Errorf("latin: %q, %v", got, err)
	}
	if _, ok, _ := (Document{MIME: PDF}).Text(); ok {
		t.Error("a PDF has no text of its own here")
	}
}

// TestRealDocumentsAreWhatAnotherReaderTakesOut holds the bytes against dcm2pdf's, which
// keeps the padding.
func TestRealDocumentsAreWhatAnotherReaderTakesOut(t *testing.T) {
	tool := oracle.Tool(t, "dcm2pdf")
	for _, row := range oracle.Rows(t) {
		if row["sop_class"] != "Encapsulated PDF Storage" {
			continue
		}
		path, out := oracle.Data(t, row["file"]), filepath.Join(t.TempDir(), "out.pdf")
		f, err := dicom.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(f.Dataset)
		if err != nil {
			t.Fatalf("%s: %v", row["file"], err)
		}
		if said, err := exec.Command(tool, path, out).CombinedOutput(); err != nil {
			t.Fatalf("dcm2pdf: %v %s", err, said)
		}
		want, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(want, got.Data) || strings.Trim(string(want[len(got.Data):]), "\x00") != "" || len(want)-len(got.Data) > 1 {
			t.Errorf("%s: %d bytes, dcm2pdf has %d", row["file"], len(got.Data), len(want))
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("<c><title>a</title><text>b<br/>c</text></c>"))
	f.Add([]byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><c><text>\xfc</text></c>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text, _, err := Document{MIME: CDA, Data: b}.Text()
		if err == nil && len(text) > 4*len(b)+64 {
			t.Errorf("%d bytes became %d", len(b), len(text))
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, stated := range []int{-1, 3, 7, 9} {
		var b bytes.Buffer
		d := object(dicom.EncapsulatedPDFStorage, []byte("%PDF-1.\x00"), stated)
		d.SetStr(dicom.SOPInstanceUID, "1.2.3")
		if err := dicom.Write(&b, d, nil); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := dicom.Parse(b)
		if err != nil {
			return
		}
		if got, err := Read(o.Dataset); err == nil {
			if e, _ := o.Dataset.Get(dicom.EncapsulatedDocument); !bytes.HasPrefix(e.Bytes, got.Data) || len(got.Data) == 0 {
				t.Error("the document is not what the object holds")
			}
		}
	})
}
