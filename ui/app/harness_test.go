package app

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/cache/audit/audittest"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/ups"
)

func TestMain(m *testing.M) {
	if writeElsewhere() {
		return
	}
	if script, ok := os.LookupEnv(speaks); ok {
		recognise(script)
		return
	}
	time.Local = time.UTC
	os.Exit(m.Run())
}

// A night is a program at work on a tiny archive: the model is driven by hand, its
// commands run beside it and what they bring is taken when the test pumps.
type night struct {
	testing.TB
	m     *Model
	view  *window
	url   string
	msgs  chan tea.Msg
	home  string // of the ledger; the objects are in cache
	led   *ledger.Ledger
	cache string
	audit audittest.Trail
	bears error // an error of the journal that the test brings about

	mu  sync.Mutex
	now time.Time // guarded by mu: the clock of model, ledger and archive
}

var dusk = time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)

func newNight(t testing.TB) *night {
	t.Helper()
	n := &night{TB: t, view: &window{events: make(chan viewer.Event, 64)}, msgs: make(chan tea.Msg, 256), now: dusk}
	archive, err := demo.New(demo.Options{Sources: []demo.Source{tiny{}}, Clock: n.clock})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(archive.Handler())
	t.Cleanup(func() { server.CloseClientConnections(); archive.Close(); server.Close() })
	n.url = server.URL + "/dicom-web"
	n.home = t.TempDir()
	if n.cache, err = os.MkdirTemp("", "nocturne"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.sweep)
	t.Cleanup(n.stop)
	n.start()
	n.until("the list and the window", func() bool { return len(n.m.snapshot.Rows) == 3 && n.m.view != nil && !n.m.settling })
	return n
}

// sweep removes the objects; a fetch may still be writing its last one.
func (n *night) sweep() {
	for range 100 {
		if os.RemoveAll(n.cache) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// stop ends the program that start began.
func (n *night) stop() {
	n.m.Close()
	n.led.Close()
}

// start puts the house together on its home.
func (n *night) start() {
	n.Helper()
	led, err := ledger.Open(n.home, ledgertest.Key)
	if err != nil {
		n.Fatal(err)
	}
	n.led = led
	objects, err := store.Open(n.cache, store.NewKeys(seal.Key{7}))
	if err != nil {
		n.Fatal(err)
	}
	client, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: n.url, UPSURL: n.url})
	if err != nil {
		n.Fatal(err)
	}
	site := feed.Site{Name: "NORTH", Archive: client, Workitems: client.Workitems(), AllStudies: true, Phone: "555"}
	room := reading.New(&n.audit, &reading.Room{Reader: ups.Reader{Name: "READER^DEMO", ID: "one", Organization: "Test Hospital"}, Ledger: led, Store: objects,
		Sites: map[string]reading.Site{"NORTH": {Site: site, DICOMwebURL: n.url, UPSURL: n.url}},
		Fetch: &fetch.Engine{Store: objects}, Now: n.clock, Recall: func(bool) time.Duration { return 15 * time.Second }})
	room.Journal = reading.NewJournal(func(err error) {
		if n.bears == nil || !errors.Is(err, n.bears) {
			n.Errorf("journal: %v", err)
		}
	})
	mine := func(item string) bool {
		c, ok, _ := led.Claim(context.Background(), item)
		return ok && c.State == ledger.Held
	}
	list := feed.New([]feed.Site{site}, feed.Options{Reader: "READER^DEMO", Mine: mine, Now: n.clock, Memory: room})
	room.Silent = list.Silent
	n.m = New(context.Background(), Options{Room: room, Keymap: viewer.DefaultKeymap(), Poll: time.Hour, Now: n.clock,
		Feed:   list,
		Outbox: &deliver.Runner{Ledger: led, Now: n.clock, Before: room.Before},
		Viewer: func() (viewer.Viewer, string, error) { return n.view, "", nil }})
	n.do(n.m.Init())
}

func (n *night) clock() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

// pass lets time go by on the fake clock.
func (n *night) pass(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(d)
}

