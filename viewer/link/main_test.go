package link

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// The test binary started again with this variable is a window without a screen.
const roleKey = "LINK_TEST_WINDOW"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleKey); role != "" {
		os.Exit(window(role))
	}
	os.Exit(m.Run())
}

// window is a child process; its role says how it misbehaves.
func window(role string) int {
	switch role {
	case "unable":
		_ = Refuse(os.Stdin, os.Stdout, "no display")
		return 3
	case "older":
		fmt.Println(`{"kind":"hello","protocol":0}`)
		time.Sleep(time.Minute)
	case "deaf":
		time.Sleep(time.Minute)
	}
	woken := make(chan struct{}, 1)
	c, err := Serve(os.Stdin, os.Stdout, func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return 1
	}
	if role == "stubborn" {
		time.Sleep(time.Minute)
	}
	c.Emit(viewer.Event{Kind: viewer.Ready})
	if role == "desk" {
		reader(c, woken)
		return 0
	}
	p := &pretender{child: c, role: role}
	for {
		for m, ok := c.Next(); ok; m, ok = c.Next() {
			p.take(m)
		}
		select {
		case <-woken:
		case <-c.Done():
			return 0
		}
	}
}

// pretender keeps a slice and marks, as a desk does, and tells of them.
type pretender struct {
	child   *Child
	role    string
	c       viewer.Case
	slice   int
	objects int
	marks   []viewer.Mark
}

func (p *pretender) take(m Message) {
	switch m.Kind {
	case Open:
		p.open(m)
	case Add:
		p.objects += len(m.Objects)
		p.state()
	case Press:
		p.press(m.Key)
	case Draw:
		p.emit(viewer.Event{Kind: viewer.Noticed, Text: fmt.Sprintf("drawn %s, %d bytes", m.Preview.SOPUID, len(m.Preview.Bytes))})
	case Do:
		p.emit(viewer.Event{Kind: viewer.Acted, Action: m.Action})
	}
}

func (p *pretender) open(m Message) {
	switch p.role {
	case "mortal":
		fmt.Fprintln(os.Stderr, "panic: slice of DOE^JANE out of range, id 4711")
		os.Exit(2)
	case "garbage":
		os.Stdout.WriteString("not a message\n" + strings.Repeat("x", MaxLine+10) + "\n{\"kind\":\"event\"}\n")
	case "late":
		old := p.c
		if old.Epoch != 0 {
			p.child.Emit(viewer.Event{Kind: viewer.Acted, Epoch: old.Epoch, StudyUID: old.StudyUID, Action: viewer.ReportSign})
			p.child.Emit(viewer.Event{Kind: viewer.Stated, Epoch: old.Epoch, StudyUID: old.StudyUID, State: &viewer.State{Layout: "old"}})
			p.child.Emit(viewer.Event{Kind: viewer.Edited, Epoch: old.Epoch, StudyUID: old.StudyUID, Marks: []viewer.Mark{{ID: "2.25.9"}}})
			p.child.Emit(viewer.Event{Kind: viewer.Edited, Epoch: 99, StudyUID: "1.9", Marks: []viewer.Mark{{ID: "2.25.8"}}})
		}
	}
	p.c, p.marks, p.slice, p.objects = *m.Case, m.Case.Marks, 0, 0
	if s := m.Case.State; s != nil && len(s.Tiles) > 0 {
		p.slice = s.Tiles[0].Slice
	}
	p.state()
	p.emit(viewer.Event{Kind: viewer.Shown})
}

func (p *pretender) press(k viewer.Key) {
	switch k {
	case "down":
		p.slice++
		p.state()
	case "r":
		mark := viewer.Mark{ID: fmt.Sprintf("2.25.%d", len(p.marks)+1), Kind: viewer.Length, StudyUID: p.c.StudyUID}
		p.marks = append(p.marks, mark)
		p.emit(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{mark}})
	case "1":
		for range 500 {
			p.slice++
			p.state()
			time.Sleep(time.Millisecond)
		}
	}
}

func (p *pretender) state() {
	p.emit(viewer.Event{Kind: viewer.Stated, State: &viewer.State{
		Tiles: []viewer.Tile{{Slice: p.slice, Slices: p.objects}}, Unseen: len(p.marks)}})
}

func (p *pretender) emit(e viewer.Event) {
	e.Epoch, e.StudyUID = p.c.Epoch, p.c.StudyUID
	p.child.Emit(e)
}
