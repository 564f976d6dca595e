package dicomweb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func TestOrthancsLogOfChangesNamesTheStudy(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	url, user, password := pacstest.StartOrthanc(t)
	c := client(t, dicomweb.Config{BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: user, Password: password}, nil
	}})
	seed := pacstest.NewSeed(t)
	store := func(st pacstest.Study) {
		if got, err := c.Store(t.Context(), st.UID, st.Bytes()...); err != nil || len(got.OK) != len(st.Objects) {
			t.Fatalf("stored %d: %v", len(got.OK), err)
		}
	}
	store(seed.Studies[0]) // before the beginning: a search's to find
	l := listen(t, c)
	if first := l.next("the beginning"); first != (pacs.Change{}) || c.Listening() != "changes" {
		t.Fatalf("it begins with %v, listening to %q", first, c.Listening())
	}
	store(seed.Studies[1])
	for {
		got := l.next("the study")
		if got.Study == seed.Studies[0].UID {
			t.Fatal("what was there before is told as new")
		}
		if got.Study == seed.Studies[1].UID {
			break
		}
	}
	l.stop()
	l.end("stopped")
}

// book is a server's log of changes.
type book struct {
	mu      sync.Mutex
	entries []map[string]any // guarded by mu
	first   int64            // guarded by mu: number before the first entry
	asked   int              // guarded by mu: names asked for
}

func (l *book) add(kind, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, map[string]any{"ChangeType": kind, "ID": id, "ResourceType": "Study"})
}

func (l *book) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	last := l.first + int64(len(l.entries))
	var since, limit int64
	switch {
	case r.URL.Path != "/changes":
		l.asked++
		id := strings.Split(r.URL.Path, "/")[2]
		json.NewEncoder(w).Encode(map[string]any{"MainDicomTags": map[string]string{"StudyInstanceUID": "1.2." + id}})
	case r.URL.RawQuery == "last":
		json.NewEncoder(w).Encode(map[string]any{"Changes": []any{}, "Done": true, "Last": last})
	default:
		fmt.Sscanf(r.URL.RawQuery, "since=%d&limit=%d", &since, &limit)
		to := min(since+limit, last)
		page := []map[string]any{}
		if since < last && since >= l.first {
			page = l.entries[since-l.first : to-l.first]
		}
		json.NewEncoder(w).Encode(map[string]any{"Changes": page, "Done": to == last, "Last": to})
	}
}

func TestALogOfChangesIsReadToItsEndAndFromItsBeginningWhenItBeganAnew(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	book := &book{first: 500}
	s := httptest.NewServer(book)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	l := listen(t, client(t, dicomweb.Config{BaseURL: s.URL + "/dicom-web"}))
	l.next("the beginning")
	for range 250 {
		book.add("NewInstance", "7")
	}
	book.add("StableStudy", "8")
	book.add("UpdatedMetadata", "9")
	seen := map[dicom.UID]int{}
	for seen["1.2.8"] == 0 {
		seen[l.next("the last page").Study]++
	}
	if seen["1.2.7"] == 0 || seen["1.2.9"] != 0 || seen[""] != 0 {
		t.Errorf("told: %v", seen)
	}
	book.mu.Lock()
	if book.asked > 3 {
		t.Errorf("%d questions for two studies", book.asked)
	}
	book.first, book.entries = 0, nil
	book.mu.Unlock()
	for l.next("the new log") != (pacs.Change{}) {
	}
	for i := range 30 {
		book.add("NewStudy", fmt.Sprint(100+i))
	}
	for {
		if got := l.next("many studies"); got == (pacs.Change{}) {
			break // too many to ask for: everything may have changed
		}
	}
}
