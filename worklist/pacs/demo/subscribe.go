package demo

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Well-known UIDs of worklist subscriptions (PS3.4 CC.2.3.1).
const (
	globalSubscription   dicom.UID = "1.2.840.10008.5.1.4.34.5"
	filteredSubscription dicom.UID = "1.2.840.10008.5.1.4.34.5.1"
)

// Event Type IDs of PS3.4 table CC.2.4-1.
const (
	stateReport     = 1
	cancelRequested = 2
	progressReport  = 3
	assignedReport  = 5
)

// maxQueued is how many reports wait for a slow subscriber. One who lags
// further is cut off, and searches again: reports are never replayed.
const maxQueued = 256

// hub knows who subscribed to what and sends the reports of PS3.4 CC.2.4. It
// blocks nobody.
type hub struct {
	mu     sync.Mutex
	subs   map[string]*subscriber // guarded by mu; by AE title
	last   int64                  // guarded by mu; Message ID
	closed bool                   // guarded by mu
	// elsewhere takes the reports of one who listens nowhere; it does not block.
	// Nil: they are dropped. Set before the first subscription.
	elsewhere func(aet string, r report)
}

// subscriber is one AE title. It may listen on several connections or none.
type subscriber struct {
	aet    string
	global bool // is subscribed to what will be created
	steps  map[dicom.UID]bool
	conns  []*connection
}

// connection is a WebSocket or an association that reports go to.
type connection struct {
	queue chan report
	cut   context.CancelFunc
}

// report is one N-EVENT-REPORT (PS3.4 CC.2.4).
type report struct {
	id         uint16 // Message ID
	step       dicom.UID
	kind       int
	attributes *dicom.Dataset
}

// json is the report as a WebSocket carries it (PS3.18 11.13).
func (r report) json() ([]byte, error) {
	d := r.attributes.Clone()
	d.Set(dicom.Element{Tag: 0x00000002, VR: "UI", Text: []string{string(dicom.UPSPushSOPClass)}})
	d.Set(dicom.Element{Tag: 0x00000110, VR: "US", Ints: []int64{int64(r.id)}})
	d.Set(dicom.Element{Tag: 0x00001000, VR: "UI", Text: []string{string(r.step)}})
	d.Set(dicom.Element{Tag: 0x00001002, VR: "US", Ints: []int64{int64(r.kind)}})
	return d.MarshalJSON()
}

func newHub() *hub { return &hub{subs: map[string]*subscriber{}} }

// of gives the subscriber of an AE title, a new one if need be. The lock is held.
func (h *hub) of(aet string) *subscriber {
	s := h.subs[aet]
	if s == nil {
		s = &subscriber{aet: aet, steps: map[dicom.UID]bool{}}
		h.subs[aet] = s
	}
	return s
}

// report sends an event of a step to everyone subscribed to it.
func (h *hub) report(st *step, kind int, attributes *dicom.Dataset) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.subs {
		if s.steps[st.uid] {
			h.send(s, st.uid, kind, attributes)
		}
	}
}

// send queues a report wherever the subscriber listens. The lock is held.
func (h *hub) send(s *subscriber, uid dicom.UID, kind int, attributes *dicom.Dataset) {
	h.last = h.last%65535 + 1
	r := report{id: uint16(h.last), step: uid, kind: kind, attributes: attributes.Clone()}
	for _, c := range s.conns {
		select {
		case c.queue <- r:
		default:
			c.cut()
		}
	}
	if len(s.conns) == 0 && h.elsewhere != nil && !h.closed {
		h.elsewhere(s.aet, r)
	}
}

func stateOf(st *step) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.InputReadinessState, st.data.Str(dicom.InputReadinessState))
	d.SetStr(dicom.ProcedureStepState, string(st.state))
	p := st.data.Item(dicom.ProcedureStepProgressInformationSequence)
	for _, t := range []dicom.Tag{dicom.ReasonForCancellation, dicom.ProcedureStepDiscontinuationReasonCodeSequence} {
		if el, ok := p.Get(t); ok {
			d.Set(el)
		}
	}
	return d
}

