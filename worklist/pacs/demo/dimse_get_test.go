package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// taking proposes storage with the role of SCP, as a C-GET needs it.
func taking(first byte, class dicom.UID, transfers ...dicom.UID) ul.Context {
	return ul.Context{ID: first, Abstract: class, Transfers: transfers, SCP: true}
}

// gets retrieves and answers each object with status; the final response.
func (s *scu) gets(each func(n int) (status uint16, cancel bool), keys ...func(*dicom.Dataset)) (objects []*dicom.Dataset, final dimse.Command, failed []string) {
	s.t.Helper()
	id := s.sends(studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(keys...))
	for remaining := -1; ; {
		c, d := s.hears()
		if c.Field == dimse.CStore {
			objects = append(objects, d)
			status, cancel := each(len(objects))
			on, _ := s.assoc.Find(c.Class)
			if cancel {
				s.sends(studyRootGet, dimse.Command{Field: dimse.CCancel, Responded: id}, nil)
			}
			if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: c.NewResponse(status)}); err != nil {
				s.t.Fatal(err)
			}
			continue
		}
		if !dimse.IsPending(c.Status) {
			return objects, c, d.Strs(failedInstanceList)
		}
		if remaining >= 0 && c.Remaining >= remaining {
			s.t.Errorf("%d remaining after %d", c.Remaining, remaining)
		}
		remaining = c.Remaining
	}
}

// asksStoring retrieves and takes every object; the final response.
func (s *scu) asksStoring(root dicom.UID, d *dicom.Dataset) (dimse.Command, int) {
	s.t.Helper()
	s.sends(root, dimse.Command{Field: dimse.CGet}, d)
	for n := 0; ; {
		c, _ := s.hears()
		if c.Field != dimse.CStore {
			if !dimse.IsPending(c.Status) {
				return c, n
			}
			continue
		}
		n++
		on, _ := s.assoc.Find(c.Class)
		if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: c.NewResponse(0)}); err != nil {
			s.t.Fatal(err)
		}
	}
}

func well(int) (uint16, bool) { return 0, false }

func TestObjectsComeByGetAsByHTTP(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...), taking(5, dicom.BasicTextSRStorage, dataSyntaxes...)))
	for n, keys := range map[int][]func(*dicom.Dataset){
		10: {at("STUDY"), set(dicom.StudyInstanceUID, ctStudy)},
		11: {at("STUDY"), set(dicom.StudyInstanceUID, ctStudy, priorStudy)},
		9:  {at("SERIES"), set(dicom.StudyInstanceUID, ctStudy), set(dicom.SeriesInstanceUID, ctStudy+".1")},
		2:  {at("IMAGE"), set(dicom.StudyInstanceUID, ctStudy), set(dicom.SeriesInstanceUID, ctStudy+".1"), set(dicom.SOPInstanceUID, ctStudy+".1.3", ctStudy+".1.8")},
		0:  {at("STUDY"), set(dicom.StudyInstanceUID, "1.2.3.77")},
	} {
		objects, final, failed := s.gets(well, keys...)
		if len(objects) != n || final.Status != 0 || final.Completed != n || len(failed) != 0 {
			t.Errorf("%d objects of %d: %s, %d completed, %d failed", len(objects), n, final, final.Completed, len(failed))
		}
		for _, d := range objects {
			whole, err := a.bytes(a.held.object(dicom.UID(d.Str(dicom.SOPInstanceUID))))
			if err != nil || !bytes.Equal(whole, got(d)) {
				t.Fatalf("an object of %d bytes came as %d other bytes: %v", len(whole), len(got(d)), err)
			}
		}
	}
	patients := associate(t, address, asking(plain(patientRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...)))
	rsp, _ := patients.asksStoring(patientRootGet, dataset(at("PATIENT"), set(dicom.PatientID, "P1")))
	if rsp.Status != 0xB000 || rsp.Completed != 10 || rsp.Failed != 1 {
		t.Errorf("a patient: %s, %d completed, %d failed", rsp, rsp.Completed, rsp.Failed)
	}
	s.status(0xA900, studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(at("STUDY")))
	s.status(0xA900, studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(at("SERIES"), set(dicom.SeriesInstanceUID, ctStudy+".1")))
	s.status(0xC000, studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(at("STUDY"), set(dicom.StudyInstanceUID, "one")))
}

