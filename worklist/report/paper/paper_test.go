package paper

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/report"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

// release is a signed report of a fictitious patient.
func release(k report.Kind) report.Release {
	at := time.Date(2026, 3, 1, 3, 10, 5, 0, time.FixedZone("", 3600))
	part := func(s report.Section, text string) report.Part {
		return report.Part{Section: s, Title: s.Title(), Text: text}
	}
	return report.Release{
		Kind: k, Signed: report.Signed{StudyUID: "1.2", SOPUID: "2.25.77", At: at}, Began: at.Add(-time.Hour),
		Facility: "Night Hospital", Patient: report.Patient{Name: "PHANTOM^Änne", ID: "PID-0001", Birth: "19540302", Sex: "F"},
		Accession: "A1", Exam: "CT chest", StudyDate: "20260301", StudyTime: "025959", Requester: "WARD^Walter",
		Reader: report.Reader{Name: "NIGHT^Rita", Organization: "Night Hospital"}, Others: []report.Reader{{Name: "YOUNG^Tom"}},
		Footer: "Images of this study were lossily compressed (JPEG 10:1).",
		Parts: []report.Part{
			part(report.Indication, "Cough."), part(report.Technique, "CT of the chest."),
			part(report.Findings, "Nodule of 8.0 ± 0.4 mm, ≥ 6 mm, in the RIGHT upper lobe.\n\nLesion          2025-11-20   2026-03-01\nRUL nodule      5.5 mm       8.0 mm"),
			part(report.Impression, "1. Growing nodule.\n2. No effusion."),
			part(report.Critical, "Told to Dr. Walter Ward by phone, read back."),
		},
	}
}

// printed is what another program reads off the pages.
func printed(t *testing.T, r report.Release) (pages []string) {
	t.Helper()
	b, err := PDF(r)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), oracle.Tool(t, "pdftotext"), "-layout", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(b)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// squeezed leaves words and single blanks, so that line breaks do not matter.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestEveryWordOfTheReportIsReadOffThePaper(t *testing.T) {
	for kind, bar := range map[report.Kind]string{
		report.Final: "", report.Preliminary: "PRELIMINARY REPORT", report.Added: "ADDENDUM", report.Corrected: "CORRECTED REPORT",
		report.Withdrawn: "REPORT WITHDRAWN",
	} {
		r := release(kind)
		if kind == report.Added || kind == report.Corrected || kind == report.Withdrawn {
			r.Before = &report.Document{SOPUID: "2.25.66"}
		}
		pages := printed(t, r)
		got := squeezed(strings.Join(pages, " "))
		want := []string{"Night Hospital", "PHANTOM, Änne", "PID-0001", "1954-03-02", "A1", "CT chest", "2026-03-01 02:59", "WARD, Walter",
			"2026-03-01 03:10:05 +0100", "NIGHT, Rita", "YOUNG, Tom", "2.25.77", "page 1 of 1", r.Footer, bar}
		for _, p := range r.Parts {
			want = append(want, p.Title, p.Text)
		}
		for _, w := range want {
			if !strings.Contains(got, squeezed(w)) {
				t.Errorf("%s: no %q in\n%s", kind, w, got)
			}
		}
		before := map[report.Kind]string{report.Added: "added to 2.25.66", report.Corrected: "replaces 2.25.66", report.Withdrawn: "withdraws 2.25.66"}[kind]
		if strings.Contains(got, "2.25.66") != (before != "") || !strings.Contains(got, before) {
			t.Errorf("%s: the document before: %s", kind, got)
		}
		if strings.Contains(got, "Verified and signed") != (kind != report.Preliminary) {
			t.Errorf("%s: who verified it: %s", kind, got)
		}
		if text := squeezed(Text(r)); !strings.Contains(text, bar) || !strings.Contains(text, squeezed(r.Parts[2].Text)) {
			t.Errorf("%s: the text says\n%s", kind, text)
		}
	}
}

