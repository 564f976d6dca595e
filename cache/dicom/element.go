package dicom

import "strings"

// NewDataset is a data set of these elements, in any order; of several with one tag
// the first is kept.
func NewDataset(elems ...Element) *Dataset {
	d := &Dataset{elems: elems}
	d.sort()
	return d
}

// NewElement makes an element of values as they are written in JSON and XML (PS3.18
// F.2.3, PS3.19 A.1.5): text as it is, numbers in decimal, an AT in eight hexadecimal
// digits. vr may be "", for the dictionary's. A value that its VR has no room for is
// an *InvalidError, as is any for a sequence or for bytes.
func NewElement(t Tag, vr VR, values ...string) (Element, error) {
	if !vr.known() {
		vr = t.VR()
	}
	e := Element{Tag: t, VR: vr}
	list := make([]any, len(values))
	for i, s := range values {
		list[i] = s
	}
	var j jsonReader
	switch vr.info().kind {
	case kindText:
		if len(values) > 1 || len(values) == 1 && values[0] != "" {
			e.Text = values
		}
		if !vr.info().multi && len(values) > 1 {
			e.Text = []string{strings.Join(values, `\`)}
		}
		return e, nil
	case kindInt:
		return j.ints(e, list)
	case kindFloat:
		return j.floats(e, list)
	case kindSeq:
		e.Items = []*Dataset{}
	}
	if len(values) > 0 {
		return e, invalid(-1, "%s takes no value that is written in characters", t)
	}
	return e, nil
}
