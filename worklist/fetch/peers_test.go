package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// filled is an archive over HTTP that holds the study.
func filled(t testing.TB, cfg dicomweb.Config, study pacstest.Study) *dicomweb.Client {
	t.Helper()
	cfg.Name = "NORTH"
	c, err := dicomweb.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	got, err := c.Store(context.Background(), study.UID, study.Bytes()...)
	if err != nil || len(got.OK) != len(study.Objects) {
		t.Fatalf("stored %d of %d: %v", len(got.OK), len(study.Objects), err)
	}
	return c
}

// embedded is the handler of an empty embedded archive.
func embedded(t testing.TB) http.Handler {
	t.Helper()
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a.Handler()
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/dicom-web"
}

func TestStudiesComeWholeFromTheEmbeddedArchive(t *testing.T) {
	s, st := newSite(t), newStore(t)
	c := filled(t, dicomweb.Config{BaseURL: serve(t, embedded(t))}, s.Study)
	if err := (&Engine{Store: st}).Study(ctxFor(t), c, s.UID, nil, nil); err != nil || held(t, st, s) != 8 {
		t.Errorf("%v, %d held", err, held(t, st, s))
	}
}

func TestStudiesComeWholeFromOrthanc(t *testing.T) {
	url, user, password := pacstest.StartOrthanc(t)
	s, st := newSite(t), newStore(t)
	c := filled(t, dicomweb.Config{BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: user, Password: password}, nil
	}}, s.Study)
	if err := (&Engine{Store: st}).Study(ctxFor(t), c, s.UID, nil, nil); err != nil || held(t, st, s) != 8 {
		t.Errorf("%v, %d held", err, held(t, st, s))
	}
}

func TestAnArchiveThatDiesMidStudyLeavesWhatCame(t *testing.T) {
	s, st := newSite(t), newStore(t)
	good := embedded(t)
	var n atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/instances/") && n.Add(1) > 4 {
			panic(http.ErrAbortHandler)
		}
		good.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c := filled(t, dicomweb.Config{BaseURL: server.URL + "/dicom-web"}, s.Study)
	err := (&Engine{Store: st, Workers: 1}).Study(ctxFor(t), c, s.UID, nil, nil)
	var inc *IncompleteError
	if !errors.As(err, &inc) || inc.Missing != 4 || held(t, st, s) != 4 {
		t.Errorf("%v, %d held", err, held(t, st, s))
	}
	n.Store(-1000)
	if err := (&Engine{Store: st}).Study(ctxFor(t), c, s.UID, nil, nil); err != nil || held(t, st, s) != 8 {
		t.Errorf("resumed: %v, %d held", err, held(t, st, s))
	}
}