func TestWhatCannotBeSentIsListed(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	study := []func(*dicom.Dataset){at("STUDY"), set(dicom.StudyInstanceUID, ctStudy)}
	s := associate(t, address, asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...)))
	_, final, failed := s.gets(well, study...)
	if final.Status != 0xB000 || final.Completed != 9 || final.Failed != 1 || !slices.Equal(failed, []string{ctStudy + ".2.1"}) {
		t.Errorf("without a context for one: %s, %d and %d, %v", final, final.Completed, final.Failed, failed)
	}
	_, final, failed = s.gets(func(n int) (uint16, bool) { return map[int]uint16{2: 0xA700, 3: 0xB007}[n], false }, study...)
	if final.Status != 0xB000 || final.Completed != 7 || final.Warning != 1 || final.Failed != 2 || !slices.Contains(failed, ctStudy+".1.2") {
		t.Errorf("refused and warned: %s, %d, %d and %d, %v", final, final.Completed, final.Warning, final.Failed, failed)
	}
	_, final, failed = s.gets(func(int) (uint16, bool) { return 0xC000, false }, study...)
	if final.Status != 0xA702 || final.Failed != 10 || len(failed) != 10 {
		t.Errorf("all refused: %s, %d, %d listed", final, final.Failed, len(failed))
	}
	none := associate(t, address, asking(plain(studyRootGet, dicom.CTImageStorage)...))
	if objects, final, _ := none.gets(well, study...); len(objects) != 0 || final.Status != 0xA702 {
		t.Errorf("without the role: %d objects, %s", len(objects), final)
	}
}

func TestAGetIsCanceled(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...)))
	objects, final, _ := s.gets(func(n int) (uint16, bool) { return 0, n == 2 }, at("SERIES"), set(dicom.StudyInstanceUID, ctStudy), set(dicom.SeriesInstanceUID, ctStudy+".1"))
	if final.Status != 0xFE00 || len(objects) != 2 || final.Remaining != 7 || final.Completed != 2 {
		t.Errorf("%d objects, %s, %d remaining, %d completed", len(objects), final, final.Remaining, final.Completed)
	}
}

// A requestor that performs several operations at once need not answer one before
// the next comes (PS3.7 D.3.3.3).
func TestAWindowOfOperationsIsUsed(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	r := asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...))
	r.Invoked, r.Performed = 1, 4
	s := associate(t, address, r)
	s.sends(studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(at("SERIES"), set(dicom.StudyInstanceUID, ctStudy), set(dicom.SeriesInstanceUID, ctStudy+".1")))
	on, _ := s.assoc.Find(dicom.CTImageStorage)
	var open []dimse.Command
	for range 4 {
		c, _ := s.hears()
		open = append(open, c)
	}
	for done := 0; ; {
		for i := len(open) - 1; i >= 0; i-- { // in another order
			if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: open[i].NewResponse(0)}); err != nil {
				t.Fatal(err)
			}
			done++
		}
		open = nil
		for len(open) == 0 {
			c, _ := s.hears()
			switch {
			case c.Field == dimse.CStore:
				open = append(open, c)
			case !dimse.IsPending(c.Status):
				if c.Status != 0 || c.Completed != 9 || done != 9 {
					t.Errorf("%s, %d completed, %d answered", c, c.Completed, done)
				}
				return
			}
		}
	}
}

