package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/hl7"
)

// his is a receiver of messages that keeps one of each MSH-10, as the standard's
// duplicate detection has it.
type his struct {
	mu     sync.Mutex
	held   map[string]string
	frames []string
	// answer replaces the answer; nil sends none and ends the connection's use.
	answer func(m *hl7.Message, known bool) []byte
	stop   func()
}

func newHIS(t *testing.T) (*his, string) {
	t.Helper()
	h := &his{held: map[string]string{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	run, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	s := &hl7.Server{Handle: h.take}
	done.Go(func() { _ = s.Serve(run, l) })
	h.stop = func() { stop(); done.Wait() }
	t.Cleanup(h.stop)
	return h, "mllp://" + l.Addr().String()
}

func (h *his) take(m *hl7.Message) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := m.ControlID()
	_, known := h.held[id]
	h.held[id] = string(m.Encode())
	h.frames = append(h.frames, string(m.Encode()))
	if h.answer != nil {
		return h.answer(m, known)
	}
	return m.Answer("AA", "", t0)
}

func oruRow(t *testing.T, address string) ledger.OutboxRow {
	r := row(t, "1.2.9.1")
	r.Channel, r.Kind, r.Control, r.Address, r.Site = ledger.HL7, ledger.KindORU, "N1234", address, "HIS"
	r.Object = []byte("MSH|^~\\&|NOCTURNE||HIS||20260301||ORU^R01^ORU_R01|N1234|P|2.5.1\rPID|1||P1\r")
	return r
}

func quick(address string) ORU {
	return ORU{Endpoint: hl7.Endpoint{Address: address, Timeout: 300 * time.Millisecond}}
}

func openORU(t *testing.T) destination {
	h, address := newHIS(t)
	return destination{Channel: quick(address), row: oruRow(t, address), blind: true,
		loseNext: func() {
			h.answer = func(*hl7.Message, bool) []byte { h.answer = nil; return nil }
		},
		away:   h.stop,
		refuse: func() { h.answer = func(m *hl7.Message, _ bool) []byte { return m.Answer("AR", "101", t0) } },
		holds:  func() int { return len(h.held) },
	}
}

// The policy of the package comment, row by row.
func TestHowAReceiversAnswersAreSorted(t *testing.T) {
	const taken, waits, parked = "taken", "waits", "parked"
	for _, c := range []struct {
		code, condition, before string
		tries                   int
		want                    string
	}{
		{"AA", "", "", 0, taken}, {"CA", "", "", 0, taken}, {"AE", "206", "", 99, waits}, {"CE", "207", "", 99, waits},
		{"AE", "", "", 4, waits}, {"AE", "", "", 5, parked}, {"AE", "205", "", 3, parked}, {"AE", "205", unanswered, 1, taken}, {"AR", "205", unanswered, 1, taken},
		{"AR", "", "", 0, parked}, {"CR", "", "", 0, parked}, {"AR", "207", "", 0, parked},
		{"AE", "100", "", 0, parked}, {"AE", "101", "", 0, parked}, {"AE", "103", "", 0, parked}, {"AE", "204", "", 0, parked}, {"CE", "200", "", 0, parked},
	} {
		h, address := newHIS(t)
		h.answer = func(m *hl7.Message, _ bool) []byte { return m.Answer(c.code, c.condition, t0) }
		r := oruRow(t, address)
		r.Tries, r.Answer = c.tries, c.before
		answer, err := quick(address).Send(ctx, r)
		got := taken
		var park *ParkError
		var wait *WaitError
		switch {
		case errors.As(err, &park):
			got = parked
		case errors.As(err, &wait):
			got = waits
		case err != nil:
			got = err.Error()
		}
		if got != c.want || (answer != "") != (got == taken) {
			t.Errorf("%+v: %s, %q, %v", c, got, answer, err)
		}
		r.Answer = answer
		if cerr := quick(address).Confirm(ctx, r); (cerr == nil) != (got == taken) {
			t.Errorf("%+v: confirm %v", c, cerr)
		}
		h.stop()
	}
}

func TestAReceiversWordsAreNotPassedOn(t *testing.T) {
	h, address := newHIS(t)
	h.answer = func(m *hl7.Message, _ bool) []byte {
		return []byte("MSH|^~\\&|HIS\rMSA|AR|" + m.ControlID() + "|PHANTOM^ANNA unknown|||101^PHANTOM\rERR|||101^PHANTOM ANNA\r")
	}
	_, err := quick(address).Send(ctx, oruRow(t, address))
	if err == nil || strings.Contains(err.Error(), "PHANTOM") || !strings.Contains(err.Error(), "required field missing") {
		t.Errorf("%v", err)
	}
}

// A receiver that lies: it drops what it took, acknowledges another message, breaks
// off, answers late. Every report is there once, or still waits; none is lost.
func TestAMessageIsSentUntilItIsAcknowledgedAndThenNoMore(t *testing.T) {
	l, _, _ := home(t, nil)
	h, address := newHIS(t)
	lies := []func(*hl7.Message, bool) []byte{
		func(*hl7.Message, bool) []byte { return nil },
		func(m *hl7.Message, _ bool) []byte {
			return []byte("MSH|^~\\&|HIS\rMSA|AA|another\r")
		},
		func(m *hl7.Message, _ bool) []byte { return m.Answer("AE", "207", t0) },
		func(m *hl7.Message, known bool) []byte { return m.Answer("AE", "205", t0) },
	}
	n := 0
	h.answer = func(m *hl7.Message, known bool) []byte { n++; return lies[n-1](m, known) }
	id := queue(t, l, "1.3.9.1", func(r *ledger.OutboxRow) {
		o := oruRow(t, address)
		r.StudyUID, r.Channel, r.Kind, r.Control, r.Address, r.Site, r.WorkitemUID = "1.3", o.Channel, o.Kind, o.Control, o.Address, o.Site, ""
		sum := sha256.Sum256(o.Object)
		r.Object, r.SHA256 = o.Object, hex.EncodeToString(sum[:])
	})
	north := newSite()
	r, c := runner(l, north)
	r.Dial = func(row ledger.OutboxRow) (Destination, error) {
		if row.Channel == ledger.HL7 {
			return Destination{Channel: quick(address)}, nil
		}
		return Destination{DICOM{north}, north}, nil
	}
	want := []string{"HIS did not acknowledge the HL7 message", "HIS acknowledged another message than ours",
		"HIS cannot take the HL7 message now (AE 207, internal error)", ""}
	for i, reason := range want {
		c.add(time.Hour)
		_, err := r.Flush(ctx, true)
		must(t, err)
		row := stands(t, l, id)
		if row.Reason != reason || row.Done() != (i == len(want)-1) {
			t.Errorf("after %d: %s %q", i+1, row.State, row.Reason)
		}
	}
	if row := stands(t, l, id); row.Answer != hadItBefore || row.Tries != 3 {
		t.Errorf("%+v", row)
	}
	for _, f := range h.frames {
		if f != h.frames[0] {
			t.Error("other bytes were sent")
		}
	}
	if len(h.frames) != 4 || len(h.held) != 1 {
		t.Errorf("%d frames, %d held", len(h.frames), len(h.held))
	}
	c.add(time.Hour)
	if _, err := r.Flush(ctx, true); err != nil || len(h.frames) != 4 {
		t.Errorf("sent again after it was acknowledged: %v", err)
	}
}
