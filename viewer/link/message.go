package link

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/viewer"
)

// Kind tells what a message asks or brings.
type Kind string

// Kinds from the terminal to the window, but the last three.
const (
	Open   Kind = "open"
	Add    Kind = "add"
	Update Kind = "update"
	Press  Kind = "press"
	Do     Kind = "do"
	Focus  Kind = "focus"
	Blank  Kind = "blank"
	Keys   Kind = "keys"
	Draw   Kind = "draw"   // a preview
	Soon   Kind = "soon"   // a case that is not on screen, to be made ready; without Case: more of its objects
	Hello  Kind = "hello"  // either way, first
	Unable Kind = "unable" // to the terminal, in place of a hello: Text says why there can be no window
	Told   Kind = "event"  // to the terminal
)

// Message is one line. Epoch and StudyUID name the case it belongs to; hello,
// unable and blank belong to none.
type Message struct {
	Kind     Kind             `json:"kind"`
	Keys     *viewer.Keymap   `json:"keys,omitempty"` // keys: the key map in effect
	Epoch    uint64           `json:"epoch,omitempty"`
	StudyUID string           `json:"study_uid,omitempty"`
	Protocol int              `json:"protocol,omitempty"`
	Case     *viewer.Case     `json:"case,omitempty"`
	Again    bool             `json:"again,omitempty"`  // open: after a crash, the case was on screen before
	Hidden   bool             `json:"hidden,omitempty"` // open: the window was hidden and stays so
	Objects  []viewer.Object  `json:"objects,omitempty"`
	Secrets  []*seal.Key      `json:"secrets,omitempty"` // add, only on the way: the keys of its objects
	Under    []int            `json:"under,omitempty"`   // which of them each object's is, from 1; 0: its file is plain
	Site     *viewer.SiteLine `json:"site,omitempty"`
	Studies  []viewer.Study   `json:"studies,omitempty"`
	Key      viewer.Key       `json:"key,omitempty"`
	Action   viewer.Action    `json:"action,omitempty"`
	Event    *viewer.Event    `json:"event,omitempty"`
	Preview  *viewer.Preview  `json:"preview,omitempty"` // draw
	Text     string           `json:"text,omitempty"`
	At       time.Time        `json:"-"` // when the window's end read it

	forget func() // open, blank: clears the keys of the case before
}

// Side is what the window's end does with messages: a desk (viewer/desk).
type Side interface {
	Open(viewer.Case)
	Add(epoch uint64, objects []viewer.Object)
	Update(epoch uint64, site viewer.SiteLine, studies []viewer.Study)
	Press(viewer.Key)
	Do(viewer.Action)
	Blank()
	Keys(*viewer.Keymap)
	Preview(epoch uint64, p viewer.Preview)
	Soon(c *viewer.Case, objects []viewer.Object)
}

// To hands a message to a side. Focus is no affair of it. When the side has left a case,
// the keys of its objects are cleared.
func (m Message) To(s Side) {
	if m.forget != nil {
		defer m.forget()
	}
	switch m.Kind {
	case Open:
		s.Open(*m.Case)
	case Add:
		s.Add(m.Epoch, m.Objects)
	case Update:
		s.Update(m.Epoch, *m.Site, m.Studies)
	case Press:
		s.Press(m.Key)
	case Do:
		s.Do(m.Action)
	case Blank:
		s.Blank()
	case Keys:
		s.Keys(m.Keys)
	case Draw:
		s.Preview(m.Epoch, *m.Preview)
	case Soon:
		s.Soon(m.Case, m.Objects)
	}
}

// Error is a line that is no message. It quotes nothing of the line.
type Error struct{ Reason string }

func (e *Error) Error() string { return "message of the image window: " + e.Reason }

func malformed(format string, a ...any) error { return &Error{Reason: fmt.Sprintf(format, a...)} }

// Encode writes a message as one line, newline included. It fails on a message
// that Decode would refuse.
func Encode(m Message) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	m, err := m.seals()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, malformed("%s cannot be written: %v", m.Kind, err)
	}
	if b.Len() > MaxLine {
		return nil, malformed("%s of %d bytes is longer than %d", m.Kind, b.Len(), MaxLine)
	}
	return b.Bytes(), nil
}