func TestAReportOfManyPagesNamesThePatientAndItsKindOnEach(t *testing.T) {
	r := release(report.Preliminary)
	var text strings.Builder
	for i := range 400 {
		text.WriteString("Line " + string(rune('A'+i%26)) + " of many, with some words to say.\n")
	}
	r.Parts[2].Text = text.String()
	pages := printed(t, r)
	if len(pages) < 8 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		for _, want := range []string{"PRELIMINARY REPORT", "PHANTOM, Änne", "PID-0001", "A1", "lossily compressed", "page " + itoa(i+1) + " of " + itoa(len(pages))} {
			if !strings.Contains(squeezed(p), want) {
				t.Errorf("page %d has no %q", i+1, want)
			}
		}
	}
	if got := strings.Count(strings.Join(pages, ""), "Line "); got != 400 {
		t.Errorf("%d lines of 400", got)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func TestWhatNobodySignedSaysSo(t *testing.T) {
	r := release(report.Corrected)
	r.Signed = report.Signed{StudyUID: "1.2"}
	got := squeezed(strings.Join(printed(t, r), " "))
	for text, want := range map[string]bool{"DRAFT, NOT SIGNED": true, "CORRECTED REPORT": true, "Verified": false, "signed by": false, "Document": false} {
		if strings.Contains(got, text) != want || strings.Contains(Text(r), text) != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// A character that the type has not is seen as its number, not left out and not as
// another character.
func TestACharacterThatCannotBePrintedIsSeen(t *testing.T) {
	r := release(report.Final)
	r.Parts[2].Text = "Größe 肺 unverändert, Ł, жив, u\u0308 → 😀 ﷺ."
	got := squeezed(strings.Join(printed(t, r), " "))
	for _, want := range []string{"Größe [U+80BA] unverändert, Ł, жив, ü → [U+1F600] [U+FDFA].", "cannot print"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if got := squeezed(strings.Join(printed(t, release(report.Final)), " ")); strings.Contains(got, "cannot print") {
		t.Error("a note about nothing")
	}
}

// typeAtFirst is the type before any page was made.
var typeAtFirst = [][]byte{bytes.Clone(goregular.TTF), bytes.Clone(gobold.TTF), bytes.Clone(gomono.TTF)}

// The window draws with the same type: what makes the pages may not write into it.
func TestTheSameReleaseMakesTheSameBytes(t *testing.T) {
	a, err := PDF(release(report.Final))
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if b, _ := PDF(release(report.Final)); !bytes.Equal(a, b) {
			t.Fatal("the bytes differ")
		}
	}
	for i, now := range [][]byte{goregular.TTF, gobold.TTF, gomono.TTF} {
		if !bytes.Equal(typeAtFirst[i], now) {
			t.Errorf("type %d was written into", i)
		}
	}
	if _, err := PDF(report.Release{}); err == nil {
		t.Error("a page without text was printed")
	}
}

func TestLongWordsAndTablesStayWithinThePage(t *testing.T) {
	r := release(report.Final)
	long := strings.Repeat("x", 400)
	r.Parts[2].Text = long + "\n" + strings.Repeat("wide   ", 60)
	got := strings.Join(strings.Fields(strings.Join(printed(t, r), "")), "")
	if strings.Count(got, "x") < 400 || strings.Count(got, "wide") != 60 {
		t.Errorf("%d of 400 letters, %d of 60 words", strings.Count(got, "x"), strings.Count(got, "wide"))
	}
}

// Whatever is written, every character of it stands on a line or as its number, and no
// line is wider than it may be but one of a single character.
func FuzzWrap(f *testing.F) {
	for _, s := range []string{"", "a b", "  indented text that is long enough", strings.Repeat("x", 90) + " y", "Größe 肺 \U0001F600 \u200b\n\n\tz", "a\xffb", strings.Repeat("0", 20) + "\xc2"} {
		f.Add(s, 20)
	}
	fonts, err := newFace()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = max(1, width%200)
		said := fonts.printable(text)
		lines := wrap(said, float64(width), func(s string) float64 { return float64(len([]rune(s))) })
		if squeezedAll(strings.Join(lines, "")) != squeezedAll(said) {
			t.Errorf("%q became %q", said, lines)
		}
		for _, l := range lines {
			if len([]rune(l)) > width {
				t.Errorf("%q is wider than %d", l, width)
			}
		}
	})
}

func squeezedAll(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
