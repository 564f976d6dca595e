package spell

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
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
	if err := s.personal.keep(word); err != nil {
		return fmt.Errorf("keep a word: %w", err)
	}
	return nil
}

// Own is the file of a reader's own words: among them are names of patients. A line is a
// word, sealed. A word whose line is damaged is asked for again, and nothing else.
type Own struct {
	Path string // "": none are kept
	Key  seal.Key
	// Plain is a file of words, one a line, as older programs kept them or as a reader
	// brings them: they are taken over at the start and the file wiped.
	Plain string
}

const ownContext = "own words"

func (o Own) keep(words ...string) error {
	if o.Path == "" || len(words) == 0 {
		return nil
	}
	var b []byte
	for _, w := range words {
		b = append(base64.StdEncoding.AppendEncode(append(b, '\n'), o.Key.Seal([]byte(w), ownContext)), '\n')
	}
	f, err := disk.OS.Append(o.Path)
	if err != nil {
		return err
	}
	return disk.Finish(f, b)
}

// words reads the reader's words; a file that is not there has none.
func (o Own) words() (map[string]bool, error) {
	own := map[string]bool{}
	if o.Path == "" {
		return own, nil
	}
	b, err := os.ReadFile(o.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read own words: %w", err)
	}
	for line := range strings.FieldsSeq(string(b)) {
		box, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			continue
		}
		if w, err := o.Key.Open(box, ownContext); err == nil {
			own[string(w)] = true
		}
	}
	return own, o.take(own)
}

// take adds the words of the plain file. A crash in it leaves both files.
func (o Own) take(own map[string]bool) error {
	if o.Plain == "" {
		return nil
	}
	b, err := os.ReadFile(o.Plain)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read own words: %w", err)
	}
	var more []string
	for _, w := range strings.Fields(string(b)) {
		if w = strings.ToLower(w); !own[w] {
			own[w], more = true, append(more, w)
		}
	}
	if err := o.keep(more...); err != nil {
		return fmt.Errorf("seal own words: %w", err)
	}
	if err := disk.Wipe(disk.OS, o.Plain); err != nil {
		return fmt.Errorf("seal own words: %w", err)
	}
	return nil
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
