// Package dicom is the alphabet of the house: tags, value representations,
// data sets, person names, character sets, DICOM JSON, reading and writing.
//
//	read     Part 10 with or without preamble and meta information, bare data
//	         sets; implicit and explicit VR, little and big endian, deflated;
//	         encapsulated pixel data of any transfer syntax, cut into frames
//	written  Part 10, Explicit VR Little Endian; encapsulated pixel data as they are
//	bare     data sets without Part 10 for DIMSE: implicit, explicit, deflated
//	JSON     PS3.18 F, both ways; bulk data by URI only
//
// It is the only package that imports the third-party DICOM module
// (github.com/suyashkumar/dicom), which serves as dictionary and, in tests, as
// a second opinion; foreign bytes are read by the tokenizer here. Nothing
// outside ever sees a third-party type.
package dicom

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// VR is a value representation (PS3.5 6.2), always two capital letters.
type VR string

// Element is one data element. Exactly one of the value fields is used, by VR:
//
//	Text   AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT; decoded to UTF-8,
//	       split at backslashes where the VR allows several values, padding trimmed
//	Ints   US SS UL SL UV SV AT (an AT value is the Tag as a number)
//	Floats FL FD
//	Bytes  OB OW OF OD OL OV UN, little endian as if written Explicit VR Little Endian
//	Items  SQ
//
// An element with no value in any of them is present and empty (type 2).
type Element struct {
	Tag    Tag
	VR     VR
	Text   []string
	Ints   []int64
	Floats []float64
	Bytes  []byte
	Items  []*Dataset
	// BulkDataURI is set instead of a value when DICOM JSON only names where the
	// value is to be had (PS3.18 F.2.2).
	BulkDataURI string
}

// Dataset holds elements in ascending tag order. The zero value is empty and
// ready. Pixel Data (7FE0,0010) is never in it when it came from a File: see
// File.Pixel. One that was read keeps the bytes it was read from and decodes a
// value each time it is asked for; it may be read by several goroutines, as long as
// none changes it.
type Dataset struct {
	elems []Element
	raw   *rawSet // not nil: the elements are these, as found
	from  int64   // an item that was read: 1 and where it stood
}

func (d *Dataset) find(t Tag) (int, bool) {
	if d == nil {
		return 0, false
	}
	if d.raw != nil {
		return d.raw.find(t)
	}
	return slices.BinarySearchFunc(d.elems, t, func(e Element, t Tag) int {
		return int(int64(e.Tag) - int64(t))
	})
}

// at is element i.
func (d *Dataset) at(i int) Element {
	if d.raw != nil {
		return d.raw.element(i)
	}
	return d.elems[i]
}

// load decodes what was read, for good: it is going to be changed.
func (d *Dataset) load() {
	if d.raw != nil {
		d.elems, d.raw = d.raw.all(), nil
	}
}

// Get returns the element and whether it is present.
func (d *Dataset) Get(t Tag) (Element, bool) {
	i, ok := d.find(t)
	if !ok {
		return Element{}, false
	}
	return d.at(i), true
}

// Has reports whether the element is present, with or without a value.
func (d *Dataset) Has(t Tag) bool { _, ok := d.find(t); return ok }

// Set adds the element or replaces the one with its tag.
func (d *Dataset) Set(e Element) {
	d.load()
	i, ok := d.find(e.Tag)
	if ok {
		d.elems[i] = e
		return
	}
	d.elems = slices.Insert(d.elems, i, e)
}

// Delete removes the element if it is there.
func (d *Dataset) Delete(t Tag) {
	d.load()
	if i, ok := d.find(t); ok {
		d.elems = slices.Delete(d.elems, i, i+1)
	}
}

// Len is the number of elements at the top level.
func (d *Dataset) Len() int {
	switch {
	case d == nil:
		return 0
	case d.raw != nil:
		return len(d.raw.elems)
	}
	return len(d.elems)
}

// All walks the elements in ascending tag order.
func (d *Dataset) All() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		for i := range d.Len() {
			if !yield(d.at(i)) {
				return
			}
		}
	}
}

// Clone copies the data set deeply enough that Set and Delete on the copy, at
// any depth, leave the original alone. Byte values are shared.
func (d *Dataset) Clone() *Dataset {
	c := &Dataset{elems: slices.AppendSeq(make([]Element, 0, d.Len()), d.All())}
	for i := range c.elems {
		e := &c.elems[i]
		if e.Items == nil {
			continue
		}
		items := make([]*Dataset, len(e.Items))
		for k, it := range e.Items {
			items[k] = it.Clone()
		}
		e.Items = items
	}
	return c
}

// Str returns the first value as text, trimmed; "" when absent or empty.
// Numbers are formatted in their shortest decimal form.
func (d *Dataset) Str(t Tag) string {
	if s := d.Strs(t); len(s) > 0 {
		return s[0]
	}
	return ""
}

// Strs returns all values as text; nil when absent or empty.
func (d *Dataset) Strs(t Tag) []string {
	e, ok := d.Get(t)
	if !ok {
		return nil
	}
	switch {
	case e.Text != nil:
		return e.Text
	case e.Ints != nil:
		out := make([]string, len(e.Ints))
		for i, v := range e.Ints {
			out[i] = strconv.FormatInt(v, 10)
		}
		return out
	case e.Floats != nil:
		out := make([]string, len(e.Floats))
		for i, v := range e.Floats {
			out[i] = strconv.FormatFloat(v, 'g', -1, 64)
		}
		return out
	}
	return nil
}

