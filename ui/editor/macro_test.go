package editor

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/worklist/report"
)

func withMacros(t *testing.T, parts ...any) *desk {
	d := newDesk(t, parts...)
	text := map[string]string{"neg": "No acute abnormality.", "nodule": "Nodule of ", "nofx": "No fracture."}
	d.Macros = Macros{Names: []string{"neg", "nodule", "nofx"}, Preview: func(n string) string { return text[n] },
		Expand: func(n string, framed bool) string {
			if n == "nodule" && framed {
				s, _ := d.draft.Frame(size, "")
				return text[n] + s + "."
			}
			return text[n]
		}}
	d.Active().Buffer.moveTo(len(d.Active().Buffer.text))
	return d
}

func TestAPhraseIsWrittenOutByItsName(t *testing.T) {
	for _, c := range []struct{ keys, want string }{
		{"/ n e tab", "No acute abnormality."},
		{"/ n e g space x", "No acute abnormality. x"},
		{"/ n e esc space x", "/ne x"},
		{"/ n space x", "/n x"},    // one letter is no name
		{"/ n o space x", "/no x"}, // two begin so
		{"a / n e space x", "a/ne x"},
		{"5 / n e g tab", "5/neg"},
		{"( / n o f tab )", "(No fracture.)"},
		{"/ N E G tab", "No acute abnormality."},
		{"/ n e tab ctrl+z", "/ne"},
		{"/ n o d tab 7 tab", "Nodule of 7 mm."},
	} {
		d := withMacros(t)
		d.press(strings.Fields(c.keys)...)
		if got := d.reads(); got != c.want {
			t.Errorf("%s: %q", c.keys, got)
		}
	}
}

func TestAPhraseIsShownBeforeItIsWritten(t *testing.T) {
	d := withMacros(t)
	d.write("/no")
	if got := ansi.Strip(d.View(true)); !strings.Contains(got, "/nodule /nofx") {
		t.Errorf("drawn as\n%s", got)
	}
	d.write("f")
	if got := ansi.Strip(d.View(true)); !strings.Contains(got, "→ No fracture. · Tab or Space writes it") {
		t.Errorf("drawn as\n%s", got)
	}
	d.Insert("x /neg ")
	if got := d.Active().Buffer.String(); !strings.HasSuffix(got, "/neg ") {
		t.Errorf("a paste was executed: %q", got)
	}
}

func TestAPhraseInAFieldBringsNoFields(t *testing.T) {
	d := withMacros(t, "Size ", report.Span{Kind: report.TextField, Name: "what", Required: true}, "")
	d.press("shift+tab")
	d.write("/nod")
	d.press("tab")
	if got := d.reads(); got != "Size Nodule of " || len(d.draft.Placed(report.Findings)) != 1 {
		t.Errorf("%q with %+v", got, d.draft.Placed(report.Findings))
	}
}
