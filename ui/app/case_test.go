package app

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestEnterClaimsAndOpensWithThePatientLineFirst(t *testing.T) {
	n := newNight(t)
	n.m.list.Select(uid("A1"))
	n.key("enter")
	first := strings.SplitN(n.frame(), "\n", 2)[0] // before anything has answered
	if n.view.shows() != uid("A1") || n.view.cases[0].Order.PatientName != "PHANTOM^ANNA" {
		t.Errorf("the window shows %q while the claim is asked", n.view.shows())
	}
	for _, want := range []string{"PHANTOM, ANNA", "ID P1", "1954-03-02"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first line is %q, want %q in it", first, want)
		}
	}
	n.ready("A1")
	if _, held, _ := n.m.Room.Holds(t.Context(), uid("A1")); !held || !strings.Contains(n.m.open.page.Claim, "yours since 03:12 UTC") {
		t.Errorf("held %v, the page says %q", held, n.m.open.page.Claim)
	}
	n.until("the images in the window", func() bool { return n.view.has(uid("A1", 1, 3)) && n.view.has(uid("A0", 1, 3)) })
	if n.view.shows() != uid("A1") || len(n.view.wrong) > 0 {
		t.Errorf("the window shows %s; wrong calls %v", n.view.shows(), n.view.wrong)
	}
}

func TestVNeverClaimsAndNothingCanBeReported(t *testing.T) {
	n := newNight(t)
	n.m.list.Select(uid("A1"))
	n.key("v")
	n.until("the images", func() bool { return n.view.has(uid("A1", 1, 1)) })
	n.pass(time.Second)
	if c, ok, _ := n.m.Room.Ledger.ClaimByStudy(t.Context(), uid("A1")); ok {
		t.Errorf("v wrote a claim: %s", c.State)
	}
	items, err := n.m.Room.Sites["NORTH"].Workitems.SearchWorkitems(t.Context(), pacs.WorkitemQuery{Study: dicom.UID(uid("A1"))})
	if err != nil || len(items) != 1 || items[0].State != pacs.Scheduled {
		t.Errorf("the archive says %+v, %v", items, err)
	}
	n.key("f3", "x", "f4", "f12")
	if n.m.open.draft != nil || n.m.page != onCase || n.view.cases[0].ReadOnly == "" {
		t.Errorf("draft %v, page %v, window %q", n.m.open.draft, n.m.page, n.view.cases[0].ReadOnly)
	}
}

func TestWhatIsOfAnotherCaseIsDroppedAndSaid(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	old := n.m.open.epoch
	n.key("f6")
	n.ready("B1")
	before, epoch := n.m.open.draft.Text(), n.m.open.epoch
	for _, e := range []viewer.Event{
		{Kind: viewer.Acted, Action: viewer.ReportSign}, {Kind: viewer.Acted, Action: viewer.CaseNext}, {Kind: viewer.Acted, Action: viewer.ReportInsert},
		{Kind: viewer.Edited, Marks: []viewer.Mark{ruler("A1", "old", 8)}}, {Kind: viewer.Held, Text: "dictated"},
	} {
		n.m.status = status{}
		e.Epoch, e.StudyUID = old, uid("A1")
		n.tells(e)
		if e.Kind == viewer.Edited {
			n.says("kept with that case")
		} else {
			n.says("meant for another case")
		}
		e.Epoch = n.m.open.epoch // a window that counts wrongly: the study decides too
		n.tells(e)
	}
	n.tells(viewer.Event{Kind: viewer.Stated, Epoch: old, StudyUID: uid("A1"), State: &viewer.State{Mismatch: []string{"name"}}})
	for _, late := range []tea.Msg{factsMsg{old, report.Facts{Indication: "of A1"}}, sheetMsg{old, report.Facts{}}, saveMsg{old},
		priorReport{old, 0, "report of A1"}, begunMsg{epoch: old}, reopened{epoch: old}} {
		n.send(late)
	}
	n.settle(20 * time.Millisecond)
	c := n.m.open
	if c.epoch != epoch || c.draft.Text() != before || len(c.marks) > 0 || c.held != "" || c.page.Alarm != "" || n.m.page != onCase || c.page.State != nil {
		t.Errorf("the case changed: epoch %d, marks %v, held %q, alarm %q, page %v", c.epoch, c.marks, c.held, c.page.Alarm, n.m.page)
	}
	if marks, _ := n.m.Room.Marks(t.Context(), uid("B1")); len(marks) > 0 {
		t.Errorf("marks on disk: %v", marks)
	}
	if marks, _ := n.m.Room.Marks(t.Context(), uid("A1")); len(marks) != 1 {
		t.Errorf("the mark drawn in the case before is on disk %d times", len(marks))
	}
}

