package fetch

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
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

// shown counts the stored objects of the study, whose pixels must be those that were
// sent, however they travelled.
func shown(t *testing.T, st *store.Store, study pacstest.Study) int {
	t.Helper()
	decoders()
	entries, err := st.Study(study.UID)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(b []byte) string {
		f, err := dicom.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		s, err := pixel.StoredSHA256(f)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, e := range entries {
		b, err := st.Read(e)
		if err != nil || sum(b) != sum(study.Under(pacs.Ref{Instance: e.SOP})[e.SOP]) {
			t.Errorf("a stored object has other pixels than were sent: %v", err)
		}
	}
	return len(entries)
}

var decoders = sync.OnceFunc(func() { pixel.Decoders = all.Decoders() })

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
	had := shown(t, st, study)
	if err == nil || had < 4 || had == 16 {
		t.Fatalf("killed: %v, %d held", err, had)
	}
	told(t, err, s)
	log.mu.Lock()
	log.sop = map[dicom.UID]int{}
	log.mu.Unlock()
	o.Start()
	if err := again(t, e, c, s); err != nil || shown(t, st, study) != 16 || len(log.sop) != 16-had {
		t.Errorf("after its restart: %v, %d held; %d instances asked for with %d there before", err, shown(t, st, study), len(log.sop), had)
	}
}

func TestAnOrthancWhoseDiskIsFullHoldsWhatItsAnswersName(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	study := ct(t, 12) // 6 MiB
	o := pacstest.NewOrthancOnSmallDisk(t, 4)
	c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: "http://" + o.Host + "/dicom-web", Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: o.User, Password: o.Password}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ok := map[dicom.UID]bool{}
	for i := 0; i < len(study.Objects); i += 4 {
		stored, err := c.Store(ctxFor(t), study.UID, study.Bytes()[i:i+4]...)
		t.Logf("%d of 4 stored, %d failed, %v", len(stored.OK), len(stored.Failed), err)
		for _, u := range stored.OK {
			ok[u] = true
		}
	}
	if len(ok) == 0 || len(ok) == len(study.Objects) {
		t.Fatalf("%d of %d objects fit on the disk", len(ok), len(study.Objects))
	}
	readBack := func(o pacstest.Object) error {
		return pacs.ReadBack(ctxFor(t), c, pacs.Ref{Study: study.UID, Series: o.Series, Instance: o.SOP}, o.Bytes, nil)
	}
	for _, o := range study.Objects {
		if err := readBack(o); ok[o.SOP] != (err == nil) {
			t.Errorf("named as stored: %v; read back: %v", ok[o.SOP], err)
		}
	}
	o.Resize(64)
	for _, o := range study.Objects {
		if !ok[o.SOP] {
			stored, err := c.Store(ctxFor(t), study.UID, o.Bytes)
			if err != nil || len(stored.OK) != 1 || readBack(o) != nil {
				t.Errorf("with room: %d stored, %v", len(stored.OK), err)
			}
		}
	}
}
