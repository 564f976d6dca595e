package xml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Unmarshal reads a document. Errors are *dicom.InvalidError,
// *dicom.UnsupportedError or *dicom.LimitError; the same limits hold as for Parse.
func Unmarshal(b []byte) (*dicom.Dataset, error) {
	r := reader{d: xml.NewDecoder(bytes.NewReader(b))}
	r.d.CharsetReader = charset
	if err := r.root(); err != nil {
		return nil, err
	}
	d, err := r.dataset(0)
	if err != nil {
		return nil, err
	}
	for {
		switch t, err := r.d.Token(); {
		case errors.Is(err, io.EOF):
			return d, nil
		case err != nil:
			return nil, r.invalid("not well-formed")
		default:
			if _, more := t.(xml.StartElement); more {
				return nil, r.invalid("more after the data set")
			}
		}
	}
}

func charset(label string, in io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(label)
	if err != nil {
		return nil, dicom.Unsupportedf("a document in an unknown encoding")
	}
	return enc.NewDecoder().Reader(in), nil
}

type reader struct {
	d     *xml.Decoder
	count int
}

func (r *reader) invalid(format string, a ...any) error {
	var inv *dicom.InvalidError
	err := dicom.Invalidf(format, a...)
	if errors.As(err, &inv) {
		inv.Offset = r.d.InputOffset()
	}
	return err
}

func (r *reader) counted() error {
	if r.count++; r.count > maxElements {
		return &dicom.LimitError{What: "elements", Limit: maxElements, Have: int64(r.count), Offset: r.d.InputOffset()}
	}
	return nil
}

// token reads on inside an element; end is true at its end.
func (r *reader) token() (t xml.Token, end bool, err error) {
	if t, err = r.d.Token(); err != nil {
		var uns *dicom.UnsupportedError
		if errors.As(err, &uns) {
			return nil, false, uns
		}
		return nil, false, r.invalid("not well-formed")
	}
	_, end = t.(xml.EndElement)
	return t, end, nil
}

func (r *reader) root() error {
	for {
		t, _, err := r.token()
		if err != nil {
			return err
		}
		if s, ok := t.(xml.StartElement); ok {
			if s.Name.Local != "NativeDicomModel" {
				return r.invalid("no Native DICOM Model")
			}
			return nil
		}
	}
}

// children calls each for every element inside the one just begun.
func (r *reader) children(each func(xml.StartElement) error) error {
	for {
		t, end, err := r.token()
		if err != nil || end {
			return err
		}
		if s, ok := t.(xml.StartElement); ok {
			if err := each(s); err != nil {
				return err
			}
		}
	}
}

// skip passes over an element, whatever is in it.
func (r *reader) skip() error {
	for depth := 1; depth > 0; {
		t, end, err := r.token()
		if err != nil {
			return err
		}
		if _, start := t.(xml.StartElement); start {
			depth++
		} else if end {
			depth--
		}
	}
	return nil
}

// text is the character data of the element just begun.
func (r *reader) text() (string, error) {
	var b strings.Builder
	for {
		t, end, err := r.token()
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			err = r.skip()
		}
		if err != nil || end {
			return b.String(), err
		}
	}
}

// attribute is one DicomAttribute with the private creator that it names.
type attribute struct {
	dicom.Element
	creator string
}

// dataset reads what is in the root or in an item.
func (r *reader) dataset(depth int) (*dicom.Dataset, error) {
	if depth > maxDepth {
		return nil, &dicom.LimitError{What: "depth of sequences", Limit: maxDepth, Have: int64(depth), Offset: r.d.InputOffset()}
	}
	var list []attribute
	err := r.children(func(s xml.StartElement) error {
		if s.Name.Local != "DicomAttribute" {
			return r.skip()
		}
		a, err := r.attribute(s, depth)
		if a.Tag.Element() != 0 || a.creator != "" {
			list = append(list, a)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.assemble(list)
}

// assemble finds out in which blocks private elements are.
func (r *reader) assemble(list []attribute) (*dicom.Dataset, error) {
	known := newBlocks()
	for _, a := range list {
		if isCreator(a.Tag) && a.creator == "" && len(a.Text) == 1 {
			known.reserve(a.Tag, a.Text[0])
		}
	}
	elems := make([]dicom.Element, 0, len(list))
	for _, a := range list {
		t, added, ok := known.read(a.Tag, a.creator)
		if !ok {
			return nil, r.invalid("no private block for an element of group %04X", a.Tag.Group())
		}
		if t.Element() == 0 {
			continue
		}
		if added {
			elems = append(elems, dicom.Element{Tag: t&0xFFFF0000 | dicom.Tag(t.Element()>>8), VR: "LO", Text: []string{a.creator}})
		}
		a.Tag = t
		elems = append(elems, a.Element)
	}
	return dicom.NewDataset(elems...), nil
}

func (r *reader) attribute(s xml.StartElement, depth int) (a attribute, err error) {
	if err := r.counted(); err != nil {
		return a, err
	}
	v := values{reader: r, depth: depth}
	for _, at := range s.Attr {
		switch at.Name.Local {
		case "tag":
			n, err := strconv.ParseUint(at.Value, 16, 32)
			if err != nil || len(at.Value) != 8 {
				return a, r.invalid("a tag that is none")
			}
			v.tag = dicom.Tag(n)
		case "vr":
			v.vr = dicom.VR(at.Value)
		case "privateCreator":
			a.creator = at.Value
		}
	}
	if v.tag == 0 {
		return a, r.invalid("an attribute without a tag")
	}
	if err := r.children(v.child); err != nil {
		return a, err
	}
	a.Element, err = v.element()
	return a, err
}
