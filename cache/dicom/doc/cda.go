package doc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// breaks are the elements of a CDA narrative (HL7 CDA R2, NarrativeBlock) that end a
// line.
var breaks = map[string]bool{
	"title": true, "paragraph": true, "br": true, "item": true, "tr": true, "caption": true, "list": true, "table": true, "text": true,
}

// most is as much text of a CDA as is read.
const most = 4 << 20

// Text is what a reader of the document reads where that can be told without another
// program: the titles and narrative of a CDA. ok is false for every other kind.
func (doc Document) Text() (text string, ok bool, err error) {
	if doc.MIME != CDA && doc.MIME != "application/xml" {
		return "", false, nil
	}
	text, err = narrative(doc.Data)
	return text, true, err
}

// narrative walks the XML and keeps what stands in title and text, lines where the
// author has them, cells apart by a tab.
func narrative(data []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = latin
	var out strings.Builder
	inside := 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return tidy(out.String()), nil
		}
		if err != nil {
			return "", fmt.Errorf("read clinical document: %w", &dicom.InvalidError{Offset: -1, Reason: "its XML is broken"})
		}
		switch t := t.(type) {
		case xml.StartElement:
			if inside > 0 || t.Name.Local == "title" || t.Name.Local == "text" {
				inside++
			}
		case xml.CharData:
			if inside > 0 {
				out.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(string(t)))
			}
		case xml.EndElement:
			if inside == 0 {
				continue
			}
			inside--
			switch name := t.Name.Local; {
			case breaks[name]:
				out.WriteByte('\n')
			case name == "td" || name == "th":
				out.WriteByte('\t')
			}
		}
		if out.Len() > most {
			return tidy(out.String()) + "\n… the rest is not shown", nil
		}
	}
}

// tidy takes away the blanks of the XML's own layout; at most one empty line stays.
func tidy(s string) string {
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		var cells []string
		for c := range strings.SplitSeq(l, "\t") {
			cells = append(cells, strings.Join(strings.Fields(c), " "))
		}
		l = strings.Trim(strings.Join(cells, "\t"), "\t")
		if l != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// latin reads ISO 8859-1, the one other encoding met in practice.
func latin(label string, in io.Reader) (io.Reader, error) {
	if l := strings.ToLower(label); l != "iso-8859-1" && l != "us-ascii" {
		return nil, errors.New("unknown encoding")
	}
	b, err := io.ReadAll(in)
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return strings.NewReader(string(r)), err
}