func TestASignatureThatFailsAfterTheCaseLeftIsTold(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	old := n.m.open.epoch
	n.key("f6")
	n.send(signedMsg{epoch: old, err: ledger.ErrStale})
	n.says("The case before was not signed")
	if n.m.open.signed {
		t.Error("the case on screen counts as signed")
	}
}

// TestNothingLandsOnAnotherCase is N1 and scenario 5b: F6, F12, F4, Enter and the
// window's late echoes of them, in any order.
func TestNothingLandsOnAnotherCase(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	chance := rand.New(rand.NewPCG(1, 2))
	type seen struct {
		epoch     uint64
		accession string
	}
	var past []seen
	for i := 0; i < 200 || i < 800 && !n.signedAny(); i++ { // a slow disk lets fewer keys through
		if c := n.m.open; c != nil {
			past = append(past, seen{c.epoch, c.row.Accession})
		}
		from := past[max(0, len(past)-1-chance.IntN(4))] // the window may lag
		n.pass(time.Duration(chance.IntN(900)) * time.Millisecond)
		switch op := chance.IntN(10); {
		case op < 2:
			n.key("f6")
		case op == 2:
			n.key("f12")
		case op == 3:
			n.key("f4")
		case op == 4:
			n.key("enter")
		case op == 5 && n.m.page == onCase && n.m.open.draft != nil && !n.m.open.signed:
			if n.m.open.page.Typing = true; n.m.clear() {
				n.m.open.page.Editor.Go(string(report.Impression))
				n.write("text of " + n.m.open.row.Accession + " ")
			}
		case op == 6:
			n.tells(viewer.Event{Kind: viewer.Edited, Epoch: from.epoch, StudyUID: uid(from.accession),
				Marks: []viewer.Mark{ruler(from.accession, from.accession+fmt.Sprint(i), float64(from.accession[0]))}})
		default:
			a := []viewer.Action{viewer.CaseNext, viewer.ReportSign, viewer.ReportInsert, viewer.CaseAside}[chance.IntN(4)]
			n.tells(viewer.Event{Kind: viewer.Acted, Epoch: from.epoch, StudyUID: uid(from.accession), Action: a})
		}
		n.settle(time.Duration(chance.IntN(4)) * time.Millisecond)
		if n.m.page == onList {
			n.key("f5")
		}
	}
	n.settle(50 * time.Millisecond)
	n.checkNothingIsMixed()
	if len(n.view.wrong) > 0 {
		t.Errorf("the window was told %v", n.view.wrong)
	}
}

func (m *Model) clear() bool { return !m.prompt.Open && !m.help && !m.Now().Before(m.deaf) }

func (n *night) signedAny() bool {
	rows, err := n.m.Room.Ledger.Outbox(n.Context())
	return err == nil && len(rows) > 0
}

