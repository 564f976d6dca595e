// Package doc holds encapsulated documents (PS3.3 C.24): a file of another standard
// inside a DICOM object.
//
//	read      Encapsulated PDF, CDA, STL, OBJ and MTL: the file's own bytes, its media
//	          type and title; the text of a CDA
//	written   Encapsulated PDF
package doc

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Media types of the classes (PS3.3 A.45).
const (
	PDF = "application/pdf"
	CDA = "text/xml"
)

const encapsulatedDocumentLength dicom.Tag = 0x00420015

// classes are the encapsulated documents with the media type each must have.
var classes = map[dicom.UID]string{
	dicom.EncapsulatedPDFStorage:    PDF,
	"1.2.840.10008.5.1.4.1.1.104.2": CDA,
	"1.2.840.10008.5.1.4.1.1.104.3": "model/stl",
	"1.2.840.10008.5.1.4.1.1.104.4": "model/obj",
	"1.2.840.10008.5.1.4.1.1.104.5": "model/mtl",
}

// Is reports whether a SOP class is that of encapsulated documents.
func Is(class dicom.UID) bool { return classes[class] != "" }

// Document is a file as it was put into the object.
type Document struct {
	MIME  string // in lower case, without parameters; the class's where none is stated
	Title string // in the author's words, else the meaning of its code; may be empty
	Data  []byte // the file without padding; aliases the data set
	// Note says what contradicts itself; empty when nothing does.
	Note string
}

// Read takes the document out of its object. An object of another kind, one without a
// document, or with less of it than it states, is a *dicom.InvalidError.
func Read(d *dicom.Dataset) (Document, error) {
	class := dicom.UID(d.Str(dicom.SOPClassUID))
	if !Is(class) {
		return Document{}, &dicom.InvalidError{Offset: -1, Reason: "not an encapsulated document"}
	}
	e, ok := d.Get(dicom.EncapsulatedDocument)
	if !ok || len(e.Bytes) == 0 {
		return Document{}, &dicom.InvalidError{Offset: -1, Reason: "an encapsulated document without its bytes"}
	}
	doc := Document{MIME: mediaType(d.Str(dicom.MIMETypeOfEncapsulatedDocument)), Title: Title(d)}
	if doc.MIME == "" {
		doc.MIME = classes[class]
	}
	var err error
	doc.Data, doc.Note, err = unpadded(e.Bytes, d, doc.MIME)
	if err != nil {
		return Document{}, err
	}
	if doc.MIME == PDF && !bytes.Contains(doc.Data[:min(1024, len(doc.Data))], []byte("%PDF-")) {
		return Document{}, &dicom.InvalidError{Offset: -1, Reason: "an encapsulated PDF that holds no PDF"}
	}
	return doc, nil
}

// Title is Document Title, else the meaning of the document's concept name (PS3.3
// C.24.2).
func Title(d *dicom.Dataset) string {
	if s := d.Str(dicom.DocumentTitle); s != "" {
		return s
	}
	return d.Item(dicom.ConceptNameCodeSequence).Str(dicom.CodeMeaning)
}

func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.ToLower(strings.TrimSpace(s))
}

// unpadded cuts the byte that makes the value's length even (PS3.5 6.2): by
// Encapsulated Document Length where that is stated, else a NUL behind a format that
// never ends in one.
func unpadded(b []byte, d *dicom.Dataset, mime string) ([]byte, string, error) {
	n, ok := d.Int(encapsulatedDocumentLength)
	switch {
	case ok && n > len(b):
		return nil, "", &dicom.InvalidError{Offset: -1, Reason: fmt.Sprintf("a document of %d bytes of which %d are here", n, len(b))}
	case ok && n > 0 && n >= len(b)-1:
		return b[:n], "", nil
	case ok:
		return b, fmt.Sprintf("states %d bytes and holds %d", n, len(b)), nil
	case b[len(b)-1] == 0 && len(b) > 1 && (mime == PDF || mime == CDA):
		return b[:len(b)-1], "", nil
	}
	return b, "", nil
}
