package feed

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

func TestNothingOvertakesASTAT(t *testing.T) {
	stat := Row{WorkitemUID: "stat", Priority: pacs.Stat, Arrived: night, Due: night.Add(time.Hour)}
	r := rand.New(rand.NewPCG(1, 2))
	rows := []Row{stat}
	for i := range 200 {
		p := []pacs.Priority{pacs.Urgent, pacs.Routine, pacs.NotStated}[i%3]
		rows = append(rows, Row{WorkitemUID: string(rune('a' + i)), Priority: p, Arrived: night.Add(-time.Duration(r.IntN(1000)) * time.Hour), Due: night.Add(-time.Duration(r.IntN(1000)) * time.Hour)})
	}
	slices.SortFunc(rows, Compare)
	if rows[0].WorkitemUID != "stat" {
		t.Errorf("%s is first: %s", rows[0].Priority, Reason(rows[0]))
	}
	if !slices.IsSortedFunc(rows[1:], func(a, b Row) int { return a.Due.Compare(b.Due) }) {
		t.Error("below the STATs the due time does not decide")
	}
}

func TestOrderIsByTierDueAndArrival(t *testing.T) {
	h := func(n int) time.Time { return night.Add(time.Duration(n) * time.Hour) }
	want := []Row{
		{WorkitemUID: "1", Priority: pacs.Stat, Due: h(1), Arrived: h(0)},
		{WorkitemUID: "2", Priority: pacs.Stat, Due: h(2), Arrived: h(0), State: Ordered},
		{WorkitemUID: "3", Priority: pacs.Routine, Due: h(1), Arrived: h(-9)},
		{WorkitemUID: "4", Priority: pacs.Urgent, Due: h(1), Arrived: h(0)},
		{WorkitemUID: "5", Priority: pacs.Urgent, Arrived: h(1)},
		{WorkitemUID: "6", Priority: pacs.NotStated, Arrived: h(1)},
		{WorkitemUID: "7", Priority: pacs.Routine, Arrived: h(0)},
		{WorkitemUID: "8", Priority: pacs.Urgent, Due: h(-5), State: Ordered},
		{WorkitemUID: "9", Priority: pacs.Stat, Due: h(-5), State: Final},
	}
	got := slices.Clone(want)
	rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, Compare)
	for i := range want {
		if got[i].WorkitemUID != want[i].WorkitemUID {
			t.Errorf("place %d: %s (%s), want %s", i, got[i].WorkitemUID, Reason(got[i]), want[i].WorkitemUID)
		}
	}
	for i, words := range map[int]string{0: "STAT, before all others; due 02:00 +0000", 5: "priority not stated; no due time sent, taken as 4 h after arrival", 8: "ended: final"} {
		if Reason(want[i]) != words {
			t.Errorf("reason %q, want %q", Reason(want[i]), words)
		}
	}
}

func TestSimilarNamesWarnEachOther(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"MILLER^ANNA", "MILLER^ANNE", true},
		{"MILLER^ANNA", "MÜLLER^ANNA", true},
		{"MILLER^ANNA", "ANNA^MILLER", true},
		{"MILLER^ANNA", "MILLER^ANNA", true},
		{"SCHNEIDER^THOMAS", "SCHNIEDER^TOMAS", true},
		{"MILLER^ANNA", "MILLER^PETER", false},
		{"MILLER^ANNA", "FISCHER^ANNA", false},
		{"PHANTOM^HEAD", "PHANTOM^HAND", false},
		{"LI^A", "LI^B", false},
		{"", "", false},
	} {
		rows := []Row{{Accession: "A", PatientID: "1", PatientName: c.a}, {Accession: "B", PatientID: "2", PatientName: c.b}}
		markSimilar(rows)
		if got := slices.Equal(rows[0].Similar, []string{"B"}) && slices.Equal(rows[1].Similar, []string{"A"}); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, rows)
		}
	}
	same := []Row{{Site: "N", Accession: "A", PatientID: "1", PatientName: "MILLER^ANNA"}, {Site: "N", Accession: "B", PatientID: "1", PatientName: "Miller^Anna^^"}}
	if markSimilar(same); same[0].Similar != nil {
		t.Error("one patient is warned of herself")
	}
	same[1].Site = "S"
	if markSimilar(same); same[0].Similar == nil {
		t.Error("one ID at two sites is taken for one patient")
	}
}

func TestPriorsAreRankedAndExplained(t *testing.T) {
	id, name, born := "P1", "MILLER^ANNA", "19530401"
	f := &fake{studies: []*dicom.Dataset{
		studyOf("1.0", id, name, born, "20250329", "CT", "CT chest"), // itself
		studyOf("1.1", id, name, born, "20240329", "MR", "MR knee"),
		studyOf("1.2", id, name, born, "20230329", "CT", "CT thorax"),
		studyOf("1.3", id, name, born, "20240101", "CR", "Chest PA"),
		studyOf("1.4", id, name, born, "20240110", "CT", "CT chest"),
		studyOf("1.5", id, name, born, "20250401", "CT", "CT chest"),      // newer
		studyOf("1.6", id, "BAKER^ANNA", born, "20200101", "CT", "Brain"), // married
		studyOf("1.7", id, name, "19800101", "20240101", "CT", "Chest"),   // someone else
		studyOf("1.8", id, "SMITH^JOHN", "", "20240101", "CT", "Chest"),   // someone else
		studyOf("1.9", id, "UNKNOWN^MALE", born, "20240101", "CT", "Chest"),
		studyOf("2.0", "P12", name, born, "20240101", "CT", "Chest"),
	}}
	row := Row{Site: "NORTH", StudyUID: "1.0", PatientID: id, PatientName: name, BirthDate: born, StudyDate: "20250329", StudyTime: "101500", Modality: "CT", Study: "CT chest"}
	found, complete, err := Priors(context.Background(), Site{Name: "NORTH", Archive: f}, row)
	if err != nil || !complete {
		t.Fatalf("complete %v, %v", complete, err)
	}
	var got []string
	for _, p := range found {
		got = append(got, string(p.UID))
	}
	if strings.Join(got, " ") != "1.4 1.2 1.3 1.6 1.1 1.5" {
		t.Errorf("found %v", got)
	}
	if found[0].Reason != "same ID, name and birth date, same part, same modality, 14 mo before" || found[0].Newer || !found[5].Newer {
		t.Errorf("reasons %q … %q", found[0].Reason, found[5].Reason)
	}
}

func TestASearchNotFinishedIsNotNoPrior(t *testing.T) {
	row := Row{PatientID: "P1", PatientName: "MILLER^ANNA"}
	if _, complete, err := Priors(context.Background(), Site{Archive: &fake{err: errDown}}, row); complete || !errors.Is(err, errDown) {
		t.Errorf("complete %v, %v", complete, err)
	}
	for _, who := range []string{"UNKNOWN^MALE", "DOE^JOHN", "TRAUMA^7", "Trauma12", "", "^ANNA"} {
		row.PatientName = who
		if found, complete, err := Priors(context.Background(), Site{Archive: &fake{}}, row); complete || !errors.Is(err, ErrNotIdentified) {
			t.Errorf("%q: %d found, complete %v, %v", who, len(found), complete, err)
		}
	}
}

func FuzzSimilar(f *testing.F) {
	f.Add("MILLER^ANNA", "MÜLLER^ANNE")
	f.Add("=山田^太郎", "\xff^")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := readName(a), readName(b)
		if similar(x, y) != similar(y, x) {
			t.Error("not symmetric")
		}
		if !similar(x, x) {
			t.Error("a name is not similar to itself")
		}
	})
}
