package editor

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/worklist/report"
)

var night = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// desk is an editor on a draft, as the app puts them together.
type desk struct {
	*Editor
	draft *report.Draft
	said  string
}

func (d *desk) press(keys ...string) {
	for _, k := range keys {
		d.Key(k)
		d.take()
	}
}

func (d *desk) write(text string) {
	for _, r := range text {
		d.press(string(r))
	}
}

func (d *desk) take() {
	for _, key := range d.Changed() {
		for _, s := range d.Sections {
			if s.Key == key {
				d.draft.Edit(report.Section(key), s.Buffer.String(), night)
			}
		}
	}
}

func (d *desk) reads() string { return d.draft.Plain(report.Findings) }

// newDesk writes parts into Findings: strings, and spans with their content.
func newDesk(t testing.TB, parts ...any) *desk {
	t.Helper()
	d := report.New("1.2", "A1", "NORTH", night)
	var text strings.Builder
	for i := 0; i < len(parts); i++ {
		s, ok := parts[i].(report.Span)
		if !ok {
			text.WriteString(parts[i].(string))
			continue
		}
		i++
		framed, ok := d.Frame(s, parts[i].(string))
		if !ok {
			t.Fatal("no rune left")
		}
		text.WriteString(framed)
	}
	d.Edit(report.Findings, text.String(), night)
	var sections []*Section
	for _, s := range []report.Section{report.Findings, report.Impression} {
		sections = append(sections, &Section{Key: string(s), Title: s.Title(), Buffer: NewBuffer(d.Sections[s])})
	}
	out := &desk{draft: d, Editor: New(sections, string(report.Findings))}
	out.Span, out.Confirm, out.Say = d.Span, d.Confirm, func(s string) { out.said = s }
	out.Active().Buffer.moveTo(0)
	out.follow()
	return out
}

var (
	size   = report.Span{Kind: report.NumberField, Name: "size", Unit: "mm", Min: 1, Max: 300, Required: true}
	side   = report.Span{Kind: report.ChoiceField, Name: "side", Choices: []string{"right", "left", "both"}}
	organs = report.Span{Kind: report.ChoiceField, Name: "organs", Choices: []string{"liver", "spleen", "kidneys"}, Multiple: true}
	normal = report.Span{Kind: report.Normal, Name: "lungs"}
	pulled = report.Span{Kind: report.Pulled, From: report.Source{StudyUID: "1.2.3", Date: "20251120"}}
)

func TestTabSelectsFieldsAndTypingReplacesThem(t *testing.T) {
	d := newDesk(t, "Nodule of ", size, "", " on the ", side, "right", ".")
	d.press("tab")
	d.write("12")
	d.press("tab")
	if from, to := d.Active().Buffer.Selected(); d.read(d.Active().Buffer.text[from:to]) != "right" {
		t.Errorf("selected %d to %d", from, to)
	}
	d.write("left")
	if got := d.reads(); got != "Nodule of 12 mm on the left." {
		t.Errorf("reads %q", got)
	}
	d.press("shift+tab", "backspace")
	if got := d.reads(); got != "Nodule of [size] on the left." {
		t.Errorf("an emptied field reads %q", got)
	}
	d.press("tab", "tab")
	if d.Active().Key != string(report.Impression) {
		t.Errorf("behind the last field Tab is in %s", d.Active().Key)
	}
	d.press("shift+tab")
	if s, content, _ := d.Field(); s.Name != "side" || content != "left" {
		t.Errorf("back in %q: %q", s.Name, content)
	}
}

func TestADefaultStaysAndIsConfirmedWhenItsFieldIsLeft(t *testing.T) {
	d := newDesk(t, side, "right", " ", normal, "Lungs clear.", " ", pulled, "Nodule.", " end")
	if n := len(d.draft.Unconfirmed()); n != 3 {
		t.Fatalf("%d unconfirmed", n)
	}
	if got := ansi.Strip(d.View(true)); !strings.Contains(got, "3 unconfirmed") || !strings.Contains(got, "~right ~Lungs clear. «2025-11-20: Nodule.» end") {
		t.Errorf("drawn as\n%s", got)
	}
	d.press("tab", "tab")
	if n := len(d.draft.Unconfirmed()); n != 2 {
		t.Errorf("%d unconfirmed after the first field", n)
	}
	d.press("tab", "tab")
	u := d.draft.Unconfirmed()
	if len(u) != 1 || u[0].Kind != report.Pulled {
		t.Errorf("left unconfirmed: %+v", u)
	}
	if got := d.reads(); got != "right Lungs clear. Nodule. end" {
		t.Errorf("reads %q", got)
	}
	d.press("shift+tab")
	if d.Accept() != 1 || len(d.draft.Unconfirmed()) != 0 {
		t.Error("what was pulled is not accepted by its key")
	}
}

