// Package pacstest holds the suite that every pacs.Archive passes, peers that
// misbehave on purpose, and the start of real peers. It is for tests only.
//
//	func TestArchive(t *testing.T) {
//		pacstest.Suite(t, func(t *testing.T) pacstest.Target { … })
//	}
package pacstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Target is the archive under test. The suite stores its own studies in it,
// under UIDs of its own, so it may hold others.
type Target struct {
	Archive   pacs.Archive
	Workitems pacs.Workitems // nil: the archive has no worklist
	// Must names capabilities (CanFrames …) that this archive is known to have: that
	// a server refuses one of them is a failure and not a "no".
	Must []string
	// Lacks names what this archive is known not to have (CanClass, CanMeta): everything
	// else of the suite is promised by every archive.
	Lacks []string
}

// patience is what one call of the suite may take.
const patience = 30 * time.Second

// suite is one run. caps is what the archive was found able to do.
type suite struct {
	Target
	seed Seed
	caps *[][2]string
}

// Suite runs every promise of pacs.Archive, pacs.Metadater and pacs.Workitems
// against what open returns, and logs a table of what the archive can do.
func Suite(t *testing.T, open func(t *testing.T) Target) {
	s := suite{Target: open(t), seed: NewSeed(t), caps: &[][2]string{}}
	defer s.table(t)
	s.store(t)
	for _, c := range []struct {
		name string
		run  func(suite, *testing.T)
	}{
		{"verify answers", suite.verify},
		{"find: studies, series and instances with their keys", suite.levels},
		{"find: wildcards and blanks", suite.wildcards},
		{"find: date ranges and UID lists", suite.ranges},
		{"find: limit cuts and no limit gives all once", suite.limits},
		{"find: entities come one by one until told to end", suite.streams},
		{"retrieve: the bytes that were stored", suite.retrieve},
		{"retrieve: stops when told and says why", suite.stops},
		{"retrieve: what is not there is refused as not found", suite.absent},
		{"store: again is harmless", suite.duplicate},
		{"store: an object of another study is not OK", suite.wrongStudy},
		{"metadata: one header an instance, no pixels", suite.metadata},
		{"store: a read-back agrees with what was sent", suite.readBack},
		{"frames: the pixels that were stored, in the order asked for", suite.frames},
		{"rendered: a picture of the frame that fits the square", suite.rendered},
		{"lossless on the wire: the same pixels", suite.lossless},
		{"commit: the archive's word for each object", suite.commit},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(s, t) })
	}
	t.Run("workitems", func(t *testing.T) { s.workitems(t) })
}

// can notes a capability.
func (s suite) can(what string, answer any) {
	*s.caps = append(*s.caps, [2]string{what, fmt.Sprint(answer)})
}

func (s suite) table(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "what this archive can do:\n")
	for _, row := range *s.caps {
		fmt.Fprintf(&b, "  %-48s %s\n", row[0], row[1])
	}
	t.Log(b.String())
}

func call(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func (s suite) find(t *testing.T, q pacs.Query) []*dicom.Dataset {
	t.Helper()
	list, err := pacs.Find(call(t), s.Archive, q)
	if err != nil {
		t.Fatalf("find: %v", err)
	}
	return list
}

// store puts the seed into the archive; nothing else can be tested without.
func (s suite) store(t *testing.T) {
	t.Helper()
	for _, st := range s.seed.Studies {
		got, err := s.Archive.Store(call(t), st.UID, st.Bytes()...)
		if err != nil {
			t.Fatalf("store: %v", err)
		}
		for _, o := range st.Objects {
			if !slices.Contains(got.OK, o.SOP) {
				t.Fatalf("store: %d of %d objects accepted, %d failed", len(got.OK), len(st.Objects), len(got.Failed))
			}
		}
	}
	s.can("store and be told of each instance", "yes")
}

func (s suite) verify(t *testing.T) {
	if err := s.Archive.Verify(call(t)); err != nil {
		t.Fatal(err)
	}
}

func (s suite) levels(t *testing.T) {
	st := s.seed.Studies[0]
	study := s.find(t, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.StudyInstanceUID: string(st.UID)},
		Include: []dicom.Tag{dicom.StudyDescription, dicom.NumberOfStudyRelatedInstances, dicom.ModalitiesInStudy}})
	if len(study) != 1 {
		t.Fatalf("%d studies with one UID", len(study))
	}
	for tag, want := range map[dicom.Tag]string{
		dicom.StudyInstanceUID: string(st.UID), dicom.PatientName: st.Name, dicom.PatientID: s.seed.PatientID(0),
		dicom.AccessionNumber: st.Accession, dicom.StudyDate: st.Date,
	} {
		if got := study[0].Str(tag); got != want {
			t.Errorf("study: %s is %q, want %q", tag, got, want)
		}
	}
	n, _ := study[0].Int(dicom.NumberOfStudyRelatedInstances)
	s.can("NumberOfStudyRelatedInstances", n == len(st.Objects))
	s.can("StudyDescription on request", study[0].Str(dicom.StudyDescription) == st.Description)
	s.can("ModalitiesInStudy on request", study[0].Str(dicom.ModalitiesInStudy) == st.Modality)
	series := s.find(t, pacs.Query{Level: pacs.SeriesLevel, Study: st.UID})
	if len(series) != len(st.Series()) {
		t.Errorf("%d series, want %d", len(series), len(st.Series()))
	}
	s.instances(t, st)
}

