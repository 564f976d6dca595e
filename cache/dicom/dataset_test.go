package dicom

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestElementsStayInOrderWhateverTheOrderOfSetting(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	d := &Dataset{}
	want := map[Tag]string{}
	for range 500 {
		tag := Tag(r.IntN(64)) << 16
		if r.IntN(4) == 0 {
			d.Delete(tag)
			delete(want, tag)
			continue
		}
		v := strconv.Itoa(r.Int())
		d.Set(Element{Tag: tag, VR: "LO", Text: []string{v}})
		want[tag] = v
	}
	last := Tag(0)
	for e := range d.All() {
		if e.Tag < last || want[e.Tag] != e.Text[0] {
			t.Errorf("%s after %s", e.Tag, last)
		}
		last = e.Tag
	}
	if d.Len() != len(want) {
		t.Errorf("%d elements, want %d", d.Len(), len(want))
	}
}

func TestHalfAVectorIsNeverHandedOut(t *testing.T) {
	d := &Dataset{}
	d.SetStr(PixelSpacing, "0.5", "x")
	if d.Floats(PixelSpacing) != nil {
		t.Error("half a vector")
	}
	d.SetStr(ImagePositionPatient, " 1", "-2.5e1", "+3")
	if got := fmt.Sprint(d.Floats(ImagePositionPatient)); got != "[1 -25 3]" {
		t.Error(got)
	}
	d.SetStr(InstanceNumber, "7.0")
	if n, ok := d.Int(InstanceNumber); n != 7 || !ok {
		t.Error(n)
	}
	d.SetStr(InstanceNumber, "7.5")
	if n, ok := d.Int(InstanceNumber); ok || d.IntOr(InstanceNumber, 9) != 9 {
		t.Error(n)
	}
}

func TestLookingThroughWhatIsNotThereFindsNothing(t *testing.T) {
	var none *Dataset
	if none.Has(PatientID) || none.Len() != 0 || none.Item(RequestedProcedureCodeSequence).Item(ReferencedStudySequence).Str(PatientID) != "" {
		t.Error("something in nothing")
	}
}

func TestACloneIsItsOwn(t *testing.T) {
	d := sample()
	c := d.Clone()
	c.Item(RequestedProcedureCodeSequence).SetStr(CodeMeaning, "changed")
	c.Delete(PatientName)
	if d.Item(RequestedProcedureCodeSequence).Str(CodeMeaning) != "ß" || !d.Has(PatientName) {
		t.Error("the original changed")
	}
}

func TestDecimalStringsFitAndKeepWhatTheyCan(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 0.5: "0.5", -1.0 / 3: "-0.3333333333333", math.Pi * 1e-12: "3.1415926536e-12", 512: "512"} {
		if got := FormatDS(f); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		f := math.Float64frombits(r.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		s := FormatDS(f)
		g, err := strconv.ParseFloat(s, 64)
		if err != nil || len(s) > 16 || math.Abs(g-f) > math.Abs(f)*1e-8 {
			t.Errorf("%v: %s", f, s)
		}
	}
}

func TestPrivateElementsHaveTheirCreator(t *testing.T) {
	d := &Dataset{}
	d.SetStr(0x00090010, "FIRST")
	d.SetStr(0x000900FF, "LAST")
	for tag, want := range map[Tag]string{0x00091001: "FIRST", 0x000910FF: "FIRST", 0x0009FF00: "LAST", 0x00091101: "", 0x00090010: "", 0x00101000: "", 0x000B1001: ""} {
		if got := d.PrivateCreator(tag); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}
