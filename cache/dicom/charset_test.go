package dicom

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nocturne/nocturne/cache/oracle"
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
	for _, row := range oracle.Rows(t) {
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

// TestNamesOfTheAnnexes reads the examples of PS3.5 annexes H to K byte for byte.
func TestNamesOfTheAnnexes(t *testing.T) {
	const (
		kanji, ascii, romaji, korean, chinese = "\x1b$B", "\x1b(B", "\x1b(J", "\x1b$)C", "\x1b$)A"
		yamada, tarou                         = "\x3b\x33\x45\x44", "\x42\x40\x4f\x3a"
		yamadaKana, tarouKana                 = "\x24\x64\x24\x5e\x24\x40", "\x24\x3f\x24\x6d\x24\x26"
	)
	for _, c := range []struct{ annex, set, raw, want string }{
		{"H.3.1", `\ISO 2022 IR 87`, "Yamada^Tarou=" + kanji + yamada + ascii + "^" + kanji + tarou + ascii + "=" + kanji + yamadaKana + ascii + "^" + kanji + tarouKana + ascii,
			"Yamada^Tarou=山田^太郎=やまだ^たろう"},
		{"H.3.2", `ISO 2022 IR 13\ISO 2022 IR 87`, "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=" + kanji + yamada + romaji + "^" + kanji + tarou + romaji + "=" + kanji + yamadaKana + romaji + "^" + kanji + tarouKana + romaji,
			"ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"},
		{"I.2", `\ISO 2022 IR 149`, "Hong^Gildong=" + korean + "\xfb\xf3^" + korean + "\xd1\xce\xd4\xd7=" + korean + "\xc8\xab^" + korean + "\xb1\xe6\xb5\xbf",
			"Hong^Gildong=洪^吉洞=홍^길동"},
		{"J.1", `ISO_IR 192`, "Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=", "Wang^XiaoDong=王^小東="},
		{"J.3", `GB18030`, "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="},
		{"J.3, four bytes", `GB18030`, "\x81\x30\x84\x36^\x95\x32\x82\x36", "¥^𠀀"},
		{"J.3 as GBK", `GBK`, "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="},
		{"K.2", `\ISO 2022 IR 58`, "Zhang^XiaoDong=" + chinese + "\xd5\xc5^" + chinese + "\xd0\xa1\xb6\xab=", "Zhang^XiaoDong=张^小东="},
		{"K.2 without escapes", `\ISO 2022 IR 58`, "Zhang^XiaoDong=\xd5\xc5^\xd0\xa1\xb6\xab=", "Zhang^XiaoDong=张^小东="},
		{"I.2 without escapes", `ISO 2022 IR 149`, "Hong^Gildong=\xfb\xf3^\xd1\xce\xd4\xd7", "Hong^Gildong=洪^吉洞"},
		{"H, JIS X 0212", `\ISO 2022 IR 159`, "\x1b$(D\x30\x21" + ascii + "^A", "丂^A"},
	} {
		d, err := Parse(explicit(SpecificCharacterSet, "CS", c.set, PatientName, "PN", c.raw))
		if err != nil {
			t.Errorf("%s: %v", c.annex, err)
			continue
		}
		if got := d.Dataset.Str(PatientName); got != c.want {
			t.Errorf("%s: %q, want %q", c.annex, got, c.want)
		}
	}
	// I.3 and K.3: the escape is repeated in every line.
	lines := "The name is:\r\n" + korean + "\xb1\xe6\xb5\xbf (Gildong)\r\n" + korean + "\xc8\xab."
	d, err := Parse(explicit(SpecificCharacterSet, "CS", `\ISO 2022 IR 149`, PatientComments, "LT", lines))
	if err != nil || d.Dataset.Str(PatientComments) != "The name is:\r\n길동 (Gildong)\r\n홍." {
		t.Errorf("I.3: %q %v", d.Dataset.Str(PatientComments), err)
	}
}

func TestEveryDefinedTermIsKnown(t *testing.T) {
	single := strings.Fields("ISO_IR_6 ISO_IR_100 ISO_IR_101 ISO_IR_109 ISO_IR_110 ISO_IR_144 ISO_IR_127 ISO_IR_126 ISO_IR_138 ISO_IR_148 ISO_IR_203 ISO_IR_13 ISO_IR_166 ISO_IR_192 GB18030 GBK")
	extended := strings.Fields("ISO_2022_IR_6 ISO_2022_IR_100 ISO_2022_IR_101 ISO_2022_IR_109 ISO_2022_IR_110 ISO_2022_IR_144 ISO_2022_IR_127 ISO_2022_IR_126 ISO_2022_IR_138 ISO_2022_IR_148 ISO_2022_IR_203 ISO_2022_IR_13 ISO_2022_IR_166 ISO_2022_IR_87 ISO_2022_IR_159 ISO_2022_IR_149 ISO_2022_IR_58")
	for _, term := range append(single, extended...) {
		term = strings.Replace(strings.ReplaceAll(term, "_", " "), "ISO IR", "ISO_IR", 1)
		f, err := Parse(part10(ExplicitVRLittleEndian, explicit(SpecificCharacterSet, "CS", term, PatientName, "PN", "A^B")))
		if err != nil || len(f.Notes) > 0 || f.Dataset.Str(PatientName) != "A^B" {
			t.Errorf("%s: %v %v", term, err, f.Notes)
		}
	}
	if f, err := Parse(part10(ExplicitVRLittleEndian, explicit(SpecificCharacterSet, "CS", "ISO_IR 999", PatientName, "PN", "A^B"))); err != nil || len(f.Notes) == 0 {
		t.Errorf("an unknown term is not noted: %v", err)
	}
}

func TestTheSitesDefaultIsUsedForWhatDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		site      []string
		set, raw  string
		want      string
		undecided string // without a default
	}{
		{[]string{"ISO_IR 144"}, "", "\xbb\xee\xda", "Люк", "»îÚ"},
		{[]string{"ISO_IR 144"}, "ISO_IR 6", "\xbb\xee\xda", "Люк", "»îÚ"},
		{[]string{"ISO_IR 144"}, "ISO_IR 999", "\xbb\xee\xda", "Люк", "»îÚ"},
		{[]string{"ISO_IR 144"}, "ISO_IR 192", "\xbb\xee\xda", "Люк", "»îÚ"},
		{[]string{"ISO_IR 144"}, "ISO_IR 100", "\xe9", "é", "é"}, // fits its declaration
		{[]string{"ISO_IR 144"}, "", "Лю", "Лю", "Лю"},           // is UTF-8
		{[]string{"ISO_IR 192"}, "", "\xe9", "é", "é"},           // fits neither
		{[]string{"GBK"}, "", "\xcd\xf5", "王", "Íõ"},
		{[]string{"GBK"}, "", "\xc1\xaa\xcd\xa8", "联通", "ÁªÍ¨"},
		{[]string{"", "ISO 2022 IR 87"}, "", "\x1b$B;3ED\x1b(B", "山田", "山田"},
		{[]string{"ISO_IR 13"}, "", "\xd4\xcf", "ﾔﾏ", "ÔÏ"},
		{[]string{"", "ISO 2022 IR 149"}, "", "\xfb\xf3", "ûó", "ûó"}, // needs an escape
		{[]string{"ISO_IR 149"}, "", "\xfb\xf3", "洪", "ûó"},
	} {
		b := explicit(SpecificCharacterSet, "CS", c.set, PatientName, "PN", c.raw)
		f, err := Options{Charset: c.site}.Parse(b)
		if err != nil || f.Dataset.Str(PatientName) != c.want {
			t.Errorf("%q, site %q: %q, want %q (%v)", c.set, c.site, f.Dataset.Str(PatientName), c.want, err)
		}
		if got := parsed(t, b).Dataset.Str(PatientName); got != c.undecided {
			t.Errorf("%q without a site: %q, want %q", c.set, got, c.undecided)
		}
	}
	item := evle.el(PatientName, "PN", "\xbb\xee")
	b := join(evle.el(StudyDate, "DA", "20250101"), evle.head(ReferencedStudySequence, "SQ", uint32(len(item)+8)), evle.head(tagItem, "", uint32(len(item))), item)
	f, err := Options{Charset: []string{"ISO_IR 144"}}.Parse(b)
	if err != nil || f.Dataset.Item(ReferencedStudySequence).Str(PatientName) != "Лю" {
		t.Errorf("in an item: %v", err)
	}
}