func (s suite) instances(t *testing.T, st Study) {
	t.Helper()
	want := map[string]int{}
	for _, o := range st.Objects {
		want[string(o.SOP)]++
	}
	all := s.find(t, pacs.Query{Level: pacs.InstanceLevel, Study: st.UID})
	got := map[string]int{}
	for _, ds := range all {
		got[ds.Str(dicom.SOPInstanceUID)]++
		s.has(t, CanClass, ds.Str(dicom.SOPClassUID) != "")
		if ds.Str(dicom.SeriesInstanceUID) == "" {
			t.Error("an instance without its series")
		}
	}
	for uid, n := range want {
		if got[uid] != n {
			t.Errorf("an instance came %d times, want %d", got[uid], n)
		}
	}
	if len(all) != len(st.Objects) {
		t.Errorf("%d instances, want %d", len(all), len(st.Objects))
	}
	one := st.Series()[1]
	in := s.find(t, pacs.Query{Level: pacs.InstanceLevel, Study: st.UID, Series: one})
	if len(in) != st.Count(one) {
		t.Errorf("%d instances in a series, want %d", len(in), st.Count(one))
	}
}

func (s suite) wildcards(t *testing.T) {
	for pattern, want := range map[string]int{
		s.seed.Family + "^*":               3,
		s.seed.Family + "^AL*":             1,
		s.seed.Family + "^BETA GA??A":      1,
		s.seed.Family + "^BETA GAMMA":      1,
		strings.ToLower(s.seed.Family):     0,
		s.seed.Family + "X^*":              0,
		"*" + s.seed.Family[2:] + "^AL?HA": 1,
	} {
		got := s.find(t, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.PatientName: pattern}})
		if len(got) != want {
			t.Errorf("%q found %d studies, want %d", pattern, len(got), want)
		}
	}
	got := s.find(t, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.PatientName: s.seed.Family + "^ÜMIT"}})
	s.can("find a name beyond ASCII", len(got) == 1)
}

