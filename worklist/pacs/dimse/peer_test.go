package dimse_test

import (
	"context"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/demo"
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
		l, who := ears(t)
		c := client(t, pacstest.StartOrthancDICOM(t, nil, who), func(cfg *dimse.Config) { cfg.Listener = l })
		return pacstest.Target{Archive: c, Must: []string{pacstest.CanCommit}, Lacks: []string{pacstest.CanMeta}}
	})
}

// embedded starts the embedded archive's DIMSE side.
func embedded(t testing.TB, o demo.Options) pacstest.DICOMPeer {
	t.Helper()
	a, err := demo.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); a.Close() })
	at, err := a.ServeDIMSE(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return pacstest.DICOMPeer{Address: at.DIMSE, AE: at.AE}
}

func TestTheEmbeddedArchivePassesTheSuite(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	pacstest.Suite(t, func(t *testing.T) pacstest.Target {
		c := client(t, embedded(t, demo.Options{})) // no listener: it reports where it was asked
		return pacstest.Target{Archive: c, Workitems: c.Workitems(), Must: []string{pacstest.CanCommit}, Lacks: []string{pacstest.CanMeta}}
	})
}

func TestAPatientRootArchivePassesTheSuite(t *testing.T) {
	pacstest.Suite(t, func(t *testing.T) pacstest.Target {
		c := client(t, embedded(t, demo.Options{}), func(cfg *dimse.Config) { cfg.Quirks.PatientRoot = true })
		return pacstest.Target{Archive: c, Lacks: []string{pacstest.CanMeta}}
	})
}

func TestAnArchiveThatOnlyMovesPassesTheSuite(t *testing.T) {
	pacstest.Suite(t, func(t *testing.T) pacstest.Target {
		l, who := ears(t)
		c := client(t, pacstest.StartOrthancDICOM(t, nil, who), func(cfg *dimse.Config) { cfg.Listener, cfg.Quirks.Move = l, true })
		return pacstest.Target{Archive: c, Lacks: []string{pacstest.CanMeta}}
	})
}
