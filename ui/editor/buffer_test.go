package editor

import (
	"math/rand/v2"
	"testing"
	"testing/quick"
)

func plain(text []rune, i int) string { return string(text[i]) }

func TestUndoTakesAWordBackAtATime(t *testing.T) {
	b := NewBuffer("")
	for _, r := range "no acute" {
		b.Insert(string(r))
	}
	b.Insert(" pasted text ")
	steps := []string{"no acute", "no ", "no", ""}
	for _, want := range steps {
		if !b.Undo() || b.String() != want {
			t.Fatalf("undo gave %q, want %q", b.String(), want)
		}
	}
	if b.Undo() {
		t.Error("undo went past the beginning")
	}
	for b.Redo() {
	}
	if b.String() != "no acute pasted text " {
		t.Errorf("redo gave %q", b.String())
	}
}

func TestUndoAndRedoReturnToEveryState(t *testing.T) {
	property := func(seed uint64) bool {
		rng := rand.New(rand.NewPCG(seed, 1))
		b := NewBuffer("seed text")
		first := b.String()
		for range 60 {
			randomEdit(b, rng)
		}
		last := b.String()
		for b.Undo() {
		}
		atStart := b.String() == first
		for b.Redo() {
		}
		return atStart && b.String() == last
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 200}); err != nil {
		t.Error(err)
	}
}

func randomEdit(b *Buffer, rng *rand.Rand) {
	switch rng.IntN(6) {
	case 0:
		b.Backspace()
	case 1:
		b.Delete()
	case 2:
		b.Move(rng.IntN(7) - 3)
	case 3:
		b.Insert("pasted words ")
	case 4:
		b.DeleteWord()
	default:
		b.Insert(string(rune('a' + rng.IntN(26))))
	}
}

func TestATokenIsOneStepAndWrapsAtItsShownWidth(t *testing.T) {
	show := shown(func(text []rune, i int) string {
		if text[i] == '\uE000' {
			return "12.5 mm"
		}
		return string(text[i])
	})
	b := NewBuffer("size \uE000 now")
	lines := wrap(b.text, 12, show)
	if len(lines) != 2 || string(b.text[lines[0].from:lines[0].to]) != "size \uE000" && string(b.text[lines[0].from:lines[0].to]) != "size \uE000 " {
		t.Fatalf("wrapped as %v", lines)
	}
	b.Move(-4)
	b.Backspace()
	if b.String() != "size  now" {
		t.Errorf("backspace left %q", b.String())
	}
}

func TestUpAndDownKeepTheColumnOverShortRows(t *testing.T) {
	b := NewBuffer("a long first row\nx\nanother long row")
	b.moveTo(10)
	b.MoveLine(1, 40, plain)
	b.MoveLine(1, 40, plain)
	if got := b.Caret() - len("a long first row\nx\n"); got != 10 {
		t.Errorf("column became %d", got)
	}
	if b.MoveLine(1, 40, plain) {
		t.Error("moved below the last row")
	}
}

func TestWrappedRowsCoverTheTextOnce(t *testing.T) {
	property := func(words []uint8) bool {
		var text []rune
		for _, w := range words {
			switch {
			case w%11 == 0:
				text = append(text, '\n')
			case w%4 == 0:
				text = append(text, ' ')
			default:
				text = append(text, rune('a'+w%26))
			}
		}
		at := 0
		for _, l := range wrap(text, 9, plain) {
			if l.from != at && !(l.from == at+1 && text[at] == '\n') {
				return false
			}
			at = l.to
		}
		return at == len(text)
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 500}); err != nil {
		t.Error(err)
	}
}
