// Package xml reads and writes the Native DICOM Model, data sets as XML (PS3.19
// A.1), beside the DICOM JSON of the parent package, which holds the same.
//
//	written  UTF-8; bytes inline; private tags as gggg00ee with their creator's name
//	read     any encoding that the declaration names, private tags in either form,
//	         missing value representations, unknown elements and attributes (skipped)
//	never    document type definitions and entities other than XML's own five
package xml

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Namespace is that of the model's schema (PS3.19 A.1.6).
const Namespace = "http://dicom.nema.org/PS3.19/models/NativeDICOM"

// Limits of reading and writing, those of dicom.Limits by default.
const (
	maxDepth    = 64
	maxElements = 2 << 20
)

// Marshal writes a data set. Group lengths and group 0002 are left out, a declared
// character set becomes ISO_IR 192, which is what the document is in. Characters that
// XML has no place for, controls other than tab and line ends, become U+FFFD. Errors
// are *dicom.InvalidError or *dicom.LimitError.
func Marshal(d *dicom.Dataset) ([]byte, error) {
	w := writer{b: []byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<NativeDicomModel xmlns="` + Namespace + `" xml:space="preserve">` + "\n")}
	if err := w.dataset(d, 0); err != nil {
		return nil, err
	}
	return append(w.b, "</NativeDicomModel>\n"...), nil
}

type writer struct{ b []byte }

func (w *writer) add(parts ...string) {
	for _, s := range parts {
		w.b = append(w.b, s...)
	}
}

func (w *writer) dataset(d *dicom.Dataset, depth int) error {
	if depth > maxDepth {
		return &dicom.LimitError{What: "depth of sequences", Limit: maxDepth, Have: int64(depth), Offset: -1}
	}
	creators := creatorsOf(d)
	for e := range d.All() {
		if e.Tag.Element() == 0 || e.Tag.Group() == 2 {
			continue
		}
		tag, creator := creators.write(e.Tag)
		w.add(`<DicomAttribute tag="`, tag.Hex(), `" vr="`, string(e.VR), `"`)
		if k := e.Tag.Keyword(); k != "" {
			w.add(` keyword="`, k, `"`)
		}
		if creator != "" {
			w.add(` privateCreator="`)
			w.text(creator)
			w.add(`"`)
		}
		w.add(">")
		if err := w.value(e, depth); err != nil {
			return err
		}
		w.add("</DicomAttribute>\n")
	}
	return nil
}

func (w *writer) value(e dicom.Element, depth int) error {
	switch {
	case e.BulkDataURI != "":
		w.bulk(e.BulkDataURI)
	case len(e.Bytes) > 0:
		w.add("<InlineBinary>")
		w.b = base64.StdEncoding.AppendEncode(w.b, e.Bytes)
		w.add("</InlineBinary>")
	case e.Tag == dicom.SpecificCharacterSet && len(e.Text) > 0:
		w.number("Value", 0, "ISO_IR 192")
	case e.VR == "PN":
		for i, s := range e.Text {
			w.name(i, s)
		}
	case e.VR == "SQ":
		for i, it := range e.Items {
			w.add(`<Item number="`, strconv.Itoa(i+1), "\">\n")
			if err := w.dataset(it, depth+1); err != nil {
				return err
			}
			w.add("</Item>\n")
		}
	default:
		w.values(e)
	}
	return nil
}

// values writes text and numbers, each as its characters.
func (w *writer) values(e dicom.Element) {
	for i, s := range e.Text {
		w.number("Value", i, s)
	}
	for i, v := range e.Ints {
		switch e.VR {
		case "AT":
			w.number("Value", i, dicom.Tag(v).Hex())
		case "UV":
			w.number("Value", i, strconv.FormatUint(uint64(v), 10))
		default:
			w.number("Value", i, strconv.FormatInt(v, 10))
		}
	}
	for i, v := range e.Floats {
		bits := 64
		if e.VR == "FL" {
			bits = 32
		}
		w.number("Value", i, float(v, bits))
	}
}

// float is a number as XML Schema has doubles.
func float(v float64, bits int) string {
	switch {
	case math.IsInf(v, 1):
		return "INF"
	case math.IsInf(v, -1):
		return "-INF"
	}
	return strconv.FormatFloat(v, 'g', -1, bits)
}

func (w *writer) number(element string, i int, s string) {
	w.add("<", element, ` number="`, strconv.Itoa(i+1), `">`)
	w.text(s)
	w.add("</", element, ">")
}

func (w *writer) bulk(uri string) {
	if uuid, ok := strings.CutPrefix(uri, uuidURN); ok {
		w.add(`<BulkData uuid="`)
		w.text(uuid)
	} else {
		w.add(`<BulkData uri="`)
		w.text(uri)
	}
	w.add(`"/>`)
}

const uuidURN = "urn:uuid:"

// groups and components of a person name (PS3.19 table A.1.5-2).
var (
	groups     = [3]string{"Alphabetic", "Ideographic", "Phonetic"}
	components = [5]string{"FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix"}
)

func (w *writer) name(i int, s string) {
	w.add(`<PersonName number="`, strconv.Itoa(i+1), `">`)
	for g, part := range strings.SplitN(s, "=", len(groups)) {
		if part == "" {
			continue
		}
		w.add("<", groups[g], ">")
		for c, component := range strings.SplitN(part, "^", len(components)) {
			if component != "" {
				w.add("<", components[c], ">")
				w.text(component)
				w.add("</", components[c], ">")
			}
		}
		w.add("</", groups[g], ">")
	}
	w.add("</PersonName>")
}

// text escapes s for content and attributes (XML 1.0 2.2, 2.4). A carriage return
// would not survive as it is (2.11).
func (w *writer) text(s string) {
	for _, r := range s {
		switch {
		case r == '&':
			w.add("&amp;")
		case r == '<':
			w.add("&lt;")
		case r == '>':
			w.add("&gt;")
		case r == '"':
			w.add("&#34;")
		case r == '\t' || r == '\n' || r == '\r':
			w.add("&#", strconv.Itoa(int(r)), ";")
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			w.add("\uFFFD")
		default:
			w.b = utf8.AppendRune(w.b, r)
		}
	}
}
