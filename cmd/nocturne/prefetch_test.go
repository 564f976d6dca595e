package main

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"github.com/nocturne/nocturne/worklist/feed"
)

func TestPrefetchBringsTheListAndClaimsNothing(t *testing.T) {
	a, cases := spawnNight(t, 3)
	home := nightHome(t, "READER^ONE", a.DICOMweb, a.UPS)
	list := func() (rows []feed.Row) {
		out, code := nocturne(t, home, "worklist", "--json")
		if err := json.Unmarshal([]byte(out), &rows); err != nil || code != 0 || len(rows) != len(cases) {
			t.Fatalf("exit %d, %v: %s", code, err, out)
		}
		return rows
	}
	for _, r := range list() {
		if f := r.Forecast; f.State != feed.Stopped || f.Text != "prefetch off" {
			t.Errorf("before: %+v", f)
		}
	}
	out, code := nocturne(t, home, "prefetch", "--json")
	var got prefetched
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 || len(got.Studies) != len(cases) {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	for _, s := range got.Studies {
		if !s.Ready || s.Have != 3 || s.Expected != 3 {
			t.Errorf("%+v", s)
		}
	}
	for _, r := range list() {
		if r.Forecast.State != feed.Here || r.Cached != 3 || r.ClaimedBy != nil || r.Mine || r.State == feed.Claimed {
			t.Errorf("after: %d images, %s, %+v", r.Cached, r.State, r.Forecast)
		}
	}
	if out, code := nocturne(t, home, "prefetch"); code != 0 || strings.Count(out, "3/3  ready") != len(cases) {
		t.Errorf("again: exit %d, %s", code, out)
	}
	a.signal(syscall.SIGKILL)
	if out, code := nocturne(t, home, "prefetch"); code == 0 {
		t.Errorf("a site that does not answer is no success: %s", out)
	}
}
