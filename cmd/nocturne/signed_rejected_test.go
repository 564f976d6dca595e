package main

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/ko"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/report"
)

// TestAWithdrawalTakesBackWhatWentOutWithTheReport: measurements, paper and presentation
// states of a withdrawn report would go on speaking for it (IHE IOCM).
func TestAWithdrawalTakesBackWhatWentOutWithTheReport(t *testing.T) {
	images, f := scanned()
	all := everyKind(t, f)
	var old []ko.Image
	for _, o := range evidenceObjects(t, all[report.Final], f, images) {
		old = append(old, ko.Image{InstanceRef: sr.InstanceRef{Study: dicom.UID(o.StudyUID), Series: dicom.UID(o.SeriesUID),
			Instance: dicom.UID(o.SOPInstanceUID), Class: dicom.UID(o.SOPClassUID)}})
	}
	if len(old) < 3 {
		t.Fatalf("%d objects went out", len(old))
	}
	made, wrong := objectsOn(all[report.Withdrawn], proof{old: old}, func(k report.ObjectKind) bool { return k != report.Paper })
	if len(made) != 1 || len(wrong) != 0 {
		t.Fatalf("%d objects go out, %v", len(made), wrong)
	}
	file, err := dicom.Parse(made[0].Bytes)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := sr.Read(file.Dataset)
	if err != nil || doc.Title.Value != "113037" {
		t.Errorf("title %v, %v", doc.Title, err)
	}
	named := map[dicom.UID]bool{}
	for _, r := range doc.Current {
		named[r.Instance] = true
	}
	for _, o := range old {
		if !named[o.Instance] {
			t.Errorf("%s is not taken back", o.Class.Name())
		}
	}
	if len(named) != len(old) {
		t.Errorf("%d objects are named, %d went out", len(named), len(old))
	}
	oracle.Accept(t, "KeyObjectSelectionDocument", made[0].Bytes)
}
