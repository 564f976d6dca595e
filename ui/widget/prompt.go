package widget

import (
	"strings"
	"unicode"
)

// Prompt is a line of typed text: filter, command, reason. The zero value is
// closed.
type Prompt struct {
	Label string
	Text  []rune
	Open  bool
	// Secret: a dot is shown for each character, and the text is forgotten when it is taken.
	Secret bool
}

// Ask opens the prompt.
func (p *Prompt) Ask(label, text string) { *p = Prompt{Label: label, Text: []rune(text), Open: true} }

// Key edits the line; it tells whether the key was text for it.
func (p *Prompt) Key(key string) bool {
	switch key {
	case "backspace":
		if len(p.Text) > 0 {
			p.Text = p.Text[:len(p.Text)-1]
		}
		return true
	case "ctrl+u":
		p.Text = nil
		return true
	case "space":
		key = " "
	}
	r := []rune(key)
	if len(r) != 1 || !unicode.IsPrint(r[0]) {
		return false
	}
	p.Text = append(p.Text, r[0])
	return true
}

// Shown is the text as it may be shown.
func (p *Prompt) Shown() string {
	if p.Secret {
		return strings.Repeat("•", len(p.Text))
	}
	return string(p.Text)
}

// Take closes the prompt and gives what was typed.
func (p *Prompt) Take() string {
	text := string(p.Text)
	p.Open = false
	if p.Secret {
		*p = Prompt{}
	}
	return text
}

// Value is the text typed so far.
func (p *Prompt) Value() string { return string(p.Text) }
