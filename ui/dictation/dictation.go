// Package dictation listens to a speech recogniser of the reader's choice: any program
// that speaks newline-delimited JSON on its standard input and output.
//
// We write, one object a line:
//
//	{"do":"start"}            listen
//	{"do":"stop"}             stop listening; what was said last may still come as final
//
// The recogniser writes:
//
//	{"type":"ready"}                          it can listen (its model is loaded)
//	{"type":"partial","text":"no acute in"}   what it hears so far; replaced by the next
//	{"type":"final","text":"no acute infarct"} what was said, once and for all
//	{"type":"command","name":"next field"}    a spoken command, see Commands
//	{"type":"key","key":"tab"}                a button of a microphone or foot switch
//	{"type":"error","text":"no microphone"}   said to the reader
//
// No patient data is written to it and nothing of it reaches a disk: its errors' own
// output is dropped. Lines that are not understood are counted, not executed.
package dictation

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Kind is what an Event is about.
type Kind string

// The kinds of events; Ended is ours: the program is gone, Text says why.
const (
	Ready   Kind = "ready"
	Partial Kind = "partial"
	Final   Kind = "final"
	Command Kind = "command"
	Key     Kind = "key"
	Error   Kind = "error"
	Ended   Kind = "ended"
)

// Event is one line of the recogniser. Texts are foreign: cleaned for a terminal.
type Event struct {
	Kind    Kind   `json:"type"`
	Text    string `json:"text"`
	Name    string `json:"name"` // of a Command
	Key     string `json:"key"`
	Session int    `json:"-"` // which Start it belongs to, from 1
}

// maxLine bounds a line of the recogniser, in bytes: minutes of speech.
const maxLine = 64 << 10

// Recogniser is a running program. Its methods may be called from one goroutine, while
// another takes its Events.
type Recogniser struct {
	events chan Event
	in     io.WriteCloser
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex // guards what follows
	session int
}

// ErrNone says that no recogniser is configured.
var ErrNone = errors.New("no recogniser is configured: [dictation] command in config.toml names one")

// Start runs the program, argv[0] with its arguments, and returns at once; it listens
// after Listen. It is ended by Close or with ctx.
func Start(ctx context.Context, argv []string) (*Recogniser, error) {
	if len(argv) == 0 || argv[0] == "" {
		return nil, ErrNone
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err == nil {
		var out io.ReadCloser
		if out, err = cmd.StdoutPipe(); err == nil {
			if err = cmd.Start(); err == nil {
				r := &Recogniser{events: make(chan Event, 64), in: in, cancel: cancel, done: make(chan struct{})}
				go r.read(ctx, cmd, out)
				return r, nil
			}
		}
	}
	cancel()
	return nil, fmt.Errorf("start the recogniser: %w", err)
}

// Events are what the recogniser says. The channel is closed after Ended.
func (r *Recogniser) Events() <-chan Event { return r.events }

// Listen lets it listen; what it says from now on belongs to the session returned.
func (r *Recogniser) Listen() (session int, err error) {
	r.mu.Lock()
	r.session++
	session = r.session
	r.mu.Unlock()
	return session, r.tell("start")
}

// Pause stops it from listening. What was said before may still come.
func (r *Recogniser) Pause() error { return r.tell("stop") }

func (r *Recogniser) tell(what string) error {
	if _, err := fmt.Fprintf(r.in, "{\"do\":%q}\n", what); err != nil {
		return errors.New("the recogniser is gone")
	}
	return nil
}

// Close ends the program and waits for it, two seconds at most.
func (r *Recogniser) Close() {
	r.in.Close()
	r.cancel()
	select {
	case <-r.done:
	case <-time.After(2 * time.Second):
	}
}

func (r *Recogniser) read(ctx context.Context, cmd *exec.Cmd, out io.Reader) {
	defer close(r.done)
	defer close(r.events)
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 4096), maxLine)
	strange := 0
	for lines.Scan() {
		e, ok := parse(lines.Bytes())
		if !ok {
			strange++
			continue
		}
		r.mu.Lock()
		e.Session = r.session
		r.mu.Unlock()
		if !r.send(ctx, e) {
			break
		}
	}
	io.Copy(io.Discard, out) // a line too long ends the scan; the program must not block on us
	err := cmd.Wait()
	r.send(ctx, Event{Kind: Ended, Text: why(err, lines.Err(), strange)})
}

func (r *Recogniser) send(ctx context.Context, e Event) bool {
	select {
	case r.events <- e:
		return true
	case <-ctx.Done():
		return false
	}
}

func why(ended, scanned error, strange int) string {
	var exit *exec.ExitError
	switch {
	case scanned != nil:
		return "the recogniser said a line that is too long"
	case errors.As(ended, &exit):
		return fmt.Sprintf("the recogniser ended with %d", exit.ExitCode())
	case strange > 0:
		return fmt.Sprintf("the recogniser ended; %d of its lines were not understood", strange)
	}
	return "the recogniser ended"
}

// parse reads one line; ok is false for what is no event.
func parse(line []byte) (e Event, ok bool) {
	if json.Unmarshal(line, &e) != nil {
		return Event{}, false
	}
	e.Text, e.Name, e.Key = clean(e.Text), strings.ToLower(clean(e.Name)), strings.ToLower(e.Key)
	switch e.Kind {
	case Ready, Partial, Final, Error:
		return e, true
	case Command:
		_, known := Commands[e.Name]
		return e, known
	case Key:
		return e, Buttons[e.Key]
	}
	return Event{}, false
}

func clean(s string) string {
	return dicom.Clean(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(s))
}
