package dicom

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MarshalJSON writes the DICOM JSON model (PS3.18 F): keys in ascending order,
// IS and DS as numbers where they are numbers, bytes inline. Group lengths and
// group 0002 are left out. A declared character set becomes ISO_IR 192, which
// is what JSON is in.
func (d *Dataset) MarshalJSON() ([]byte, error) {
	return d.appendJSON(nil, 0)
}

func (d *Dataset) appendJSON(b []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, invalid(-1, "sequences nested deeper than %d", maxDepth)
	}
	b = append(b, '{')
	n := len(b)
	var err error
	for e := range d.All() {
		if e.Tag.Element() == 0 || e.Tag.Group() == 2 {
			continue
		}
		if len(b) > n {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), e.Tag.Hex()...), `":{"vr":"`...)
		b = append(append(b, e.VR...), '"')
		if b, err = e.appendJSON(b, depth); err != nil {
			return nil, err
		}
		b = append(b, '}')
	}
	return append(b, '}'), nil
}

// appendJSON appends the member that holds the value, if there is one.
func (e Element) appendJSON(b []byte, depth int) ([]byte, error) {
	if !e.VR.known() {
		return nil, invalid(-1, "%s has no value representation that can be written", e.Tag)
	}
	switch {
	case e.BulkDataURI != "":
		return appendString(append(b, `,"BulkDataURI":`...), e.BulkDataURI), nil
	case len(e.Bytes) > 0:
		b = append(b, `,"InlineBinary":"`...)
		b = base64.StdEncoding.AppendEncode(b, e.Bytes)
		return append(b, '"'), nil
	case len(e.Text)+len(e.Ints)+len(e.Floats)+len(e.Items) == 0:
		return b, nil
	}
	b = append(b, `,"Value":[`...)
	b, err := e.appendValues(b, depth)
	return append(b, ']'), err
}

func (e Element) appendValues(b []byte, depth int) ([]byte, error) {
	var err error
	sep := func(i int) {
		if i > 0 {
			b = append(b, ',')
		}
	}
	if e.Tag == SpecificCharacterSet {
		return append(b, `"ISO_IR 192"`...), nil
	}
	for i, s := range e.Text {
		sep(i)
		b = e.appendText(b, s)
	}
	for i, v := range e.Ints {
		sep(i)
		b = appendInt(b, e.VR, v)
	}
	for i, v := range e.Floats {
		sep(i)
		b = appendFloat(b, e.VR, v)
	}
	for i, it := range e.Items {
		sep(i)
		if b, err = it.appendJSON(b, depth+1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (e Element) appendText(b []byte, s string) []byte {
	switch {
	case s == "":
		return append(b, "null"...)
	case e.VR == "PN":
		return appendPN(b, s)
	case e.VR == "IS" || e.VR == "DS":
		return appendNumber(b, s)
	}
	return appendString(b, s)
}

func appendPN(b []byte, s string) []byte {
	b = append(b, '{')
	n := len(b)
	for i, g := range strings.SplitN(s, "=", 3) {
		if g == "" {
			continue
		}
		if len(b) > n {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), pnGroups[i]...), `":`...)
		b = appendString(b, g)
	}
	return append(b, '}')
}

var pnGroups = [3]string{"Alphabetic", "Ideographic", "Phonetic"}

// appendNumber writes a decimal string as the number it is, its digits kept
// where JSON allows them; what is no number goes out as a string.
func appendNumber(b []byte, s string) []byte {
	if json.Valid([]byte(s)) && strings.Trim(s, "0123456789+-.eE") == "" {
		return append(b, s...)
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
		return strconv.AppendFloat(b, f, 'g', -1, 64)
	}
	return appendString(b, s)
}

// appendInt writes an AT as its eight digits, and as a string what a reader of
// doubles would round.
func appendInt(b []byte, vr VR, v int64) []byte {
	const exact = 1 << 53
	switch {
	case vr == "AT":
		return append(append(append(b, '"'), Tag(v).Hex()...), '"')
	case vr == "UV" && (v < 0 || v > exact):
		return append(strconv.AppendUint(append(b, '"'), uint64(v), 10), '"')
	case v > exact || v < -exact:
		return append(strconv.AppendInt(append(b, '"'), v, 10), '"')
	}
	return strconv.AppendInt(b, v, 10)
}

// appendFloat writes what JSON has no number for as PS3.18 F.2.3 names it.
func appendFloat(b []byte, vr VR, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(b, `"inf"`...)
	case math.IsInf(v, -1):
		return append(b, `"-inf"`...)
	case vr == "FL":
		return strconv.AppendFloat(b, v, 'g', -1, 32)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

// appendString quotes s (RFC 8259 7).
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
