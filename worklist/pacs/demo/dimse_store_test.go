package demo

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
)

// stores sends the data set of a Part 10 file under the command's identity; the
// status.
func (s *scu) stores(c dimse.Command, file []byte) uint16 {
	s.t.Helper()
	h, err := dicom.ReadHead(file)
	if err != nil {
		s.t.Fatal(err)
	}
	on, ok := s.assoc.Find(c.Class)
	if !ok {
		s.t.Fatalf("no context for %s", c.Class.Name())
	}
	s.last++
	c.Field, c.ID = dimse.CStore, s.last
	if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: c, Data: bytes.NewReader(file[h.Offset:])}); err != nil {
		s.t.Fatal(err)
	}
	rsp, _ := s.hears()
	if rsp.Field != dimse.CStore|dimse.Response || rsp.Responded != c.ID {
		s.t.Fatalf("answered by %s", rsp)
	}
	return rsp.Status
}

func identity(file []byte) dimse.Command {
	h, _ := dicom.ReadHead(file)
	return dimse.Command{Class: h.Class, Instance: h.Instance}
}

func TestStoredObjectsAreOneWhicheverWayTheyCome(t *testing.T) {
	t.Parallel()
	key := seal.NewKey()
	for name, dir := range map[string]string{"in memory": "", "on disk": t.TempDir(), "sealed": t.TempDir()} {
		o := Options{Sources: []Source{hospital()}, StoreDir: dir}
		if name == "sealed" {
			o.Key = &key
		}
		a, address := serveDIMSE(t, o)
		s := associate(t, address, asking(plain(dicom.CTImageStorage, dicom.CRImageStorage)...))
		file := object(t, ctStudy, 1)
		for again := range 2 {
			if status := s.stores(identity(file), file); status != 0 {
				t.Fatalf("%s, time %d: %04X", name, again+1, status)
			}
		}
		in := a.held.object(identity(file).Instance)
		if in == nil {
			t.Fatalf("%s: not held", name)
		}
		if b, err := a.bytes(in); err != nil || !bytes.Equal(b, file) {
			t.Errorf("%s: held as other bytes: %v", name, err)
		}
		var other bytes.Buffer // the same object in another's file
		head := dicom.Head{Class: in.class, Instance: in.sop, Transfer: in.syntax}
		meta, _ := head.Bytes("SOMEBODY")
		h, _ := dicom.ReadHead(file)
		other.Write(meta)
		other.Write(file[h.Offset:])
		var ans stowAnswer
		if a.storeObject(other.Bytes(), "", &ans); len(ans.stored) != 1 {
			t.Errorf("%s: the same object by STOW-RS is refused", name)
		}
		changed := object(t, ctStudy, 1, set(dicom.PatientName, "OTHER"))
		if status := s.stores(identity(file), changed); status != 0x0111 {
			t.Errorf("%s: other bytes under its UID: %04X", name, status)
		}
		if dir == "" {
			continue
		}
		if f, err := a.openFrames(in); err != nil || f.Truncated {
			t.Errorf("%s: its frames cannot be read: %v", name, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "objects", ".new-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if o.Key != nil {
			continue
		}
		if b, err := os.ReadFile(filepath.Join(dir, "objects", string(in.sop)+".dcm")); err != nil || !bytes.Equal(b, file) {
			t.Errorf("on disk as other bytes: %v", err)
		}
	}
}

func TestAnObjectIsHeldToWhatItWasSaidToBe(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"in memory": "", "on disk": t.TempDir()} {
		a, address := serveDIMSE(t, Options{StoreDir: dir})
		s := associate(t, address, asking(plain(dicom.CTImageStorage, dicom.CRImageStorage)...))
		file := object(t, ctStudy, 2)
		said := identity(file)
		h, _ := dicom.ReadHead(file)
		for what, c := range map[string]struct {
			said dimse.Command
			file []byte
			want uint16
		}{
			"another class":    {dimse.Command{Class: dicom.CRImageStorage, Instance: said.Instance}, file, 0xA900},
			"another instance": {dimse.Command{Class: said.Class, Instance: "1.2.3.4"}, file, 0xC000},
			"no UID":           {dimse.Command{Class: said.Class, Instance: "1.02.3"}, file, 0x0117},
			"cut":              {said, file[:len(file)-9], 0xC000},
			"nothing in it":    {said, file[:h.Offset], 0xC000},
			"no patient's":     {said, append(bytes.Clone(file[:h.Offset]), "\x08\x00\x16\x00UI\x02\x001\x00"...), 0xC000},
		} {
			if got := s.stores(c.said, c.file); got != c.want {
				t.Errorf("%s, %s: %04X, want %04X", name, what, got, c.want)
			}
		}
		if n := a.Studies(); n != 0 {
			t.Errorf("%s: %d studies are held", name, n)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "objects", "*")); dir != "" && len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if status := s.stores(said, file); status != 0 {
			t.Errorf("%s: afterwards %04X", name, status)
		}
	}
}

