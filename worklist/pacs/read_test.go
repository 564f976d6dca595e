package pacs

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// step is a workitem as a server sends it: its times have no offset of their
// own, but the data set has one.
const step = `{
 "00080018":{"vr":"UI","Value":["2.25.1"]},
 "00080201":{"vr":"SH","Value":["+0200"]},
 "00081195":{"vr":"UI","Value":["2.25.666"]},
 "00100010":{"vr":"PN","Value":[{"Alphabetic":"PHANTOM^ANNA"}]},
 "00100020":{"vr":"LO","Value":["P1"]},
 "00100030":{"vr":"DA","Value":["19530401"]},
 "00100040":{"vr":"CS","Value":["f"]},
 "00380300":{"vr":"LO","Value":["ED bed 4"]},
 "00380500":{"vr":"LO","Value":["emergency"]},
 "00404005":{"vr":"DT","Value":["20250330020000"]},
 "00404011":{"vr":"DT","Value":["20250330030000-0500"]},
 "00404021":{"vr":"SQ","Value":[{"0020000D":{"vr":"UI","Value":["1.2.3"]}}]},
 "00404034":{"vr":"SQ","Value":[{"00404037":{"vr":"PN","Value":[{"Alphabetic":"READER^DEMO"}]}}]},
 "00404041":{"vr":"CS","Value":["READY"]},
 "0040A370":{"vr":"SQ","Value":[{"00080050":{"vr":"SH","Value":["A1"]},"00401002":{"vr":"LO","Value":["fall, ? bleed"]},
   "00321032":{"vr":"PN","Value":[{"Alphabetic":"ASKS^WHO"}]},"00402010":{"vr":"SH","Value":["7777"]}}]},
 "00741000":{"vr":"CS","Value":["IN PROGRESS"]},
 "00741002":{"vr":"SQ","Value":[{"00741006":{"vr":"ST","Value":["aside"]}}]},
 "00741200":{"vr":"CS","Value":["HIGH"]},
 "00741202":{"vr":"LO","Value":["Night STAT"]},
 "00741204":{"vr":"LO","Value":["CT head"]},
 "00741216":{"vr":"SQ","Value":[{"00404050":{"vr":"DT","Value":["20250330021500"]},
   "00404035":{"vr":"SQ","Value":[{"00404037":{"vr":"PN","Value":[{"Alphabetic":"OTHER^ONE"}]}}]}}]},
 "00741224":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["2.25.2"]}}]}
}`

func parse(t testing.TB, s string) *dicom.Dataset {
	t.Helper()
	ds := new(dicom.Dataset)
	if err := json.Unmarshal([]byte(s), ds); err != nil {
		t.Fatal(err)
	}
	return ds
}

func TestAWorkitemIsReadInItsOwnZone(t *testing.T) {
	ds := parse(t, step)
	w := WorkitemFromDataset(ds)
	for name, c := range map[string][2]string{
		"UID": {string(w.UID), "2.25.1"}, "study": {string(w.StudyUID), "1.2.3"}, "accession": {w.Accession, "A1"}, "state": {string(w.State), "IN PROGRESS"},
		"priority": {string(w.Priority), "stat"}, "readiness": {w.Readiness, "READY"}, "label": {w.Label, "CT head"}, "performer": {w.Performer, "OTHER^ONE"},
		"progress": {w.Progress, "aside"}, "indication": {w.Indication, "fall, ? bleed"}, "requester": {w.Requester, "ASKS^WHO"}, "callback": {w.Callback, "7777"},
		"replaces": {string(w.Replaces), "2.25.2"}, "name": {w.Patient.Name, "PHANTOM^ANNA"}, "sex": {w.Patient.Sex, "F"}, "bed": {w.Patient.Bed, "ED bed 4"},
		"class": {w.Patient.Class, "emergency"}, "assigned": {w.Assigned[0], "READER^DEMO"},
		"start": {w.Start.UTC().Format(time.RFC3339), "2025-03-30T00:00:00Z"}, "due": {w.Due.UTC().Format(time.RFC3339), "2025-03-30T08:00:00Z"},
		"since": {w.Since.UTC().Format(time.RFC3339), "2025-03-30T00:15:00Z"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s is %q, want %q", name, c[0], c[1])
		}
	}
	if w.Dataset.Has(dicom.TransactionUID) || !ds.Has(dicom.TransactionUID) {
		t.Error("the Transaction UID was kept, or the caller's data set changed")
	}
}

func TestAnEmptyWorkitemIsStillARow(t *testing.T) {
	w := WorkitemFromDataset(new(dicom.Dataset))
	if w.UID != "" || !w.Due.IsZero() || w.Priority != NotStated || w.Dataset == nil {
		t.Errorf("%+v", w)
	}
}

func TestPriorityIsHighWithALabelOrLess(t *testing.T) {
	for _, c := range []struct {
		ups, label string
		want       Priority
	}{
		{"HIGH", "STAT", Stat}, {"high ", "night stat list", Stat}, {"HIGH", "", Urgent}, {"HIGH", "STATION 5", Urgent}, {"MEDIUM", "STAT", Urgent},
		{"LOW", "STAT", Routine}, {"", "STAT", NotStated}, {"STAT", "", Stat}, {"whatever", "", NotStated},
	} {
		if got := NewPriority(c.ups, c.label); got != c.want {
			t.Errorf("%q with %q is %q, want %q", c.ups, c.label, got, c.want)
		}
	}
}

func TestRefusalsAreSortedByTextBeforeCode(t *testing.T) {
	for _, c := range []struct {
		code    int
		warning string
		want    Reason
	}{
		{409, "The UPS is already in the requested state of COMPLETED", AlreadyThere}, {400, "The Transaction UID is incorrect", WrongTransaction},
		{400, "The submitted request is inconsistent with the state of the UPS Instance", StateConflict}, {409, "", StateConflict}, {400, "", Refused},
		{410, "", NotFound}, {503, "", Busy}, {0xC302, "", StateConflict}, {0xB304, "", AlreadyThere}, {0xC301, "", WrongTransaction}, {0xC307, "", NotFound},
	} {
		if got := (&StatusError{Code: c.code, Warning: c.warning}).Reason(); got != c.want {
			t.Errorf("%d %q is reason %d, want %d", c.code, c.warning, got, c.want)
		}
	}
}

// FuzzWorkitem reads whatever a server may send.
func FuzzWorkitem(f *testing.F) {
	f.Add([]byte(step))
	f.Add([]byte(`{"00404021":{"vr":"SQ","Value":[null,{}]},"00741000":{"vr":"UN"},"00404011":{"vr":"DT","Value":["-"]}}`))
	f.Add([]byte(`{"00741216":{"vr":"LO","Value":["x"]},"00080201":{"vr":"DS","Value":[1]},"00100010":{"vr":"SQ"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		ds := new(dicom.Dataset)
		if json.Unmarshal(b, ds) != nil {
			t.Skip()
		}
		w := WorkitemFromDataset(ds)
		if w.Dataset.Has(dicom.TransactionUID) {
			t.Error("the Transaction UID was kept")
		}
		all := WorkitemQuery{States: []State{w.State}, Study: w.StudyUID, Accession: w.Accession}
		if w.Accession == "" && !all.Matches(w) {
			t.Error("a workitem does not match its own values")
		}
	})
}
