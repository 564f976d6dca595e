package demo

import (
	"context"
	"crypto/tls"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

func TestAnArchiveThatIsAwayIsSoByDIMSE(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	echo := asking(plain(dicom.VerificationSOPClass)...)
	r := asking(plain(dicom.VerificationSOPClass, studyRootFind, studyRootGet, upsPull)...)
	s := associate(t, address, r)

	a.leave(awayBusy)
	var no *ul.RejectError
	if _, err := ul.Dial(s.ctx, address, echo, ul.Options{}); !errors.As(err, &no) || no.Result != 2 {
		t.Errorf("busy: %v, want a transient rejection", err)
	}
	s.status(0xA700, studyRootFind, dimse.Command{Field: dimse.CFind}, dataset(at("STUDY")))
	s.status(0xA702, studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(at("STUDY"), set(dicom.StudyInstanceUID, ctStudy)))
	s.status(0x0213, upsPull, on(dimse.NGet, ctStep, 0), nil)
	a.away.open()
	s.status(0, dicom.VerificationSOPClass, dimse.Command{Field: dimse.CEcho}, nil)

	a.leave(awayHang)
	s.sends(dicom.VerificationSOPClass, dimse.Command{Field: dimse.CEcho}, nil)
	soon, cancel := context.WithTimeout(s.ctx, 50*time.Millisecond)
	if _, err := s.conn.Receive(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("answered while it hangs: %v", err)
	}
	cancel()
	a.away.open()
	if rsp, _ := s.hears(); rsp.Status != 0 {
		t.Errorf("back again: %s", rsp)
	}

	a.leave(awayRefuse)
	if _, err := s.conn.Receive(s.ctx); err == nil || s.ctx.Err() != nil {
		t.Errorf("an association lives on: %v", err)
	}
	if as, err := ul.Dial(s.ctx, address, echo, ul.Options{}); err == nil {
		as.Abort()
		t.Error("a connection is taken")
	}
	a.away.open()
	associate(t, address, echo).status(0, dicom.VerificationSOPClass, dimse.Command{Field: dimse.CEcho}, nil)
}

func TestLateAndWithheldInstancesAreSoByDIMSE(t *testing.T) {
	t.Parallel()
	made := hospital()
	made[0].LateInstances = 1
	a, address := serveDIMSE(t, Options{Sources: []Source{made}})
	s := associate(t, address, asking(plain(studyRootFind, studyRootGet)[0], plain(studyRootFind, studyRootGet)[1],
		taking(5, dicom.CTImageStorage, dataSyntaxes...), taking(7, dicom.BasicTextSRStorage, dataSyntaxes...)))
	one := set(dicom.StudyInstanceUID, ctStudy)
	count := func() (string, int) {
		objects, _, _ := s.gets(well, at("STUDY"), one)
		return s.finds(studyRootFind, at("STUDY"), one, set(dicom.NumberOfStudyRelatedInstances))[0].Str(dicom.NumberOfStudyRelatedInstances), len(objects)
	}
	if said, came := count(); said != "10" || came != 9 {
		t.Errorf("one is late: %s announced, %d came", said, came)
	}
	a.held.change(ctStudy, func(st *study) {
		for _, se := range st.series {
			for _, in := range se.instances {
				in.late = false
			}
		}
	})
	if said, came := count(); said != "10" || came != 10 {
		t.Errorf("arrived: %s announced, %d came", said, came)
	}
	a.held.change(ctStudy, func(st *study) { st.withheld = true })
	if found := s.finds(studyRootFind, at("STUDY"), one); len(found) != 0 {
		t.Error("a study nobody has heard of is found")
	}
}

func TestOneAssociationTooManyIsRejectedForAWhile(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{})
	echo := asking(plain(dicom.VerificationSOPClass)...)
	first := associate(t, address, echo)
	for range maxAssociations - 1 {
		associate(t, address, echo)
	}
	var no *ul.RejectError
	if _, err := ul.Dial(first.ctx, address, echo, ul.Options{}); !errors.As(err, &no) || no.Result != 2 {
		t.Fatalf("one too many: %v", err)
	}
	first.status(0, dicom.VerificationSOPClass, dimse.Command{Field: dimse.CEcho}, nil)
	if err := first.assoc.Release(first.ctx); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		as, err := ul.Dial(context.Background(), address, echo, ul.Options{})
		if err == nil {
			as.Abort()
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no room after a release: %v", err)
		}
	}
}

