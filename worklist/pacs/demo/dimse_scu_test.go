package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// serveDIMSE starts an archive that takes associations, and checks at the end that
// nothing of it goes on.
func serveDIMSE(t testing.TB, o Options) (*Archive, string) {
	t.Helper()
	pacstest.NoGoroutinesLeft(t)
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	urls, err := a.ServeDIMSE(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return a, urls.DIMSE
}

// scu is an association of a test's own.
type scu struct {
	t     testing.TB
	ctx   context.Context
	assoc *ul.Association
	conn  *dimse.Conn
	last  uint16
}

func plain(abstract ...dicom.UID) (out []ul.Context) {
	for i, u := range abstract {
		out = append(out, ul.Context{ID: byte(2*i + 1), Abstract: u, Transfers: dataSyntaxes})
	}
	return out
}

func asking(contexts ...ul.Context) ul.Request {
	return ul.Request{CallingAE: "TESTER", CalledAE: DefaultAE, Contexts: contexts}
}

func associate(t testing.TB, address string, r ul.Request) *scu {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	as, err := ul.Dial(ctx, address, r, ul.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(as.Abort)
	return &scu{t: t, ctx: ctx, assoc: as, conn: dimse.NewConn(as)}
}

// sends a request in the context of an abstract syntax; its Message ID.
func (s *scu) sends(abstract dicom.UID, c dimse.Command, d *dicom.Dataset) uint16 {
	s.t.Helper()
	on, ok := s.assoc.Find(abstract)
	if !ok {
		s.t.Fatalf("no context for %s", abstract)
	}
	if c.Field != dimse.CCancel {
		s.last++
		c.ID = s.last
	}
	if c.Class == "" {
		c.Class = abstract
	}
	if err := s.conn.SendDataset(s.ctx, on.ID, c, d, on.Transfer); err != nil {
		s.t.Fatal(err)
	}
	return c.ID
}

// hears the next message with its data set.
func (s *scu) hears() (dimse.Command, *dicom.Dataset) {
	s.t.Helper()
	m, err := s.conn.Receive(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	var ts dicom.UID
	for _, c := range s.assoc.Accepted() {
		if c.ID == m.Context {
			ts = c.Transfer
		}
	}
	if m.Command.Field == dimse.CStore {
		b, err := io.ReadAll(m.Data)
		if err != nil {
			s.t.Fatal(err)
		}
		h := dicom.Head{Class: m.Command.Class, Instance: m.Command.Instance, Transfer: ts}
		meta, _ := h.Bytes("")
		f, err := dicom.Parse(append(meta, b...))
		if err != nil {
			s.t.Fatal(err)
		}
		f.Dataset.Set(dicom.Element{Tag: 0x00091010, VR: "OB", Bytes: append(meta, b...)})
		return m.Command, f.Dataset
	}
	d, err := m.Dataset(ts, dicom.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	return m.Command, d
}

// asks and gives the last response with the pending ones' data sets.
func (s *scu) asks(abstract dicom.UID, c dimse.Command, d *dicom.Dataset) (dimse.Command, []*dicom.Dataset) {
	s.t.Helper()
	s.sends(abstract, c, d)
	var all []*dicom.Dataset
	for {
		rsp, data := s.hears()
		if rsp.Field != c.Field|dimse.Response || rsp.Responded != s.last {
			s.t.Fatalf("%s answers a %s", rsp, c.Field)
		}
		if !dimse.IsPending(rsp.Status) {
			return rsp, append(all, data)
		}
		all = append(all, data)
	}
}

// status wants this final status.
func (s *scu) status(want uint16, abstract dicom.UID, c dimse.Command, d *dicom.Dataset) []*dicom.Dataset {
	s.t.Helper()
	rsp, all := s.asks(abstract, c, d)
	if rsp.Status != want {
		s.t.Errorf("%s: status %04X (%s), want %04X", c.Field, rsp.Status, rsp.Comment, want)
	}
	return all[:len(all)-1]
}

// finds by keys.
func (s *scu) finds(abstract dicom.UID, keys ...func(*dicom.Dataset)) []*dicom.Dataset {
	s.t.Helper()
	return s.status(0, abstract, dimse.Command{Field: dimse.CFind}, dataset(keys...))
}

func at(level string) func(*dicom.Dataset) { return set(queryRetrieveLevel, level) }

func uids(list []*dicom.Dataset, t dicom.Tag) (out []string) {
	for _, d := range list {
		out = append(out, d.Str(t))
	}
	return out
}

// got is the Part 10 file that hears kept of a C-STORE-RQ.
func got(d *dicom.Dataset) []byte {
	e, _ := d.Get(0x00091010)
	return e.Bytes
}

func TestAWrongCalledTitleIsRejected(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{AE: "NIGHT"})
	r := asking(plain(dicom.VerificationSOPClass)...)
	_, err := ul.Dial(context.Background(), address, r, ul.Options{})
	var no *ul.RejectError
	if !errors.As(err, &no) || *no != (ul.RejectError{Result: 1, Source: 1, Reason: 7}) {
		t.Fatalf("called by another title: %v", err)
	}
	r.CalledAE = "NIGHT"
	s := associate(t, address, r)
	s.status(0, dicom.VerificationSOPClass, dimse.Command{Field: dimse.CEcho}, nil)
	if err := s.assoc.Release(s.ctx); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotSupportedIsSaidSo(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	r := asking(plain(dicom.VerificationSOPClass, studyRootFind, dicom.CTImageStorage, upsWatch, "1.2.840.10008.5.1.1.1")...)
	r.Contexts[2].Transfers = []dicom.UID{"1.2.3.4"}
	s := associate(t, address, r)
	for id, why := range map[byte]ul.Result{5: ul.TransferNotSupported, 9: ul.AbstractNotSupported} {
		if got := s.assoc.Refused()[id]; got != why {
			t.Errorf("context %d: %v, want %v", id, got, why)
		}
	}
	s.status(0x0211, dicom.VerificationSOPClass, dimse.Command{Field: dimse.CFind}, dataset(at("STUDY")))
	s.status(0x0211, upsWatch, dimse.Command{Field: dimse.NDelete, Instance: ctStep, Class: dicom.UPSPushSOPClass}, nil)
	s.status(0x0122, studyRootFind, dimse.Command{Field: dimse.CFind, Class: patientRootFind}, dataset(at("STUDY")))
	s.status(0x0118, upsWatch, dimse.Command{Field: dimse.NGet, Instance: ctStep, Class: studyRootFind}, nil)
	s.status(0, dicom.VerificationSOPClass, dimse.Command{Field: dimse.CEcho}, nil)
}

// garbled sends bytes that are no data set in the context of C-FIND.
func TestAnIdentifierThatCannotBeReadIsAFailure(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(studyRootFind)...))
	on, _ := s.assoc.Find(studyRootFind)
	c := dimse.Command{Field: dimse.CFind, ID: 7, Class: studyRootFind}
	if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: c, Data: bytes.NewReader([]byte("\x08\x00\x52\x00CS\xFF\x7FSTUDY"))}); err != nil {
		t.Fatal(err)
	}
	if rsp, _ := s.hears(); rsp.Status != 0xC000 || rsp.Responded != 7 {
		t.Errorf("%s", rsp)
	}
	if n := len(s.finds(studyRootFind, at("STUDY"))); n != 3 {
		t.Errorf("afterwards %d studies, want 3", n)
	}
}

// drains retrieves a study and throws away what comes.
func (s *scu) drains(want int, study string) {
	s.t.Helper()
	s.sends(studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(at("STUDY"), set(dicom.StudyInstanceUID, study)))
	on, _ := s.assoc.Find(dicom.CTImageStorage)
	for n := 0; ; {
		m, err := s.conn.Receive(s.ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if m.Data != nil {
			if _, err := io.Copy(io.Discard, m.Data); err != nil {
				s.t.Fatal(err)
			}
		}
		switch {
		case m.Command.Field == dimse.CStore:
			n++
			err = s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: m.Command.NewResponse(0)})
		case !dimse.IsPending(m.Command.Status):
			if n != want || m.Command.Status != 0 {
				s.t.Fatalf("%d objects, %s", n, m.Command)
			}
			return
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}
