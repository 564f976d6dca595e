package screen

import (
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"github.com/nocturne/nocturne/viewer"
)

// keyEvent is one key going down or up, auto-repeat left out.
type keyEvent struct {
	code             int
	name             string // of a key that has one; "" for a key that makes a character
	runes            []rune // characters it may make, its label first, as far as known
	us               rune   // the letter at its place on a US keyboard; 0 for none
	shift, ctrl, alt bool
	up               bool
	at               time.Time
	reads            int // how often it was looked at and its character was not there
}

// shifted are the named keys of which Shift makes another.
var shifted = []string{"tab", "up", "down", "left", "right", "home", "end"}

// chord is the key's name with the modifiers before it, in Bubble Tea's order.
func (k keyEvent) chord(name string) viewer.Key {
	if k.shift && slices.Contains(shifted, name) {
		name = "shift+" + name
	}
	if k.ctrl {
		name = "ctrl+" + name
	}
	if k.alt {
		name = "alt+" + name
	}
	return viewer.Key(name)
}

// stroke is a key as the desk is told of it.
type stroke struct {
	key  viewer.Key
	at   time.Time
	up   bool
	live bool // its end will be told; false for a character no key made (input method, paste)
}

// keyboard joins key events with the engine's characters. Letters are taken by
// what they print, so that every layout has its own; the end of a key is told by
// the name its beginning had. Characters of the auto-repeat are dropped: the desk
// repeats by the clock. Either of the two may be heard first.
type keyboard struct {
	down   map[int]viewer.Key // by code
	made   map[int]rune       // by code: the character the key printed
	places bool               // letters are taken by their place
	events []keyEvent         // not yet told: the first one's character has not come
	chars  []typed            // not yet told: their keys have not come
}

// typed is a character the engine made.
type typed struct {
	r     rune
	at    time.Time
	reads int // how often it was looked at and its key was not there
}

// A key has no character (a dead key, or one the input method took) when it waited
// overdue for one, and a character no key (an input method, a paste) when it waited
// orphaned: the keys come through another process's thread, which a busy machine may
// let wait. Neither is settled before patienceReads looks: where a picture takes
// longer to draw than that, time alone proves nothing.
const (
	overdue       = 60 * time.Millisecond
	orphaned      = 240 * time.Millisecond
	patienceReads = 3
)

// read returns the strokes that are complete, in order. now is when the engine
// last took its events.
func (k *keyboard) read(events []keyEvent, chars []rune, now time.Time) []stroke {
	if k.down == nil {
		k.down, k.made = map[int]viewer.Key{}, map[int]rune{}
	}
	k.events = append(k.events, events...)
	for _, r := range chars {
		k.chars = append(k.chars, typed{r: r, at: now})
	}
	var out []stroke
	for len(k.events) > 0 {
		first := &k.events[0]
		s, ok := k.one(*first)
		if first.reads++; !ok && !first.up && (now.Sub(first.at) < overdue || first.reads < patienceReads) {
			break
		}
		if k.events = k.events[1:]; ok {
			out = append(out, s)
		}
	}
	return append(out, k.orphans(now)...)
}

// waits reports whether time alone will bring a stroke.
func (k *keyboard) waits() bool { return len(k.events)+len(k.chars) > 0 }

// one completes an event, with a character where it needs one.
func (k *keyboard) one(e keyEvent) (stroke, bool) {
	if e.up {
		name, held := k.down[e.code]
		delete(k.down, e.code)
		delete(k.made, e.code)
		return stroke{key: name, at: e.at, up: true}, held
	}
	s := stroke{at: e.at, live: true}
	i := k.match(e)
	switch {
	case e.name != "":
		s.key = e.chord(e.name)
	case i >= 0:
		s.key = k.letter(e, k.chars[i].r)
		k.made[e.code] = k.chars[i].r
		k.chars = slices.Delete(k.chars, i, i+1)
	case (e.ctrl || e.alt) && len(e.runes) > 0:
		s.key = e.chord(strings.ToLower(string(e.runes[0])))
	default:
		return s, false
	}
	k.down[e.code] = s.key
	return s, true
}

// letter is the key of a character: the letter at its place where places count.
func (k *keyboard) letter(e keyEvent, r rune) viewer.Key {
	switch {
	case !k.places || e.us == 0:
		return keyOf(r)
	case e.shift:
		return keyOf(unicode.ToUpper(e.us))
	}
	return keyOf(e.us)
}