func TestTextOutsideItsCharacterSetIsSaid(t *testing.T) {
	for set, raw := range map[string]string{"ISO_IR 192": "\xe9", "": "\xe9", "ISO_IR 999": "\xe9", "ISO_IR 6": "\xe9", "GB18030": "\xff"} {
		f, err := Parse(part10(ExplicitVRLittleEndian, explicit(SpecificCharacterSet, "CS", set, PatientComments, "LO", raw)))
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

// FuzzCharset: whatever bytes stand under whatever declaration, the text is UTF-8,
// no larger than a few times the bytes, and means the same once it is written.
func FuzzCharset(f *testing.F) {
	for _, s := range [][2]string{
		{`ISO_IR 100`, "Buc^J\xe9r\xf4me"}, {`\ISO 2022 IR 87`, "Yamada=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"},
		{`ISO 2022 IR 13\ISO 2022 IR 87`, "\xd4\xcf\xc0\xde=\x1b$B;3ED\x1b(J"}, {`\ISO 2022 IR 149`, "\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce"},
		{`GB18030`, "\x81\x30\x84\x36"}, {`ISO_IR 192`, "\xe7\x8e"}, {`\ISO 2022 IR 58`, "\x1b$)A\xd5\xc5"}, {`ISO_IR 166`, "\xca\xc1\xdb"},
		{`\ISO 2022 IR 159`, "\x1b$(D\x30\x21"}, {`ISO_IR 13`, "\\~\xff"},
	} {
		f.Add(s[0], "ISO_IR 100", []byte(s[1]))
		f.Add("", s[0], []byte(s[1]))
	}
	f.Fuzz(func(t *testing.T, declared, site string, raw []byte) {
		if len(declared) > 200 || len(site) > 200 || len(raw) > 1<<15 {
			return
		}
		for _, vr := range []string{"PN", "LO", "LT"} {
			b := part10(ExplicitVRLittleEndian, explicit(SpecificCharacterSet, "CS", declared, PatientComments, vr, string(raw)))
			for _, o := range []Options{{}, {Charset: strings.Split(site, `\`)}} {
				d, err := o.Parse(b)
				if err != nil {
					t.Fatal(err)
				}
				text := strings.Join(d.Dataset.Strs(PatientComments), `\`)
				if !utf8.ValidString(text) || len(text) > 8*len(raw)+8 {
					t.Fatalf("%q as %q is %q", raw, declared, text)
				}
				Clean(text)
				var w bytes.Buffer
				if err := WriteFile(&w, d); err != nil {
					continue // such as a yen sign that became a backslash
				}
				again := parsed(t, w.Bytes())
				if got := strings.Join(again.Dataset.Strs(PatientComments), `\`); got != text && len(text) < 1<<15 {
					t.Fatalf("%q as %q: %q was written as %q", raw, declared, text, got)
				}
			}
		}
	})
}
