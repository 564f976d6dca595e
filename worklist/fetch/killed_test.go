package fetch

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// asking notes which instances are asked for.
type asking struct {
	http.RoundTripper
	mu  sync.Mutex
	sop map[dicom.UID]int // guarded by mu
}

func (a *asking) RoundTrip(r *http.Request) (*http.Response, error) {
	if isInstance(r) {
		a.mu.Lock()
		a.sop[dicom.UID(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])]++
		a.mu.Unlock()
	}
	return a.RoundTripper.RoundTrip(r)
}

func (a *asking) CloseIdleConnections() {
	a.RoundTripper.(*http.Transport).CloseIdleConnections()
}

func TestAnOrthancKilledMidStudyIsResumedWhereItEnded(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	study := ct(t, 16)
	o := pacstest.NewOrthanc(t)
	cfg := dicomweb.Config{BaseURL: "http://" + o.Host + "/dicom-web", Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: o.User, Password: o.Password}, nil
	}}
	filled(t, cfg, study)
	plain := http.DefaultTransport.(*http.Transport).Clone()
	plain.DisableCompression = true
	log := &asking{RoundTripper: plain, sop: map[dicom.UID]int{}}
	cfg.BaseURL, cfg.Name, cfg.HTTP = "http://"+pacstest.Slowed(t, o.Host, 8<<20)+"/dicom-web", "NORTH", &http.Client{Transport: log}
	c, err := dicomweb.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plain.CloseIdleConnections)
	st := newStore(t)
	e := &Engine{Store: st, Workers: 2}
	killed := false
	err = e.Study(ctxFor(t), c, study.UID, nil, func(p Progress) {
		if p.Have >= 4 && !killed {
			killed = true
			o.Kill()
		}
	})
	s := &site{Study: study}
	had := held(t, st, s)
	if err == nil || had < 4 || had == 16 {
		t.Fatalf("killed: %v, %d held", err, had)
	}
	told(t, err, s)
	log.mu.Lock()
	log.sop = map[dicom.UID]int{}
	log.mu.Unlock()
	o.Start()
	if err := again(t, e, c, s); err != nil || held(t, st, s) != 16 || len(log.sop) != 16-had {
		t.Errorf("after its restart: %v, %d held; %d instances asked for with %d there before", err, held(t, st, s), len(log.sop), had)
	}
}