// match finds the character a key made: one it is known to make, else the first
// that no held key repeats. Keys with Ctrl or Alt make none, unless both are AltGr
// (Windows) or Alt is a third level (macOS).
func (k *keyboard) match(e keyEvent) int {
	switch {
	case e.name != "" || e.ctrl && !e.alt:
		return -1
	case e.alt && !e.ctrl && runtime.GOOS != "darwin":
		return -1
	}
	for i, c := range k.chars {
		if slices.Contains(e.runes, c.r) || slices.Contains(e.runes, unicode.ToLower(c.r)) {
			return i
		}
	}
	return slices.IndexFunc(k.chars, func(c typed) bool { return !k.holds(keyOf(c.r)) })
}

// orphans drops the characters that held keys repeat and tells those that waited
// too long for a key.
func (k *keyboard) orphans(now time.Time) (out []stroke) {
	rest := k.chars[:0]
	for _, c := range k.chars {
		expected := slices.ContainsFunc(k.events, func(e keyEvent) bool { return !e.up && slices.Contains(e.runes, c.r) })
		switch name := keyOf(c.r); {
		case k.holds(name) && !expected:
		case now.Sub(c.at) >= orphaned && c.reads+1 >= patienceReads:
			out = append(out, stroke{key: name, at: c.at})
		default:
			c.reads++
			rest = append(rest, c)
		}
	}
	k.chars = rest
	return out
}

func keyOf(r rune) viewer.Key {
	if r == ' ' {
		return "space"
	}
	return viewer.Key(string(r))
}

func (k *keyboard) holds(name viewer.Key) bool {
	for code, held := range k.down {
		if held == name || k.made[code] != 0 && keyOf(k.made[code]) == name {
			return true
		}
	}
	return false
}

// engineKeys is what the engine tells of keys since its last tick: in no order, and
// a key that went down twice only once. Used where there are no ears.
type engineKeys struct{}

// engineNamed are the keys with a name, by their place on the keyboard.
var engineNamed = map[ebiten.Key]string{
	ebiten.KeyEnter: "enter", ebiten.KeyNumpadEnter: "enter", ebiten.KeyEscape: "esc", ebiten.KeyTab: "tab",
	ebiten.KeyBackspace: "backspace", ebiten.KeyDelete: "delete", ebiten.KeyArrowUp: "up", ebiten.KeyArrowDown: "down",
	ebiten.KeyArrowLeft: "left", ebiten.KeyArrowRight: "right", ebiten.KeyPageUp: "pgup", ebiten.KeyPageDown: "pgdown",
	ebiten.KeyHome: "home", ebiten.KeyEnd: "end", ebiten.KeyInsert: "insert",
	ebiten.KeyF1: "f1", ebiten.KeyF2: "f2", ebiten.KeyF3: "f3", ebiten.KeyF4: "f4", ebiten.KeyF5: "f5", ebiten.KeyF6: "f6",
	ebiten.KeyF7: "f7", ebiten.KeyF8: "f8", ebiten.KeyF9: "f9", ebiten.KeyF10: "f10", ebiten.KeyF11: "f11", ebiten.KeyF12: "f12",
}

func (engineKeys) read(now time.Time) []keyEvent {
	var out []keyEvent
	mods := keyEvent{at: now, shift: ebiten.IsKeyPressed(ebiten.KeyShift), ctrl: ebiten.IsKeyPressed(ebiten.KeyControl), alt: ebiten.IsKeyPressed(ebiten.KeyAlt)}
	for _, key := range inpututil.AppendJustPressedKeys(nil) {
		e := mods
		e.code, e.name = int(key), engineNamed[key]
		if key >= ebiten.KeyA && key <= ebiten.KeyZ {
			e.us = 'a' + rune(key-ebiten.KeyA)
		}
		if label := []rune(ebiten.KeyName(key)); e.name == "" && len(label) == 1 {
			e.runes = label
		}
		if e.name != "" || len(e.runes) > 0 {
			out = append(out, e)
		}
	}
	for _, key := range inpututil.AppendJustReleasedKeys(nil) {
		out = append(out, keyEvent{code: int(key), up: true, at: now})
	}
	return out
}
