package demo

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

func TestQueriesFind(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	all, ct, cr, prior := []string{ctStudy, priorStudy, crStudy}, []string{ctStudy}, []string{crStudy}, []string{priorStudy}
	for q, studies := range map[string][]string{
		"":                                       all,
		"PatientName=phantom*":                   {ctStudy, priorStudy},
		"PatientName=PHANTOM^ANNA^^^":            {ctStudy, priorStudy},
		"00100010=Ph?ntom^a*":                    {ctStudy, priorStudy},
		"PatientName=m%C3%BCller*":               cr,
		"PatientName=PHANTOM":                    nil,
		"PatientID=P2":                           cr,
		"00100020=p2":                            nil,
		"StudyDate=20260101-":                    {ctStudy, crStudy},
		"StudyDate=-20251231":                    prior,
		"StudyDate=20260110-20260110":            ct,
		"StudyDate=20260111":                     cr,
		"StudyTime=2200-2245":                    cr,
		"StudyTime=-0330":                        {ctStudy, priorStudy},
		"AccessionNumber=A?":                     all,
		"AccessionNumber=A1":                     ct,
		"StudyInstanceUID=1.2.3.1,1.2.3.3":       {ctStudy, crStudy},
		"StudyInstanceUID=1.2.3.1%5C1.2.3.3":     {ctStudy, crStudy},
		"ModalitiesInStudy=SR":                   ct,
		"ModalitiesInStudy=CR%5CSR":              {ctStudy, crStudy},
		"00080061=CR":                            cr,
		"NumberOfStudyRelatedInstances=10":       ct,
		"StudyDescription=":                      all,
		"limit=2":                                {ctStudy, priorStudy},
		"limit=2&offset=2":                       cr,
		"offset=9":                               nil,
		"PatientID=P1&StudyDate=20250101-":       {ctStudy, priorStudy},
		"fuzzymatching=true&PatientName=Fantom*": nil,
	} {
		resp, body := call(t, "GET", base+"/studies?"+q, nil)
		status := 200
		if studies == nil {
			status = 204
		}
		want(t, resp, body, status)
		var got []string
		for _, d := range sets(t, body) {
			got = append(got, d.Str(dicom.StudyInstanceUID))
		}
		if strings.Join(got, " ") != strings.Join(studies, " ") {
			t.Errorf("%q found %v, want %v", q, got, studies)
		}
	}
}

func TestBadQueriesAreRefused(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	for _, q := range []string{
		"NoSuchAttribute=1", "limit=x", "limit=-1", "limit=1&limit=2", "StudyDate=tomorrow", "StudyDate=-", "PatientID=1&PatientID=2",
		"StudyInstanceUID=abc", "fuzzymatching=maybe", "includefield=Bogus", "PatientID.PatientName=1", "%zz=1",
		strings.Repeat("00400275.", 9) + "00080050=1",
	} {
		resp, body := call(t, "GET", base+"/studies?"+q, nil)
		if resp.StatusCode != 400 {
			t.Errorf("%q: status %d: %s", q, resp.StatusCode, body)
		}
	}
	resp, body := call(t, "GET", base+"/studies/not.a.uid/series", nil)
	want(t, resp, body, 400)
	resp, body = call(t, "GET", base+"/studies", nil, "Accept", `multipart/related; type="application/dicom+xml"`)
	want(t, resp, body, 406)
	resp, body = call(t, "DELETE", base+"/studies", nil)
	want(t, resp, body, 405)
}

func TestWhatIsNotDoneIsSaid(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	for q, text := range map[string]string{
		"fuzzymatching=true": "fuzzymatching parameter is not supported",
		"limit=1":            "There are 2 additional results",
		"Modality=CT":        "do not belong to the level",
	} {
		resp, body := call(t, "GET", base+"/studies?"+q, nil)
		want(t, resp, body, 200)
		if w := resp.Header.Get("Warning"); !strings.HasPrefix(w, "299 ") || !strings.Contains(w, text) {
			t.Errorf("%q: Warning %q", q, w)
		}
	}
	resp, body := call(t, "GET", base+"/studies?fuzzymatching=false", nil)
	want(t, resp, body, 200)
	if w := resp.Header.Get("Warning"); w != "" {
		t.Errorf("a plain query warns %q", w)
	}
}