// Requests that were sent ahead are answered one after the other; what comes in the
// midst of a retrieval is told that it is busy.
func TestRequestsSentAheadAreAnswered(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	r := asking(plain(studyRootGet, studyRootFind, dicom.VerificationSOPClass)...)
	r.Contexts = append(r.Contexts, taking(7, dicom.CTImageStorage, dataSyntaxes...))
	r.Invoked, r.Performed = 8, 1
	s := associate(t, address, r)
	if got := s.assoc.Peer(); got.Invoked != 8 || got.Performed != 1 {
		t.Errorf("agreed on %d and %d", got.Invoked, got.Performed)
	}
	for range 3 {
		s.sends(dicom.VerificationSOPClass, dimse.Command{Field: dimse.CEcho}, nil)
	}
	for id := uint16(1); id <= 3; id++ {
		if c, _ := s.hears(); c.Responded != id || c.Status != 0 {
			t.Errorf("%s, want an answer to %d", c, id)
		}
	}
	get := s.sends(studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(at("IMAGE"), set(dicom.StudyInstanceUID, ctStudy),
		set(dicom.SeriesInstanceUID, ctStudy+".1"), set(dicom.SOPInstanceUID, ctStudy+".1.1")))
	object, _ := s.hears()
	find := s.sends(studyRootFind, dimse.Command{Field: dimse.CFind}, dataset(at("STUDY")))
	if c, _ := s.hears(); c.Responded != find || c.Status != 0xA700 {
		t.Errorf("%s, want busy", c)
	}
	on, _ := s.assoc.Find(dicom.CTImageStorage)
	if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: object.NewResponse(0)}); err != nil {
		t.Fatal(err)
	}
	if c, _ := s.hears(); c.Responded != get || c.Status != 0 || c.Completed != 1 {
		t.Errorf("%s, %d completed", c, c.Completed)
	}
}

func TestCompressedObjectsAreSentAsTheyAreOrDecoded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	src := filepath.Join(oracle.Data(t, "ts"), "ct-one-slice-every-syntax", "CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm")
	file, err := os.ReadFile(src)
	if err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.dcm"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	f, _ := dicom.Parse(file)
	_, address := serveDIMSE(t, Options{Dirs: []string{dir}})
	for name, c := range map[string]struct {
		offered []dicom.UID
		want    dicom.UID
	}{
		"as stored":     {[]dicom.UID{dicom.ImplicitVRLittleEndian, dicom.JPEGLSLossless, dicom.ExplicitVRLittleEndian}, dicom.JPEGLSLossless},
		"decoded":       {[]dicom.UID{dicom.JPEG2000, dicom.ExplicitVRLittleEndian}, dicom.ExplicitVRLittleEndian},
		"decoded again": {[]dicom.UID{dicom.ImplicitVRLittleEndian}, dicom.ImplicitVRLittleEndian},
		"not at all":    {[]dicom.UID{dicom.JPEG2000}, dicom.JPEG2000},
	} {
		s := associate(t, address, asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, c.offered...)))
		objects, final, _ := s.gets(well, at("STUDY"), set(dicom.StudyInstanceUID, f.Dataset.Str(dicom.StudyInstanceUID)))
		if on, _ := s.assoc.Find(dicom.CTImageStorage); on.Transfer != c.want {
			t.Errorf("%s: agreed on %s", name, on.Transfer.Name())
		}
		if c.want == dicom.JPEG2000 {
			if len(objects) != 0 || final.Status != 0xA702 {
				t.Errorf("%s: %d objects, %s", name, len(objects), final)
			}
			continue
		}
		if len(objects) != 1 || final.Status != 0 {
			t.Fatalf("%s: %d objects, %s", name, len(objects), final)
		}
		if whole := got(objects[0]); c.want == dicom.JPEGLSLossless {
			h, _ := dicom.ReadHead(whole)
			if at, _ := metaEnd(file); !bytes.Equal(whole[h.Offset:], file[at:]) {
				t.Errorf("%s: other bytes", name)
			}
		}
	}
}

