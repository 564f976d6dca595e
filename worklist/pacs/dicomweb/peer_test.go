package dicomweb_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strconv"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// honest is the least of an archive: one seed, served as PS3.18 says.
type honest struct {
	seed   pacstest.Seed
	length bool // answers have a Content-Length
	chunk  bool // ignore limit and offset, as some servers do
	cycle  bool // know limit, ignore offset
	stored int
}

func (h *honest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodPost:
		h.store(w, r)
	case len(parts) == 1 && parts[0] == "studies":
		h.list(w, r, h.studies())
	case len(parts) == 3 && parts[2] == "instances":
		h.list(w, r, h.instances(parts[1]))
	default:
		h.objects(w, parts)
	}
}

func (h *honest) studies() (out []*dicom.Dataset) {
	for _, st := range h.seed.Studies {
		ds := new(dicom.Dataset)
		ds.SetStr(dicom.StudyInstanceUID, string(st.UID))
		ds.SetStr(dicom.PatientName, st.Name)
		out = append(out, ds)
	}
	return out
}

func (h *honest) instances(study string) (out []*dicom.Dataset) {
	for _, st := range h.seed.Studies {
		for _, o := range st.Objects {
			if string(st.UID) == study {
				ds := new(dicom.Dataset)
				ds.SetStr(dicom.StudyInstanceUID, study)
				ds.SetStr(dicom.SOPInstanceUID, string(o.SOP))
				ds.SetStr(dicom.SeriesInstanceUID, string(o.Series))
				ds.SetInt(dicom.Rows, 16)
				out = append(out, ds)
			}
		}
	}
	return out
}

func (h *honest) list(w http.ResponseWriter, r *http.Request, all []*dicom.Dataset) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || h.chunk {
		limit = len(all)
	}
	offset, _ := strconv.Atoi(q.Get("offset"))
	if h.chunk || h.cycle {
		offset = 0
	}
	offset = min(offset, len(all))
	all = all[offset:min(len(all), offset+limit)]
	if len(all) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/dicom+json")
	json.NewEncoder(w).Encode(all)
}

func (h *honest) objects(w http.ResponseWriter, parts []string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	n := 0
	for _, st := range h.seed.Studies {
		for _, o := range st.Objects {
			if string(st.UID) != parts[1] || len(parts) > 5 && string(o.SOP) != parts[5] {
				continue
			}
			p, _ := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/dicom"}})
			p.Write(o.Bytes)
			n++
		}
	}
	if n == 0 {
		http.NotFound(w, nil)
		return
	}
	m.Close()
	w.Header().Set("Content-Type", `multipart/related; type="application/dicom"; boundary=`+m.Boundary())
	if h.length {
		w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	}
	w.Write(b.Bytes())
}

func (h *honest) store(w http.ResponseWriter, r *http.Request) {
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	m := multipart.NewReader(r.Body, params["boundary"])
	var refs []*dicom.Dataset
	for {
		p, err := m.NextRawPart()
		if err != nil {
			break
		}
		b, _ := io.ReadAll(p)
		f, err := dicom.Parse(b)
		if err != nil {
			continue
		}
		ref := new(dicom.Dataset)
		ref.SetStr(dicom.ReferencedSOPInstanceUID, f.Dataset.Str(dicom.SOPInstanceUID))
		refs = append(refs, ref)
		h.stored++
	}
	answer := new(dicom.Dataset)
	answer.SetSeq(dicom.ReferencedSOPSequence, refs...)
	w.Header().Set("Content-Type", "application/dicom+json")
	json.NewEncoder(w).Encode(answer)
}

// serve serves h on loopback until the test ends.
func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// script is a peer that answers by the faults, and its address.
func script(t testing.TB, h http.Handler, f ...pacstest.Fault) (*pacstest.BadPeer, string) {
	t.Helper()
	p := (&pacstest.BadPeer{Good: h}).Then(f...)
	return p, serve(t, p)
}

// body answers every request with one body.
func body(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, text)
	}
}
