package deliver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/worklist/fhir"
	"github.com/nocturne/nocturne/worklist/hl7"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/transit"
)

// nightHome makes this test binary the program that writes, signs and delivers, and is
// killed (order.json in the home says what).
const nightHome = "DELIVER_TEST_NIGHT"

// order is what the program has to do in one life.
type order struct {
	Night, Reports int
	Archive, MLLP  string
	FHIR           string
	Begun          time.Time // of the night: its clock runs on through all lives
}

const drafts = 3 // saves of a draft before it is signed

// signed is the k-th report of a night: everything that signing fixes, the same bytes
// each time it is made.
func (o order) signed(t testing.TB, k int) []ledger.OutboxRow {
	study, sop := fmt.Sprintf("1.2.%d.%d", o.Night+1, k+1), fmt.Sprintf("1.2.%d.%d.9.1", o.Night+1, k+1)
	sr := ledger.OutboxRow{Report: sop, Channel: ledger.DICOM, Address: o.Archive, Control: sop, Kind: ledger.KindSR, StudyUID: study, Accession: fmt.Sprint("A", k),
		Site: "NORTH", UPSURL: o.Archive, WorkitemUID: study + ".7", TransactionUID: study + ".8", Required: true, Signed: t0, NotBefore: t0,
		Object: objectIn(t, study, sop, fmt.Sprintf("Report %d of night %d.", k, o.Night))}
	keys, oru := sr, sr
	keys.Kind, keys.Control, keys.WorkitemUID, keys.Required = ledger.KindKeyImages, sop+".2", "", false
	keys.Object = objectIn(t, study, keys.Control, "Key images.")
	oru.Channel, oru.Address, oru.Kind, oru.WorkitemUID = ledger.HL7, o.MLLP, ledger.KindORU, ""
	oru.Control = fmt.Sprintf("N%dR%d", o.Night, k)
	oru.Object = []byte("MSH|^~\\&|NOCTURNE|NIGHT|RIS|NORTH|20260301031200+0000||ORU^R01^ORU_R01|" + oru.Control + "|P|2.5.1\rPID|1||P1\rOBR|1||" + sr.Accession +
		"|19005-8\rOBX|1|TX|19005-8||Report " + fmt.Sprint(k) + "||||||F\r")
	rows := []ledger.OutboxRow{sr, keys, oru, o.bundle(sr, k)}
	for i := range rows {
		rows[i].SHA256 = report.Digest(rows[i].Object)
	}
	return rows
}

// nightChild writes and signs what is not signed yet, delivers what it can, and ends.
// It says what it did after it was on disk.
func nightChild(dir string) error {
	var o order
	b, err := os.ReadFile(filepath.Join(dir, "order.json"))
	if err == nil {
		err = json.Unmarshal(b, &o)
	}
	if err != nil {
		return err
	}
	l, err := ledger.Open(dir, ledgertest.Key)
	if err != nil {
		return err
	}
	defer l.Close()
	fmt.Println("open")
	for k := range o.Reports {
		if err := o.write(l, k); err != nil {
			return fmt.Errorf("report %d: %w", k, err)
		}
	}
	return o.deliver(l)
}

func (o order) write(l *ledger.Ledger, k int) error {
	rows := o.signed(nil, k)
	d, _, err := l.Draft(ctx, rows[0].StudyUID)
	if err != nil || d.SignedAs != "" {
		return err
	}
	for d.Revision < drafts {
		body := fmt.Sprintf("draft %d.%d", k, d.Revision+1)
		if d.Revision, err = l.SaveDraft(ctx, ledger.Draft{StudyUID: rows[0].StudyUID, Body: []byte(body), Revision: d.Revision}); err != nil {
			return err
		}
		fmt.Println("saved", k, d.Revision)
	}
	task := ledger.Record{ID: "task of " + rows[0].Report, Kind: "follow-up", StudyUID: rows[0].StudyUID, At: t0}
	if _, err := l.Enqueue(ctx, rows, d.Revision, task); err != nil {
		return err
	}
	fmt.Println("signed", k)
	return nil
}

// now is a fast clock, so that a back-off of seconds is one of milliseconds.
func (o order) now() time.Time { return o.Begun.Add(time.Since(o.Begun) * 100) }