// Decode reads one line. Fields it does not know are ignored, so that a message
// can grow within one protocol number; what it knows must be there and fit.
func Decode(line []byte) (Message, error) {
	var m Message
	if len(line) > MaxLine {
		return m, malformed("line longer than %d bytes", MaxLine)
	}
	if err := json.Unmarshal(line, &m); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return Message{}, malformed("no JSON at byte %d", syntax.Offset)
		}
		return Message{}, malformed("not of the expected form")
	}
	if err := m.check(); err != nil {
		return Message{}, err
	}
	if err := m.unseals(); err != nil {
		return Message{}, err
	}
	return m, nil
}

// check says what a message lacks or has too much of.
func (m Message) check() error {
	if m.ofCase() && (m.Epoch == 0 || m.StudyUID == "") {
		return malformed("%s without a case", m.Kind)
	}
	if len(m.Text) > maxText {
		return malformed("text of %d bytes", len(m.Text))
	}
	switch m.Kind {
	case Open:
		return m.checkOpen()
	case Add, Soon:
		if len(m.Objects) > maxObjects {
			return malformed("%d objects at once", len(m.Objects))
		}
		if m.Kind == Soon && m.Case != nil && (m.Case.StudyUID == "" || len(m.Case.Marks) > 0) {
			return malformed("soon of no case, or with its marks")
		}
	case Update:
		if m.Site == nil {
			return malformed("update without a site line")
		}
	case Press:
		if m.Key == "" || len(m.Key) > 64 {
			return malformed("press without a key")
		}
	case Do:
		if m.Action == "" || len(m.Action) > maxAction {
			return malformed("do without an action")
		}
	case Told:
		return m.checkEvent()
	case Draw:
		if m.Preview == nil || len(m.Preview.Bytes) > viewer.MaxPreview {
			return malformed("draw without a preview, or of one too large")
		}
	case Keys:
		if m.Keys == nil {
			return malformed("keys without a key map")
		}
	case Focus, Blank, Hello, Unable:
	default:
		return malformed("unknown kind")
	}
	return nil
}

// ofCase reports whether the message means one case.
func (m Message) ofCase() bool {
	switch m.Kind {
	case Blank, Hello, Unable, Keys, Soon:
		return false
	case Told:
		return m.Event != nil && !free(m.Event.Kind) && m.Event.Action != viewer.SessionLock
	}
	return true
}

// free reports whether an event may belong to no case; the key that locks may, too.
func free(k viewer.EventKind) bool {
	return k == viewer.Ready || k == viewer.Hidden || k == viewer.Noticed
}

// maxAction bounds an action with its values: a command line is the longest.
const maxAction = 512

func (m Message) checkOpen() error {
	switch {
	case m.Case == nil:
		return malformed("open without a case")
	case m.Case.Epoch != m.Epoch || m.Case.StudyUID != m.StudyUID:
		return malformed("open of two cases at once")
	case len(m.Case.Marks) > maxMarks:
		return malformed("%d marks", len(m.Case.Marks))
	}
	return nil
}

// told lists the events a window may send; the others are the terminal end's own.
var told = []viewer.EventKind{viewer.Ready, viewer.Shown, viewer.Stated, viewer.Viewed, viewer.Edited, viewer.Acted,
	viewer.Held, viewer.Hidden, viewer.Noticed, viewer.Kept, viewer.Touched}

func (m Message) checkEvent() error {
	e := m.Event
	switch {
	case e == nil || !slices.Contains(told, e.Kind):
		return malformed("event of an unknown kind")
	case e.Epoch != m.Epoch || e.StudyUID != m.StudyUID:
		return malformed("event of two cases at once")
	case len(e.Text) > maxText:
		return malformed("text of %d bytes", len(e.Text))
	case len(e.Marks) > maxMarks || len(e.Deleted) > maxMarks:
		return malformed("%d marks", len(e.Marks)+len(e.Deleted))
	case len(e.Seen) > maxSeen:
		return malformed("%d frames seen at once", len(e.Seen))
	case e.Kind == viewer.Stated && e.State == nil:
		return malformed("state event without a state")
	case e.Kind == viewer.Acted && (e.Action == "" || len(e.Action) > maxAction):
		return malformed("action event without an action")
	}
	return nil
}

// event wraps an event as a message.
func event(e viewer.Event) Message {
	return Message{Kind: Told, Epoch: e.Epoch, StudyUID: e.StudyUID, Event: &e}
}