func TestNoRoomIsOutOfResources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, address := serveDIMSE(t, Options{StoreDir: dir})
	s := associate(t, address, asking(plain(dicom.CTImageStorage)...))
	file := object(t, ctStudy, 3)
	if err := os.RemoveAll(filepath.Join(dir, "objects")); err != nil {
		t.Fatal(err)
	}
	if status := s.stores(identity(file), file); status != 0xA700 {
		t.Errorf("a folder that is gone: %04X", status)
	}
	m, memory := serveDIMSE(t, Options{})
	m.inMemory = maxHeld
	s = associate(t, memory, asking(plain(dicom.CTImageStorage)...))
	if status := s.stores(identity(file), file); status != 0xA700 {
		t.Errorf("memory that is full: %04X", status)
	}
	if a.Studies()+m.Studies() != 0 {
		t.Error("held all the same")
	}
}

// A sender that goes in the middle of an object leaves nothing behind.
func TestACutStoreKeepsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, address := serveDIMSE(t, Options{StoreDir: dir})
	s := associate(t, address, asking(plain(dicom.CTImageStorage)...))
	file := object(t, ctStudy, 4)
	c := identity(file)
	c.Field, c.ID = dimse.CStore, 1
	on, _ := s.assoc.Find(c.Class)
	broken := io.MultiReader(bytes.NewReader(file), strings.NewReader(strings.Repeat("x", 300<<10)), cutOff{})
	if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: c, Data: broken}); err == nil {
		t.Fatal("sent whole")
	}
	s.assoc.Abort()
	a.Close()
	left, err := os.ReadDir(filepath.Join(dir, "objects"))
	if err != nil || len(left) > 0 || a.Studies() != 0 {
		t.Errorf("%d files, %d studies: %v", len(left), a.Studies(), err)
	}
}

type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestStorageIsCommittedObjectByObject(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(storageCommitment)...))
	commit := dimse.Command{Field: dimse.NAction, Instance: commitInstance, ActionType: 1}
	ask := func(refs ...*dicom.Dataset) *dicom.Dataset {
		return dataset(set(dicom.TransactionUID, mine), func(d *dicom.Dataset) { d.SetSeq(dicom.ReferencedSOPSequence, refs...) })
	}
	ct := func(n string) *dicom.Dataset { return reference(dicom.CTImageStorage, dicom.UID(ctStudy+".1."+n)) }
	for want, d := range map[uint16]*dicom.Dataset{
		1: ask(ct("1"), ct("2")),
		2: ask(ct("1"), ct("99"), reference(dicom.CRImageStorage, ctStudy+".1.2")),
	} {
		s.status(0, storageCommitment, commit, d)
		c, report := s.hears()
		if c.Field != dimse.NEventReport || c.EventType != want || c.Instance != commitInstance || report.Str(dicom.TransactionUID) != mine {
			t.Fatalf("%s of event type %d, want %d", c, c.EventType, want)
		}
		on, _ := s.assoc.Find(storageCommitment)
		if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: c.NewResponse(0)}); err != nil {
			t.Fatal(err)
		}
		failed := map[string]int{}
		for _, it := range report.Seq(dicom.FailedSOPSequence) {
			failed[it.Str(dicom.ReferencedSOPInstanceUID)] = it.IntOr(dicom.FailureReason, 0)
		}
		if want == 1 && len(report.Seq(dicom.ReferencedSOPSequence)) != 2 ||
			want == 2 && (failed[ctStudy+".1.99"] != 0x0112 || failed[ctStudy+".1.2"] != 0x0119 || len(report.Seq(dicom.ReferencedSOPSequence)) != 1) {
			t.Errorf("type %d: %d kept, failed %v", want, len(report.Seq(dicom.ReferencedSOPSequence)), failed)
		}
	}
	s.status(0x0123, storageCommitment, dimse.Command{Field: dimse.NAction, Instance: commitInstance, ActionType: 2}, ask(ct("1")))
	s.status(0x0112, storageCommitment, dimse.Command{Field: dimse.NAction, Instance: "1.2.3", ActionType: 1}, ask(ct("1")))
	s.status(0x0115, storageCommitment, commit, ask())
}

// One who goes before the report came is called at its configured address.
func TestAReportFollowsARequestorThatLeft(t *testing.T) {
	t.Parallel()
	heard := listenFor(t, storageCommitment)
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}, Destinations: map[string]string{"TESTER": heard.address}})
	s := associate(t, address, asking(plain(storageCommitment)...))
	d := dataset(set(dicom.TransactionUID, mine), func(d *dicom.Dataset) {
		d.SetSeq(dicom.ReferencedSOPSequence, reference(dicom.CTImageStorage, ctStudy+".1.1"))
	})
	s.status(0, storageCommitment, dimse.Command{Field: dimse.NAction, Instance: commitInstance, ActionType: 1}, d)
	s.assoc.Release(s.ctx)
	c, report := heard.next(t)
	if c.Field != dimse.NEventReport || c.EventType != 1 || report.Str(dicom.TransactionUID) != mine {
		t.Errorf("%s of event type %d", c, c.EventType)
	}
}
