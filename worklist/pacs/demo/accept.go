package demo

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

const (
	dicomJSON   = "application/dicom+json"
	dicomFile   = "application/dicom"
	octetStream = "application/octet-stream"
	multipart   = "multipart/related"
)

// mediaRange is one element of an Accept header (RFC 9110 12.5.1), all in lower
// case.
type mediaRange struct {
	name   string // type/subtype, may have *
	params map[string]string
}

// acceptable reads the Accept headers and the accept query parameter
// (PS3.18 8.3.3.1). Ranges of q=0 are left out; nothing said means */*.
// Unquoted slashes in parameters are tolerated: many clients send them.
func acceptable(r *http.Request) []mediaRange {
	all := r.Header.Values("Accept")
	if q := r.URL.Query()["accept"]; len(q) > 0 {
		all = q
	}
	var out []mediaRange
	given := false
	for _, field := range splitOutside(strings.Join(all, ","), ',') {
		parts := splitOutside(field, ';')
		if len(parts) == 0 {
			continue
		}
		given = true
		m := mediaRange{name: strings.ToLower(parts[0]), params: map[string]string{}}
		for _, p := range parts[1:] {
			k, v, _ := strings.Cut(p, "=")
			m.params[strings.ToLower(strings.TrimSpace(k))] = strings.ToLower(strings.Trim(strings.TrimSpace(v), `"`))
		}
		if q, err := strconv.ParseFloat(m.params["q"], 64); err != nil || q > 0 {
			out = append(out, m)
		}
	}
	if !given {
		return []mediaRange{{name: "*/*"}}
	}
	return out
}

// splitOutside splits at sep outside double quotes, trims, and drops what is empty.
func splitOutside(s string, sep byte) []string {
	var out []string
	quoted, from := false, 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] == '"' {
			quoted = !quoted
		}
		if i == len(s) || s[i] == sep && !quoted {
			if f := strings.TrimSpace(s[from:i]); f != "" {
				out = append(out, f)
			}
			from = i + 1
		}
	}
	return out
}

// covers reports whether the range includes a media type without parameters.
func (m mediaRange) covers(name string) bool {
	t, _, _ := strings.Cut(name, "/")
	return m.name == name || m.name == "*/*" || m.name == t+"/*"
}

// inner is the media type that the parts of a multipart/related range have; ok
// is false for any other range. Frame ranges put transfer-syntax within type.
func (m mediaRange) inner() (name, syntax string, ok bool) {
	if m.name != multipart && m.name != "multipart/*" && m.name != "*/*" {
		return "", "", false
	}
	name, rest, _ := strings.Cut(m.params["type"], ";")
	syntax = m.params["transfer-syntax"]
	if k, v, found := strings.Cut(rest, "="); found && strings.TrimSpace(k) == "transfer-syntax" {
		syntax = strings.TrimSpace(v)
	}
	return strings.TrimSpace(name), syntax, true
}

func notAcceptable(what string) *refusal {
	return &refusal{status: http.StatusNotAcceptable, text: "only " + what + " can be sent"}
}

// answerJSON sends data sets as an array of DICOM JSON objects (PS3.18 F.2).
func answerJSON(w http.ResponseWriter, r *http.Request, status int, sets []*dicom.Dataset) error {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, d := range sets {
		if i > 0 {
			b.WriteByte(',')
		}
		j, err := d.MarshalJSON()
		if err != nil {
			return err
		}
		b.Write(j)
	}
	b.WriteByte(']')
	return sendJSON(w, r, status, b.Bytes())
}

// answerObject sends one data set outside an array: the answer to STOW-RS.
func answerObject(w http.ResponseWriter, r *http.Request, status int, d *dicom.Dataset) error {
	j, err := d.MarshalJSON()
	if err != nil {
		return err
	}
	return sendJSON(w, r, status, j)
}

// sendJSON sends a body, compressed when asked.
func sendJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", jsonType(r))
	h.Add("Vary", "Accept, Accept-Encoding")
	if len(body) > 1<<10 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var z bytes.Buffer
		zw, _ := gzip.NewWriterLevel(&z, gzip.BestSpeed) // the level is valid
		zw.Write(body)
		zw.Close()
		h.Set("Content-Encoding", "gzip")
		body = z.Bytes()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	w.Write(body) // a client that went away is no failure of ours
	return nil
}

// wantsJSON refuses a request that DICOM JSON does not satisfy.
func wantsJSON(r *http.Request) error {
	for _, m := range acceptable(r) {
		if m.covers(dicomJSON) || m.name == "application/json" {
			return nil
		}
	}
	return notAcceptable(dicomJSON)
}

// jsonType names the body as the client asked for it.
func jsonType(r *http.Request) string {
	for _, m := range acceptable(r) {
		if m.covers(dicomJSON) {
			return dicomJSON
		}
	}
	return "application/json"
}
