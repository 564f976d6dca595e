package reading

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/lesion"
)

// Kinds of the ledger's records of lesions.
const (
	lesionKind  = "lesion"
	answersKind = "lesion answers" // what was said of a study's lesions as a whole
)

// Followed are the lesions of a patient as one study sees them.
type Followed struct {
	Current string // study UID
	Studies []lesion.Study
	Lesions []lesion.Lesion
	Answers lesion.Answers
	Unnamed int // measurements of this study that have no name
}

// Assess computes sums and response.
func (f Followed) Assess() lesion.Assessment {
	return lesion.Assess(f.Lesions, f.Studies, f.Current, f.Answers)
}

// Lesions gathers the lesions of a case: what the ledger kept of them, the measurement
// reports of its studies on disk, the marks that earlier readings of its priors left, and
// the marks of the case itself; the later of these goes before the earlier. A report that
// says another patient is left out (N4). Only studies
// of the case, and those that a lesion was followed in together with them, are named.
func (r *Room) Lesions(ctx context.Context, of dicom.Identity, studies []viewer.Study, marks []viewer.Mark) (Followed, error) {
	var f Followed
	var measured []report.Measurement
	for _, s := range studies {
		f.Studies = append(f.Studies, lesion.Study{UID: s.UID, Date: s.Date, Prior: s.Prior})
		if !s.Prior {
			f.Current = s.UID
		}
		whose := of
		if s.Prior {
			whose.Accession = ""
		}
		measured = append(measured, r.reported(ctx, whose, s.UID)...)
		if !s.Prior {
			continue
		}
		earlier, err := r.Marks(ctx, s.UID)
		if err != nil {
			return f, err
		}
		measured = append(measured, Measurements(slices.DeleteFunc(earlier, func(m viewer.Mark) bool { return m.StudyUID != s.UID }))...)
	}
	own := Measurements(marks)
	for _, m := range own {
		if m.Label == "" && len(m.Values) > 0 && m.StudyUID == f.Current {
			f.Unnamed++
		}
	}
	kept, err := r.keptLesions(ctx, &f)
	if err != nil {
		return f, err
	}
	slices.SortStableFunc(f.Studies, func(a, b lesion.Study) int { return cmp.Compare(a.Date, b.Date) })
	f.Lesions = lesion.Gather(f.Studies, append(measured, own...), kept)
	return f, nil
}

// keptLesions reads the records about any of the case's studies; other studies that they
// name are the same patient's.
func (r *Room) keptLesions(ctx context.Context, f *Followed) (kept []lesion.Lesion, err error) {
	records, err := r.Ledger.Records(ctx, lesionKind, "")
	if err != nil {
		return nil, err
	}
	of := slices.Clone(f.Studies)
	for _, rec := range records {
		var l lesion.Lesion
		if err := json.Unmarshal(rec.Body, &l); err != nil {
			return nil, fmt.Errorf("read lesion: %w", err)
		}
		if !slices.ContainsFunc(l.Points, func(p lesion.Point) bool {
			return slices.ContainsFunc(of, func(s lesion.Study) bool { return s.UID == p.StudyUID })
		}) {
			continue
		}
		l.ID = rec.ID
		kept = append(kept, l)
		for _, p := range l.Points {
			if !slices.ContainsFunc(f.Studies, func(s lesion.Study) bool { return s.UID == p.StudyUID }) {
				f.Studies = append(f.Studies, lesion.Study{UID: p.StudyUID, Date: p.Date, Prior: true})
			}
		}
	}
	answers, err := r.Ledger.Records(ctx, answersKind, f.Current)
	if err == nil && len(answers) > 0 {
		err = json.Unmarshal(answers[len(answers)-1].Body, &f.Answers)
	}
	return kept, err
}

// KeepLesion puts a lesion on disk; one without an ID gets one.
func (r *Room) KeepLesion(study string, l *lesion.Lesion) error {
	if l.ID == "" {
		l.ID = string(dicom.NewUID())
	}
	return r.keepLesion(ledger.Record{ID: l.ID, Kind: lesionKind, StudyUID: study}, *l)
}

// KeepAnswers puts on disk what was said of a study's lesions.
func (r *Room) KeepAnswers(study string, a lesion.Answers) error {
	return r.keepLesion(ledger.Record{ID: answersKind + " " + study, Kind: answersKind, StudyUID: study}, a)
}

func (r *Room) keepLesion(rec ledger.Record, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("keep lesion: %w", err)
	}
	rec.Body, rec.At = b, r.Now()
	r.Journal.Put(rec.Kind+" "+rec.ID, func(ctx context.Context) error { return r.Ledger.PutRecord(ctx, rec) })
	return nil
}

// reported are the named measurements of the measurement reports on disk of a study.
func (r *Room) reported(ctx context.Context, of dicom.Identity, study string) (out []report.Measurement) {
	for _, o := range r.Objects(study) {
		if ctx.Err() != nil {
			return out
		}
		h, err := o.Header()
		if err != nil || h.Dataset.Str(dicom.Modality) != "SR" || len(of.Differs(h.Dataset)) > 0 {
			continue
		}
		f, err := o.Read()
		if err != nil {
			continue
		}
		m, err := sr.ReadMeasurements(f.Dataset)
		if err != nil {
			continue // another kind of report
		}
		for _, g := range m.Groups {
			if got, ok := measurementOf(g, study); ok {
				out = append(out, got)
			}
		}
	}
	return out
}

// madeUp are tracking identifiers that name no lesion: a kind and a number, or the name
// of another maker's tool.
var madeUp = regexp.MustCompile(`(?i)^(Cornerstone.*:.*|(length|angle|ellipse|probe|arrow|text|bidirectional|cobb|rectangle|polygon|vertebra|volume|polyline|measurement|group) \d+)$`)

// reportedAs are the values of a group that a lesion is followed by.
var reportedAs = []struct {
	name string
	code sr.Code
}{{"length", sr.Length}, {"long", sr.LongAxis}, {"short", sr.ShortAxis}, {"volume", sr.Volume}}

// inOurs is what a unit of UCUM is in the units of marks.
var inOurs = map[string]struct {
	unit string
	by   float64
}{"mm": {"mm", 1}, "cm": {"mm", 10}, "ml": {"ml", 1}, "mL": {"ml", 1}, "cm3": {"ml", 1}, "mm3": {"ml", 0.001}}

// measurementOf is a group with a name and a diameter or volume. Its UID is the lesion's
// in every study (PS3.16 TID 1501), so that of the study is added: a prior's number is
// never taken for that of now.
func measurementOf(g sr.Group, study string) (report.Measurement, bool) {
	name := strings.TrimSpace(dicom.Clean(g.TrackingID))
	if name == "" || g.TrackingUID == "" || madeUp.MatchString(name) {
		return report.Measurement{}, false
	}
	m := report.Measurement{MarkID: string(g.TrackingUID) + "@" + study, Kind: "reported", Label: name, StudyUID: study}
	for _, n := range g.Numbers {
		u, ok := inOurs[n.Unit.Value]
		if !ok || n.Value != n.Value {
			continue
		}
		for _, as := range reportedAs {
			if n.Concept.Now().Is(as.code) {
				m.Values = append(m.Values, report.Value{Name: as.name, Number: n.Value * u.by, Unit: u.unit, Uncertainty: n.Uncertainty * u.by})
			}
		}
		for _, r := range append(slices.Clone(n.Regions), g.Regions...) {
			m.SOPUID = cmp.Or(m.SOPUID, string(r.Source.Instance))
		}
	}
	return m, len(m.Values) > 0
}
