// Package contact is the form of a critical result: what was found, how soon it must be
// told, who is called, what came of it. Every field is reached by keys, and every step
// is handed to the caller to be kept at once. It knows no Bubble Tea.
package contact

import (
	"strconv"
	"time"

	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// field is a line of the form.
type field int

const (
	finding field = iota
	category
	who
	to
	role
	result
	readBack
	acknowledged
	closing
	fields
)

// Change is what a key did.
type Change int

// Kept: the result changed and is to be put on disk. Finished: it was acknowledged and
// the report has to say it. Dropped: it was closed without. Left: the form is to go;
// whatever is open stays open.
const (
	Nothing Change = iota
	Kept
	Finished
	Dropped
	Left
)

// Form is the form of one result. Make it with New.
type Form struct {
	Result critical.Result
	Said   string // why the last key did nothing; "" where it did

	within   critical.Deadlines
	now      func() time.Time
	at       field
	rung     int // of the ladder, under the cursor
	text     [fields]widget.Prompt
	recorded bool // the result is on disk: a category was chosen
}

// New opens the form of a result: of one not recorded yet where its category is 0.
func New(r critical.Result, within critical.Deadlines, now func() time.Time) *Form {
	f := &Form{Result: r, within: within, now: now, recorded: r.Category != 0, rung: r.Next(now())}
	f.text[finding].Text = []rune(r.Finding)
	f.takeContact(r.To, r.Role)
	f.at = f.pending()
	if f.at == result && r.To == "" && r.Rung < len(r.Ladder) {
		f.takeContact(r.Ladder[r.Rung].Name, r.Ladder[r.Rung].Role)
	}
	return f
}

// pending is the field where the result waits for the reader.
func (f *Form) pending() field {
	switch f.Result.State() {
	case critical.Calling:
		return result
	case critical.Told:
		return readBack
	case critical.ReadBack, critical.Acknowledged:
		return acknowledged
	}
	switch {
	case len(f.text[finding].Text) == 0:
		return finding
	case !f.recorded:
		return category
	}
	return who
}

// Typing reports whether the keys go into a text.
func (f *Form) Typing() bool {
	return f.at == finding || f.at == to || f.at == role || f.at == closing
}

// Recorded reports whether the result is more than a proposal.
func (f *Form) Recorded() bool { return f.recorded }

// Insert puts text that came at once into the field; false where it takes none.
func (f *Form) Insert(text string) bool {
	if !f.Typing() {
		return false
	}
	for _, r := range report.Foreign(text) {
		if r == '\n' {
			r = ' '
		}
		f.text[f.at].Key(string(r))
	}
	return true
}

// Key does what a key does in the form.
func (f *Form) Key(name string) Change {
	f.Said = ""
	switch name {
	case "esc":
		f.leave()
		return Left
	case "tab":
		return f.move(1)
	case "shift+tab":
		return f.move(-1)
	case "down", "up":
		by := map[string]int{"down": 1, "up": -1}[name]
		if n := f.rung + by; f.at == who && n >= 0 && n < len(f.Result.Ladder) {
			f.rung = n
			return Nothing
		}
		return f.move(by)
	}
	if f.Typing() {
		if name == "enter" {
			return f.enter()
		}
		f.text[f.at].Key(name)
		return Nothing
	}
	return f.choose(name)
}

// move goes to the next or the previous field.
func (f *Form) move(by int) Change {
	did := f.leave()
	f.at = (f.at + field(by) + fields) % fields
	return did
}

// leave takes what was typed of the finding into a result that is recorded.
func (f *Form) leave() Change {
	text := f.text[finding].Value()
	if f.at != finding || !f.recorded || text == f.Result.Finding {
		return Nothing
	}
	f.Result.Grade(text, critical.Category(f.Result.Category), f.within)
	return Kept
}

func (f *Form) enter() Change {
	switch f.at {
	case closing:
		return f.drop()
	case role:
		f.at = result
		return Nothing
	}
	return f.move(1)
}

// choose is a key on a field that is no text.
func (f *Form) choose(name string) Change {
	switch f.at {
	case category:
		return f.grade(name)
	case who:
		return f.pick(name)
	case result:
		return f.attempt(name)
	case readBack:
		return f.confirm(name)
	case acknowledged:
		return f.acknowledge(name)
	}
	return Nothing
}

func (f *Form) grade(name string) Change {
	n, err := strconv.Atoi(name)
	c := critical.Category(n)
	switch {
	case name == "enter" && f.recorded:
		f.at = who
		return Nothing
	case err != nil || !c.Valid():
		f.Said = "1 minutes, 2 hours or 3 days."
		return Nothing
	case f.text[finding].Value() == "":
		f.at, f.Said = finding, "What was found?"
		return Nothing
	}
	f.at = who
	if f.recorded {
		f.Result.Grade(f.text[finding].Value(), c, f.within)
		return Kept
	}
	fresh := critical.New(f.Result.ID, f.text[finding].Value(), c, f.within, f.Result.By, f.now())
	f.Result.Communication, f.recorded = fresh.Communication, true
	return Kept
}

// pick takes a contact: by Enter the one under the cursor, by its number any.
func (f *Form) pick(name string) Change {
	n, err := strconv.Atoi(name)
	switch {
	case name == "enter":
		n = f.rung
	case err != nil || n < 1:
		f.Said = "Enter or a number calls; Tab goes on to type a name."
		return Nothing
	default:
		n--
	}
	if n >= len(f.Result.Ladder) {
		if name == "enter" {
			f.at = to
			return Nothing
		}
		f.Said = "There is no such contact."
		return Nothing
	}
	if !f.categorised() || !f.took(f.Result.Choose(n, f.now())) {
		return Nothing
	}
	f.rung = n
	f.takeContact(f.Result.Ladder[n].Name, f.Result.Ladder[n].Role)
	f.at = result
	return Kept
}

func (f *Form) takeContact(name, as string) {
	f.text[to].Text, f.text[role].Text = []rune(name), []rune(as)
}

// outcomes are the keys of what came of an attempt.
var outcomes = map[string]report.Attempt{
	"r": {Result: critical.Reached, Method: "phone"}, "p": {Result: critical.Reached, Method: "in person"},
	"s": {Result: critical.MessageSent, Method: "secure message"}, "n": {Result: critical.NoAnswer, Method: "phone"},
	"m": {Result: critical.LeftMessage, Method: "phone"},
}

func (f *Form) attempt(name string) Change {
	a, ok := outcomes[name]
	if !ok {
		f.Said = "r reached by phone, p told in person, s message sent, n no answer, m left a message."
		return Nothing
	}
	a.At, a.To, a.Role = f.now(), f.text[to].Value(), f.text[role].Value()
	if l := f.Result.Ladder; f.Result.Rung < len(l) && l[f.Result.Rung].Name == a.To {
		a.Phone = l[f.Result.Rung].Phone
	}
	if !f.categorised() || !f.took(f.Result.Try(a)) {
		return Nothing
	}
	switch a.Result {
	case critical.Reached:
		f.at = readBack
	case critical.MessageSent:
		f.at = acknowledged
	default:
		f.at, f.rung = who, f.Result.Next(f.now())
	}
	return Kept
}

func (f *Form) confirm(name string) Change {
	if name != "y" && name != "n" {
		f.Said = "y read back, n not."
		return Nothing
	}
	if !f.took(f.Result.Confirm(name == "y")) {
		return Nothing
	}
	f.at = acknowledged
	return Kept
}

func (f *Form) acknowledge(name string) Change {
	switch {
	case name == "n":
		return Left
	case name != "y" && name != "enter":
		f.Said = "y acknowledged, n not yet: the timer goes on."
		return Nothing
	case f.Result.State() == critical.Acknowledged:
		return Finished
	case name == "enter" || !f.took(f.Result.Acknowledge(f.now())):
		return Nothing
	}
	return Finished
}

// drop closes the result by hand, with a reason.
func (f *Form) drop() Change {
	if !f.recorded {
		return Left
	}
	if f.Result.State() == critical.Acknowledged {
		return Finished
	}
	if !f.took(f.Result.Close(f.text[closing].Value(), f.now())) {
		return Nothing
	}
	return Dropped
}

func (f *Form) categorised() bool {
	if !f.recorded {
		f.at, f.Said = category, "How soon must it be told? 1 minutes, 2 hours, 3 days."
	}
	return f.recorded
}

func (f *Form) took(err error) bool {
	if err != nil {
		f.Said = "Not done: " + err.Error() + "."
	}
	return err == nil
}
