package hospital

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/worklist/fhir"
	"github.com/nocturne/nocturne/worklist/hl7"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestWhatWasAcknowledgedIsOnDisk(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "ris")
	h, err := Start(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	r := report.Release{Kind: report.Final, Signed: report.Signed{StudyUID: "1.2", SOPUID: "1.3"}, Patient: report.Patient{ID: "P1"},
		Parts: []report.Part{{Section: report.Impression, Title: "Impression", Text: "Normal."}}}
	b, id, err := hl7.ORU(r, hl7.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a, err := hl7.Endpoint{Address: h.HL7}.Exchange(ctx, b, id)
		if err != nil || a.Code != "AA" {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	kept, err := os.ReadDir(dir)
	if err != nil || len(kept) != 1 {
		t.Fatalf("%v, %v", kept, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, id+".hl7")); err != nil || !strings.Contains(string(text), "Normal.") {
		t.Errorf("%q, %v", text, err)
	}
	evil := strings.Replace(string(b), id, "../x", 1)
	if a, err := (hl7.Endpoint{Address: h.HL7}).Exchange(ctx, []byte(evil), "../x"); err != nil || a.Code != "AR" {
		t.Errorf("a number that is a path: %+v, %v", a, err)
	}
	c, err := fhir.New(fhir.Config{BaseURL: h.FHIR})
	if err != nil {
		t.Fatal(err)
	}
	d, err := fhir.Report(r, fhir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Post(ctx, d); err != nil {
		t.Error(err)
	}
	if err := c.Check(ctx, d); err != nil {
		t.Error(err)
	}
}