func (h *hub) stateChanged(st *step) { h.report(st, stateReport, stateOf(st)) }

// created subscribes those who wait for all, and tells them state and assignment.
func (h *hub) created(st *step) {
	h.mu.Lock()
	for _, s := range h.subs {
		if s.global {
			s.steps[st.uid] = true
		}
	}
	h.mu.Unlock()
	h.stateChanged(st)
	if len(st.data.Seq(dicom.ScheduledHumanPerformersSequence))+len(st.data.Seq(dicom.ScheduledStationNameCodeSequence)) > 0 {
		h.report(st, assignedReport, pick(st.data, dicom.ScheduledStationNameCodeSequence, dicom.ScheduledHumanPerformersSequence))
	}
}

func (h *hub) cancelRequested(st *step, why *dicom.Dataset) {
	h.report(st, cancelRequested, pick(why, dicom.RequestingAE, dicom.ReasonForCancellation,
		dicom.ProcedureStepDiscontinuationReasonCodeSequence, dicom.ContactURI, dicom.ContactDisplayName))
}

// updated reports what an N-SET touched: readiness, progress, assignment.
func (h *hub) updated(st *step, change *dicom.Dataset) {
	if change.Has(dicom.InputReadinessState) {
		h.stateChanged(st)
	}
	if change.Has(dicom.ProcedureStepProgressInformationSequence) {
		h.report(st, progressReport, pick(st.data, dicom.ProcedureStepProgressInformationSequence))
	}
	if change.Has(dicom.ScheduledHumanPerformersSequence) || change.Has(dicom.ScheduledStationNameCodeSequence) {
		h.report(st, assignedReport, pick(st.data, dicom.ScheduledStationNameCodeSequence, dicom.ScheduledHumanPerformersSequence))
	}
}

func pick(d *dicom.Dataset, tags ...dicom.Tag) *dicom.Dataset {
	out := &dicom.Dataset{}
	for _, t := range tags {
		if el, ok := d.Get(t); ok {
			out.Set(el)
		}
	}
	return out
}

// drop cuts all connections; subscriptions stay.
func (h *hub) drop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.subs {
		for _, c := range s.conns {
			c.cut()
		}
	}
}

func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.drop()
}

var aeTitle = regexp.MustCompile(`^[!-\[\]-~][ -\[\]-~]{0,15}$`)

// subscription reads the path both transactions have in common.
func (a *Archive) subscription(r *http.Request) (uid dicom.UID, aet string, err error) {
	uid, aet = dicom.UID(r.PathValue("workitem")), strings.TrimSpace(r.PathValue("aet"))
	if !aeTitle.MatchString(aet) {
		return "", "", badRequest("the subscriber's AE title is none")
	}
	if uid == filteredSubscription {
		return "", "", &refusal{status: http.StatusForbidden, warning: "Filtered Worklist Subscriptions are not supported."}
	}
	return uid, aet, nil
}

// subscribe is Subscribe (PS3.18 11.10). With a Deletion Lock, the state of all
// steps is reported at once; nothing is ever deleted here, so it is granted.
func (a *Archive) subscribe(w http.ResponseWriter, r *http.Request) error {
	uid, aet, err := a.subscription(r)
	if err != nil {
		return err
	}
	lock := r.URL.Query().Get("deletionlock")
	if lock != "" && lock != "true" && lock != "false" {
		return badRequest("deletionlock is true or false")
	}
	if !a.steps.subscribe(uid, aet, lock == "true") {
		return errNotFound
	}
	w.Header().Set("Content-Location", "ws"+strings.TrimPrefix(base(r), "http")+"/subscribers/"+aet)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// subscribe adds one step or, for the global UID, all that are and will be.
func (s *steps) subscribe(uid dicom.UID, aet string, lock bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, state := s.find(uid)
	if uid != globalSubscription && state == noStep {
		return false
	}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	sub := s.hub.of(aet)
	if uid != globalSubscription {
		sub.steps[uid] = true
		s.hub.send(sub, uid, stateReport, stateOf(st))
		return true
	}
	sub.global = true
	for _, st := range s.all {
		if st.withheld {
			continue
		}
		sub.steps[st.uid] = true
		if lock {
			s.hub.send(sub, st.uid, stateReport, stateOf(st))
		}
	}
	return true
}

// unsubscribe is Unsubscribe (PS3.18 11.11); the global UID ends everything.
func (a *Archive) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	return a.endSubscription(w, r, (*subscriber).unsubscribe)
}

