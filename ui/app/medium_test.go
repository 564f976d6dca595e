package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/medium"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
)

// brought opens a folder with images of these patients, two each, as the only site.
func (n *night) brought(names ...string) *medium.Medium {
	n.Helper()
	folder := n.TempDir()
	for i, name := range names {
		for k := range 2 {
			var d dicom.Dataset
			for tag, v := range map[dicom.Tag]string{
				dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: fmt.Sprintf("1.9.%d.%d", i+1, k), dicom.StudyInstanceUID: fmt.Sprintf("1.9.%d", i+1),
				dicom.SeriesInstanceUID: fmt.Sprintf("1.9.%d.9", i+1), dicom.PatientName: name, dicom.PatientID: name, dicom.Modality: "CT",
			} {
				d.SetStr(tag, v)
			}
			var b bytes.Buffer
			if err := dicom.Write(&b, &d, nil); err != nil {
				n.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d-%d", i, k)), b.Bytes(), 0o600); err != nil {
				n.Fatal(err)
			}
		}
	}
	m, err := medium.Open(context.Background(), []string{folder}, medium.Options{Temp: n.TempDir()})
	if err != nil {
		n.Fatal(err)
	}
	site := reading.MediumSite("MEDIUM", m)
	n.m.Room.Sites = map[string]reading.Site{"MEDIUM": site}
	n.m.Feed = feed.New([]feed.Site{site.Site}, feed.Options{Now: n.clock})
	n.m.snapshot = feed.Snapshot{}
	n.m.atStart()
	return m
}

func TestWhatWasBroughtIsShownAndMeasuredAndNeverKeptOrReported(t *testing.T) {
	n := newNight(t)
	n.brought("ROE^RICHARD", "DOE^JANE")
	n.do(n.m.watchSites())
	n.until("both patients", func() bool { return len(n.m.list.Rows()) == 2 })
	if n.m.open != nil || n.m.list.Rows()[0].PatientName != "DOE^JANE" {
		t.Error("the list is not one of patients to choose from")
	}
	n.m.list.Select("1.9.2")
	n.key("enter")
	n.until("the images in the window", func() bool { return n.view.has("1.9.2.0") && n.view.has("1.9.2.1") })
	n.until("that nothing is reported", func() bool { return strings.Contains(n.frame(), "from a medium: measure freely, no report") })
	n.view.mu.Lock()
	c := n.view.cases[len(n.view.cases)-1]
	n.view.mu.Unlock()
	if c.ReadOnly != "" || c.Order.PatientName != "DOE^JANE" || n.view.has("1.9.1.0") {
		t.Errorf("nothing can be measured (%q), or patients are mixed", c.ReadOnly)
	}
	n.pass(time.Second) // keys right after opening are dropped (N1)
	n.key("f7")
	if n.m.page != onCase || !strings.Contains(n.m.status.text, "called by hand") {
		t.Error("a critical result can be begun that is forgotten with the medium")
	}
	n.m.run("call ward")
	if n.m.interruptions.running != nil {
		t.Error("a call is noted that is forgotten with the medium")
	}
	n.key("f12", "f3")
	n.settle(0)
	if n.m.open.draft != nil || n.m.page != onCase || n.m.open.page.Typing {
		t.Error("a report is offered")
	}
	if studies, err := n.m.Room.Store.Studies(); err != nil || len(studies) > 0 {
		t.Errorf("%d studies were kept, %v", len(studies), err)
	}
}

func TestTheOnlyStudyOfAMediumOpensAtOnce(t *testing.T) {
	n := newNight(t)
	m := n.brought("DOE^JANE")
	n.m.First = string(m.Studies[0].UID)
	n.do(n.m.watchSites())
	n.until("the images in the window", func() bool { return n.view.has("1.9.1.0") })
}
