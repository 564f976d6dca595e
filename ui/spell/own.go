package spell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Learn keeps a word as one of the reader's own; it is known from then on. What is no
// word (Asked) is not kept.
func (s *Speller) Learn(word string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if word = strings.ToLower(word); !Asked(word) || s.own[word] {
		return nil
	}
	s.own[word] = true
	if s.personal == "" {
		return nil
	}
	f, err := os.OpenFile(s.personal, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep a word: %w", err)
	}
	_, err = f.WriteString(word + "\n")
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keep a word: %w", err)
	}
	return nil
}

// ownWords reads the reader's words; a file that is not there has none.
func ownWords(file string) (map[string]bool, error) {
	own := map[string]bool{}
	if file == "" {
		return own, nil
	}
	b, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read own words: %w", err)
	}
	for _, w := range strings.Fields(string(b)) {
		own[strings.ToLower(w)] = true
	}
	return own, nil
}

// installed looks for a dictionary where systems keep them.
func installed(name string) bool {
	for _, dir := range []string{"/usr/share/hunspell", "/usr/share/myspell", "/usr/share/myspell/dicts", "/opt/homebrew/share/hunspell", "/Library/Spelling"} {
		if _, err := os.Stat(filepath.Join(dir, name+".dic")); err == nil {
			return true
		}
	}
	return false
}