func (s *subscriber) unsubscribe(uid dicom.UID) bool {
	if uid == globalSubscription {
		had := s.global || len(s.steps) > 0
		s.global = false
		clear(s.steps)
		return had
	}
	had := s.steps[uid]
	delete(s.steps, uid)
	return had
}

// suspend is Suspend Global Subscription (PS3.18 11.12): new steps are no longer
// subscribed to, those subscribed stay so.
func (a *Archive) suspend(w http.ResponseWriter, r *http.Request) error {
	return a.endSubscription(w, r, (*subscriber).suspend)
}

func (s *subscriber) suspend(uid dicom.UID) bool {
	had := uid == globalSubscription && s.global
	s.global = s.global && !had
	return had
}

func (a *Archive) endSubscription(w http.ResponseWriter, r *http.Request, end func(*subscriber, dicom.UID) bool) error {
	uid, aet, err := a.subscription(r)
	if err != nil {
		return err
	}
	if !a.hub.end(aet, uid, end) {
		return errNotFound
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// end takes a subscription back; false when there is none.
func (h *hub) end(aet string, uid dicom.UID, end func(*subscriber, dicom.UID) bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.subs[aet]
	return s != nil && end(s, uid)
}

// heartbeat is how often a silent connection is tried.
const heartbeat = 15 * time.Second

// notify is Open Notification Connection (PS3.18 8.10.4): a WebSocket that
// reports are written to until either side ends it.
func (a *Archive) notify(w http.ResponseWriter, r *http.Request) error {
	aet := strings.TrimSpace(r.PathValue("aet"))
	if !aeTitle.MatchString(aet) {
		return badRequest("the subscriber's AE title is none")
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return &refusal{status: http.StatusUpgradeRequired, text: "reports are sent over a WebSocket"}
	}
	// The connection counts before its handshake is answered: what happens right
	// after it is not missed.
	ctx, cut := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cut()
	c := &connection{queue: make(chan report, maxQueued), cut: cut}
	if !a.hub.join(aet, c, &a.done) {
		return &refusal{status: http.StatusServiceUnavailable, text: "the archive is closing"}
	}
	defer a.hub.leave(aet, c, &a.done)
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return nil // answered by Accept
	}
	defer ws.CloseNow()
	return c.serve(ws.CloseRead(ctx), ws)
}

// join adds a connection that Close waits for; false when it is closed.
func (h *hub) join(aet string, c *connection, live *sync.WaitGroup) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	s := h.of(aet)
	s.conns = append(s.conns, c)
	live.Add(1)
	return true
}

func (h *hub) leave(aet string, c *connection, live *sync.WaitGroup) {
	defer live.Done()
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.of(aet)
	s.conns = slices.DeleteFunc(s.conns, func(x *connection) bool { return x == c })
}

func (c *connection) serve(ctx context.Context, ws *websocket.Conn) error {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case r := <-c.queue:
			b, jerr := r.json()
			if jerr != nil {
				continue
			}
			wctx, cancel := context.WithTimeout(ctx, heartbeat)
			err = ws.Write(wctx, websocket.MessageText, b)
			cancel()
		case <-tick.C:
			pctx, cancel := context.WithTimeout(ctx, heartbeat)
			err = ws.Ping(pctx)
			cancel()
		}
		if err != nil {
			return nil // the subscriber is gone; it subscribes again
		}
	}
}