func TestAnswersCarryTheLevelsAbove(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	resp, body := call(t, "GET", base+"/studies/"+ctStudy+"/instances?InstanceNumber=3&includefield=PixelSpacing", nil)
	want(t, resp, body, 200)
	l := sets(t, body)
	if len(l) != 1 {
		t.Fatalf("%d instances, want 1", len(l))
	}
	d := l[0]
	for tag, v := range map[dicom.Tag]string{
		dicom.StudyInstanceUID: ctStudy, dicom.SeriesInstanceUID: ctStudy + ".1", dicom.SOPInstanceUID: ctStudy + ".1.3",
		dicom.PatientName: "PHANTOM^ANNA", dicom.Modality: "CT", dicom.SeriesNumber: "1", dicom.Rows: "4",
		dicom.NumberOfStudyRelatedInstances: "10", dicom.NumberOfSeriesRelatedInstances: "9", dicom.NumberOfStudyRelatedSeries: "2",
		dicom.InstanceAvailability: "ONLINE",
		dicom.RetrieveURL:          base + "/studies/" + ctStudy + "/series/" + ctStudy + ".1/instances/" + ctStudy + ".1.3",
	} {
		if got := d.Str(tag); got != v {
			t.Errorf("%s is %q, want %q", tag.Keyword(), got, v)
		}
	}
	if !d.Has(dicom.ReferringPhysicianName) {
		t.Error("an attribute of type 2 is missing")
	}
	if d.Has(dicom.BitsStored) {
		t.Error("an attribute nobody asked for is there")
	}
	resp, body = call(t, "GET", base+"/studies/"+ctStudy+"/instances?includefield=all&limit=1", nil)
	want(t, resp, body, 200)
	if d := sets(t, body)[0]; !d.Has(dicom.BitsStored) || d.Has(dicom.PixelDataTag) {
		t.Error("includefield=all gave not all, or pixels")
	}
}

func TestAllSixPaths(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	for path, n := range map[string]int{
		"/studies": 3, "/series": 4, "/instances": 12,
		"/studies/" + ctStudy + "/series":                               2,
		"/studies/" + ctStudy + "/instances":                            10,
		"/studies/" + ctStudy + "/series/" + ctStudy + ".1/instances":   9,
		"/series?Modality=CT":                                           2,
		"/instances?SOPClassUID=" + string(dicom.BasicTextSRStorage):    1,
		"/instances?Modality=CT&PatientName=" + url.QueryEscape("PH*A"): 10,
	} {
		resp, body := call(t, "GET", base+path, nil)
		want(t, resp, body, 200)
		if got := len(sets(t, body)); got != n {
			t.Errorf("%s gives %d, want %d", path, got, n)
		}
	}
	if resp, body := call(t, "GET", base+"/studies/1.9.9/series", nil); resp.StatusCode != 204 {
		t.Errorf("series of an unknown study: %d %s", resp.StatusCode, body)
	}
}

func TestPagesFitTogether(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	seen := map[string]bool{}
	for off := 0; off < 12; off += 5 {
		resp, body := call(t, "GET", fmt.Sprintf("%s/instances?limit=5&offset=%d", base, off), nil)
		want(t, resp, body, 200)
		for _, d := range sets(t, body) {
			seen[d.Str(dicom.SOPInstanceUID)] = true
		}
	}
	if len(seen) != 12 {
		t.Errorf("the pages hold %d instances, want 12", len(seen))
	}
}

func TestWildcardsAndRanges(t *testing.T) {
	for _, c := range []struct {
		vr         dicom.VR
		have, want string
		match      bool
	}{
		{"LO", "abc", "a*c", true}, {"LO", "abc", "a?c", true}, {"LO", "abc", "A*", false}, {"LO", "abc", "*", true},
		{"LO", "abc", "a**", true}, {"LO", "abc", "?", false}, {"LO", "", "*", true}, {"LO", "äöü", "?ö?", true},
		{"PN", "Yamada^Tarou=山田^太郎=やまだ^たろう", "山田*", true},
		{"PN", "Yamada^Tarou=山田^太郎", "yamada*=山田*", true}, {"PN", "Yamada^Tarou", "yamada*=山田*", false},
		{"DA", "20260110", "20260110-20260110", true}, {"DA", "20260110", "20260111-", false},
		{"TM", "0315", "031500-031559", true}, {"TM", "031500.5", "0315", true}, {"TM", "000000", "-0100", true},
		{"DT", "20260110031500+0100", "20260110021500+0000", true},
		{"DT", "20260110031500", "20260110-20260111", true}, {"DT", "20260109", "20260110-", false},
		{"DT", "20260110031500-0500", "20260110080000+0000-20260110083000+0000", true},
		{"DT", "20260131", "202601", true}, {"DT", "20261231", "2026", true}, {"DT", "20270101", "2026", false},
		{"IS", "007", "7", true}, {"US", "512", "512", true}, {"US", "512", "5*", false},
		{"UI", "1.2.3", "1.2.30,1.2.3", true}, {"UI", "1.2.3", "1.2.30", false},
		{"CS", "IN PROGRESS", `SCHEDULED\IN PROGRESS`, true}, {"CS", "READY", "READ", false},
	} {
		if got := matchValue(c.vr, c.have, c.want); got != c.match {
			t.Errorf("%s %q against %q: %v", c.vr, c.have, c.want, got)
		}
	}
}
