package dicom

import (
	"bytes"
	"strings"
	"testing"
)

// explicit builds explicit VR little endian elements of short form.
func explicit(pairs ...any) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 3 {
		t, vr, v := pairs[i].(Tag), pairs[i+1].(string), pairs[i+2].(string)
		if len(v)%2 != 0 {
			v += " "
		}
		b = append(b, byte(t.Group()), byte(t.Group()>>8), byte(t.Element()), byte(t.Element()>>8))
		b = append(append(b, vr...), byte(len(v)), byte(len(v)>>8))
		b = append(b, v...)
	}
	return b
}

func TestNamesOfTheWorldAreReadAsTheManifestHasThem(t *testing.T) {
	n := 0
	for _, row := range manifest(t) {
		if row["sop_uid"] == "" || row["patient"] == "" {
			continue
		}
		f := realFile(t, row["file"])
		got := ParsePN(f.Dataset.Str(PatientName)).String() + " / " + f.Dataset.Str(PatientID)
		name, id, _ := strings.Cut(row["patient"], " / ")
		if want := ParsePN(name).String() + " / " + id; squeeze(got) != squeeze(want) {
			t.Errorf("%s: %q, manifest %q", row["file"], got, want)
		}
		n++
	}
	if n < 400 {
		t.Errorf("only %d names compared", n)
	}
}

// squeeze drops what the manifest's other reader trims differently.
func squeeze(s string) string { return strings.Trim(strings.Join(strings.Fields(s), " "), "/ ") }

func TestTextInEveryCharacterSet(t *testing.T) {
	for _, c := range []struct{ set, vr, raw, want string }{
		{`ISO_IR 100`, "PN", "Buc^J\xe9r\xf4me", "Buc^Jérôme"},
		{`ISO_IR 101`, "PN", "Wa\xb3\xeasa", "Wałęsa"},
		{`ISO_IR 109`, "PN", "\xc6orma", "Ĉorma"},
		{`ISO_IR 110`, "PN", "\xa9eske", "Šeske"},
		{`ISO_IR 144`, "PN", "\xbb\xee\xda", "Люк"},
		{`ISO_IR 127`, "PN", "\xe2\xc8\xc7\xe6\xea", "قباني"},
		{`ISO_IR 126`, "PN", "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"},
		{`ISO_IR 138`, "PN", "\xf9\xf8\xe5\xef", "שרון"},
		{`ISO_IR 148`, "PN", "\xc7avu\xfeo\xf0lu", "Çavuşoğlu"},
		{`ISO_IR 203`, "PN", "\xa4uro", "€uro"},
		{`ISO_IR 166`, "PN", "\xca\xc1\xaa\xd2\xc2", "สมชาย"},
		{`ISO_IR 13`, "PN", "\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"},
		{`ISO_IR 13`, "LT", "\\100~", "¥100‾"},
		{`ISO_IR 13`, "LO", `A\B`, `A|B`},
		{`ISO_IR 192`, "PN", "Wang=王^小東", "Wang=王^小東"},
		{`GB18030`, "LO", "\xd0\xa1\x81\x5c\\x", "小乗|x"},
		{`GBK`, "LO", "\xcd\xf5^\xd0\xa1\xb6\xab", "王^小东"},
		{`\ISO 2022 IR 87`, "PN", "Yamada=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "Yamada=山田^太郎"},
		{`ISO 2022 IR 13\ISO 2022 IR 87`, "PN", "\xd4\xcf\xc0\xde=\x1b$B;3ED\x1b(J^x", "ﾔﾏﾀﾞ=山田^x"},
		{`ISO 2022 IR 6\ISO 2022 IR 159`, "PN", "\x1b$(D\x30\x21\x1b(B", "丂"},
		{`\ISO 2022 IR 149`, "PN", "\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "洪^吉洞"},
		{`\ISO 2022 IR 149`, "PN", "\x1b$)C\xfb\xf3^\xd1\xce", "洪^吉"}, // escape not repeated
		{`\ISO 2022 IR 58`, "PN", "\x1b$)A\xcd\xf5", "王"},
		{`ISO 2022 IR 6\ISO 2022 IR 100\ISO 2022 IR 144`, "LO", "\x1b-A\xe9\x1b-L\xbb", "éЛ"},
		{`ISO 2022 IR 100\ISO 2022 IR 126`, "PN", "\x1b-F\xc4^\xe9", "Δ^é"}, // ^ returns to Latin 1
		{`\ISO 2022 IR 87`, "LO", "\x1b$B%5!\\\x1b(B\\x", "サ＋|x"},           // 0x5C within a pair
		{`iso-ir_100`, "LO", "\xe9", "é"},
		{`UTF-8`, "LO", "é", "é"},
		{`ISO_IR 192`, "LO", "J\xe9r", "Jér"}, // wrong declaration: Latin 1
		{``, "LO", "é", "é"},                  // none: UTF-8 if it is
		{``, "LO", "J\xe9r", "Jér"},
		{`ISO_IR 999`, "LO", "J\xe9r", "Jér"},
		{`ISO_IR 100`, "CS", "J\xe9r", "Jér"},                  // a VR that has no character set
		{`ISO_IR 13`, "LO", "\x80\xd4", "€ﾔ"},                  // a byte of no set
		{`\ISO 2022 IR 87`, "LO", "\x1b$B;", "\uFFFD"},         // half a pair
		{`\ISO 2022 IR 87`, "LO", "a\x1b%Gb", "a\uFFFD%Gb"},    // unknown escape stays visible
		{`\ISO 2022 IR 87`, "LT", "\x1b$B;3\r\nab", "山\r\nab"}, // a line end returns to ASCII
	} {
		d, err := Parse(explicit(SpecificCharacterSet, "CS", c.set, PatientComments, c.vr, c.raw))
		if err != nil {
			t.Errorf("%s %q: %v", c.set, c.raw, err)
			continue
		}
		if got := strings.Join(d.Dataset.Strs(PatientComments), "|"); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.set, c.raw, got, c.want)
		}
	}
}

