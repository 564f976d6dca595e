package demo

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
)

// retrieve sends whole objects: a study, a series or one instance (PS3.18 10.4).
func (a *Archive) retrieve(w http.ResponseWriter, r *http.Request) error {
	found := a.target(r)
	if len(found) == 0 {
		return errNotFound
	}
	form, err := objectForm(r, found)
	if err != nil {
		return err
	}
	if len(found) == 1 && r.PathValue("instance") != "" {
		tag := a.etag(found[0])
		w.Header().Set("ETag", tag)
		if tag != "" && r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	w.Header().Add("Vary", "Accept")
	if form.single {
		return a.sendFile(w, r, found[0], form)
	}
	return a.sendObjects(w, r, found, form)
}

// target is what the path names; none when there is no such thing.
func (a *Archive) target(r *http.Request) []*instance {
	return a.held.find(dicom.UID(r.PathValue("study")), dicom.UID(r.PathValue("series")), dicom.UID(r.PathValue("instance")))
}

// sending is how objects are to be sent.
type sending struct {
	single bool // one application/dicom body instead of multipart
	plain  bool // re-encode as Explicit VR Little Endian where need be
}

// objectForm chooses by Accept (PS3.18 8.7.5). "*", the stored syntax and none
// at all mean as stored. Explicit VR Little Endian can be made of any other
// uncompressed little endian syntax; nothing else is transcoded.
func objectForm(r *http.Request, found []*instance) (sending, error) {
	for _, m := range acceptable(r) {
		if m.name == dicomFile || m.name == "application/*" {
			if len(found) == 1 && r.PathValue("instance") != "" && sendable(m.params["transfer-syntax"], found) {
				return sending{single: true, plain: wantsPlain(m.params["transfer-syntax"])}, nil
			}
			continue
		}
		name, syntax, ok := m.inner()
		if ok && (name == "" || name == dicomFile || name == "*/*") && sendable(syntax, found) {
			return sending{plain: wantsPlain(syntax)}, nil
		}
	}
	return sending{}, notAcceptable(`multipart/related; type="application/dicom" in the stored transfer syntax`)
}

func wantsPlain(syntax string) bool { return syntax == string(dicom.ExplicitVRLittleEndian) }

func sendable(syntax string, found []*instance) bool {
	if syntax == "" || syntax == "*" {
		return true
	}
	for _, in := range found {
		plain := wantsPlain(syntax) && (in.syntax == dicom.ImplicitVRLittleEndian || in.syntax == dicom.DeflatedExplicitVRLittleEndian)
		if string(in.syntax) != syntax && !plain {
			return false
		}
	}
	return true
}

// sendFile sends one instance as a body of its own; ranges are honoured.
func (a *Archive) sendFile(w http.ResponseWriter, r *http.Request, in *instance, form sending) error {
	syntax, open := in.syntax, a.open
	if form.plain && in.syntax != dicom.ExplicitVRLittleEndian {
		syntax, open = dicom.ExplicitVRLittleEndian, a.explicit
		w.Header().Del("ETag")
	}
	f, err := open(in)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", dicomFile+"; transfer-syntax="+string(syntax))
	http.ServeContent(w, r, "", in.content.mod, f)
	return nil
}

// sendObjects streams a multipart/related body. When every size is known it has
// a Content-Length, otherwise it is chunked: a cut is seen either way.
func (a *Archive) sendObjects(w http.ResponseWriter, r *http.Request, found []*instance, form sending) error {
	parts := make([]part, len(found))
	for i, in := range found {
		parts[i] = a.objectPart(in, form, base(r))
	}
	return sendParts(w, r, dicomFile, parts)
}

func (a *Archive) objectPart(in *instance, form sending, base string) part {
	p := part{
		header: "Content-Type: " + dicomFile + "; transfer-syntax=" + string(in.syntax) + "\r\nContent-Location: " + in.url(base) + "\r\n",
		size:   in.size(),
		open:   func() (body, error) { return a.open(in) },
	}
	if in.content.render != nil {
		p.warm = func() { a.bytes(in) }
	}
	if form.plain && in.syntax != dicom.ExplicitVRLittleEndian {
		p.header = "Content-Type: " + dicomFile + "; transfer-syntax=" + string(dicom.ExplicitVRLittleEndian) + "\r\n"
		p.size = -1
		p.open = func() (body, error) { return a.explicit(in) }
	}
	return p
}

// url is where the instance is retrieved.
func (in *instance) url(base string) string {
	return fmt.Sprintf("%s/studies/%s/series/%s/instances/%s", base, in.study, in.series, in.sop)
}

// part is one body part, opened when its turn comes.
type part struct {
	header string // lines with CRLF, without Content-Length
	size   int64  // -1: unknown
	open   func() (body, error)
	warm   func() // makes open quick; may be nil
}

// sendParts writes parts as multipart/related (RFC 2387). The next parts are
// made while one is sent, as many as there are processors. An error after the
// first byte makes the caller cut the connection.
func sendParts(w http.ResponseWriter, r *http.Request, kind string, parts []part) error {
	var id [12]byte
	rand.Read(id[:])
	boundary := "part" + hex.EncodeToString(id[:])
	closing := "\r\n--" + boundary + "--\r\n"
	heads, total := partHeads(boundary, parts)
	w.Header().Set("Content-Type", fmt.Sprintf("%s; type=%q; boundary=%s", multipart, kind, boundary))
	if total >= 0 {
		w.Header().Set("Content-Length", strconv.FormatInt(total+int64(len(closing)), 10))
	}
	if r.Method == http.MethodHead {
		return nil
	}
	var warming sync.WaitGroup
	defer warming.Wait()
	next := 0
	for i, p := range parts {
		for ; next < len(parts) && next < i+runtime.GOMAXPROCS(0); next++ {
			if parts[next].warm != nil {
				warming.Go(parts[next].warm)
			}
		}
		if err := sendPart(w, heads[i], p); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, closing)
	return err
}

// partHeads gives what stands before each part, and the length of the body up
// to the closing boundary: -1 when that of a part is unknown.
func partHeads(boundary string, parts []part) (heads []string, total int64) {
	heads = make([]string, len(parts))
	for i, p := range parts {
		heads[i] = "--" + boundary + "\r\n" + p.header
		if i > 0 {
			heads[i] = "\r\n" + heads[i]
		}
		if p.size >= 0 {
			heads[i] += "Content-Length: " + strconv.FormatInt(p.size, 10) + "\r\n"
		}
		heads[i] += "\r\n"
		if total >= 0 && p.size >= 0 {
			total += int64(len(heads[i])) + p.size
		} else {
			total = -1
		}
	}
	return heads, total
}

func sendPart(w io.Writer, head string, p part) error {
	body, err := p.open()
	if err != nil {
		return err
	}
	defer body.Close()
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	if p.size < 0 {
		_, err = io.Copy(w, body)
		return err
	}
	n, err := io.Copy(w, io.LimitReader(body, p.size))
	if err == nil && (n != p.size || !ended(body)) {
		err = errFileChanged
	}
	return err
}

// ended reports whether there is nothing more to read.
func ended(r io.Reader) bool {
	n, err := r.Read(make([]byte, 1))
	return n == 0 && err == io.EOF
}
