package deliver

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// Where a life ends.
const (
	nowhere = iota
	atLine
	atTime
	atRequest
)

type plan struct {
	where, n int
	later    time.Duration
	after    bool // of the request: its effect
}

// planned draws the end of a life.
func planned(r *rand.Rand) plan {
	switch r.IntN(10) {
	case 0:
		return plan{}
	case 1, 2:
		return plan{where: atLine, n: 1 + r.IntN(drafts+2), later: time.Duration(r.IntN(3000)) * time.Microsecond}
	case 3, 4, 5:
		return plan{where: atTime, later: time.Duration(r.IntN(120)) * time.Millisecond}
	}
	return plan{where: atRequest, n: 1 + r.IntN(12), after: r.IntN(2) == 0}
}

// night is one home among liars.
type night struct {
	name    string
	order   order
	dir     string
	l       *ledger.Ledger
	world   *liars
	client  *dicomweb.Client // of the archive, without lies
	bundles *bundleLiar
}

func newNight(t *testing.T, number int, seed uint64) *night {
	t.Helper()
	w := newLiars(seed)
	archive, url := newArchiveLiar(t, w)
	_, mllp := newEngineLiar(t, w)
	bundles, his := newBundleLiar(t, w)
	n := &night{name: fmt.Sprintf("night %d (seed %d)", number, seed), dir: t.TempDir(), world: w, order: order{Begun: time.Now(), Night: number, Archive: url, MLLP: mllp, FHIR: his}, bundles: bundles}
	l, err := ledger.Open(n.dir, ledgertest.Key)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	n.l = l
	direct, err := newHonest(t, archive.archive)
	must(t, err)
	n.client = direct
	archive.completing = func(workitem string) { n.mayComplete(workitem) }
	return n
}

// mayComplete is held against every change of a workitem's state: the SR is at the
// archive as it was signed, and the message that the policy requires was taken.
func (n *night) mayComplete(workitem string) {
	for k := range n.order.Reports {
		rows := n.order.signed(nil, k)
		if rows[0].WorkitemUID != workitem {
			continue
		}
		if _, err := n.held(rows[0]); err != nil {
			n.world.violate(fmt.Sprintf("report %d: the workitem is completed and the archive has no such SR: %v", k, err))
		}
		n.world.mu.Lock()
		if len(n.world.arrived[rows[2].Control]) == 0 {
			n.world.violated = append(n.world.violated, fmt.Sprintf("report %d: the workitem is completed without its ORU", k))
		}
		n.world.mu.Unlock()
	}
}

// newHonest is a client that no liar stands before.
func newHonest(t *testing.T, archive http.Handler) (*dicomweb.Client, error) {
	t.Helper()
	srv := httptest.NewServer(archive)
	t.Cleanup(srv.Close)
	url := srv.URL + "/dicom-web"
	return dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: url, UPSURL: url})
}

// watch has the program struck at a request.
func (n *night) watch(p plan, strike func()) {
	var mu sync.Mutex
	seen := 0
	n.world.mu.Lock()
	defer n.world.mu.Unlock()
	n.world.reach = nil
	if p.where != atRequest {
		return
	}
	n.world.reach = func(after bool) {
		mu.Lock()
		defer mu.Unlock()
		if after != p.after {
			return
		}
		if seen++; seen == p.n {
			strike()
		}
	}
}

func (n *night) find(ctx context.Context, r ledger.OutboxRow) []*dicom.Dataset {
	found, err := pacs.Find(ctx, n.client, pacs.Query{Level: pacs.InstanceLevel, Study: dicom.UID(r.StudyUID), Match: map[dicom.Tag]string{dicom.SOPInstanceUID: r.Control}})
	if err != nil {
		return nil
	}
	return found
}

// assign gives the next report a claimed workitem.
func (n *night) assign(t *testing.T, seed pacstest.Study) {
	t.Helper()
	r := n.order.signed(t, n.order.Reports)[0]
	_, err := n.client.CreateWorkitem(ctx, dicom.UID(r.WorkitemUID), pacstest.NewWorkitem(seed, "P1", ""))
	must(t, err)
	must(t, n.client.ChangeState(ctx, dicom.UID(r.WorkitemUID), dicom.UID(r.TransactionUID), pacs.InProgress))
	n.order.Reports++
}

// tally is what became of everything.
type tally struct {
	rounds, kills, signed, resent int
	verified                      map[string]int // kind
	parked                        map[string]int // reason
}

