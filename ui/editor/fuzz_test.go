package editor

import (
	"strings"
	"testing"
)

// Bytes are keys, plain or vim's, and pastes; see whole for what always holds.
func FuzzKeys(f *testing.F) {
	keys := append(append([]string{}, anyKeys...), vimKeys...)
	f.Add(false, []byte("tab8tab"), "paste\nme")
	f.Add(true, []byte{60, 61, 62, 70, 71, 90, 3, 2, 1, 0, 255}, "\U000F0000x\U00100000")
	f.Add(true, []byte{80, 80, 75, 255, 80, 81, 75, 75, 90}, "a\tb\r\nc")
	f.Fuzz(func(t *testing.T, vim bool, pressed []byte, paste string) {
		if len(pressed) > 300 || len(paste) > 300 {
			return
		}
		d := newDesk(t, "Start ", size, "", " and ", side, "left", "\n", normal, "All normal here.", " ", pulled, "Old text.", "\nend")
		d.Macros = Macros{Names: []string{"aZ", "neg"}, Preview: strings.ToUpper, Expand: func(n string, _ bool) string { return n + " written" }}
		d.Misspelt = func(w string) bool { return len(w) == 4 }
		d.Resize(30, 8)
		d.Vim(vim)
		for _, k := range pressed {
			switch k {
			case 255:
				d.Insert(paste)
				d.take()
			case 254:
				d.PickField()
			case 253:
				d.Partial(paste)
			case 252:
				d.Accept()
			case 251:
				d.Doubtful()
			default:
				d.press(keys[int(k)%len(keys)])
			}
			whole(t, d, uint64(k))
		}
	})
}
