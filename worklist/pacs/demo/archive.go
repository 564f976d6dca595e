// Package demo is the embedded archive: a DICOMweb and UPS-RS origin server for
// loopback, written from PS3.18 (chapters 8, 10 and 11) and PS3.4 annex CC. It
// serves demonstrations, tests and nights replayed; it shares no code with the
// client, so that each tests the other.
//
// Supported under {base}/dicom-web:
//
//	QIDO-RS   studies, series, instances at all six paths
//	WADO-RS   study, series, instance, frames, metadata, rendered, bulkdata
//	STOW-RS   multipart/related; type="application/dicom"
//	UPS-RS    create, retrieve, update, state, cancelrequest, search,
//	          subscribe, unsubscribe, suspend; events over a WebSocket
//
// and, over associations (PS3.7, PS3.8, PS3.4 annexes A, B, C, J, K, CC):
//
//	C-ECHO    Verification
//	C-FIND    patient and study root, Modality Worklist, UPS
//	C-GET, C-MOVE  patient and study root
//	C-STORE   every storage SOP class; Storage Commitment Push Model
//	N-CREATE, N-GET, N-SET, N-ACTION, N-EVENT-REPORT  UPS Push, Watch, Pull, Event
//
// Relational queries and retrievals and the asynchronous operations window are
// negotiated. An object is sent as it is stored where the receiver takes that, else
// uncompressed.
//
// Not supported: XML, transcoding into compressed transfer syntaxes, fuzzy and
// combined date-time matching, filtered subscriptions, capabilities, MPPS, N-DELETE.
// What is not supported is answered with the status the standard names, never
// ignored in silence.
package demo

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
)

// Reader is the person the archive's own workitems are assigned to.
const Reader = "READER^DEMO"

// basePath is where both services live: {ups}/workitems and {dicomweb}/studies.
const basePath = "/dicom-web"

// Options says what an Archive holds and where it keeps it.
type Options struct {
	Sources  []Source         // studies made on demand
	Dirs     []string         // folders of Part 10 files, served as they are
	StoreDir string           // where what is stored and done here survives; empty: in memory
	Key      *seal.Key        // that StoreDir is sealed with; nil: files are as they came
	Events   []Event          // what is to happen, counted from New
	Cues     <-chan string    // what events with On wait for; may be nil when there are none
	Clock    func() time.Time // nil: time.Now

	AE           string            // the archive's AE title; empty: DefaultAE
	Destinations map[string]string // AE title → loopback address, of those we send to: C-MOVE, reports
	DIMSETLS     *tls.Config       // nil: associations are not encrypted

	Log *slog.Logger // nil: nothing is logged; never told patient data
}

// URLs is where an archive answers, in the words of its first output line.
type URLs struct {
	DICOMweb string `json:"dicomweb"`
	UPS      string `json:"ups"`
	Studies  int    `json:"studies"`
	DIMSE    string `json:"dimse,omitempty"` // host:port of ServeDIMSE
	AE       string `json:"ae,omitempty"`
}

// Skipped is a file of Options.Dirs that is not served, and why.
type Skipped struct {
	Path   string
	Reason string
}

// Archive is the server. Its methods may be called from any goroutine.
type Archive struct {
	clock   func() time.Time
	log     *slog.Logger
	started time.Time
	held    *catalogue
	pixels  *renderCache
	steps   *steps
	disk    *disk // nil without a StoreDir
	hub     *hub
	away    *gate
	dimse   *associations
	skipped []Skipped
	handler http.Handler

	stop context.CancelFunc // ends the events
	done sync.WaitGroup     // joins events and servers

	stow     sync.Mutex
	inMemory int64 // guarded by stow; bytes of objects stored without a StoreDir

	mu      sync.Mutex
	servers []*http.Server // guarded by mu
	closed  bool           // guarded by mu
}

