package dicom

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// Four keywords are also names of types or of the standard library here.
var renamed = map[string]string{
	"PixelDataTag": "PixelData", "UIDValue": "UID", "PersonNameValue": "PersonName",
	"DateValue": "Date", "TimeValue": "Time", "DateTimeValue": "DateTime",
}

func TestEveryTagHasTheStandardsKeyword(t *testing.T) {
	n := 0
	look := func(node ast.Node) bool {
		v, ok := node.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		name := v.Names[0].Name
		lit := v.Values[0].(*ast.BasicLit).Value
		u, err := strconv.ParseUint(strings.TrimPrefix(lit, "0x"), 16, 32)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if r, ok := renamed[name]; ok {
			name = r
		}
		if got := Tag(u).Keyword(); got != name {
			t.Errorf("%s is %s in the dictionary, here %s", Tag(u), got, name)
		}
		n++
		return true
	}
	for _, name := range []string{"tags.go", "tags_presentation.go"} {
		file, err := goparser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, look)
	}
	if n < 250 {
		t.Errorf("only %d tags seen", n)
	}
}

func TestTagsAreParsedInEveryWriting(t *testing.T) {
	for _, s := range []string{"00100020", "0010,0020", "(0010,0020)", "PatientID"} {
		if got, err := ParseTag(s); err != nil || got != PatientID {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "0010002", "001000200", "GGGG0020", "Patient Identity"} {
		if got, err := ParseTag(s); err == nil {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestRepeatingGroupsAndPrivateCreatorsHaveTheirVR(t *testing.T) {
	for tag, vr := range map[Tag]VR{
		OverlayRows: "US", 0x60020010: "US", 0x601E3000: "OB", 0x00090010: "LO", 0x00091001: "UN", 0x00080000: "UL", 0x00190000: "UL",
	} {
		if tag.VR() != vr {
			t.Errorf("%s is %s, want %s", tag, tag.VR(), vr)
		}
	}
}

func TestEveryVRIsInTheTable(t *testing.T) {
	const all = "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV"
	long := " OB OD OF OL OV OW SQ SV UC UN UR UT UV " // PS3.5 7.1.2
	for _, s := range strings.Fields(all) {
		if !VR(s).known() || VR(s).info().long != strings.Contains(long, " "+s+" ") {
			t.Errorf("%s", s)
		}
	}
	if len(vrNames)-1 != len(strings.Fields(all)) {
		t.Errorf("%d value representations", len(vrNames)-1)
	}
}
