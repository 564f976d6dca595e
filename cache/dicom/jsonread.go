package dicom

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
)

// UnmarshalJSON reads the DICOM JSON model (PS3.18 F), tolerantly: numbers in
// strings and strings for numbers, person names as plain strings, a value
// without its array, a missing vr (taken from the dictionary), unknown members
// and unknown keys (skipped). Errors are *InvalidError or *UnsupportedError.
// The same limits hold as for Parse.
func (d *Dataset) UnmarshalJSON(b []byte) error {
	j := jsonReader{dec: json.NewDecoder(bytes.NewReader(b))}
	j.dec.UseNumber()
	t, err := j.token()
	if err != nil {
		return err
	}
	*d = Dataset{}
	if t == nil {
		return nil
	}
	if t != json.Delim('{') {
		return j.invalid("a data set must be an object")
	}
	if err := j.dataset(d, 0); err != nil {
		return err
	}
	if _, err := j.dec.Token(); err != io.EOF {
		return j.invalid("more after the data set")
	}
	return nil
}

type jsonReader struct {
	dec   *json.Decoder
	count int
}

func (j *jsonReader) invalid(format string, a ...any) error {
	return invalid(int(j.dec.InputOffset()), format, a...)
}

func (j *jsonReader) token() (json.Token, error) {
	t, err := j.dec.Token()
	if err != nil {
		return nil, j.invalid("not JSON")
	}
	return t, nil
}

// dataset reads members up to the closing brace; the opening one is read.
func (j *jsonReader) dataset(d *Dataset, depth int) error {
	if depth > maxDepth {
		return j.invalid("sequences nested deeper than %d", maxDepth)
	}
	for {
		t, err := j.token()
		if err != nil {
			return err
		}
		if t == json.Delim('}') {
			d.sort()
			return nil
		}
		if j.count++; j.count > maxElements {
			return &UnsupportedError{What: "an object of more than 2 million elements"}
		}
		key, _ := t.(string)
		tag, err := ParseTag(key)
		if err != nil || tag.Element() == 0 {
			if err := j.skip(); err != nil {
				return err
			}
			continue
		}
		if err := j.element(d, tag, depth); err != nil {
			return err
		}
	}
}

// skip passes over one value.
func (j *jsonReader) skip() error {
	for open := 0; ; {
		t, err := j.token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
		if open == 0 {
			return nil
		}
	}
}

// attribute is an element as the JSON has it: values of any JSON type.
type attribute struct {
	vr     string
	values []any // string, json.Number, bool, nil, map[string]string for a name
	items  []*Dataset
	inline string
	uri    string
	binary bool
}

func (j *jsonReader) element(d *Dataset, tag Tag, depth int) error {
	t, err := j.token()
	if err != nil {
		return err
	}
	if t == nil {
		d.elems = append(d.elems, Element{Tag: tag, VR: tag.VR()})
		return nil
	}
	if t != json.Delim('{') {
		return j.invalid("an attribute must be an object")
	}
	var a attribute
	for {
		t, err := j.token()
		if err != nil {
			return err
		}
		if t == json.Delim('}') {
			break
		}
		if err := j.member(&a, t.(string), depth); err != nil {
			return err
		}
	}
	e, err := j.assemble(tag, a)
	if err != nil {
		return err
	}
	d.elems = append(d.elems, e)
	return nil
}

func (j *jsonReader) member(a *attribute, name string, depth int) (err error) {
	switch name {
	case "vr":
		a.vr, err = j.str()
	case "InlineBinary":
		a.binary = true
		a.inline, err = j.str()
	case "BulkDataURI":
		a.uri, err = j.str()
	case "Value":
		err = j.value(a, depth)
	default:
		err = j.skip()
	}
	return err
}

// str reads a string, or an array of which the first counts; null is "".
func (j *jsonReader) str() (string, error) {
	t, err := j.token()
	if err != nil {
		return "", err
	}
	array := t == json.Delim('[')
	s, got := "", false
	for {
		if array {
			if t, err = j.token(); err != nil {
				return "", err
			}
			if t == json.Delim(']') {
				return s, nil
			}
		}
		v, ok := t.(string)
		if !ok && t != nil {
			return "", j.invalid("a string must stand here")
		}
		if !got {
			s, got = v, true
		}
		if !array {
			return s, nil
		}
	}
}

func (j *jsonReader) value(a *attribute, depth int) error {
	t, err := j.token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return j.one(a, t, depth)
	}
	for {
		if t, err = j.token(); err != nil {
			return err
		}
		if t == json.Delim(']') {
			return nil
		}
		if err := j.one(a, t, depth); err != nil {
			return err
		}
	}
}

// one reads a value whose first token is t. An object is a name or an item: the
// vr may come after the value, so both are read as a data set could be.
func (j *jsonReader) one(a *attribute, t json.Token, depth int) error {
	if j.count++; j.count > maxElements {
		return &UnsupportedError{What: "an object of more than 2 million values"}
	}
	switch t {
	case json.Delim('['):
		return j.invalid("an array within an array of values")
	case json.Delim('{'):
		it, name, err := j.object(depth)
		if err != nil {
			return err
		}
		a.items = append(a.items, it)
		if it.Len() == 0 {
			a.values = append(a.values, name)
		}
		return nil
	}
	a.values = append(a.values, t)
	return nil
}

