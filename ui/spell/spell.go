// Package spell asks the system's hunspell which words it does not know. The program
// is a child for as long as it is needed; words go to it by its pipe and never as
// arguments, one at a time and without what stands around them.
package spell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// ErrMissing: hunspell or its dictionary is not installed.
var ErrMissing = errors.New("hunspell is not installed")

// Options of a speller. The zero value is hunspell with the American or the British
// dictionary and what else of English and medicine is installed.
type Options struct {
	Program  string
	Personal Own // the reader's own words
}

// Speller is one hunspell at work. Its methods may be called from any goroutine.
type Speller struct {
	Using string // dictionaries in use, "en_US,en_med_glut"

	mu    sync.Mutex // guards what follows: one question at a time
	child *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	stop  context.CancelFunc
	own   map[string]bool // the reader's words, in lower case

	personal Own // the file of own; never changed
}

// answerWithin bounds how long hunspell may take for one question.
const answerWithin = 5 * time.Second

// Start starts hunspell. Without it, or without a dictionary, the error is ErrMissing.
func Start(ctx context.Context, o Options) (*Speller, error) {
	program := o.Program
	if program == "" {
		program = "hunspell"
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, ErrMissing
	}
	own, err := o.Personal.words()
	if err != nil {
		return nil, err
	}
	for _, set := range [][]string{{"en_US", "en_GB", "en_med_glut"}, {"en_GB", "en_med_glut"}} {
		names := set[:1]
		for _, more := range set[1:] {
			if installed(more) { // hunspell does not say that one is missing
				names = append(names[:len(names):len(names)], more)
			}
		}
		if s, err := begin(ctx, path, strings.Join(names, ",")); err == nil {
			s.own, s.personal = own, o.Personal
			return s, nil
		}
	}
	return nil, fmt.Errorf("%w with an English dictionary", ErrMissing)
}

func begin(ctx context.Context, path, dictionaries string) (*Speller, error) {
	ctx, stop := context.WithCancel(ctx)
	child := exec.CommandContext(ctx, path, "-a", "-i", "utf-8", "-d", dictionaries)
	child.Env = append(child.Environ(), "LC_ALL=C.UTF-8")
	in, errIn := child.StdinPipe()
	out, errOut := child.StdoutPipe()
	if err := errors.Join(errIn, errOut); err != nil {
		stop()
		return nil, err
	}
	if err := child.Start(); err != nil {
		stop()
		return nil, err
	}
	s := &Speller{Using: dictionaries, child: child, in: in, out: bufio.NewReader(out), stop: stop}
	watch := time.AfterFunc(answerWithin, stop)
	defer watch.Stop()
	banner, err := s.out.ReadString('\n')
	if err != nil || !strings.HasPrefix(banner, "@(#)") {
		s.Close()
		return nil, fmt.Errorf("start hunspell: no greeting")
	}
	return s, nil
}

// Close ends the child.
func (s *Speller) Close() {
	s.stop()
	s.in.Close()
	s.child.Wait() // the pipe is ours alone: there is nothing to wait for besides its end
}

// Asked reports whether a word is one to ask about: three letters or more and nothing
// but letters, apostrophes and hyphens, not all of them capitals, as in CT and FLAIR.
func Asked(word string) bool {
	n, lower := 0, false
	for _, r := range word {
		switch {
		case unicode.IsLetter(r):
			n++
			lower = lower || unicode.IsLower(r)
		case r != '\'' && r != '’' && r != '-':
			return false
		}
	}
	return n >= 3 && lower
}

// Unknown asks about words and returns those that hunspell does not know, each with
// what it would write instead, the likeliest first. Words that Asked refuses are known.
func (s *Speller) Unknown(words []string) (map[string][]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	watch := time.AfterFunc(answerWithin, s.stop)
	defer watch.Stop()
	out := map[string][]string{}
	for _, w := range words {
		if !Asked(w) || s.own[strings.ToLower(w)] {
			continue
		}
		unknown, instead, err := s.ask(w)
		if err != nil {
			return out, err
		}
		if unknown {
			out[w] = instead
		}
		watch.Reset(answerWithin)
	}
	return out, nil
}

// ask sends one word; "^" before it says that it is no command. The answer is a line
// for each part of the word, then an empty one.
func (s *Speller) ask(word string) (unknown bool, instead []string, err error) {
	if _, err := io.WriteString(s.in, "^"+strings.ReplaceAll(word, "’", "'")+"\n"); err != nil {
		return false, nil, fmt.Errorf("ask hunspell: %w", err)
	}
	for {
		line, err := s.out.ReadString('\n')
		if err != nil {
			return false, nil, fmt.Errorf("ask hunspell: %w", err)
		}
		switch line = strings.TrimRight(line, "\r\n"); {
		case line == "":
			return unknown, instead, nil
		case line[0] == '#':
			unknown = true
		case line[0] == '&':
			unknown = true
			if _, list, ok := strings.Cut(line, ": "); ok && len(instead) == 0 && wholeWord(line, word) {
				instead = strings.Split(list, ", ")
			}
		}
	}
}

// wholeWord reports whether an answer is about the word and not a part of it.
func wholeWord(line, word string) bool {
	fields := strings.Fields(line)
	return len(fields) > 1 && strings.EqualFold(fields[1], strings.ReplaceAll(word, "’", "'"))
}

// Words cuts text into the words to ask about, each once.
func Words(text string) (out []string) {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' && r != '-' }) {
		if w = strings.Trim(w, "'’-"); Asked(w) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}
