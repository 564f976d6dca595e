package reading

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/doc"
	"github.com/nocturne/nocturne/cache/dicom/ecg"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/ui/pdf"
	"github.com/nocturne/nocturne/viewer"
)

// ErrNoDocument is an object that is no report, no PDF and no other document.
var ErrNoDocument = errors.New("no document: neither structured report nor encapsulated document")

// Document is what a list says of a report or an encapsulated document. Its texts are
// foreign: draw them by dicom.Clean.
type Document struct {
	Object      viewer.Object
	Kind        string // SR, KO, PDF, CDA, ECG (any waveform), or the media type
	Title       string
	Date        string // of its content, else of its study; "2026-11-22 03:14" or "2026-11-22"; may be empty
	Institution string
	Study       viewer.Study
	Differs     []string // what of its patient is not the order's, in words (N4)
}

// Opened is a document with what can be read of it.
type Opened struct {
	Document
	Text  string // lines; what could move the cursor is made visible
	PDF   []byte // of a PDF, its file
	Pages int    // of a PDF, 0 where nobody could count
	Note  string // what contradicts itself in it; may be empty
}

// Documents lists the documents on disk of these studies, the case's own first, in
// order of arrival. here is how many objects of any kind are on disk.
func (r *Room) Documents(ctx context.Context, of dicom.Identity, studies []viewer.Study) (list []Document, here int) {
	for _, s := range studies {
		whose := of
		if s.Prior {
			whose.Accession = ""
		}
		for _, o := range r.Objects(s.UID) {
			if ctx.Err() != nil {
				return list, here
			}
			here++
			f, err := o.Header()
			if err != nil || kindOf(f.Dataset) == "" {
				continue
			}
			d := listed(o, f.Dataset)
			d.Study, d.Differs = s, whose.Differs(f.Dataset)
			list = append(list, d)
		}
	}
	return list, here
}

// kindOf names a document in a word, "" where it is none.
func kindOf(d *dicom.Dataset) string {
	class := dicom.UID(d.Str(dicom.SOPClassUID))
	switch {
	case class == dicom.KeyObjectSelectionStorage:
		return "KO"
	case strings.HasPrefix(string(class), "1.2.840.10008.5.1.4.1.1.88."): // PS3.6 A: the structured reports
		return "SR"
	case ecg.Name(class) != "":
		return "ECG"
	case class == dicom.EncapsulatedPDFStorage:
		return "PDF"
	case class == "1.2.840.10008.5.1.4.1.1.104.2":
		return "CDA"
	case doc.Is(class):
		return d.Str(dicom.MIMETypeOfEncapsulatedDocument) + " file"
	}
	return ""
}

func listed(o viewer.Object, d *dicom.Dataset) Document {
	out := Document{Object: o, Kind: kindOf(d), Title: doc.Title(d), Institution: d.Str(dicom.InstitutionName)}
	for _, s := range []string{d.Str(dicom.SeriesDescription), ecg.Name(dicom.UID(d.Str(dicom.SOPClassUID)))} {
		if out.Title == "" {
			out.Title = s
		}
	}
	for _, at := range [][2]dicom.Tag{{dicom.ContentDate, dicom.ContentTime}, {dicom.StudyDate, dicom.StudyTime}} {
		if day, ok := dicom.ParseDA(d.Str(at[0])); ok && out.Date == "" {
			out.Date = day.Format("2006-01-02")
			if t, ok := dicom.ParseTM(d.Str(at[1])); ok {
				out.Date += t.Format(" 15:04")
			}
		}
	}
	return out
}

// OpenDocument reads a document whole. A PDF whose text the system cannot tell comes
// with its file and the error: pdf.MissingError, pdf.ErrUnreadable, pdf.ErrTooLong.
// What is no document is ErrNoDocument.
func OpenDocument(ctx context.Context, object viewer.Object) (Opened, error) {
	f, err := object.Read()
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Document: listed(object, f.Dataset)}
	if f.Truncated {
		out.Note = "the file ends early: text may be missing"
	}
	switch out.Kind {
	case "":
		return Opened{}, ErrNoDocument
	case "ECG":
		out.Text, err = ecg.Text(f.Dataset)
		return out, err
	case "SR", "KO":
		out.Text = sr.Text(f.Dataset)
		if out.Text == "" {
			return Opened{}, &sr.InvalidError{Reason: "a structured report without content"}
		}
		return out, nil
	}
	d, err := doc.Read(f.Dataset)
	if err != nil {
		return Opened{}, err
	}
	if d.Note != "" {
		out.Note = "the document " + d.Note
	}
	err = out.read(ctx, d)
	return out, err
}

func (o *Opened) read(ctx context.Context, d doc.Document) error {
	if d.MIME == doc.PDF {
		o.PDF = d.Data
		text, pages, err := pdf.Text(ctx, d.Data)
		if err == nil {
			o.Text, o.Pages = paged(text, pages), pages
		}
		return err
	}
	text, ok, err := d.Text()
	if !ok {
		text = fmt.Sprintf("%d bytes of %s, which Nocturne does not show.", len(d.Data), d.MIME)
	}
	o.Text = dicom.Clean(text)
	return err
}

// paged marks where a page of several ends; form feeds are no line ends in a terminal.
func paged(text string, pages int) string {
	var out strings.Builder
	for i, p := range strings.Split(strings.TrimSuffix(text, "\f"), "\f") {
		if pages > 1 {
			fmt.Fprintf(&out, "— page %d of %d —\n\n", i+1, pages)
		}
		out.WriteString(strings.TrimRight(p, "\n ") + "\n\n")
	}
	return dicom.Clean(strings.TrimRight(out.String(), "\n") + "\n")
}