// Int returns the first value as an integer. ok is false when it is absent,
// empty or not a number. An IS or DS with a fraction of zero is accepted.
func (d *Dataset) Int(t Tag) (v int, ok bool) {
	e, present := d.Get(t)
	if !present {
		return 0, false
	}
	if len(e.Ints) > 0 {
		return int(e.Ints[0]), true
	}
	f, ok := d.Float(t)
	if !ok || f != float64(int(f)) {
		return 0, false
	}
	return int(f), true
}

// IntOr is Int with a value for when there is none.
func (d *Dataset) IntOr(t Tag, def int) int {
	if v, ok := d.Int(t); ok {
		return v
	}
	return def
}

// Float returns the first value as a number; ok is false when there is none.
func (d *Dataset) Float(t Tag) (float64, bool) {
	if f := d.Floats(t); len(f) > 0 {
		return f[0], true
	}
	return 0, false
}

// Floats returns all values as numbers (DS, IS, FL, FD and the integer VRs).
// It returns nil when the element is absent, empty, or any value is not a
// number: half a vector is never handed out.
func (d *Dataset) Floats(t Tag) []float64 {
	e, ok := d.Get(t)
	if !ok {
		return nil
	}
	if e.Floats != nil {
		return e.Floats
	}
	if e.Ints != nil {
		out := make([]float64, len(e.Ints))
		for i, v := range e.Ints {
			out[i] = float64(v)
		}
		return out
	}
	if len(e.Text) == 0 {
		return nil
	}
	out := make([]float64, len(e.Text))
	for i, s := range e.Text {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			return nil
		}
		out[i] = f
	}
	return out
}

// PrivateCreator is who made a private element (PS3.5 7.8.1): the value of the element
// that reserves its block, "" where there is none or the tag is not private.
func (d *Dataset) PrivateCreator(t Tag) string {
	if !t.Private() || t.Element() < 0x1000 {
		return ""
	}
	return d.Str(t&0xFFFF0000 | Tag(t.Element()>>8))
}

// Seq returns the items of a sequence; nil when absent or empty.
func (d *Dataset) Seq(t Tag) []*Dataset {
	e, _ := d.Get(t)
	return e.Items
}

// Item returns the first item of a sequence, or an empty data set, so that
// look-ups through it find nothing instead of failing.
func (d *Dataset) Item(t Tag) *Dataset {
	if it := d.Seq(t); len(it) > 0 {
		return it[0]
	}
	return &Dataset{}
}

// SetStr sets text values; the VR comes from the dictionary (UN → LO).
// With no value the element is present and empty.
func (d *Dataset) SetStr(t Tag, v ...string) {
	d.Set(Element{Tag: t, VR: t.textVR(), Text: v})
}

// SetInt sets integers, as text where the dictionary says IS or DS.
func (d *Dataset) SetInt(t Tag, v ...int) {
	vr := t.VR()
	if vr == "IS" || vr == "DS" {
		s := make([]string, len(v))
		for i, n := range v {
			s[i] = strconv.Itoa(n)
		}
		d.Set(Element{Tag: t, VR: vr, Text: s})
		return
	}
	n := make([]int64, len(v))
	for i := range v {
		n[i] = int64(v[i])
	}
	d.Set(Element{Tag: t, VR: vr, Ints: n})
}

// SetFloat sets numbers, as text of at most 16 characters where the
// dictionary says DS (PS3.5 6.2).
func (d *Dataset) SetFloat(t Tag, v ...float64) {
	vr := t.VR()
	if vr != "DS" {
		d.Set(Element{Tag: t, VR: vr, Floats: v})
		return
	}
	s := make([]string, len(v))
	for i, f := range v {
		s[i] = FormatDS(f)
	}
	d.Set(Element{Tag: t, VR: vr, Text: s})
}

// SetSeq sets the items of a sequence.
func (d *Dataset) SetSeq(t Tag, items ...*Dataset) {
	if items == nil {
		items = []*Dataset{}
	}
	d.Set(Element{Tag: t, VR: "SQ", Items: items})
}

// FormatDS writes a decimal string of at most 16 characters (PS3.5 6.2),
// dropping precision only where it must.
func FormatDS(f float64) string {
	for p := -1; ; {
		s := strconv.FormatFloat(f, 'g', p, 64)
		if len(s) <= 16 {
			return s
		}
		if p < 0 {
			p = 16
		}
		p--
	}
}

// sort restores ascending order; of elements with one tag the first is kept.
func (d *Dataset) sort() {
	ordered := true
	for i := 1; i < len(d.elems); i++ {
		ordered = ordered && d.elems[i-1].Tag < d.elems[i].Tag
	}
	if ordered {
		return
	}
	slices.SortStableFunc(d.elems, func(a, b Element) int { return cmp.Compare(a.Tag, b.Tag) })
	d.elems = slices.CompactFunc(d.elems, func(a, b Element) bool { return a.Tag == b.Tag })
}