// object reads an item, or the groups of a person name.
func (j *jsonReader) object(depth int) (*Dataset, map[string]string, error) {
	d := &Dataset{}
	if depth >= maxDepth {
		return nil, nil, j.invalid("sequences nested deeper than %d", maxDepth)
	}
	var name map[string]string
	for {
		t, err := j.token()
		if err != nil {
			return nil, nil, err
		}
		if t == json.Delim('}') {
			d.sort()
			return d, name, nil
		}
		if j.count++; j.count > maxElements {
			return nil, nil, &UnsupportedError{What: "an object of more than 2 million elements"}
		}
		key := t.(string)
		if key == pnGroups[0] || key == pnGroups[1] || key == pnGroups[2] {
			if name == nil {
				name = map[string]string{}
			}
			if name[key], err = j.str(); err != nil {
				return nil, nil, err
			}
			continue
		}
		tag, err := ParseTag(key)
		if err != nil || tag.Element() == 0 {
			err = j.skip()
		} else {
			err = j.element(d, tag, depth+1)
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

func (j *jsonReader) assemble(tag Tag, a attribute) (Element, error) {
	vr := VR(a.vr)
	if !vr.known() {
		if vr = tag.VR(); a.items != nil && vr == "UN" {
			vr = "SQ"
		}
	}
	e := Element{Tag: tag, VR: vr, BulkDataURI: a.uri}
	if a.binary {
		return j.inline(e, a.inline)
	}
	switch vr.info().kind {
	case kindSeq:
		e.Items = a.items
		if e.Items == nil {
			e.Items = []*Dataset{}
		}
		for _, v := range a.values {
			if v == nil { // null stands for an empty item
				e.Items = append(e.Items, &Dataset{})
			}
		}
	case kindText:
		for _, v := range a.values {
			e.Text = append(e.Text, textOf(v))
		}
		if len(e.Text) == 1 && e.Text[0] == "" {
			e.Text = nil
		}
	case kindInt:
		return j.ints(e, a.values)
	case kindFloat:
		return j.floats(e, a.values)
	default:
		return j.looseBytes(e, a.values)
	}
	return e, nil
}

// inline decodes InlineBinary; numbers may come so too, in little endian.
func (j *jsonReader) inline(e Element, s string) (Element, error) {
	b, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, s))
	if err != nil {
		return e, j.invalid("%s: InlineBinary is not base64", e.Tag)
	}
	if e.VR.info().kind == kindBytes {
		if len(b) > 0 {
			e.Bytes = b
		}
		return e, nil
	}
	if e.VR.info().kind == kindSeq {
		return e, j.invalid("%s: a sequence cannot be binary", e.Tag)
	}
	p := parser{f: &File{}, explicit: true, order: binary.LittleEndian}
	return p.decode(header{tag: e.Tag, vr: e.VR}, b, &scope{cs: utf8Charset}), nil
}

func dropSpace(r rune) rune {
	if r == '\n' || r == '\r' || r == ' ' {
		return -1
	}
	return r
}

// looseBytes takes what careless writers put as values of UN: text.
func (j *jsonReader) looseBytes(e Element, vals []any) (Element, error) {
	for i, v := range vals {
		if i > 0 {
			e.Bytes = append(e.Bytes, '\\')
		}
		e.Bytes = append(e.Bytes, textOf(v)...)
	}
	return e, nil
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case map[string]string:
		s := v[pnGroups[0]] + "=" + v[pnGroups[1]] + "=" + v[pnGroups[2]]
		return strings.TrimRight(s, "=")
	}
	return ""
}

func (j *jsonReader) ints(e Element, vals []any) (Element, error) {
	for _, v := range vals {
		s := strings.TrimSpace(textOf(v))
		if s == "" {
			continue
		}
		n, ok := parseInt(e.VR, s)
		if !ok || !e.VR.info().fits(n) {
			return e, j.invalid("%s holds a value that does not fit its value representation", e.Tag)
		}
		e.Ints = append(e.Ints, n)
	}
	return e, nil
}

func parseInt(vr VR, s string) (int64, bool) {
	if vr == "AT" {
		t, err := ParseTag(s)
		return int64(t), err == nil
	}
	if vr == "UV" {
		u, err := strconv.ParseUint(s, 10, 64)
		return int64(u), err == nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

func (j *jsonReader) floats(e Element, vals []any) (Element, error) {
	for _, v := range vals {
		s := strings.TrimSpace(textOf(v))
		if s == "" {
			continue
		}
		f, err := strconv.ParseFloat(s, 64) // takes NaN, inf and -inf too
		if err != nil {
			return e, j.invalid("%s holds a value that is no number", e.Tag)
		}
		e.Floats = append(e.Floats, f)
	}
	return e, nil
}
