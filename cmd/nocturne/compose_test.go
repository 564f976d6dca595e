package main

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// What a site gets of a release that has no marks: what its configuration names, with
// what cannot be made in sight.
func TestASiteGetsWhatItsConfigurationNames(t *testing.T) {
	rel := report.Release{Kind: report.Final, Site: "NORTH", Accession: "A1", Exam: "CT head", Patient: report.Patient{Name: "PHANTOM^ANNA", ID: "P1"},
		Signed: report.Signed{StudyUID: "1.2", SeriesUID: "1.2.9", SOPUID: "1.2.9.1"}, Reader: report.Reader{Name: "READER^DEMO"},
		Parts: []report.Part{{Section: report.Impression, Title: "Impression", Text: "Normal.\n"}}}
	kinds := func(c SendConfig, rel report.Release) (out []reading.Parcel, said string) {
		h := &house{config: Config{Sites: []SiteConfig{{Name: "NORTH", SendConfig: c}}}, room: worldless(t)}
		out = h.compose(t.Context(), feed.Row{Site: "NORTH", StudyUID: "1.2"}, rel)
		for _, p := range out {
			said += p.Channel + " " + p.Kind + " "
		}
		return out, said
	}
	if _, said := kinds(SendConfig{}, rel); said != "" {
		t.Errorf("by default, without marks: %s", said)
	}
	out, said := kinds(SendConfig{Send: []string{"sr", "pdf"}, HL7: "mllp://127.0.0.1:1", HL7To: "RIS|NORTH", CompleteAfter: []string{"oru"}}, rel)
	if said != "dicom pdf hl7 oru " || out[0].Required || !out[1].Required || out[1].Address != "mllp://127.0.0.1:1" || out[1].Control == "" {
		t.Fatalf("%s %+v", said, out)
	}
	if m := string(out[1].Bytes); !strings.HasPrefix(m, "MSH|^~\\&|NOCTURNE||RIS|NORTH|") || !strings.Contains(m, "|"+out[1].Control+"|") {
		t.Errorf("%q", m)
	}
	rel.Patient.ID = ""
	out, _ = kinds(SendConfig{HL7: "mllp://127.0.0.1:1"}, rel)
	if len(out) != 1 || out[0].Kind != ledger.KindORU || !strings.Contains(out[0].Wrong, "no patient ID") || len(out[0].Bytes) > 0 {
		t.Errorf("%+v", out)
	}
}

// worldless is a room with an empty home.
func worldless(t *testing.T) *reading.Room {
	t.Helper()
	env := &environment{Home: t.TempDir(), preset: &Config{}, Getenv: func(string) string { return "" }}
	h, err := env.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h.room
}