// do runs a command and those it is made of, each on its own goroutine.
func (n *night) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				n.do(c)
			}
		default:
			n.msgs <- msg
		}
	}()
}

func (n *night) send(msg tea.Msg) {
	_, cmd := n.m.Update(msg)
	n.do(cmd)
}

// until pumps messages until something is so.
func (n *night) until(what string, so func() bool) {
	n.Helper()
	deadline := time.After(5 * time.Second)
	for !so() {
		select {
		case msg := <-n.msgs:
			n.send(msg)
		case <-deadline:
			n.Fatalf("waited in vain for %s:\n%s", what, n.frame())
		case <-time.After(5 * time.Millisecond): // the window or the disk changed, perhaps
		}
	}
}

// settle pumps until nothing has come for a while.
func (n *night) settle(quiet time.Duration) {
	for {
		select {
		case msg := <-n.msgs:
			n.send(msg)
		case <-time.After(quiet):
			return
		}
	}
}

var special = map[string]tea.KeyType{"enter": tea.KeyEnter, "esc": tea.KeyEsc, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7, "ctrl+g": tea.KeyCtrlG, "ctrl+f": tea.KeyCtrlF,
	"f12": tea.KeyF12, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "ctrl+l": tea.KeyCtrlL, "ctrl+c": tea.KeyCtrlC, "space": tea.KeySpace,
	"down": tea.KeyDown, "backspace": tea.KeyBackspace, "f8": tea.KeyF8, "f9": tea.KeyF9, "ctrl+k": tea.KeyCtrlK, "ctrl+t": tea.KeyCtrlT, "ctrl+e": tea.KeyCtrlE,
	"ctrl+z": tea.KeyCtrlZ, "up": tea.KeyUp, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd}

// key presses keys one after another.
func (n *night) key(names ...string) {
	for _, name := range names {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
		if k, ok := special[name]; ok {
			msg = tea.KeyMsg{Type: k}
		}
		n.send(msg)
	}
}

// write types text letter by letter.
func (n *night) write(text string) {
	for _, r := range text {
		if r == ' ' {
			n.key("space")
		} else {
			n.key(string(r))
		}
	}
}

// read opens the case with this accession and waits until all of it is here.
func (n *night) read(accession string) {
	n.Helper()
	for _, r := range n.m.snapshot.Rows {
		if r.Accession == accession {
			n.m.list.Select(r.StudyUID)
		}
	}
	n.key("enter")
	n.ready(accession)
}

// ready waits for the open case, its report and its images.
func (n *night) ready(accession string) {
	n.Helper()
	n.until(accession+" to be here", func() bool {
		c := n.m.open
		return c != nil && c.row.Accession == accession && c.begun && c.draft != nil && len(c.page.Loading) == len(c.studies) &&
			c.page.Loading[0].Done && c.priors.Asked && c.draft.Sections[report.Technique] != "" && !c.saving
	})
	n.pass(time.Second)
}

func (n *night) frame() string { return ansi.Strip(n.m.View()) }

// section is a part of the report on screen, numbers in words.
func (n *night) section(s report.Section) string { return n.m.open.draft.Plain(s) }

// stored is a part of a study's draft as a restart would find it.
func (n *night) stored(study string, s report.Section) string {
	n.Helper()
	row, ok, err := n.m.Room.Ledger.Draft(n.Context(), study)
	if err != nil || !ok {
		return ""
	}
	d, err := report.Decode(row.Body)
	if err != nil {
		n.Fatal(err)
	}
	return d.Plain(s)
}

func (n *night) says(text string) {
	n.Helper()
	if !strings.Contains(n.m.status.text, text) {
		n.Errorf("the status says %q, want %q in it", n.m.status.text, text)
	}
}

func uid(accession string, rest ...int) string {
	s := fmt.Sprintf("2.25.%d", 1000+int(accession[0])*10+int(accession[1]-'0'))
	for _, r := range rest {
		s += fmt.Sprintf(".%d", r)
	}
	return s
}
