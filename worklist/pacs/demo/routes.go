package demo

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// service names this server in Warning headers (RFC 7234 5.5).
const service = "nocturne-archive"

// handlerFunc answers one transaction. A *refusal is answered as it says, any
// other error with 500 and no detail.
type handlerFunc func(http.ResponseWriter, *http.Request) error

// routes is the table of transactions (PS3.18 tables 10.3-1 and 11.3-1).
func (a *Archive) routes() http.Handler {
	mux := http.NewServeMux()
	const one = "/studies/{study}/series/{series}/instances/{instance}"
	for pattern, f := range map[string]handlerFunc{
		"GET /studies":                                   a.query(studyLevel),
		"GET /series":                                    a.query(seriesLevel),
		"GET /instances":                                 a.query(instanceLevel),
		"GET /studies/{study}/series":                    a.query(seriesLevel),
		"GET /studies/{study}/instances":                 a.query(instanceLevel),
		"GET /studies/{study}/series/{series}/instances": a.query(instanceLevel),

		"GET /studies/{study}":                          a.retrieve,
		"GET /studies/{study}/series/{series}":          a.retrieve,
		"GET " + one:                                    a.retrieve,
		"GET /studies/{study}/metadata":                 a.metadata,
		"GET /studies/{study}/series/{series}/metadata": a.metadata,
		"GET " + one + "/metadata":                      a.metadata,
		"GET " + one + "/frames/{frames}":               a.frames,
		"GET " + one + "/bulkdata/{path...}":            a.bulkdata,
		"GET " + one + "/rendered":                      a.rendered,
		"GET " + one + "/frames/{frames}/rendered":      a.rendered,

		"POST /studies":         a.store,
		"POST /studies/{study}": a.store,

		"POST /workitems":                                      a.createStep,
		"GET /workitems":                                       a.searchSteps,
		"GET /workitems/{workitem}":                            a.retrieveStep,
		"POST /workitems/{workitem}":                           a.updateStep,
		"PUT /workitems/{workitem}/state":                      a.changeState,
		"POST /workitems/{workitem}/cancelrequest":             a.requestCancel,
		"POST /workitems/{workitem}/subscribers/{aet}":         a.subscribe,
		"DELETE /workitems/{workitem}/subscribers/{aet}":       a.unsubscribe,
		"POST /workitems/{workitem}/subscribers/{aet}/suspend": a.suspend,
		"GET /subscribers/{aet}":                               a.notify,
	} {
		mux.Handle(withBase(pattern), a.answer(pattern, f))
	}
	return mux
}

func withBase(pattern string) string {
	for i, c := range pattern {
		if c == ' ' {
			return pattern[:i+1] + basePath + pattern[i+1:]
		}
	}
	return pattern
}

// answer wraps a transaction with what all have in common. The log has the
// route, never the request's path or query: those name patients.
func (a *Archive) answer(pattern string, f handlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.away.pass(w, r) {
			return
		}
		begun := time.Now()
		sw := &statusWriter{ResponseWriter: w}
		if err := guard(r); err != nil {
			refuse(sw, err)
		} else if err := f(sw, r); err != nil {
			a.refuse(sw, pattern, err)
		}
		a.log.Info("answered", "route", pattern, "status", sw.code(), "ms", time.Since(begun).Milliseconds())
	})
}

// refuse answers err, or cuts the connection when the answer has begun: the
// client must see that it is not whole.
func (a *Archive) refuse(w *statusWriter, pattern string, err error) {
	re, ok := err.(*refusal)
	if !ok {
		a.log.Warn("failed", "route", pattern, "error", err.Error())
		re = &refusal{status: http.StatusInternalServerError, text: "the archive could not do this"}
	}
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	refuse(w, re)
}

// guard refuses what a web page made a browser send: a foreign name in Host
// (DNS rebinding), or a foreign Origin. There is no authentication behind it.
func guard(r *http.Request) *refusal {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if !isLoopback(host) {
		return &refusal{status: http.StatusMisdirectedRequest, text: "this archive answers to loopback names only"}
	}
	if o := r.Header.Get("Origin"); o != "" && o != "http://"+r.Host {
		return &refusal{status: http.StatusForbidden, text: "requests from other origins are refused"}
	}
	for _, name := range []string{"study", "series", "instance", "workitem"} {
		if v := r.PathValue(name); v != "" && !dicom.ValidUID(v) {
			return badRequest("the %s in the path is no UID", name)
		}
	}
	return nil
}

// refusal is an answer that says no, with the Warning text the standard names.
type refusal struct {
	status  int
	code    dimseStatus // the same by DIMSE; 0: invalid attribute value
	warning string      // PS3.18 11.x.3.2; without code and agent
	text    string      // body, a sentence without patient data
}

func (e *refusal) Error() string {
	if e.warning != "" {
		return e.warning
	}
	return e.text
}

func badRequest(format string, a ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, text: fmt.Sprintf(format, a...)}
}

var errNotFound = &refusal{status: http.StatusNotFound, text: "there is no such resource"}

func refuse(w http.ResponseWriter, e *refusal) {
	if e.warning != "" {
		warn(w, e.warning)
	}
	text := e.text
	if text == "" {
		text = e.warning
	}
	http.Error(w, text, e.status)
}

// warn adds a Warning header (PS3.18 8.4.2).
func warn(w http.ResponseWriter, text string) {
	w.Header().Add("Warning", "299 "+service+`: `+text)
}

// base is the service's URL as the client reached it.
func base(r *http.Request) string { return "http://" + r.Host + basePath }

// statusWriter remembers the status. It can be unwrapped for hijacking.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(code int) {
	if w.status == 0 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// ReadFrom lets the system send files without copying them through this process. It
// goes past the check of Content-Length: the caller bounds what it hands over.
func (w *statusWriter) ReadFrom(r io.Reader) (int64, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return io.Copy(w.ResponseWriter, r)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) code() int { return max(w.status, http.StatusOK) }