func (n *night) checkNothingIsMixed() {
	n.Helper()
	n.m.leaveCase()
	if err := n.m.Room.Journal.Wait(n.Context()); err != nil {
		n.Fatal(err)
	}
	texts, marks, signed := 0, 0, 0
	for _, p := range patients[:3] {
		all := n.stored(uid(p.accession), report.Findings) + n.stored(uid(p.accession), report.Impression)
		texts += strings.Count(all, "text of "+p.accession)
		kept, _ := n.m.Room.Marks(n.Context(), uid(p.accession))
		marks += len(kept)
		for _, k := range kept {
			if k.StudyUID != uid(p.accession) {
				n.Errorf("%s holds the mark %s", p.accession, k.ID)
			}
		}
		rows, _ := n.m.Room.Ledger.OutboxOf(n.Context(), uid(p.accession))
		for _, r := range rows {
			signed++
			file, err := dicom.Parse(r.Object)
			if err != nil || file.Dataset.Str(dicom.PatientID) != p.id || file.Dataset.Str(dicom.StudyInstanceUID) != uid(p.accession) {
				n.Errorf("%s: a report of another patient (%v)", p.accession, err)
				continue
			}
			all += sr.Text(file.Dataset)
		}
		for _, other := range patients[:3] {
			if other.accession == p.accession {
				continue
			}
			if foreign := fmt.Sprintf("%d.0 mm", other.accession[0]); strings.Contains(all, "text of "+other.accession) || strings.Contains(all, foreign) {
				n.Errorf("%s holds what was of %s: %q", p.accession, other.accession, all)
			}
		}
	}
	if texts == 0 || marks == 0 || signed == 0 {
		n.Errorf("nothing was tried: %d texts, %d marks, %d signed", texts, marks, signed)
	}
}

func TestAStatRaisesTheBannerAndMovesNeitherFocusNorCaret(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.key("f3")
	n.write("Half a sen")
	focused, cases := n.view.focused, len(n.view.cases)
	n.arrive("STAT1", "URGENT^ULF")
	if frame := n.frame(); !strings.Contains(frame, "STAT CT head · URGENT, ULF") || !strings.Contains(frame, "F6 opens it") {
		t.Errorf("no banner:\n%s", frame)
	}
	if s := n.view.sites[len(n.view.sites)-1]; !strings.Contains(s.Banner, "URGENT, ULF") {
		t.Errorf("the window says %q", s.Banner)
	}
	n.write("tence")
	if got := n.section(report.Findings); got != "Half a sentence" || n.view.focused != focused || len(n.view.cases) != cases || !n.m.open.page.Typing {
		t.Errorf("findings %q, focus asked %d times, typing %v", got, n.view.focused-focused, n.m.open.page.Typing)
	}
	n.arrive("STAT2", "SECOND^SVEN")
	n.key("f6")
	if n.m.open.row.Accession != "STAT1" || !strings.Contains(n.frame(), "SECOND, SVEN") {
		t.Errorf("F6 opened %s, and of the second STAT there is:\n%s", n.m.open.row.Accession, n.frame())
	}
}

// arrive puts a STAT into the list, as a poll would.
func (n *night) arrive(accession, name string) {
	s := n.m.snapshot
	r := feed.Row{Site: "NORTH", WorkitemUID: "9." + accession[4:], StudyUID: "8." + accession[4:], Accession: accession, PatientName: name, PatientID: "U-" + accession, Study: "CT head",
		Modality: "CT", Priority: pacs.Stat, Due: n.clock().Add(time.Hour), State: feed.Available, Lockable: true}
	s.Rows = append([]feed.Row{r}, s.Rows...)
	n.send(snapshotMsg{Snapshot: s})
}

// On a slow machine a terminal hands over several keys at once.
func TestKeysThatCameTogetherGoWhereTheFirstOfThemLeads(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	pressed := len(n.view.keys)
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(":go")})
	if !n.m.prompt.Open || n.m.prompt.Value() != "go" {
		t.Errorf("the prompt is open %v and has %q", n.m.prompt.Open, n.m.prompt.Value())
	}
	n.settle(20 * time.Millisecond)
	if len(n.view.keys) != pressed {
		t.Errorf("the images were given %v", n.view.keys[pressed:])
	}
}
