package deliver

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/report"
)

// archiveLiar is the embedded archive with its worklist behind a liar.
type archiveLiar struct {
	*liars
	archive http.Handler
	// completing is asked when a workitem is about to become COMPLETED.
	completing func(workitem string)
}

func newArchiveLiar(t *testing.T, w *liars) (*archiveLiar, string) {
	t.Helper()
	a, err := demo.New(demo.Options{})
	must(t, err)
	l := &archiveLiar{liars: w, archive: a.Handler()}
	srv := httptest.NewServer(l)
	t.Cleanup(func() { srv.Close(); a.Close() })
	return l, srv.URL + "/dicom-web"
}

// Lies about a store, about reading back, and about workitems.
var (
	storeLies = []share{{"dropped before", 8}, {"dropped after commit", 12}, {"503", 8}, {"500 after commit", 5},
		{"full disk with 200", 8}, {"listed and not kept", 8}, {"duplicate reported", 5}, {"accepted without list", 5}}
	readLies = []share{{"stale: not there yet", 12}, {"503", 6}, {"torn in the middle", 6}, {"dropped", 6}}
	taskLies = []share{{"dropped before", 8}, {"dropped after commit", 10}, {"503", 6}}
)

func (l *archiveLiar) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	l.event(false)
	switch {
	case strings.Contains(r.URL.Path, "/workitems/"):
		l.task(rw, r)
	case r.Method == http.MethodPost:
		l.store(rw, r)
	default:
		l.read(rw, r)
	}
	l.event(true)
}

// honestly lets the archive answer.
func (l *archiveLiar) honestly(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	l.archive.ServeHTTP(rec, r)
	return rec
}

func say(rw http.ResponseWriter, rec *httptest.ResponseRecorder) {
	for key, v := range rec.Header() {
		rw.Header()[key] = v
	}
	rw.WriteHeader(rec.Code)
	_, _ = rw.Write(rec.Body.Bytes())
}

// drop ends the connection without an answer.
func drop() { panic(http.ErrAbortHandler) }

func (l *archiveLiar) store(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender was killed
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	object := firstPart(r.Header.Get("Content-Type"), body)
	f, err := dicom.Parse(object)
	if err != nil {
		return // torn
	}
	uid := f.Dataset.Str(dicom.SOPInstanceUID)
	l.took(uid, report.Digest(object))
	if l.once("store", uid, "keeps old bytes", 4) {
		f.Dataset.SetStr(dicom.ContentDate, "19991231")
		old, _ := dicom.Bytes(f.Dataset, nil)
		_ = l.honestly(posted(r, old)) // from the second time on it is refused: what is held stays
		say(rw, l.listed(uid, f.Dataset.Str(dicom.SOPClassUID)))
		return
	}
	switch lie := l.lie("store", uid, storeLies); lie {
	case "dropped before":
		drop()
	case "503":
		rw.WriteHeader(http.StatusServiceUnavailable)
	case "full disk with 200", "accepted without list":
		if lie == "accepted without list" {
			l.honestly(r)
		}
		rw.Header().Set("Content-Type", "application/dicom+json")
		_, _ = rw.Write([]byte("{}"))
	case "listed and not kept":
		say(rw, l.listed(uid, f.Dataset.Str(dicom.SOPClassUID)))
	default:
		rec := l.honestly(r)
		switch lie {
		case "dropped after commit":
			l.event(true)
			drop()
		case "500 after commit":
			rw.WriteHeader(http.StatusInternalServerError)
		case "duplicate reported":
			rw.WriteHeader(http.StatusConflict)
		default:
			say(rw, rec)
		}
	}
}

// listed is the answer of an archive that stored the object.
func (l *archiveLiar) listed(uid, class string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "application/dicom+json")
	_, _ = rec.WriteString(`{"00081199":{"vr":"SQ","Value":[{"00081150":{"vr":"UI","Value":["` + class + `"]},"00081155":{"vr":"UI","Value":["` + uid + `"]}}]}}`)
	return rec
}

func (l *archiveLiar) read(rw http.ResponseWriter, r *http.Request) {
	uid := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	lie := ""
	if strings.Contains(r.URL.Path, "/instances/") {
		lie = l.lie("read", uid, readLies)
	}
	switch lie {
	case "stale: not there yet":
		rw.WriteHeader(http.StatusNotFound)
	case "503":
		rw.WriteHeader(http.StatusServiceUnavailable)
	case "dropped":
		drop()
	case "torn in the middle":
		rec := l.honestly(r)
		rec.Body.Truncate(rec.Body.Len() * 2 / 3)
		say(rw, rec)
	default:
		say(rw, l.honestly(r))
	}
}

func (l *archiveLiar) task(rw http.ResponseWriter, r *http.Request) {
	rest, _, _ := strings.Cut(r.URL.Path[strings.LastIndex(r.URL.Path, "/workitems/")+len("/workitems/"):], "/")
	lie := l.lie("task "+r.Method, rest, taskLies)
	switch lie {
	case "dropped before":
		drop()
	case "503":
		rw.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if strings.HasSuffix(r.URL.Path, "/state") && l.completing != nil {
		l.completing(rest)
	}
	rec := l.honestly(r)
	if lie == "dropped after commit" {
		l.event(true)
		drop()
	}
	say(rw, rec)
}

func firstPart(contentType string, body []byte) []byte {
	_, params, err := mime.ParseMediaType(strings.Replace(contentType, "type=application/dicom", `type="application/dicom"`, 1))
	if err != nil {
		return nil
	}
	p, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).NextPart()
	if err != nil {
		return nil
	}
	b, _ := io.ReadAll(p)
	return b
}

// posted is the request with another object in it.
func posted(r *http.Request, object []byte) *http.Request {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	p, _ := m.CreatePart(map[string][]string{"Content-Type": {"application/dicom"}})
	_, _ = p.Write(object)
	_ = m.Close()
	next := r.Clone(r.Context())
	next.Body, next.ContentLength = io.NopCloser(&b), int64(b.Len())
	next.Header.Set("Content-Type", `multipart/related; type="application/dicom"; boundary=`+m.Boundary())
	return next
}
