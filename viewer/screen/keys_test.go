package screen

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func at(ms int) time.Time { return noon.Add(time.Duration(ms) * time.Millisecond) }

// letter is the key of a US keyboard that makes a small and a large letter.
func letter(code, ms int, small, large rune) keyEvent {
	return keyEvent{code: code, runes: []rune{small, large}, at: at(ms)}
}

func up(code, ms int) keyEvent { return keyEvent{code: code, up: true, at: at(ms)} }

func special(code, ms int, name string) keyEvent { return keyEvent{code: code, name: name, at: at(ms)} }

// told writes strokes as "r(live) -r Q(text)".
func told(s []stroke) string {
	var out []string
	for _, x := range s {
		switch {
		case x.up:
			out = append(out, "-"+string(x.key))
		case x.live:
			out = append(out, string(x.key))
		default:
			out = append(out, fmt.Sprintf("%s(text)", x.key))
		}
	}
	return strings.Join(out, " ")
}

func expect(t *testing.T, what string, got []stroke, want string) {
	t.Helper()
	if told(got) != want {
		t.Errorf("%s: %q, want %q", what, told(got), want)
	}
}

func TestKeysOfOneTickKeepTheirOrderAndNumber(t *testing.T) {
	var k keyboard
	got := k.read([]keyEvent{
		letter(27, 0, 'r', 'R'), up(27, 5),
		special(113, 10, "left"), up(113, 14), special(113, 18, "left"), up(113, 22),
		special(36, 26, "enter"), up(36, 30),
		letter(44, 34, 'j', 'J'), up(44, 38), letter(44, 42, 'j', 'J'), up(44, 46),
	}, []rune("rjj"), at(90))
	expect(t, "one slow tick", got, "r -r left -left left -left enter -enter j -j j -j")
	if !got[2].at.Equal(at(10)) {
		t.Errorf("a key was told with the time of the tick")
	}
}

func TestAKeyWaitsForItsCharacterAndACharacterForItsKey(t *testing.T) {
	var k keyboard
	expect(t, "key first", k.read([]keyEvent{letter(27, 0, 'r', 'R'), special(113, 4, "left")}, nil, at(5)), "")
	if !k.waits() {
		t.Error("nothing waits")
	}
	expect(t, "then its character", k.read(nil, []rune("r"), at(20)), "r left")
	expect(t, "character first", k.read(nil, []rune("e"), at(100)), "")
	expect(t, "then its key", k.read([]keyEvent{letter(26, 101, 'e', 'E')}, nil, at(116)), "e")
	if k.waits() {
		t.Error("something waits")
	}
}

func TestTheAutoRepeatIsNotTold(t *testing.T) {
	var k keyboard
	expect(t, "down", k.read([]keyEvent{letter(44, 0, 'j', 'J')}, []rune("j"), at(10)), "j")
	for ms := 660; ms < 900; ms += 40 {
		expect(t, "held", k.read(nil, []rune("j"), at(ms)), "")
	}
	expect(t, "another key meanwhile", k.read([]keyEvent{letter(27, 900, 'r', 'R')}, []rune("jr"), at(905)), "r")
	expect(t, "up", k.read([]keyEvent{up(44, 950)}, nil, at(960)), "-j")
}

func TestTheNameOfAnEndIsThatOfItsBeginning(t *testing.T) {
	var k keyboard
	expect(t, "with shift", k.read([]keyEvent{letter(44, 0, 'j', 'J')}, []rune("J"), at(1)), "J")
	expect(t, "after shift went", k.read([]keyEvent{up(44, 50)}, nil, at(60)), "-J")
}

func TestTextThatNoKeyMadeIsToldAsText(t *testing.T) {
	var k keyboard
	expect(t, "at once", k.read(nil, []rune("の"), at(0)), "")
	expect(t, "its key may be late", k.read(nil, nil, at(120)), "")
	expect(t, "when no key came", k.read(nil, nil, at(241)), "の(text)")
}

// A machine that draws five pictures a second hears of keys and characters frames apart.
func TestSlowPicturesLoseNoKey(t *testing.T) {
	var k keyboard
	expect(t, "key, no character yet", k.read([]keyEvent{letter(27, 0, 'r', 'R')}, nil, at(90)), "")
	expect(t, "still none", k.read(nil, nil, at(290)), "")
	expect(t, "the character", k.read(nil, []rune("r"), at(490)), "r")
	expect(t, "character, no key yet", k.read([]keyEvent{up(27, 500)}, []rune("e"), at(690)), "-r")
	expect(t, "still none", k.read(nil, nil, at(935)), "")
	expect(t, "the key", k.read([]keyEvent{letter(26, 680, 'e', 'E')}, nil, at(940)), "e")
}

func TestAKeyThatMakesNoCharacterIsNoStroke(t *testing.T) {
	var k keyboard
	expect(t, "taken by an input method", k.read([]keyEvent{letter(48, 0, 'n', 'N'), up(48, 20)}, nil, at(30)), "")
	expect(t, "its character may be late", k.read(nil, nil, at(70)), "")
	expect(t, "the next key", k.read([]keyEvent{special(113, 100, "left")}, nil, at(110)), "left")
}

func TestChordsAreNamedByLabel(t *testing.T) {
	var k keyboard
	z := letter(29, 0, 'z', 'Z') // where a US keyboard has y
	z.ctrl = true
	expect(t, "Ctrl+Z", k.read([]keyEvent{z, letter(29, 5, 'z', 'Z')}, []rune("z"), at(6)), "ctrl+z z")
	tab := special(23, 10, "tab")
	tab.shift = true
	expect(t, "Shift+Tab", k.read([]keyEvent{tab}, nil, at(11)), "shift+tab")
}

// A Russian layout prints к where a US keyboard has r: by its place the key is r, held
// or not, and with shift R.
func TestLettersByTheirPlaceOnAnyLayout(t *testing.T) {
	press := keyEvent{code: 27, us: 'r', runes: []rune{'к', 'К'}, at: at(0)}
	k := keyboard{places: true}
	expect(t, "by place", k.read([]keyEvent{press}, []rune("к"), at(1)), "r")
	expect(t, "its repeat", k.read(nil, []rune("ккк"), at(400)), "")
	expect(t, "its end", k.read([]keyEvent{up(27, 410)}, nil, at(500)), "-r")
	press.shift, press.at = true, at(600)
	expect(t, "shifted", k.read([]keyEvent{press, up(27, 610)}, []rune("К"), at(620)), "R -R")
	label := keyboard{}
	press.shift, press.at = false, at(0)
	expect(t, "by label", label.read([]keyEvent{press}, []rune("к"), at(1)), "к")
}