// The stored values of what was made for a requestor are those that other decoders
// found in the file.
func TestDecodedObjectsHoldTheValuesOthersFound(t *testing.T) {
	t.Parallel()
	dir := oracle.Data(t)
	a := &Archive{}
	made := map[string]int{}
	for i, row := range oracle.Rows(t) {
		if row["pixel_verdict"] != "agree" || filepath.Dir(row["file"]) != "ts/ct-one-slice-every-syntax" && i%12 != 0 {
			continue
		}
		in, err := readInstance(filepath.Join(dir, row["file"]))
		if err != nil || in.content.size > 4<<20 {
			continue
		}
		for _, to := range dataSyntaxes {
			b, err := a.openDataset(in, to)
			if errors.Is(err, errNoForm) {
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", row["file"], err)
				continue
			}
			body, _ := io.ReadAll(b)
			meta, _ := dicom.Head{Class: in.class, Instance: in.sop, Transfer: to}.Bytes("")
			f, err := dicom.Parse(append(meta, body...))
			if err != nil || f.Truncated || f.TransferSyntax != to {
				t.Errorf("%s in %s: %v", row["file"], to.Name(), err)
				continue
			}
			if sum, err := pixel.StoredSHA256(f); err != nil || sum != row["pixel_sha256"] {
				t.Errorf("%s in %s: other values (%v)", row["file"], to.Name(), err)
			}
			made[in.syntax.Name()]++
		}
	}
	t.Logf("made of: %v", made)
	if len(made) < 8 {
		t.Errorf("only of %v", made)
	}
}

func TestAMoveGoesToAConfiguredDestination(t *testing.T) {
	t.Parallel()
	to, there := serveDIMSE(t, Options{AE: "HOME"})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()
	from, address := serveDIMSE(t, Options{Sources: []Source{hospital()}, Destinations: map[string]string{"HOME": there, "GONE": nobody}})
	s := associate(t, address, asking(plain(studyRootMove)...))
	study := dataset(at("STUDY"), set(dicom.StudyInstanceUID, ctStudy))
	move := func(ae string) dimse.Command { return dimse.Command{Field: dimse.CMove, Destination: ae} }
	if pending := s.status(0, studyRootMove, move("HOME"), study); len(pending) != 9 {
		t.Errorf("%d pending responses for 10 objects", len(pending))
	}
	for _, in := range from.held.find(ctStudy, "", "") {
		same, err := to.sameObject(in, orNone(to.held.object(in.sop)))
		if b, berr := from.bytes(in); berr != nil || err == nil && !same {
			t.Errorf("an object of %d bytes arrived otherwise: %v", len(b), err)
		}
	}
	if n := len(to.held.find(ctStudy, "", "")); n != 10 {
		t.Errorf("%d of 10 arrived", n)
	}
	s.status(0xA801, studyRootMove, move("NOBODY"), study)
	rsp, all := s.asks(studyRootMove, move("GONE"), study)
	if rsp.Status != 0xA702 || rsp.Failed != 10 || len(all[0].Strs(failedInstanceList)) != 10 {
		t.Errorf("to one who is not there: %s, %d failed", rsp, rsp.Failed)
	}
	s.status(0, studyRootMove, move("HOME"), dataset(at("STUDY"), set(dicom.StudyInstanceUID, "1.2.3.77")))
}

// orNone lets a comparison with nothing fail instead of panicking.
func orNone(in *instance) *instance {
	if in == nil {
		return &instance{}
	}
	return in
}

func TestDestinationsAreOnLoopback(t *testing.T) {
	for _, o := range []Options{{AE: "A TITLE THAT IS TOO LONG"}, {Destinations: map[string]string{"HOME": "192.0.2.1:104"}}, {Destinations: map[string]string{`A\B`: "127.0.0.1:104"}}} {
		if a, err := New(o); err == nil {
			a.Close()
			t.Errorf("taken: %q %v", o.AE, o.Destinations)
		}
	}
	a, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.ServeDIMSE(context.Background(), "0.0.0.0:0"); err == nil {
		t.Error("served beyond loopback")
	}
}
