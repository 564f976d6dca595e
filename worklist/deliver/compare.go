package deliver

import (
	"bytes"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

const (
	originalAttributes dicom.Tag = 0x04000561
	modifiedAttributes dicom.Tag = 0x04000550
)

// added are top-level attributes that an archive adds to what it stores without
// touching the report.
var added = []dicom.Tag{originalAttributes, dicom.RetrieveAETitle, dicom.InstanceAvailability, dicom.RetrieveURL,
	dicom.TimezoneOffsetFromUTC}

// Differences lists the tags in which an archive's copy is not the report that
// was signed, in ascending order; none means equal. Values are compared as
// decoded, so that another transfer syntax or character set makes no difference.
// Left out are group 0002, group lengths, what an archive may add, and patient
// and study attributes whose coercion it declares with our value as the original
// (Original Attributes Sequence, PS3.3 C.12.1). The document itself may never be
// coerced.
func Differences(signed, held *dicom.Dataset) (out []dicom.Tag) {
	for e := range signed.All() {
		if skip(e.Tag) {
			continue
		}
		h, ok := held.Get(e.Tag)
		if ok && sameElement(e, h) || empty(e) && (!ok || empty(h)) || coerced(held, e) {
			continue
		}
		out = append(out, e.Tag)
	}
	for e := range held.All() {
		if !signed.Has(e.Tag) && !skip(e.Tag) && !e.Tag.Private() && !slices.Contains(added, e.Tag) && !empty(e) {
			out = append(out, e.Tag)
		}
	}
	slices.Sort(out)
	return out
}

func skip(t dicom.Tag) bool {
	return t.Group() <= 2 || t.Element() == 0 || t == dicom.SpecificCharacterSet
}

func empty(e dicom.Element) bool {
	return len(e.Text) == 0 && len(e.Ints) == 0 && len(e.Floats) == 0 && len(e.Bytes) == 0 && len(e.Items) == 0
}

// coerced reports whether the copy declares that it changed e from our value.
func coerced(held *dicom.Dataset, e dicom.Element) bool {
	switch e.Tag {
	case dicom.SOPClassUID, dicom.SOPInstanceUID, dicom.ContentDate, dicom.ContentTime, dicom.Modality:
		return false
	}
	if g := e.Tag.Group(); g != 0x0008 && g != 0x0010 && g != 0x0032 && g != 0x0038 && e.Tag != dicom.StudyID {
		return false
	}
	for _, o := range held.Seq(originalAttributes) {
		for _, m := range o.Seq(modifiedAttributes) {
			if was, ok := m.Get(e.Tag); ok && sameElement(e, was) {
				return true
			}
		}
	}
	return false
}

// sameElement compares values. A copy that was stored with implicit VR has its
// VRs from another dictionary, so numbers and text are compared as text.
func sameElement(a, b dicom.Element) bool {
	if len(a.Items) > 0 || len(b.Items) > 0 {
		return slices.EqualFunc(a.Items, b.Items, sameItem)
	}
	if len(a.Bytes) > 0 || len(b.Bytes) > 0 {
		return bytes.Equal(trimmed(a.Bytes), trimmed(b.Bytes))
	}
	return slices.EqualFunc(texts(a), texts(b), func(x, y string) bool { return x == y })
}

// trimmed takes the padding byte off.
func trimmed(b []byte) []byte { return bytes.TrimRight(b, "\x00") }

func texts(e dicom.Element) []string {
	d := &dicom.Dataset{}
	d.Set(e)
	all := slices.Clone(d.Strs(e.Tag))
	for i := range all {
		all[i] = strings.TrimRight(all[i], " \x00")
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// sameItem compares items of a sequence: there nothing may be added or changed.
func sameItem(a, b *dicom.Dataset) bool {
	for e := range a.All() {
		h, ok := b.Get(e.Tag)
		if !skip(e.Tag) && !(ok && sameElement(e, h)) && !(empty(e) && (!ok || empty(h))) {
			return false
		}
	}
	for e := range b.All() {
		if !a.Has(e.Tag) && !skip(e.Tag) && !empty(e) {
			return false
		}
	}
	return true
}
