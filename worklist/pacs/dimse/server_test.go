package dimse

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// listening starts s on a free port of this machine and ends it with the test.
func listening(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Listen(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// all agrees to the first transfer syntax of every context, in the roles asked for.
func all(r *ul.Request) (ul.Answer, *ul.RejectError) {
	var a ul.Answer
	for _, c := range r.Contexts {
		a.Contexts = append(a.Contexts, ul.Accepted{ID: c.ID, Abstract: c.Abstract, Transfer: c.Transfers[0], SCU: c.SCU, SCP: c.SCP})
	}
	return a, nil
}

func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestAServerAnswersEchoAndRejectsWhatItIsNot(t *testing.T) {
	address := listening(t, &Server{AE: "NORTH", Accept: all})
	rq := ul.Request{CallingAE: "READER", CalledAE: "NORTH", Contexts: []ul.Context{{ID: 1, Abstract: dicom.VerificationSOPClass, Transfers: []dicom.UID{dicom.ImplicitVRLittleEndian}}}}
	a, err := ul.Dial(short(t), address, rq, ul.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := NewConn(a)
	for id := range uint16(3) {
		if err := c.Send(short(t), Message{Context: 1, Command: Command{Field: CEcho, ID: id, Class: dicom.VerificationSOPClass}}); err != nil {
			t.Fatal(err)
		}
		m, err := c.Receive(short(t))
		if err != nil || m.Command.Field != CEcho|Response || m.Command.Responded != id || m.Command.Status != Success {
			t.Errorf("%v %v", m.Command, err)
		}
	}
	if err := a.Release(short(t)); err != nil {
		t.Error(err)
	}
	rq.CalledAE = "SOUTH"
	if _, err := ul.Dial(short(t), address, rq, ul.Options{}); !errors.Is(err, ul.ErrCalledAE) {
		t.Errorf("another's title: %v", err)
	}
	if echoscu, err := exec.LookPath("echoscu"); err == nil {
		host, port, _ := net.SplitHostPort(address)
		if out, err := exec.Command(echoscu, "-aec", "NORTH", "--repeat", "3", host, port).CombinedOutput(); err != nil {
			t.Errorf("echoscu: %v %s", err, out)
		}
	}
}

func TestAServerStopsWithAssociationsOpen(t *testing.T) {
	address := listening(t, &Server{Accept: all})
	rq := ul.Request{CallingAE: "READER", CalledAE: "NORTH", Contexts: []ul.Context{{ID: 1, Abstract: dicom.VerificationSOPClass, Transfers: []dicom.UID{dicom.ImplicitVRLittleEndian}}}}
	for range 3 {
		a, err := ul.Dial(short(t), address, rq, ul.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(a.Abort)
	}
}
