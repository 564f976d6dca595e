package xml

import (
	"encoding/base64"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// maxGap bounds how many values in a row may be left out: they cost nothing to ask for.
const maxGap = 64

// values gathers what is in one DicomAttribute.
type values struct {
	*reader
	depth  int
	tag    dicom.Tag
	vr     dicom.VR
	text   []string // by number
	items  []*dicom.Dataset
	binary string
	uri    string
}

// child takes a Value, PersonName, Item, InlineBinary or BulkData.
func (v *values) child(s xml.StartElement) error {
	if err := v.counted(); err != nil {
		return err
	}
	switch s.Name.Local {
	case "Value":
		text, err := v.reader.text()
		if err != nil {
			return err
		}
		return v.put(s, text)
	case "PersonName":
		name, err := v.name()
		if err != nil {
			return err
		}
		return v.put(s, name)
	case "Item":
		item, err := v.dataset(v.depth + 1)
		v.items = append(v.items, item)
		return err
	case "InlineBinary":
		text, err := v.reader.text()
		v.binary = text
		return err
	case "BulkData":
		for _, at := range s.Attr {
			switch at.Name.Local {
			case "uri":
				v.uri = at.Value
			case "uuid":
				v.uri = uuidURN + at.Value
			}
		}
	}
	return v.skip()
}

// put sets the value at the place that its number says, else behind the others.
// Places left out are empty values.
func (v *values) put(s xml.StartElement, text string) error {
	at := len(v.text)
	for _, a := range s.Attr {
		if a.Name.Local == "number" {
			n, err := strconv.Atoi(strings.TrimSpace(a.Value))
			if err != nil || n < 1 {
				return v.invalid("a value's number is none")
			}
			at = n - 1
		}
	}
	if at-len(v.text) > maxGap {
		return &dicom.LimitError{What: "values left out", Limit: maxGap, Have: int64(at - len(v.text)), Offset: v.d.InputOffset()}
	}
	for len(v.text) <= at {
		v.text = append(v.text, "")
	}
	v.text[at] = text
	return nil
}

// name reads a PersonName.
func (v *values) name() (string, error) {
	var by [len(groups)]string
	err := v.children(func(s xml.StartElement) error {
		group, err := v.components()
		i := slices.Index(groups[:], s.Name.Local)
		if s.Name.Local == "SingleByte" { // before 2013, and in GDCM still
			i = 0
		}
		if i >= 0 {
			by[i] = group
		}
		return err
	})
	return strings.TrimRight(strings.Join(by[:], "="), "="), err
}

// components joins those of one group.
func (v *values) components() (string, error) {
	var part [len(components)]string
	err := v.children(func(s xml.StartElement) error {
		text, err := v.reader.text()
		if i := slices.Index(components[:], s.Name.Local); i >= 0 {
			part[i] = text
		}
		return err
	})
	return strings.TrimRight(strings.Join(part[:], "^"), "^"), err
}

func (v *values) element() (e dicom.Element, err error) {
	if v.items != nil && (v.vr == "" || v.vr == "UN") {
		v.vr = "SQ"
	}
	if e, err = dicom.NewElement(v.tag, v.vr, v.text...); err != nil {
		return e, err
	}
	e.BulkDataURI = v.uri
	switch {
	case v.items != nil && e.VR != "SQ":
		return e, v.invalid("%s has items and is no sequence", v.tag)
	case v.items != nil:
		e.Items = v.items
	}
	if v.binary == "" || v.uri != "" {
		return e, nil
	}
	if len(v.text)+len(v.items) > 0 || !binary(e.VR) {
		return e, v.invalid("%s cannot be binary", v.tag)
	}
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(v.binary), ""))
	if err != nil {
		return e, v.invalid("%s: InlineBinary is not base64", v.tag)
	}
	if len(b) > 0 {
		e.Bytes = b
	}
	return e, nil
}

// binary: the value representations that InlineBinary is for (PS3.19 table A.1.5-2).
func binary(vr dicom.VR) bool {
	switch vr {
	case "OB", "OD", "OF", "OL", "OV", "OW", "UN":
		return true
	}
	return false
}