// deliver tries until nothing moves any more or a second is over.
func (o order) deliver(l *ledger.Ledger) error {
	start := time.Now()
	r := &Runner{Ledger: l, Dial: nightDial, Now: o.now}
	for time.Since(start) < time.Second {
		left, err := r.Flush(ctx, false)
		if err != nil {
			return err
		}
		waits := false
		for _, row := range left {
			waits = waits || moving(left, row)
		}
		if !waits {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// bundle is the report for the FHIR server.
func (o order) bundle(sr ledger.OutboxRow, k int) ledger.OutboxRow {
	d, err := fhir.Report(report.Release{Kind: report.Final, Signed: report.Signed{StudyUID: sr.StudyUID, SOPUID: sr.Report, At: t0}, Site: "NORTH", Accession: sr.Accession,
		Patient: report.Patient{ID: "P1", Name: "PHANTOM^ANNA"}, Reader: report.Reader{Name: "READER^DEMO"},
		Parts: []report.Part{{Section: report.Impression, Title: "Impression", Text: fmt.Sprintf("Report %d.", k)}}}, fhir.Options{})
	if err != nil {
		panic(err)
	}
	sr.Channel, sr.Address, sr.Kind, sr.WorkitemUID, sr.Required, sr.Control, sr.Object = ledger.FHIR, o.FHIR, ledger.KindFHIR, "", false, d.Control, d.Bytes
	return sr
}

func nightDial(row ledger.OutboxRow) (Destination, error) {
	if row.Channel == ledger.FHIR {
		c, err := NewFHIR(fhir.Config{Name: row.Site, BaseURL: row.Address, Timeout: 5 * time.Second}, transit.Identity{})
		return Destination{Channel: c}, err
	}
	if row.Channel == ledger.HL7 {
		return Destination{Channel: ORU{Endpoint: hl7.Endpoint{Address: row.Address}}}, nil
	}
	return dial(row)
}

// life is one run of the program, and what it said.
type life struct {
	saved  map[int]int64 // report: revision
	signed map[int]bool
	killed bool
	err    string
}

// live runs the program and kills it where the plan says.
func (n *night) live(t *testing.T, p plan) life {
	t.Helper()
	b, err := json.Marshal(n.order)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(n.dir, "order.json"), b, 0o600))
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), nightHome+"="+n.dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	kill := make(chan struct{}, 1)
	strike := func() {
		select {
		case kill <- struct{}{}:
			_ = cmd.Process.Kill()
		default:
		}
	}
	must(t, cmd.Start())
	n.watch(p, strike)
	got := life{saved: map[int]int64{}, signed: map[int]bool{}}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); {
		got.read(lines.Text())
		if seen++; p.where == atLine && seen == p.n {
			time.AfterFunc(p.later, strike)
		}
		if p.where == atTime && lines.Text() == "open" {
			time.AfterFunc(p.later, strike)
		}
	}
	_ = cmd.Wait()
	n.watch(plan{}, nil)
	got.killed = len(kill) > 0
	return got
}

func (g *life) read(line string) {
	var k int
	var rev int64
	switch {
	case strings.HasPrefix(line, "saved "):
		_, _ = fmt.Sscanf(line, "saved %d %d", &k, &rev)
		g.saved[k] = rev
	case strings.HasPrefix(line, "signed "):
		_, _ = fmt.Sscanf(line, "signed %d", &k)
		g.signed[k] = true
	case strings.HasPrefix(line, "error:"):
		g.err = line
	}
}

// kept checks after a life that all it said to be on disk is there, whole.
func (n *night) kept(t *testing.T, said life) {
	t.Helper()
	for k := range n.order.Reports {
		want := n.order.signed(t, k)
		d, ok, err := n.l.Draft(ctx, want[0].StudyUID)
		must(t, err)
		if ok != (d.Revision > 0) || d.Revision < said.saved[k] || ok && string(d.Body) != fmt.Sprintf("draft %d.%d", k, d.Revision) {
			t.Fatalf("%s: report %d: draft %q of revision %d, the program had said %d", n.name, k, d.Body, d.Revision, said.saved[k])
		}
		rows, err := n.l.OutboxOf(ctx, want[0].StudyUID)
		must(t, err)
		tasks, err := n.l.Records(ctx, "follow-up", want[0].StudyUID)
		must(t, err)
		if whole := len(rows) == len(want) && len(tasks) == 1 && d.SignedAs == want[0].Report; !whole && (len(rows) > 0 || len(tasks) > 0 || d.SignedAs != "" || said.signed[k]) {
			t.Fatalf("%s: report %d: half a signature: %d rows, %d tasks, draft signed as %q", n.name, k, len(rows), len(tasks), d.SignedAs)
		}
		for i, r := range rows {
			if r.SHA256 != want[i].SHA256 || report.Digest(r.Object) != want[i].SHA256 || r.Control != want[i].Control {
				t.Fatalf("%s: report %d, row %d: other bytes than were signed", n.name, k, i)
			}
		}
	}
}

// objectIn is a small object of a study.
func objectIn(t testing.TB, study, sop, text string) []byte {
	f, err := dicom.Parse(object(t, sop, text))
	if err != nil {
		panic(err)
	}
	f.Dataset.SetStr(dicom.StudyInstanceUID, study)
	f.Dataset.SetStr(dicom.SeriesInstanceUID, study+".9")
	b, err := dicom.Bytes(f.Dataset, nil)
	if err != nil {
		panic(err)
	}
	return b
}

var errNotThere = errors.New("it is not there")

// at the archive: the object's copies, and what differs.
func (n *night) held(r ledger.OutboxRow) (copies int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	copies = len(n.find(ctx, r))
	if copies == 0 {
		return 0, errNotThere
	}
	return copies, DICOM{n.client}.Confirm(ctx, r)
}
