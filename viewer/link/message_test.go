package link

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/viewer"
)

func samples() []Message {
	return []Message{
		{Kind: Hello, Protocol: Protocol},
		{Kind: Blank},
		{Kind: Open, Epoch: 3, StudyUID: "1.2", Case: &viewer.Case{Epoch: 3, StudyUID: "1.2", Marks: []viewer.Mark{{ID: "2.25.1"}}}},
		{Kind: Add, Epoch: 3, StudyUID: "1.2", Objects: []viewer.Object{{SOPUID: "1.2.3", Path: "/x"}}},
		{Kind: Update, Epoch: 3, StudyUID: "1.2", Site: &viewer.SiteLine{Name: "NORTH"}},
		{Kind: Draw, Epoch: 3, StudyUID: "1.2", Preview: &viewer.Preview{StudyUID: "1.2", SOPUID: "1.2.3", MediaType: "image/jpeg", Bytes: []byte{0xFF, 0xD8}}},
		{Kind: Soon, Case: &viewer.Case{StudyUID: "1.3"}, Objects: []viewer.Object{{SOPUID: "1.3.3", Path: "/x"}}},
		{Kind: Soon, Objects: []viewer.Object{{SOPUID: "1.3.4", Path: "/y"}}},
		{Kind: Press, Epoch: 3, StudyUID: "1.2", Key: "shift+up"},
		{Kind: Do, Epoch: 3, StudyUID: "1.2", Action: viewer.ViewFlipH},
		event(viewer.Event{Kind: viewer.Stated, Epoch: 3, StudyUID: "1.2", State: &viewer.State{Layout: "1x1"}}),
	}
}

func TestEveryMessageComesBackAsItWas(t *testing.T) {
	for _, m := range samples() {
		line, err := Encode(m)
		if err != nil {
			t.Fatalf("%s: %v", m.Kind, err)
		}
		if bytes.Count(line, []byte("\n")) != 1 {
			t.Errorf("%s is not one line", m.Kind)
		}
		if back, err := Decode(line); err != nil || !reflect.DeepEqual(back, m) {
			t.Errorf("%s came back as %+v, %v", m.Kind, back, err)
		}
	}
}

func TestMessagesThatMustNotBeBelieved(t *testing.T) {
	for name, line := range map[string]string{
		"no case":              `{"kind":"press","key":"r"}`,
		"no epoch":             `{"kind":"do","study_uid":"1.2","action":"view.reset"}`,
		"unknown kind":         `{"kind":"sign","epoch":1,"study_uid":"1.2"}`,
		"two cases in open":    `{"kind":"open","epoch":1,"study_uid":"1.2","case":{"epoch":2,"study_uid":"1.2"}}`,
		"two cases in event":   `{"kind":"event","epoch":1,"study_uid":"1.2","event":{"kind":"action","epoch":2,"study_uid":"1.2","action":"x"}}`,
		"state without state":  `{"kind":"event","epoch":1,"study_uid":"1.2","event":{"kind":"state","epoch":1,"study_uid":"1.2"}}`,
		"crash by the window":  `{"kind":"event","event":{"kind":"crashed"}}`,
		"action without case":  `{"kind":"event","event":{"kind":"action","action":"report.sign"}}`,
		"negative epoch":       `{"kind":"focus","epoch":-1,"study_uid":"1.2"}`,
		"soon of no case":      `{"kind":"soon","case":{"epoch":1}}`,
		"soon with marks":      `{"kind":"soon","case":{"study_uid":"1.2","marks":[{"id":"2.25.1"}]}}`,
		"a draw of nothing":    `{"kind":"draw","epoch":1,"study_uid":"1.2"}`,
		"a draw of no case":    `{"kind":"draw","preview":{"study_uid":"1.2"}}`,
		"too large a preview":  `{"kind":"draw","epoch":1,"study_uid":"1.2","preview":{"bytes":"` + strings.Repeat("AAAA", (viewer.MaxPreview+3)/3) + `"}}`,
		"endless text":         `{"kind":"unable","text":"` + strings.Repeat("x", maxText+1) + `"}`,
		"no object":            `[]`,
		"number for a message": `7`,
	} {
		_, err := Decode([]byte(line))
		var bad *Error
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALineThatIsTooLongCostsOnlyItself(t *testing.T) {
	long := strings.Repeat("y", MaxLine) + "\n"
	good, err := Encode(Message{Kind: Blank})
	if err != nil {
		t.Fatal(err)
	}
	l := newLines(strings.NewReader(long + string(good) + "half a li"))
	var bad *Error
	if _, err := l.next(); !errors.As(err, &bad) {
		t.Errorf("long line: %v", err)
	}
	if m, err := l.next(); err != nil || m.Kind != Blank {
		t.Errorf("the line after it: %+v, %v", m, err)
	}
	if _, err := l.next(); err == nil || errors.As(err, &bad) {
		t.Errorf("the torn line at the end: %v", err)
	}
}

func TestScrubLeavesNoIdentifier(t *testing.T) {
	o := viewer.Order{PatientName: "MÜLLER^Anna Maria", PatientID: "P-4711", BirthDate: "19500101", Accession: "A77"}
	got := scrub("panic: müller, ANNA; p-4711\x1b[2J 19500101 a77 "+strings.Repeat("z", 1000), o)
	for _, s := range []string{"müller", "ANNA", "4711", "19500101", "a77", "\x1b"} {
		if strings.Contains(got, s) {
			t.Errorf("%q still holds %q", got[:60], s)
		}
	}
	if len(got) > maxLogLine+len("…") || !strings.HasPrefix(got, "panic: …") {
		t.Errorf("scrubbed to %q", got)
	}
}

func TestEditsAreRemembered(t *testing.T) {
	marks := []viewer.Mark{{ID: "a"}, {ID: "b"}}
	marks = edited(marks, viewer.Event{Marks: []viewer.Mark{{ID: "b", Label: "new"}, {ID: "c"}}, Deleted: []string{"a"}})
	if len(marks) != 2 || marks[0].Label != "new" || marks[1].ID != "c" {
		t.Errorf("marks after the edit: %+v", marks)
	}
}

// FuzzDecode: whatever arrives is refused with an *Error or is a message that
// survives being written and read again.
func FuzzDecode(f *testing.F) {
	for _, m := range samples() {
		line, err := Encode(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(line)
	}
	f.Add([]byte(`{"kind":"event","event":{"kind":"hidden"}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := Decode(line)
		var bad *Error
		if err != nil {
			if !errors.As(err, &bad) {
				t.Fatalf("error of another type: %v", err)
			}
			return
		}
		once, err := Encode(m)
		if err != nil {
			t.Fatalf("a message that was read cannot be written: %v", err)
		}
		again, err := Decode(once)
		if err != nil {
			t.Fatalf("a message that was written cannot be read: %v", err)
		}
		twice, err := Encode(again)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("not stable: %q, %q, %v", once, twice, err)
		}
	})
}
