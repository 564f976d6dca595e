package dicomweb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
)

// many is a server of n studies, each of about 1.5 kB, that writes them as it goes.
type many struct {
	n             int
	limit, offset bool // what it knows
	shift         bool // a study arrives before every page: the last of one is the first of the next
	asked         int
}

func (m *many) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	from, to := 0, m.n
	if m.offset {
		from, _ = strconv.Atoi(q.Get("offset"))
	}
	if size, err := strconv.Atoi(q.Get("limit")); err == nil && m.limit {
		to = min(m.n, from+size)
	}
	if m.shift && from > 0 {
		from, to = max(0, from-m.asked), max(0, to-m.asked)
	}
	m.asked++
	w.Header().Set("Content-Type", "application/dicom+json")
	io.WriteString(w, "[")
	for i := from; i < to; i++ {
		if i > from {
			io.WriteString(w, ",")
		}
		fmt.Fprintf(w, `{"0020000D":{"vr":"UI","Value":["1.2.826.%d"]},"00081030":{"vr":"LO","Value":["%s"]}}`, i, filler)
	}
	io.WriteString(w, "]")
}

var filler = strings.Repeat("x", 1400)

// heap is what is alive.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestTenThousandStudiesAreHeldNoMoreThanAHundred(t *testing.T) {
	most := func(n int) (peak uint64) {
		arch := client(t, dicomweb.Config{BaseURL: serve(t, &many{n: n, limit: true, offset: true}), Quirks: dicomweb.Quirks{PageSize: 500}})
		before, came := heap(), 0
		err := arch.Search(context.Background(), pacs.Query{Level: pacs.StudyLevel}, func(*dicom.Dataset) error {
			if came++; came%(n/2) == 0 {
				peak = max(peak, heap()-min(before, heap()))
			}
			return nil
		})
		if err != nil || came != n {
			t.Fatalf("%d studies of %d: %v", came, n, err)
		}
		return peak
	}
	few, lot := most(100), most(10000)
	// 10 000 studies are 15 MB of JSON; their fingerprints are 0.3 MB.
	if lot > few+1<<20 {
		t.Errorf("%d kB alive with 10000 studies, %d kB with 100", lot>>10, few>>10)
	}
}

func TestAnUnpagedListOfTenThousandIsReadAsItStreams(t *testing.T) {
	for _, m := range []*many{{n: 10000}, {n: 4000, limit: true}} { // knows neither; knows limit alone
		arch := client(t, dicomweb.Config{BaseURL: serve(t, m), Quirks: dicomweb.Quirks{PageSize: 1000}})
		before, came, peak := heap(), 0, uint64(0)
		err := arch.Search(context.Background(), pacs.Query{Level: pacs.StudyLevel}, func(*dicom.Dataset) error {
			if came++; came%(m.n/2) == 0 {
				peak = max(peak, heap()-min(before, heap()))
			}
			return nil
		})
		if err != nil || came != m.n || peak > 3<<20 { // 4000 are 6 MB
			t.Errorf("%d studies, %d kB alive, %v", came, peak>>10, err)
		}
	}
}

func TestAStudyThatSlipsToTheNextPageComesOnce(t *testing.T) {
	m := &many{n: 50, limit: true, offset: true, shift: true}
	arch := client(t, dicomweb.Config{BaseURL: serve(t, m), Quirks: dicomweb.Quirks{PageSize: 10}})
	seen := map[string]int{}
	err := arch.Search(context.Background(), pacs.Query{Level: pacs.StudyLevel}, func(ds *dicom.Dataset) error {
		seen[ds.Str(dicom.StudyInstanceUID)]++
		return nil
	})
	for uid, n := range seen {
		if n > 1 {
			t.Errorf("%s came %d times", uid, n)
		}
	}
	if err != nil || len(seen) < 40 {
		t.Errorf("%d studies: %v", len(seen), err)
	}
}

func TestASearchEndsWhereItIsTold(t *testing.T) {
	m := &many{n: 10000, limit: true, offset: true}
	arch := client(t, dicomweb.Config{BaseURL: serve(t, m), Quirks: dicomweb.Quirks{PageSize: 100}})
	enough, came := errors.New("enough"), 0
	err := arch.Search(context.Background(), pacs.Query{Level: pacs.StudyLevel}, func(*dicom.Dataset) error {
		if came++; came == 150 {
			return enough
		}
		return nil
	})
	if err != enough || came != 150 || m.asked != 2 {
		t.Errorf("%d studies by %d requests, %v", came, m.asked, err)
	}
	came, m.asked = 0, 0
	err = arch.Search(context.Background(), pacs.Query{Level: pacs.StudyLevel, Limit: 250}, func(*dicom.Dataset) error { came++; return nil })
	if err != nil || came != 250 || m.asked != 3 {
		t.Errorf("limit 250: %d studies by %d requests, %v", came, m.asked, err)
	}
}

func BenchmarkSearch10000Studies(b *testing.B) {
	arch := client(b, dicomweb.Config{BaseURL: serve(b, &many{n: 10000, limit: true, offset: true})})
	b.ReportAllocs()
	for b.Loop() {
		came := 0
		err := arch.Search(b.Context(), pacs.Query{Level: pacs.StudyLevel}, func(*dicom.Dataset) error { came++; return nil })
		if err != nil || came != 10000 {
			b.Fatal(came, err)
		}
	}
}