func TestANumberGetsItsUnitOnce(t *testing.T) {
	for given, want := range map[string]string{"12": "12 mm.", "12 mm": "12 mm.", "": "[size].", "3-4": "3-4 mm.", "about": "about."} {
		d := newDesk(t, size, "", ".")
		d.press("tab")
		d.write(given)
		d.press("tab", "shift+tab", "tab")
		if got := d.reads(); got != want {
			t.Errorf("%q reads %q", given, got)
		}
	}
	d := newDesk(t, size, "", " mm wide")
	d.press("tab", "8", "tab")
	if got := d.reads(); got != "8 mm wide" {
		t.Errorf("reads %q", got)
	}
}

func TestAListIsChosenFromByNumberLettersAndArrows(t *testing.T) {
	for _, c := range []struct {
		span report.Span
		keys string
		want string
	}{
		{side, "2", "left"}, {side, "b enter", "both"}, {side, "down down enter", "both"}, {side, "esc", "right"}, {side, "l x enter", "left"},
		{organs, "1 3 enter", "liver, kidneys"}, {organs, "down space enter", "spleen"}, {organs, "k enter", "kidneys"},
	} {
		content := "right"
		if c.span.Multiple {
			content = ""
		}
		d := newDesk(t, "On the ", c.span, content, ".")
		d.press("tab")
		if !d.PickField() {
			t.Fatal("no list")
		}
		d.press(strings.Fields(c.keys)...)
		if got := d.reads(); got != "On the "+c.want+"." || d.Picking() {
			t.Errorf("%s: %q", c.keys, got)
		}
	}
	d := newDesk(t, "Nodule", side, "")
	if d.PickField() {
		t.Error("a list where no field is")
	}
}

func TestChangingWhatWasPulledClearsItsMark(t *testing.T) {
	d := newDesk(t, pulled, "Nodule.")
	d.press("right", "right", "x")
	if u := d.draft.Unconfirmed(); len(u) != 0 || d.reads() != "Noxdule." {
		t.Errorf("%q, unconfirmed %v", d.reads(), u)
	}
}

func TestANumberFieldSaysWhatCannotBe(t *testing.T) {
	for given, wrong := range map[string]string{"12": "", "12.5": "", "7,5 mm": "", "12 x 8": "", "< 5": "", "3–4 mm": "", "350": "outside 1…300 mm",
		"12 cm": "in mm, not in cm", "large": "no number", "12 x 800": "outside", "": ""} {
		got := NumberProblem(size, given)
		if wrong == "" && got != "" || !strings.Contains(got, wrong) {
			t.Errorf("%q: %q", given, got)
		}
	}
	d := newDesk(t, size, "")
	d.press("tab")
	d.write("350")
	d.press("tab")
	if !strings.Contains(d.said, "outside 1…300 mm") || len(d.draft.Unconfirmed()) != 1 {
		t.Errorf("said %q, unconfirmed %d", d.said, len(d.draft.Unconfirmed()))
	}
}

func TestTheCaretStepsByWhatIsShown(t *testing.T) {
	d := newDesk(t, "a", side, "bc", "d", size, "", "e")
	b := d.Active().Buffer
	seen := []string{}
	for at := -1; at != b.caret; {
		at = b.caret
		seen = append(seen, ansi.Strip(strings.Split(d.View(true), "\n")[1]))
		d.press("right")
	}
	if len(seen) != 7 { // before a, b, c, d, [size], e, and the end
		t.Errorf("%d steps", len(seen))
	}
	for range 9 {
		d.press("left")
	}
	for range 7 { // a, b, c, the field that is empty now, d, [size], e
		d.press("delete")
	}
	if got := d.draft.Plain(report.Findings); got != "" || len(d.draft.Placed(report.Findings)) != 0 {
		t.Errorf("left %q with %+v", got, d.draft.Placed(report.Findings))
	}
}

