package template

import (
	"bytes"
	"testing"
	"unicode"

	"github.com/nocturne/nocturne/worklist/report"
)

// hostile are files that must be read or refused, never more.
var hostile = []string{
	"", "<", "<section", "<section data-section-name=Findings>", "<section data-section-name=Findings><p><input type=number id=a name=b min=NaN max=Inf>",
	"<section data-section-name=Findings><select name=a multiple><option selected>x, y<option>",
	"<section data-section-name=Findings><textarea name=a>\U000F0000x\U00100000\uE000</textarea>",
	"<script type=text/xml><template_attributes><term><code><term><code></template_attributes>",
	"<meta name=nocturne.age content=9999999999999y..><section data-section-name=Impression><p data-if-age='1y..1y'>a",
}

// What was read is written as a file that reads the same, and no text of it forges
// what a draft frames.
func FuzzParseHTML(f *testing.F) {
	f.Add([]byte(good(f)))
	for _, h := range hostile {
		f.Add([]byte(h))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Check(b)
		x, err := ParseHTML(b)
		if err != nil {
			return
		}
		first := x.HTML()
		y, err := ParseHTML(first)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first)
		}
		if second := y.HTML(); !bytes.Equal(first, second) {
			t.Fatalf("written again it is another file:\n%s\n%s", first, second)
		}
		applied(t, x)
	})
}

func FuzzParsePlain(f *testing.F) {
	f.Add(liver)
	f.Add("title: a\n# Findings\n@F @age=1y.. [#a mm 0..3 <-us.BPD] [~a=b: c|d] [+a: b|c] [[x]] {exam} {>m} \\[ \\# [a|b] [a?=b]")
	f.Add("title: \\\n# Findings\n[[[]]] [] {} [=] [|] [#] [~] {>} \\")
	f.Fuzz(func(t *testing.T, text string) {
		x, err := ParsePlain(text)
		if err != nil {
			return
		}
		if _, err := ParsePlain(x.Text()); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, x.Text())
		}
		applied(t, x)
	})
}

// applied applies the template and looks at the draft.
func applied(t *testing.T, x *Template) {
	d := draft()
	NewSet(x).All()[0].Apply(d, report.Facts{Exam: "CT"}, now)
	for s, text := range d.Sections {
		open := false
		for _, r := range text {
			if _, ok := d.Span(r); ok {
				open = true
			} else if r == report.SpanEnd {
				open = false
			} else if unicode.Is(unicode.Co, r) {
				t.Fatalf("section %s holds a rune %U that the draft does not know", s, r)
			}
		}
		if open {
			t.Fatalf("section %s leaves a span open", s)
		}
	}
	if _, err := d.Encode(); err != nil {
		t.Fatal(err)
	}
}