func (s suite) ranges(t *testing.T) {
	ids := map[dicom.Tag]string{dicom.PatientID: s.seed.Token + "*"}
	for key, want := range map[string]int{
		"20250102": 1, "20250101-20250131": 1, "20250102-20250615": 2, "-20250102": 1, "20250615-": 2, "20260101-": 0,
	} {
		m := map[dicom.Tag]string{dicom.StudyDate: key, dicom.PatientID: ids[dicom.PatientID]}
		if got := s.find(t, pacs.Query{Level: pacs.StudyLevel, Match: m}); len(got) != want {
			t.Errorf("study date %s found %d, want %d", key, len(got), want)
		}
	}
	list := string(s.seed.Studies[0].UID) + `\` + string(s.seed.Studies[2].UID)
	got := s.find(t, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.StudyInstanceUID: list}})
	if len(got) != 2 {
		t.Errorf("a list of two UIDs found %d studies", len(got))
	}
}

func (s suite) limits(t *testing.T) {
	m := map[dicom.Tag]string{dicom.PatientID: s.seed.Token + "*"}
	for limit, want := range map[int]int{0: 3, 1: 1, 2: 2, 100: 3} {
		if got := s.find(t, pacs.Query{Level: pacs.StudyLevel, Match: m, Limit: limit}); len(got) != want {
			t.Errorf("limit %d gave %d studies, want %d", limit, len(got), want)
		}
	}
}

func (s suite) retrieve(t *testing.T) {
	st := s.seed.Studies[0]
	one := st.Objects[3]
	for _, ref := range []pacs.Ref{
		{Study: st.UID},
		{Study: st.UID, Series: one.Series},
		{Study: st.UID, Series: one.Series, Instance: one.SOP},
	} {
		want := st.Under(ref)
		err := s.Archive.Retrieve(call(t), ref, func(o pacs.Object) error {
			f, err := dicom.Parse(o.Bytes)
			if err != nil {
				return err
			}
			uid := dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID))
			s.has(t, CanMeta, bytes.Equal(want[uid], o.Bytes))
			if !sameDataset(want[uid], o.Bytes) {
				t.Errorf("an object of %d bytes came as %d other bytes", len(want[uid]), len(o.Bytes))
			}
			delete(want, uid)
			return nil
		})
		if err != nil || len(want) > 0 {
			t.Errorf("retrieve: %v, %d objects missing", err, len(want))
		}
	}
}

func (s suite) stops(t *testing.T) {
	ref := pacs.Ref{Study: s.seed.Studies[0].UID}
	enough := errors.New("enough")
	n := 0
	if err := s.Archive.Retrieve(call(t), ref, func(pacs.Object) error { n++; return enough }); !errors.Is(err, enough) || n != 1 {
		t.Errorf("after an error of each: %v, %d objects", err, n)
	}
	ctx, cancel := context.WithCancel(call(t))
	start := time.Now()
	err := s.Archive.Retrieve(ctx, ref, func(pacs.Object) error { cancel(); return ctx.Err() })
	if !errors.Is(err, context.Canceled) || time.Since(start) > 5*time.Second {
		t.Errorf("after cancel: %v in %v", err, time.Since(start))
	}
	if _, err := pacs.Find(ctx, s.Archive, pacs.Query{Level: pacs.StudyLevel}); !errors.Is(err, context.Canceled) {
		t.Errorf("find after cancel: %v", err)
	}
}

func (s suite) absent(t *testing.T) {
	ref := pacs.Ref{Study: dicom.NewUID()}
	err := s.Archive.Retrieve(call(t), ref, func(pacs.Object) error { t.Error("an object of no study"); return nil })
	if r, ok := pacs.ReasonOf(err); !ok || r != pacs.NotFound {
		t.Errorf("an unknown study: %v", err)
	}
	none := s.find(t, pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.StudyInstanceUID: string(dicom.NewUID())}})
	if len(none) != 0 {
		t.Errorf("an unknown UID found %d studies", len(none))
	}
}

func (s suite) duplicate(t *testing.T) {
	st := s.seed.Studies[1]
	got, err := s.Archive.Store(call(t), st.UID, st.Objects[0].Bytes)
	if err != nil || !slices.Contains(got.OK, st.Objects[0].SOP) {
		t.Errorf("stored again: %v, %v", got.OK, err)
	}
	if all := s.find(t, pacs.Query{Level: pacs.InstanceLevel, Study: st.UID}); len(all) != len(st.Objects) {
		t.Errorf("%d instances after storing one again, want %d", len(all), len(st.Objects))
	}
}

func (s suite) wrongStudy(t *testing.T) {
	o := s.seed.Stranger
	got, err := s.Archive.Store(call(t), s.seed.Studies[1].UID, o.Bytes)
	var status *pacs.StatusError
	if err != nil && !errors.As(err, &status) {
		t.Fatalf("not a refusal: %v", err)
	}
	if len(got.OK) > 0 {
		t.Errorf("accepted")
	}
	s.can("failure reason for an object of another study", fmt.Sprintf("%#04x", got.Failed[o.SOP]))
}

func (s suite) metadata(t *testing.T) {
	m, ok := s.Archive.(pacs.Metadater)
	s.can("metadata without pixels", ok)
	if !ok {
		t.Skip("this archive gives no headers without pixels")
	}
	st := s.seed.Studies[0]
	list, err := m.Metadata(call(t), pacs.Ref{Study: st.UID})
	if err != nil || len(list) != len(st.Objects) {
		t.Fatalf("%d headers of %d: %v", len(list), len(st.Objects), err)
	}
	for _, ds := range list {
		if e, ok := ds.Get(dicom.PixelDataTag); ok && len(e.Bytes) > 0 {
			t.Error("a header with pixels")
		}
		if rows, _ := ds.Int(dicom.Rows); rows != seedRows || ds.Str(dicom.PatientName) != st.Name {
			t.Error("a header without its attributes")
		}
	}
}
