package dimse_test

import (
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// client is one whose associations end with the test.
func client(t testing.TB, p pacstest.DICOMPeer, change ...func(*dimse.Config)) *dimse.Client {
	t.Helper()
	cfg := dimse.Config{Name: "NORTH", Address: p.Address, CalledAE: p.AE, CallingAE: "READER"}
	for _, f := range change {
		f(&cfg)
	}
	c, err := dimse.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestDCMQRSCPPassesTheSuite(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	pacstest.Suite(t, func(t *testing.T) pacstest.Target {
		return pacstest.Target{Archive: client(t, pacstest.StartDCMQRSCP(t)), Lacks: []string{pacstest.CanClass, pacstest.CanMeta}}
	})
}

func TestOrthancPassesTheSuite(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	pacstest.Suite(t, func(t *testing.T) pacstest.Target {
		return pacstest.Target{Archive: client(t, pacstest.StartOrthancDICOM(t, nil)), Lacks: []string{pacstest.CanMeta}}
	})
}
