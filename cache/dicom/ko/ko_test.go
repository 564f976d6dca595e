package ko

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
)

func selection() Selection {
	h := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{
		dicom.PatientName: "PHANTOM^Änne", dicom.PatientID: "P-001", dicom.PatientBirthDate: "19530412", dicom.PatientSex: "F",
		dicom.StudyInstanceUID: "1.2.3.4", dicom.StudyDate: "20251120", dicom.StudyTime: "031200", dicom.ReferringPhysicianName: "",
		dicom.StudyID: "1", dicom.AccessionNumber: "A1", dicom.TimezoneOffsetFromUTC: "+0100",
	} {
		h.SetStr(t, v)
	}
	return Selection{
		Study: h, SeriesUID: "1.2.3.4.8", SOPUID: "1.2.3.4.8.1", SeriesNumber: 901, Description: "nodule\nand its neighbour",
		Observer: "READER^DEMO", Content: time.Date(2025, 11, 20, 3, 30, 15, 0, time.FixedZone("", 3600)), Title: ForReport,
		Images: []Image{
			{sr.InstanceRef{Study: "1.2.3.4", Series: "1.2.3.4.2", Instance: "1.2.3.4.2.9", Class: dicom.EnhancedCTImageStorage}, []int{3, 7}},
			{sr.InstanceRef{Study: "1.2.3.4", Series: "1.2.3.4.1", Instance: "1.2.3.4.1.1", Class: dicom.CTImageStorage}, nil},
		},
	}
}

func bytesOf(t testing.TB, s Selection) []byte {
	t.Helper()
	d, err := Write(s)
	if err != nil {
		t.Fatal(err)
	}
	var w bytes.Buffer
	if err := dicom.Write(&w, d, nil); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestASelectionIsReadBackInItsOrder(t *testing.T) {
	want := selection()
	f, err := dicom.Parse(bytesOf(t, want))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(f.Dataset)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Content.Equal(want.Content) || got.Maker != sr.Manufacturer {
		t.Errorf("%v %q", got.Content, got.Maker)
	}
	got.Study, got.Content, got.Maker = want.Study, want.Content, ""
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestIllegalSelectionsAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Selection){
		"no study": func(s *Selection) { s.Study = nil }, "no UID": func(s *Selection) { s.SOPUID = "x" },
		"no time": func(s *Selection) { s.Content = time.Time{} }, "no image": func(s *Selection) { s.Images = nil },
		"an image of nowhere": func(s *Selection) { s.Images[0].Series = "" },
	} {
		s := selection()
		spoil(&s)
		var inv *sr.InvalidError
		if _, err := Write(s); !errors.As(err, &inv) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var inv *sr.InvalidError
	if _, err := Read(selection().Study); !errors.As(err, &inv) {
		t.Error(err)
	}
}

func TestForeignValidatorsAcceptTheSelection(t *testing.T) {
	if out := oracle.Accept(t, "KeyObjectSelectionDocument", bytesOf(t, selection())); !strings.Contains(out, "For Report Attachment") {
		t.Errorf("dsrdump shows\n%s", out)
	}
	oracle.AcceptTemplates(t, bytesOf(t, selection()))
}

func FuzzRead(f *testing.F) {
	f.Add(bytesOf(f, selection()))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := dicom.Parse(b)
		if err != nil {
			return
		}
		s, err := Read(file.Dataset)
		for _, im := range s.Images {
			if err != nil || im.Instance == "" {
				t.Fatal("an image without a name")
			}
		}
	})
}
