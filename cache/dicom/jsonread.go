package dicom

import (
	"encoding/base64"
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
	j := jsonReader{jsonLexer: jsonLexer{b: b}}
	*d = Dataset{}
	var err error
	if j.peek() == 'n' {
		_, err = j.scalar()
	} else {
		_, err = j.dataset(d, 0)
	}
	if err == nil && j.peek() != 0 || err == nil && j.pos < len(b) {
		err = j.invalid("more after the data set")
	}
	return err
}

type jsonReader struct {
	jsonLexer
	count int
}

func (j *jsonReader) counted() error {
	if j.count++; j.count > maxElements {
		return beyond("elements", maxElements, int64(j.count), j.pos)
	}
	return nil
}

// dataset reads an object as a data set, and as the groups of a person name: the
// vr that tells which may come after it. name is nil unless there are groups.
func (j *jsonReader) dataset(d *Dataset, depth int) (name *pnValue, err error) {
	if depth > maxDepth {
		return nil, beyond("depth of sequences", maxDepth, int64(depth), j.pos)
	}
	err = j.object(func(key string) error {
		if err := j.counted(); err != nil {
			return err
		}
		if tag, ok := hexTag(key); ok && tag.Element() != 0 {
			return j.element(d, tag, depth)
		}
		for i := range pnGroups {
			if key == pnGroups[i] {
				if name == nil {
					name = new(pnValue)
				}
				name[i], err = j.str()
				return err
			}
		}
		return j.skip()
	})
	d.sort()
	return name, err
}

// pnValue holds the three groups of a person name.
type pnValue [3]string

// attribute is an element as the JSON has it: values of any JSON type.
type attribute struct {
	vr     VR
	values []any // string, jsonNumber, *pnValue, nil
	items  []*Dataset
	inline string
	uri    string
	binary bool
}

func (j *jsonReader) element(d *Dataset, tag Tag, depth int) error {
	if j.peek() == 'n' {
		_, err := j.scalar()
		d.elems = append(d.elems, Element{Tag: tag, VR: tag.VR()})
		return err
	}
	var a attribute
	err := j.object(func(name string) error { return j.member(&a, name, depth) })
	if err != nil {
		return err
	}
	e, err := j.assemble(tag, a)
	d.elems = append(d.elems, e)
	return err
}

func (j *jsonReader) member(a *attribute, name string, depth int) (err error) {
	switch name {
	case "vr":
		var s string
		s, err = j.str()
		a.vr = VR(s)
	case "InlineBinary":
		a.binary = true
		a.inline, err = j.str()
	case "BulkDataURI":
		a.uri, err = j.str()
	case "Value":
		if j.peek() != '[' {
			return j.one(a, depth)
		}
		err = j.list('[', ']', func() error { return j.one(a, depth) })
	default:
		err = j.skip()
	}
	return err
}

// str reads a string, or an array of which the first counts; null is "".
func (j *jsonReader) str() (string, error) {
	if j.peek() != '[' {
		v, err := j.scalar()
		s, ok := v.(string)
		if err == nil && !ok && v != nil {
			err = j.invalid("a string must stand here")
		}
		return s, err
	}
	first, n := "", 0
	err := j.list('[', ']', func() error {
		s, err := j.str()
		if n++; n == 1 {
			first = s
		}
		return err
	})
	return first, err
}

// one reads a value.
func (j *jsonReader) one(a *attribute, depth int) error {
	if err := j.counted(); err != nil {
		return err
	}
	switch j.peek() {
	case '[':
		return j.invalid("an array within an array of values")
	case '{':
		it := &Dataset{}
		name, err := j.dataset(it, depth+1)
		a.items = append(a.items, it)
		if it.Len() == 0 {
			a.values = append(a.values, name)
		}
		return err
	}
	v, err := j.scalar()
	a.values = append(a.values, v)
	return err
}

func (j *jsonReader) assemble(tag Tag, a attribute) (Element, error) {
	vr := a.vr
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
	value{code: codeOf(e.VR), cs: utf8Charset}.decode(&e, b)
	return e, nil
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
	case jsonNumber:
		return string(v)
	case *pnValue:
		if v != nil {
			return strings.TrimRight(v[0]+"="+v[1]+"="+v[2], "=")
		}
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
		t, ok := hexTag(s)
		return int64(t), ok
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