// New reads headers and state, and starts the clock of the events. The caller
// closes the archive.
func New(o Options) (*Archive, error) {
	a := &Archive{clock: o.Clock, log: o.Log, held: newCatalogue(), pixels: newRenderCache(renderLimit), away: newGate()}
	if a.clock == nil {
		a.clock = time.Now
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if a.dimse, err = newAssociations(o); err != nil {
		return nil, fmt.Errorf("start archive: %w", err)
	}
	a.started = a.clock()
	a.hub = newHub()
	a.steps = newSteps(a.clock, a.hub)
	if err := a.load(o); err != nil {
		return nil, errors.Join(err, a.disk.Close())
	}
	a.handler = a.routes()
	ctx, cancel := context.WithCancel(context.Background())
	a.stop = cancel
	to := &couriers{a: a, to: map[string]chan report{}}
	a.hub.elsewhere = func(aet string, r report) { to.take(ctx, aet, r) }
	if err := a.schedule(ctx, o.Events, o.Cues); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// load fills the catalogue, oldest truth first: what was stored here wins over
// what folders and sources give under the same UID.
func (a *Archive) load(o Options) error {
	if o.StoreDir != "" {
		d, err := openDisk(o.StoreDir, o.Key)
		if err != nil {
			return err
		}
		a.disk = d
		if err := a.restore(); err != nil {
			return err
		}
		a.steps.save = d.saveStep
	}
	for _, dir := range o.Dirs {
		if err := a.addDir(dir); err != nil {
			return err
		}
	}
	orders := map[dicom.UID]*Order{}
	for _, src := range o.Sources {
		for _, st := range src.Studies() {
			if err := a.addStudy(st, orders); err != nil {
				return err
			}
		}
	}
	return a.seed(orders)
}

// Skipped lists the files of Options.Dirs that are not served.
func (a *Archive) Skipped() []Skipped { return a.skipped }

// Studies is the number of studies a query finds now.
func (a *Archive) Studies() int { return a.held.count() }

// Handler serves the archive under basePath, for a listener of the caller's.
func (a *Archive) Handler() http.Handler { return a.handler }

// Serve listens on a loopback address and returns once requests are answered.
// It ends with ctx or Close. Any other address is refused: there is no
// authentication here.
func (a *Archive) Serve(ctx context.Context, listen string) (URLs, error) {
	l, err := listenLoopback(ctx, listen)
	if err != nil {
		return URLs{}, err
	}
	srv := &http.Server{
		Handler:           a.handler,
		ReadHeaderTimeout: 15 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return URLs{}, errors.Join(errors.New("serve archive: closed"), l.Close())
	}
	a.servers = append(a.servers, srv)
	a.done.Go(func() { srv.Serve(gateListener{l, a.away}) })
	context.AfterFunc(ctx, func() { srv.Close() })
	base := "http://" + l.Addr().String() + basePath
	return URLs{DICOMweb: base, UPS: base, Studies: a.Studies()}, nil
}

func listenLoopback(ctx context.Context, listen string) (net.Listener, error) {
	if err := loopbackOnly(listen); err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("serve archive: %w", err)
	}
	return l, nil
}

func loopbackOnly(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("serve archive: %w", err)
	}
	if !isLoopback(host) {
		return errors.New("serve archive: only loopback addresses are served, such as 127.0.0.1:0")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close ends servers, subscriptions and events, and waits for them.
func (a *Archive) Close() error {
	a.mu.Lock()
	if a.closed {
		a.mu.Unlock()
		return nil
	}
	a.closed = true
	servers := a.servers
	for _, l := range a.dimse.listeners {
		l.Close()
	}
	a.mu.Unlock()
	a.dimse.close()
	a.stop()
	a.away.open()
	a.hub.close()
	var errs []error
	for _, s := range servers {
		if err := s.Close(); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			errs = append(errs, err)
		}
	}
	a.done.Wait()
	return errors.Join(append(errs, a.disk.Close())...)
}
