package screen

import (
	"encoding/binary"
	"errors"
)

// keymap tells what each key of the keyboard is (X Protocol, GetKeyboardMapping).
// Characters are only hints here: the engine makes them.
type keymap struct {
	first byte
	per   int
	syms  []uint32
}

func readKeymap(x *xcb) (keymap, error) {
	low, high, ok := x.keycodes()
	if !ok {
		return keymap{}, errors.New("the X server has no keyboard")
	}
	q := request(opKeyboardMapping, 0, 8)
	q[4], q[5] = low, high-low+1
	r, err := x.ask(opKeyboardMapping, q)
	if err != nil {
		return keymap{}, err
	}
	m := keymap{first: low, per: int(r[1])}
	for b := r[32:]; len(b) >= 4; b = b[4:] {
		m.syms = append(m.syms, binary.NativeEndian.Uint32(b))
	}
	if m.per == 0 {
		return keymap{}, errors.New("the X server has an empty keyboard")
	}
	return m, nil
}

// Modifier bits of an event's state.
const (
	shiftBit   = 1 << 0
	controlBit = 1 << 2
	altBit     = 1 << 3
	numLockBit = 1 << 4
)

// namedSyms are the keys with a name, by keysym.
var namedSyms = map[uint32]string{
	0xff08: "backspace", 0xff09: "tab", 0xff0d: "enter", 0xff1b: "esc", 0xffff: "delete",
	0xff50: "home", 0xff51: "left", 0xff52: "up", 0xff53: "right", 0xff54: "down",
	0xff55: "pgup", 0xff56: "pgdown", 0xff57: "end", 0xff63: "insert", 0xff8d: "enter",
	0xff95: "home", 0xff96: "left", 0xff97: "up", 0xff98: "right", 0xff99: "down",
	0xff9a: "pgup", 0xff9b: "pgdown", 0xff9c: "end", 0xff9e: "insert", 0xff9f: "delete",
	0xffbe: "f1", 0xffbf: "f2", 0xffc0: "f3", 0xffc1: "f4", 0xffc2: "f5", 0xffc3: "f6",
	0xffc4: "f7", 0xffc5: "f8", 0xffc6: "f9", 0xffc7: "f10", 0xffc8: "f11", 0xffc9: "f12",
}

// event describes a key under modifiers; false for keys that are nothing by
// themselves: modifiers, dead keys, keys this program does not know.
func (m keymap) event(code uint8, state uint16) (keyEvent, bool) {
	at := (int(code) - int(m.first)) * m.per
	if at < 0 || at+m.per > len(m.syms) {
		return keyEvent{}, false
	}
	syms := m.syms[at : at+m.per]
	sym := syms[0]
	if keypad(sym) && m.per > 1 && (state&numLockBit != 0) != (state&shiftBit != 0) {
		sym = syms[1]
	}
	k := keyEvent{code: int(code), us: usLetter(code), ctrl: state&controlBit != 0, alt: state&altBit != 0, shift: state&shiftBit != 0, name: namedSyms[sym]}
	if k.name != "" {
		return k, true
	}
	for _, s := range syms {
		if r := runeOf(s); r != 0 {
			k.runes = append(k.runes, r)
		}
	}
	return k, len(k.runes) > 0 || legacy(sym)
}

// usLetter is the letter at a key's place on a US keyboard: X keycodes are the
// kernel's, moved by 8.
func usLetter(code uint8) rune {
	for first, row := range map[uint8]string{24: "qwertyuiop", 38: "asdfghjkl", 52: "zxcvbnm"} {
		if code >= first && int(code-first) < len(row) {
			return rune(row[code-first])
		}
	}
	return 0
}

func keypad(sym uint32) bool { return sym >= 0xff80 && sym <= 0xffbd }

// runeOf is the character of a keysym of Latin-1, Unicode or the keypad; 0 for others.
func runeOf(sym uint32) rune {
	switch {
	case sym >= 0x20 && sym <= 0x7e, sym >= 0xa0 && sym <= 0xff:
		return rune(sym)
	case sym >= 0x01000100 && sym <= 0x0110ffff:
		return rune(sym - 0x01000000)
	case sym >= 0xffaa && sym <= 0xffb9:
		return rune(sym - 0xff80)
	}
	return 0
}

// legacy reports keysyms of other alphabets, whose characters only the engine knows.
func legacy(sym uint32) bool { return sym >= 0x1a1 && sym < 0xfd00 }
