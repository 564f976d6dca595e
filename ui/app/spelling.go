package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/ui/spell"
)

// spelling is what is known of words: what hunspell said, and what it is yet to be
// asked. Only the words on screen are asked about, and never those of the case's
// names.
type spelling struct {
	speller *spell.Speller
	known   map[string]bool
	wrong   map[string][]string // with what would be written instead
	pending []string
	learn   []string // words to keep as the reader's own
	asking  bool
	off     error // why nothing is asked any more
}

// useSpelling has the words of the report looked up as they are drawn.
func (c *openCase) useSpelling(m *Model) {
	if m.Spell == nil {
		return
	}
	names := spell.Words(strings.ToLower(strings.Join([]string{c.row.PatientName, m.Room.Reader.Name, m.Room.Reader.Organization, c.row.Site}, " ")))
	c.page.Editor.Misspelt = func(word string) bool {
		s := &m.spelling
		if _, wrong := s.wrong[word]; wrong {
			return true
		}
		if !s.known[word] && s.off == nil && spell.Asked(word) && !slices.Contains(names, strings.ToLower(word)) && !slices.Contains(s.pending, word) {
			s.pending = append(s.pending, word)
		}
		return false
	}
}

// askSpelling asks about the words that were drawn and are not known, off the model's
// goroutine; the speller is started the first time.
func (m *Model) askSpelling() tea.Cmd {
	s := &m.spelling
	if m.Spell == nil || s.asking || s.off != nil || len(s.pending)+len(s.learn) == 0 {
		return nil
	}
	words, learn, speller, start, ctx := s.pending, s.learn, s.speller, m.Spell, m.ctx
	s.pending, s.learn, s.asking = nil, nil, true
	return func() tea.Msg {
		var err error
		if speller == nil {
			if speller, err = start(ctx); err != nil {
				return spelledMsg{err: err}
			}
		}
		for _, w := range learn {
			if err := speller.Learn(w); err != nil {
				return spelledMsg{speller: speller, err: err}
			}
		}
		wrong, err := speller.Unknown(words)
		return spelledMsg{speller, words, wrong, err}
	}
}

type spelledMsg struct {
	speller *spell.Speller
	asked   []string
	wrong   map[string][]string
	err     error
}

// spelled takes the answer. Without hunspell nothing is marked; :spell says why.
func (m *Model) spelled(msg spelledMsg) {
	s := &m.spelling
	s.asking = false
	if msg.speller != nil {
		s.speller = msg.speller
	}
	if msg.err != nil {
		s.off = msg.err
		return
	}
	if s.known == nil {
		s.known, s.wrong = map[string]bool{}, map[string][]string{}
	}
	for _, w := range msg.asked {
		if instead, wrong := msg.wrong[w]; wrong {
			s.wrong[w] = instead
		} else {
			s.known[w] = true
		}
	}
}

// mostSpellings is how many suggestions are listed.
const mostSpellings = 8

// suggest lists what the misspelt word nearest the caret may have meant (Ctrl+T).
func (m *Model) suggest() tea.Cmd {
	c := m.open
	if c == nil || c.page.Editor == nil || c.signed || !c.page.Typing || m.page != onCase {
		m.say("F3 goes to the report; Ctrl+T there lists how a word is spelt.")
		return nil
	}
	word, ok := c.page.Editor.Doubtful()
	if !ok {
		m.saySpelling()
		return nil
	}
	instead := m.spelling.wrong[word]
	keep := "keep " + word + ": it is a word"
	list := editor.List{Title: word, Items: append(slices.Clone(instead[:min(len(instead), mostSpellings)]), keep)}
	list.Done = func(chosen []string) {
		if chosen[0] == keep {
			m.learn(word)
			return
		}
		c.page.Editor.Insert(chosen[0])
	}
	c.page.Editor.Pick(list)
	return nil
}

// learn takes a word for one from now on, also at the next start.
func (m *Model) learn(word string) {
	s := &m.spelling
	delete(s.wrong, word)
	s.known[word] = true
	s.learn = append(s.learn, word)
}

// saySpelling says how words are looked up (:spell).
func (m *Model) saySpelling() tea.Cmd {
	s := &m.spelling
	switch {
	case m.Spell == nil:
		m.say("Words are not looked up here.")
	case errors.Is(s.off, spell.ErrMissing):
		m.say("Words are not looked up: install hunspell, hunspell-en-us and hunspell-en-med.")
	case s.off != nil:
		m.say("Words are not looked up any more: hunspell stopped answering.")
	case s.speller == nil:
		m.say("Words are looked up by hunspell once there is text.")
	default:
		m.say(fmt.Sprintf("Words are looked up by hunspell (%s); %d it does not know so far. Ctrl+T lists what was meant.", s.speller.Using, len(s.wrong)))
	}
	return nil
}