func TestTextOutsideItsCharacterSetIsSaid(t *testing.T) {
	for set, raw := range map[string]string{"ISO_IR 192": "\xe9", "": "\xe9", "ISO_IR 999": "\xe9", "ISO_IR 6": "\xe9", "GB18030": "\xff"} {
		f, err := Parse(explicit(SpecificCharacterSet, "CS", set, PatientComments, "LO", raw))
		if err != nil || len(f.Notes) == 0 {
			t.Errorf("%q: no note (%v)", set, err)
		}
	}
}

func TestItemsInheritAndOverrideTheCharacterSet(t *testing.T) {
	for _, name := range []string{"charset/chrSQEncoding.dcm", "charset/chrSQEncoding1.dcm"} {
		d := realFile(t, name).Dataset
		got := d.Item(RequestedProcedureCodeSequence).Str(CodeMeaning)
		seq := d.Item(RequestedProcedureCodeSequence).Str(PatientName)
		if got+seq == "" || strings.ContainsRune(got+seq, '\uFFFD') || plain([]byte(got+seq)) {
			t.Errorf("%s: %q %q", name, got, seq)
		}
	}
}

func TestWrittenTextIsUTF8AndDeclaredSo(t *testing.T) {
	f := realFile(t, "charset/chrH32.dcm")
	var w bytes.Buffer
	if err := Write(&w, f.Dataset, f.Pixel.Native); err != nil {
		t.Fatal(err)
	}
	g, err := Parse(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if cs := g.Dataset.Strs(SpecificCharacterSet); len(cs) != 1 || cs[0] != "ISO_IR 192" {
		t.Errorf("character set %q", cs)
	}
	if a, b := f.Dataset.Str(PatientName), g.Dataset.Str(PatientName); a != b || a == "" {
		t.Errorf("%q became %q", a, b)
	}
}
