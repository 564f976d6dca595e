package dicomweb_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// TestAListMayShowThatTheFirstSliceCanComeCompressed: by a list that describes pixels,
// from a server that has compressed before, and where nothing stands above Bits Stored.
func TestAListMayShowThatTheFirstSliceCanComeCompressed(t *testing.T) {
	known := dicomweb.Found{Rows: map[string]string{"sends " + jls: "yes"}}
	full := map[string]any{"00280100": 16, "00280101": 16, "00280004": "MONOCHROME2"}
	for _, c := range []struct {
		name  string
		found dicomweb.Found
		list  map[string]any
		asked string
	}{
		{"known server, full cells", known, full, jls},
		{"unknown server", dicomweb.Found{}, full, "*"},
		{"nothing said", known, nil, "*"},
		{"twelve bits of sixteen", known, map[string]any{"00280100": 16, "00280101": 12, "00280004": "MONOCHROME2"}, "*"},
		{"colour", known, map[string]any{"00280100": 8, "00280101": 8, "00280004": "YBR_FULL"}, "*"},
		{"lost before", known, map[string]any{"00280100": 16, "00280101": 16, "00280004": "MONOCHROME2", "00282110": "01"}, "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := pacstest.NewSeed(t).Frames
			x := &transcoder{t: t, object: st.Objects[0], stored: dicom.ExplicitVRLittleEndian}
			arch := client(t, dicomweb.Config{Found: c.found, BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/instances") {
					w.Header().Set("Content-Type", "application/dicom+json")
					json.NewEncoder(w).Encode([]any{listed(st, c.list)})
					return
				}
				x.ServeHTTP(w, r)
			}))})
			ref := pacs.Ref{Study: st.UID, Series: x.object.Series, Instance: x.object.SOP}
			if l, err := pacs.Find(context.Background(), arch, pacs.Query{Level: pacs.InstanceLevel, Study: st.UID, Limit: 1}); err != nil || len(l) != 1 {
				t.Fatal(len(l), err)
			}
			if err := arch.RetrieveAs(context.Background(), ref, pacs.Lossless, func(pacs.Object) error { return nil }); err != nil || len(x.asked) != 1 || x.asked[0] != c.asked {
				t.Errorf("asked for %q, want %q: %v", x.asked, c.asked, err)
			}
		})
	}
}

// listed is an entry of an instance query in DICOM JSON.
func listed(st pacstest.Study, more map[string]any) map[string]any {
	entry := map[string]any{}
	put := func(tag, vr string, v any) { entry[tag] = map[string]any{"vr": vr, "Value": []any{v}} }
	put("0020000D", "UI", st.UID)
	put("0020000E", "UI", st.Objects[0].Series)
	put("00080018", "UI", st.Objects[0].SOP)
	for tag, v := range more {
		if _, number := v.(int); number {
			put(tag, "US", v)
		} else {
			put(tag, "CS", v)
		}
	}
	return entry
}
