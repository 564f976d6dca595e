package dicomweb_test

import (
	"context"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func TestEmbeddedArchivePassesTheSuite(t *testing.T) {
	pacstest.Suite(t, func(t *testing.T) pacstest.Target {
		a, err := demo.New(demo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		ctx, cancel := context.WithCancel(context.Background())
		t.Cleanup(cancel)
		urls, err := a.Serve(ctx, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c := client(t, dicomweb.Config{BaseURL: urls.DICOMweb, UPSURL: urls.UPS, Quirks: dicomweb.Quirks{PageSize: 2}})
		return pacstest.Target{Archive: c, Workitems: c.Workitems(),
			Must: []string{pacstest.CanFrames, pacstest.CanRendered}}
	})
}