// Close ends what is under way; serveDIMSE sees that nothing goes on.
func TestCloseEndsAssociationsInTheirMidst(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	s := associate(t, address, asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...)))
	s.sends(studyRootGet, dimse.Command{Field: dimse.CGet}, dataset(at("STUDY"), set(dicom.StudyInstanceUID, ctStudy)))
	s.hears() // a C-STORE-RQ that is never answered
	closed := make(chan struct{})
	go func() { a.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Fatal("Close waits for a peer")
	}
	if _, err := s.conn.Receive(s.ctx); err == nil {
		t.Error("the association lives on")
	}
}

func TestAssociationsOverTLS(t *testing.T) {
	t.Parallel()
	authority := pacstest.NewAuthority(t, "Tests")
	server := authority.Issue(t, pacstest.Leaf{})
	_, address := serveDIMSE(t, Options{DIMSETLS: &tls.Config{Certificates: []tls.Certificate{server}, MinVersion: tls.VersionTLS12}})
	as, err := ul.Dial(context.Background(), address, asking(plain(dicom.VerificationSOPClass)...), ul.Options{TLS: &tls.Config{RootCAs: authority.Pool(), ServerName: "127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer as.Abort()
	s := &scu{t: t, ctx: context.Background(), assoc: as, conn: dimse.NewConn(as)}
	s.status(0, dicom.VerificationSOPClass, dimse.Command{Field: dimse.CEcho}, nil)
	if as, err := ul.Dial(context.Background(), address, asking(plain(dicom.VerificationSOPClass)...), ul.Options{}); err == nil {
		as.Abort()
		t.Error("answered without TLS")
	}
}

// Many at once, in memory and on disk, each get what they asked for.
func TestManyAssociationsAtOnce(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}, StoreDir: t.TempDir()})
	var all sync.WaitGroup
	for i := range 6 {
		get := associate(t, address, asking(plain(studyRootGet)[0], taking(3, dicom.CTImageStorage, dataSyntaxes...)))
		put := associate(t, address, asking(plain(dicom.CTImageStorage, studyRootFind)...))
		file := object(t, priorStudy, i/2) // each by two
		all.Go(func() {
			for range 3 {
				if rsp, n := get.asksStoring(studyRootGet, dataset(at("SERIES"), set(dicom.StudyInstanceUID, ctStudy), set(dicom.SeriesInstanceUID, ctStudy+".1"))); rsp.Status != 0 || n != 9 {
					t.Errorf("%d objects, %s", n, rsp)
				}
			}
		})
		all.Go(func() {
			if status := put.stores(identity(file), file); status != 0 {
				t.Errorf("stored: %04X", status)
			}
			if n := len(put.finds(studyRootFind, at("STUDY"))); n != 3 {
				t.Errorf("%d studies", n)
			}
		})
	}
	all.Wait()
	if n := len(a.held.find(priorStudy, "", "")); n != 1+3 {
		t.Errorf("%d objects of the prior, want 4", n)
	}
}

// One who took the role of SCP alone may not store.
func TestARoleThatWasNotTakenIsNotPlayed(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{})
	s := associate(t, address, asking(taking(1, dicom.CTImageStorage, dataSyntaxes...)))
	file := object(t, ctStudy, 1)
	if status := s.stores(identity(file), file); status != 0x0211 || a.Studies() != 0 {
		t.Errorf("stored by one who said it would not: %04X", status)
	}
}

func TestPrivateObjectsAreTakenAsBySTOW(t *testing.T) {
	t.Parallel()
	const private dicom.UID = "1.3.46.670589.11.0.0.12.1"
	a, address := serveDIMSE(t, Options{})
	s := associate(t, address, asking(plain(private)...))
	file := object(t, ctStudy, 1, set(dicom.SOPClassUID, string(private)))
	if status := s.stores(identity(file), file); status != 0 || a.Studies() != 1 {
		t.Errorf("a private object: %04X", status)
	}
}
