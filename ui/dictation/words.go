package dictation

import (
	"strings"
	"unicode"
)

// Commands are what may be spoken besides words, and the key of the editor that each
// stands for. None signs, sends or leaves a case (N2).
var Commands = map[string]string{
	"next field": "tab", "previous field": "shift+tab", "next section": "pgdown", "previous section": "pgup",
	"new line": "enter", "delete word": "alt+backspace", "undo": "ctrl+z", "redo": "ctrl+y",
	"insert measurement": "f4", "pick list": "f8", "pull forward": "f9", "sign sheet": "f12", "stop dictation": "f2",
}

// Buttons are the keys that a microphone or a foot switch may press through the
// recogniser. Enter is none of them: it would sign.
var Buttons = map[string]bool{"tab": true, "shift+tab": true, "f2": true, "f3": true, "f4": true, "f8": true, "f9": true, "f12": true,
	"pgup": true, "pgdown": true}

// spoken are marks that recognisers without punctuation write as words.
var spoken = map[string]string{"period": ".", "full stop": ".", "comma": ",", "colon": ":", "semicolon": ";", "question mark": "?",
	"new line": "\n", "new paragraph": "\n\n", "open bracket": "(", "close bracket": ")", "hyphen": "-", "slash": "/"}

// Punctuate turns spoken marks into the marks: "no bleed period" is "no bleed.".
func Punctuate(text string) string {
	fields := strings.Fields(text)
	var out []string
	for i := 0; i < len(fields); i++ {
		if i+1 < len(fields) {
			if mark, ok := spoken[strings.ToLower(fields[i]+" "+fields[i+1])]; ok {
				out = append(out, mark)
				i++
				continue
			}
		}
		if mark, ok := spoken[strings.ToLower(fields[i])]; ok {
			out = append(out, mark)
			continue
		}
		out = append(out, fields[i])
	}
	return joined(out)
}

// joined sets words and marks as they are written.
func joined(words []string) string {
	var b strings.Builder
	tight := true // nothing before, or what takes no blank after it
	for _, w := range words {
		if !tight && !strings.ContainsAny(w[:1], ".,:;?)-/\n") {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		tight = strings.ContainsAny(w[len(w)-1:], "(-/\n")
	}
	return b.String()
}

// Fit makes said text go on where the caret stands: a blank where words would touch, a
// capital after the end of a sentence. before is the text in front of the caret.
func Fit(before, text string) string {
	if text == "" {
		return ""
	}
	end := []rune(strings.TrimRight(before, " "))
	r := []rune(text)
	if len(end) == 0 || strings.ContainsRune(".?!\n", end[len(end)-1]) {
		r[0] = unicode.ToUpper(r[0])
	}
	touches := before != "" && !unicode.IsSpace([]rune(before)[len([]rune(before))-1]) && !strings.HasSuffix(before, "(")
	if touches && !strings.ContainsRune(".,:;?)\n", r[0]) {
		return " " + string(r)
	}
	return string(r)
}