// TestLyingServersAndKillsDeliverOnceOrParkInSight: every round signs a report for an
// archive, an interface engine and a FHIR server that lie, and ends the program by kill
// -9 somewhere.
// NOCTURNE_LONG=1 plays 1,100 rounds. What was signed is then at its destination once,
// with equal digest, or parked with a reason; nothing that was said to be on disk is
// gone; no workitem was ever completed before its report was there.
func TestLyingServersAndKillsDeliverOnceOrParkInSight(t *testing.T) {
	nights, rounds := 1, 6
	if os.Getenv("NOCTURNE_LONG") != "" {
		nights, rounds = 22, 50
	}
	sum := tally{verified: map[string]int{}, parked: map[string]int{}}
	lies := map[string]bool{}
	seed := pacstest.NewSeed(t).Studies[0]
	for number := range nights {
		n := newNight(t, number, uint64(20261122+number))
		r := rand.New(rand.NewPCG(n.world.seed, 1))
		for range rounds {
			n.assign(t, seed)
			said := n.live(t, planned(r))
			if said.err != "" {
				t.Fatalf("%s: %s", n.name, said.err)
			}
			n.kept(t, said)
			sum.rounds++
			if said.killed {
				sum.kills++
			}
		}
		n.world.beHonest()
		n.finish(t)
		n.settle(t, &sum)
		for _, lie := range n.world.tally() {
			lies[lie[:strings.LastIndex(lie, " ")]] = true
		}
		t.Logf("%s: lies told: %s", n.name, strings.Join(n.world.tally(), ", "))
	}
	t.Logf("rounds %d, kill -9 %d, reports signed %d; verified %v; parked %v; sent again %d", sum.rounds, sum.kills, sum.signed, sum.verified, sum.parked, sum.resent)
	if nights > 1 {
		for _, kind := range []string{"sr", "oru", "fhir"} {
			if sum.verified[kind] == 0 {
				t.Errorf("no %s was delivered", kind)
			}
		}
		if len(lies) < 20 || sum.kills < sum.rounds/2 {
			t.Errorf("%d kinds of lies, %d kills: the world was too kind", len(lies), sum.kills)
		}
	}
}

// finish lets the program live until nothing moves.
func (n *night) finish(t *testing.T) {
	t.Helper()
	for range 30 {
		said := n.live(t, plan{})
		n.kept(t, said)
		rows, err := n.l.Outbox(ctx)
		must(t, err)
		if len(rows) == 4*n.order.Reports && !slices.ContainsFunc(rows, func(r ledger.OutboxRow) bool { return moving(rowsOf(rows, r), r) }) {
			return
		}
	}
	t.Errorf("%s: never at rest", n.name)
}

func rowsOf(rows []ledger.OutboxRow, of ledger.OutboxRow) (out []ledger.OutboxRow) {
	for _, r := range rows {
		if r.Report == of.Report {
			out = append(out, r)
		}
	}
	return out
}

// settle compares what the outbox says with what the world has.
func (n *night) settle(t *testing.T, sum *tally) {
	t.Helper()
	rows, err := n.l.Outbox(ctx)
	must(t, err)
	sum.signed += n.order.Reports
	sum.resent += n.world.resent(t)
	if held := n.bundles.reports(); held > n.order.Reports {
		t.Errorf("%s: the FHIR server has %d reports of %d", n.name, held, n.order.Reports)
	}
	for _, v := range n.world.violated {
		t.Errorf("%s: %s", n.name, v)
	}
	for _, r := range rows {
		full, err := n.l.Row(ctx, r.ID)
		must(t, err)
		n.world.mu.Lock()
		forGood, arrived := n.world.forGood[r.Control], slices.Clone(n.world.arrived[r.Control])
		n.world.mu.Unlock()
		where := fmt.Sprintf("%s: %s of %s", n.name, r.Kind, r.Report)
		switch r.State {
		case ledger.Verified:
			sum.verified[r.Kind]++
			if forGood != "" {
				t.Errorf("%s: VERIFIED, and the far end %s", where, forGood)
			}
			if len(arrived) == 0 || slices.ContainsFunc(arrived, func(d string) bool { return d != r.SHA256 }) {
				t.Errorf("%s: VERIFIED, %d arrived or not as signed", where, len(arrived))
			}
			if r.Channel == ledger.FHIR {
				if to, err := nightDial(full); err != nil || to.Channel.Confirm(ctx, full) != nil {
					t.Errorf("%s: VERIFIED, and the FHIR server has something else", where)
				}
				continue
			}
			if copies, err := n.held(full); r.Channel == ledger.DICOM && (copies != 1 || err != nil) {
				t.Errorf("%s: VERIFIED, the archive has %d: %v", where, copies, err)
			}
		case ledger.Parked:
			sum.parked[r.Kind+" "+r.Reason]++
			if r.Reason == "" || forGood == "" {
				t.Errorf("%s: parked (%s), and nothing was wrong for good", where, r.Reason)
			}
		default:
			t.Errorf("%s: %s", where, r.State)
		}
		if r.WorkitemUID != "" {
			n.task(t, where, r, rowsOf(rows, r))
		}
	}
}

// task: the workitem is completed if, and only if, all that it waits for has arrived.
func (n *night) task(t *testing.T, where string, r ledger.OutboxRow, of []ledger.OutboxRow) {
	t.Helper()
	want := !slices.ContainsFunc(of, func(e ledger.OutboxRow) bool { return e.Required && e.State != ledger.Verified })
	step, err := n.client.RetrieveWorkitem(ctx, dicom.UID(r.WorkitemUID))
	must(t, err)
	if (step.State == pacs.Completed) != want || r.WorkitemDone != want {
		t.Errorf("%s: workitem %s, done %v; want completed %v", where, step.State, r.WorkitemDone, want)
	}
}
