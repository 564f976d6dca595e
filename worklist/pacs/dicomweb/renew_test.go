package dicomweb_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func TestARefusedLoginIsRenewedOnceAndTheRequestSentAgain(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	st := h.seed.Studies[0]
	var asked, renewed atomic.Int32
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") != "Bearer new" {
			w.WriteHeader(401)
			return
		}
		h.ServeHTTP(w, r)
	}))
	renewTo := func(bearer string, fail error) dicomweb.Config {
		asked.Store(0)
		renewed.Store(0)
		return dicomweb.Config{BaseURL: url,
			Login: func(context.Context) (dicomweb.Login, error) { return dicomweb.Login{Bearer: "old"}, nil },
			Renew: func(_ context.Context, refused dicomweb.Login) (dicomweb.Login, error) {
				renewed.Add(1)
				if refused.Bearer != "old" {
					t.Errorf("told that %q was refused", refused.Bearer)
				}
				return dicomweb.Login{Bearer: bearer}, fail
			}}
	}
	arch := client(t, renewTo("new", nil))
	n := 0
	if err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n)); err != nil || n != len(st.Objects) || asked.Load() != 2 || renewed.Load() != 1 {
		t.Errorf("retrieve: %d objects, %v; asked %d, renewed %d", n, err, asked.Load(), renewed.Load())
	}
	if stored, err := arch.Store(context.Background(), st.UID, st.Bytes()...); err != nil || len(stored.OK) != len(st.Objects) { // a body, sent anew
		t.Errorf("store: %d, %v", len(stored.OK), err)
	}
	for bearer, want := range map[string]int32{"wrong": 2, "old": 1} { // once, whatever comes; the same one is not tried again
		err := client(t, renewTo(bearer, nil)).Verify(context.Background())
		if r, _ := pacs.ReasonOf(err); r != pacs.Unauthorized || asked.Load() != want || renewed.Load() != 1 {
			t.Errorf("renewed to %s: %v; asked %d, renewed %d", bearer, err, asked.Load(), renewed.Load())
		}
	}
	gone := errors.New("nobody is logged in")
	if err := client(t, renewTo("", gone)).Verify(context.Background()); !errors.Is(err, gone) || asked.Load() != 1 {
		t.Errorf("%v, asked %d", err, asked.Load())
	}
}

func TestABearerNeverFollowsARedirectToAnotherOrigin(t *testing.T) {
	var leaked atomic.Int32
	other := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { leaked.Add(1) }))
	for _, code := range []int{301, 302, 303, 307, 308} {
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other+r.URL.Path, code) }))
		arch := client(t, dicomweb.Config{BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) { return dicomweb.Login{Bearer: "s3cret"}, nil }})
		err := arch.Verify(context.Background())
		_, err2 := arch.Store(context.Background(), "1.2.3", []byte("x"))
		var portal *pacs.NotArchiveError
		if !errors.As(err, &portal) || !errors.As(err2, &portal) || strings.Contains(err.Error()+err2.Error(), "s3cret") {
			t.Errorf("%d: %v, %v", code, err, err2)
		}
	}
	if leaked.Load() != 0 {
		t.Errorf("the other origin was asked %d times", leaked.Load())
	}
}