func TestAFrameIsTakenWholeOrStays(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to int // of "ab⟨cd⟩ef", frames at 2 and 5
		want     string
		spans    int
	}{
		{"content", 3, 5, "abef", 1}, {"over its beginning", 1, 4, "adef", 1}, {"over its end", 4, 7, "abcf", 1},
		{"whole", 2, 6, "abef", 0}, {"more than whole", 1, 7, "af", 0}, {"before", 0, 2, "cdef", 1},
	} {
		d := newDesk(t, "ab", side, "cd", "ef")
		d.Active().Buffer.Select(c.from, c.to)
		d.press("backspace")
		if got := d.reads(); got != c.want || len(d.draft.Placed(report.Findings)) != c.spans {
			t.Errorf("%s: %q with %d spans", c.name, got, len(d.draft.Placed(report.Findings)))
		}
		d.press("ctrl+z")
		if got := d.reads(); got != "abcdef" || len(d.draft.Placed(report.Findings)) != 1 {
			t.Errorf("%s, undone: %q", c.name, got)
		}
	}
}

// Whatever is pressed: no panic, what the draft holds is what the editor holds, frames
// are whole, what was wrapped piece by piece is as wrapped anew, and undo goes all the
// way back and forth.
func TestNoKeysBreakAFrame(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 7))
		d := newDesk(t, "Start ", size, "", " and ", side, "left", "\n", normal, "All normal here.", " ", pulled, "Old text.", "\nend")
		d.Resize(30, 8)
		first := d.Active().Buffer.String()
		for range 120 {
			randomKey(d, rng)
			whole(t, d, seed)
		}
		unwind(t, d, first, seed)
	}
}

var anyKeys = []string{"left", "right", "up", "down", "home", "end", "tab", "shift+tab", "backspace", "delete", "ctrl+w", "enter", "space", "a", "Z", "7", ".",
	"ctrl+z", "ctrl+y", "ctrl+left", "ctrl+right", "shift+left", "shift+right", "shift+up", "shift+down", "shift+home", "shift+end", "alt+backspace", "é", "表"}

func randomKey(d *desk, rng *rand.Rand) {
	switch rng.IntN(12) {
	case 0:
		d.Insert(strings.Repeat("pasted words and more of them\n", 1+rng.IntN(3)) + "\U000F0000forged\U00100000")
		d.take()
	case 1:
		d.Resize(20+rng.IntN(60), 3+rng.IntN(20))
	case 2:
		d.PickField()
	default:
		d.press(anyKeys[rng.IntN(len(anyKeys))])
	}
}

func whole(t *testing.T, d *desk, seed uint64) {
	t.Helper()
	for _, s := range d.Sections {
		b := s.Buffer
		if got := d.draft.Sections[report.Section(s.Key)]; got != b.String() {
			t.Fatalf("seed %d: the draft holds %+q, the editor %+q", seed, got, b.String())
		}
		if b.caret < 0 || b.caret > len(b.text) {
			t.Fatalf("seed %d: caret %d of %d", seed, b.caret, len(b.text))
		}
		if got, want := b.rows(d.textWidth(), d.show), wrap(b.text, d.textWidth(), d.show); !slices.Equal(got, want) {
			t.Fatalf("seed %d: wrapped as %v, anew %v", seed, got, want)
		}
	}
	rows := strings.Split(d.View(true), "\n")
	if len(rows) != d.height {
		t.Fatalf("seed %d: %d rows drawn of %d", seed, len(rows), d.height)
	}
}

func unwind(t *testing.T, d *desk, first string, seed uint64) {
	t.Helper()
	d.Go(string(report.Findings))
	b := d.Active().Buffer
	last := b.String()
	for b.Undo() {
	}
	if b.String() != first {
		t.Fatalf("seed %d: undone to %+q", seed, b.String())
	}
	for b.Redo() {
	}
	if b.String() != last && last != first {
		for b.Undo() { // what had been undone in between comes back too
		}
		if b.String() != first {
			t.Fatalf("seed %d: not undone again", seed)
		}
	}
}
