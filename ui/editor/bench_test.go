package editor

import (
	"strings"
	"testing"
)

const prose = "The lungs are clear without consolidation, effusion or pneumothorax; the heart is normal in size. "

func long(bytes int, between string) string {
	return strings.Repeat(prose+between, bytes/len(prose+between)+1)[:bytes]
}

func benchmarkKey(b *testing.B, text string, parts ...any) {
	d := newDesk(b, append([]any{text}, parts...)...)
	d.Resize(100, 40)
	buf := d.Active().Buffer
	buf.moveTo(len(buf.text) / 2)
	d.View(true)
	for b.Loop() {
		d.press("x")
		d.View(true)
		d.press("backspace")
		d.View(true)
	}
}

// Each op is two keys with the draft taken over and the screen drawn after each.
func BenchmarkTwoKeysInto2KB(b *testing.B)          { benchmarkKey(b, long(2<<10, "\n")) }
func BenchmarkTwoKeysInto200KB(b *testing.B)        { benchmarkKey(b, long(200<<10, "\n")) }
func BenchmarkTwoKeysInto200KBOneLine(b *testing.B) { benchmarkKey(b, long(200<<10, "")) }
func BenchmarkTwoKeysInto200KBWithFields(b *testing.B) {
	benchmarkKey(b, long(200<<10, "\n"), size, "12", normal, "All normal.")
}
func BenchmarkTwoKeysInto1MB(b *testing.B) { benchmarkKey(b, long(1<<20, "\n")) }

func BenchmarkPaste1MB(b *testing.B) {
	text := long(1<<20, "\n")
	for b.Loop() {
		d := newDesk(b, "before ")
		d.Resize(100, 40)
		d.Insert(text)
		d.take()
		d.View(true)
		d.press("ctrl+z")
		d.View(true)
	}
}
