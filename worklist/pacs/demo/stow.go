package demo

import (
	"errors"
	"io"
	"mime"
	mimepart "mime/multipart"
	"net/http"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Bounds of one STOW-RS request, and of what is held in memory without a store.
const (
	maxStore   = 8 << 30
	maxObject  = 1 << 30
	maxObjects = 20000
	maxHeld    = 2 << 30
)

// Failure Reasons (0008,1197) given here (PS3.18 table I.2-2, PS3.7 annex C).
const (
	reasonProcessing  = 0x0110 // also: the object is of another study than the one posted to
	reasonDuplicate   = 0x0111 // other bytes are held under this SOP Instance UID
	reasonInvalid     = 0x0117 // no valid identity
	reasonResources   = 0xA700
	reasonNotReadable = 0xC000
)

// stowAnswer gathers what became of each object (PS3.18 10.5.3.3).
type stowAnswer struct {
	stored, failed []*dicom.Dataset
	study          dicom.UID
	full           bool
}

// store takes objects in (PS3.18 10.5). Each is parsed, checked and, with a
// store, on disk before it counts. The same bytes again are a success; other
// bytes under a held UID are refused, and what is held stays.
func (a *Archive) store(w http.ResponseWriter, r *http.Request) error {
	if err := wantsJSON(r); err != nil {
		return err
	}
	mr, err := storeReader(w, r)
	if err != nil {
		return err
	}
	ans := stowAnswer{study: dicom.UID(r.PathValue("study"))}
	err = a.storeParts(mr, &ans)
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return &refusal{status: http.StatusRequestEntityTooLarge, text: "the request is larger than this archive takes"}
	case err != nil && len(ans.stored)+len(ans.failed) == 0:
		return badRequest("the multipart body is not well formed or ends early")
	case err != nil:
		return answerObject(w, r, http.StatusBadRequest, ans.dataset(r))
	}
	return answerObject(w, r, ans.status(), ans.dataset(r))
}

// storeReader checks Content-Type: 415 for another payload than DICOM files.
func storeReader(w http.ResponseWriter, r *http.Request) (*mimepart.Reader, error) {
	kind, params, err := mime.ParseMediaType(tolerantType(r.Header.Get("Content-Type")))
	if err != nil || kind != multipart || !strings.EqualFold(params["type"], dicomFile) {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, text: `only multipart/related; type="application/dicom" is taken`}
	}
	if params["boundary"] == "" {
		return nil, badRequest("the Content-Type has no boundary")
	}
	return mimepart.NewReader(http.MaxBytesReader(w, r.Body, maxStore), params["boundary"]), nil
}

// tolerantType quotes the type parameter, which many clients send bare.
func tolerantType(s string) string {
	return strings.Replace(s, "type="+dicomFile, `type="`+dicomFile+`"`, 1)
}

// storeParts reads part by part. A part counts only when the boundary after it
// was read.
func (a *Archive) storeParts(mr *mimepart.Reader, ans *stowAnswer) error {
	for n := 0; ; n++ {
		p, err := mr.NextRawPart()
		if err == io.EOF && n > 0 {
			return nil
		}
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		if n == maxObjects {
			return badRequest("more than %d objects", maxObjects)
		}
		b, err := io.ReadAll(io.LimitReader(p, maxObject+1))
		if err != nil {
			return err
		}
		a.storeObject(b, p.Header.Get("Content-Type"), ans)
	}
}

// storeObject decides about one object and notes it in ans.
func (a *Archive) storeObject(b []byte, kind string, ans *stowAnswer) {
	name, _, _ := strings.Cut(kind, ";")
	if kind != "" && !strings.EqualFold(strings.TrimSpace(name), dicomFile) || len(b) > maxObject {
		ans.fail(nil, reasonNotReadable)
		return
	}
	f, err := dicom.Parse(b)
	if err != nil {
		ans.fail(nil, reasonNotReadable)
		return
	}
	in, err := fileInstance(f, content{bytes: b})
	switch {
	case err != nil || f.Truncated:
		ans.fail(f.Dataset, reasonInvalid)
	case ans.study != "" && in.study != ans.study:
		ans.fail(f.Dataset, reasonProcessing)
	default:
		if reason := a.keep(in, func() *instance { return a.place(in) }); reason != 0 {
			ans.fail(f.Dataset, reason)
			return
		}
		ans.ok(in)
	}
}

// keep holds an object for good; 0, or the reason why not. place puts it where it
// stays; nil from it: there is no room.
func (a *Archive) keep(in *instance, place func() *instance) uint16 {
	a.stow.Lock()
	defer a.stow.Unlock()
	if old := a.held.object(in.sop); old != nil {
		same, err := a.sameObject(old, in)
		switch {
		case err != nil:
			return reasonProcessing
		case !same:
			return reasonDuplicate
		}
		return 0
	}
	if in = place(); in == nil {
		return reasonResources
	}
	if err := a.held.add(in); err != nil {
		return reasonProcessing
	}
	return 0
}

// place puts the bytes where they stay: on disk, with the header read again so
// that it does not keep them in memory, or in memory within bounds. Nil when
// there is no room. The stow lock is held.
func (a *Archive) place(in *instance) *instance {
	if a.disk == nil {
		size := int64(len(in.content.bytes))
		if a.inMemory+size > maxHeld {
			return nil
		}
		a.inMemory += size
		return in
	}
	path, err := a.disk.saveObject(in.sop, in.content.bytes)
	if err != nil {
		a.log.Warn("store object", "error", err.Error())
		return nil
	}
	if in, err = readStored(path, a.disk.key); err != nil {
		a.log.Warn("read stored object", "error", err.Error())
		return nil
	}
	return in
}

func (s *stowAnswer) ok(in *instance) {
	d := reference(in.class, in.sop)
	d.SetStr(dicom.RetrieveURL, in.url(""))
	s.stored = append(s.stored, d)
	if s.study == "" {
		s.study = in.study
	}
}

func (s *stowAnswer) fail(d *dicom.Dataset, reason uint16) {
	f := reference(dicom.UID(d.Str(dicom.SOPClassUID)), dicom.UID(d.Str(dicom.SOPInstanceUID)))
	f.SetInt(dicom.FailureReason, int(reason))
	s.failed = append(s.failed, f)
	s.full = s.full || reason == reasonResources
}

func reference(class, sop dicom.UID) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.ReferencedSOPClassUID, string(class))
	d.SetStr(dicom.ReferencedSOPInstanceUID, string(sop))
	return d
}

// status is by PS3.18 table 10.5.3-1: 200 all, 202 some, 409 none.
func (s *stowAnswer) status() int {
	switch {
	case len(s.failed) == 0:
		return http.StatusOK
	case len(s.stored) > 0:
		return http.StatusAccepted
	case s.full:
		return http.StatusInsufficientStorage
	}
	return http.StatusConflict
}

func (s *stowAnswer) dataset(r *http.Request) *dicom.Dataset {
	d := &dicom.Dataset{}
	if s.study != "" && len(s.stored) > 0 {
		d.SetStr(dicom.RetrieveURL, base(r)+"/studies/"+string(s.study))
	}
	for _, it := range s.stored {
		it.SetStr(dicom.RetrieveURL, base(r)+it.Str(dicom.RetrieveURL))
	}
	if len(s.stored) > 0 {
		d.SetSeq(dicom.ReferencedSOPSequence, s.stored...)
	}
	if len(s.failed) > 0 {
		d.SetSeq(dicom.FailedSOPSequence, s.failed...)
	}
	return d
}
