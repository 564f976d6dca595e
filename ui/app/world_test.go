package app

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
)

// tiny is three patients with a CT of three small slices each; A1 has a prior, A0.
type tiny struct{}

type patient struct{ accession, name, id, birth, sex, date, study string }

var patients = []patient{
	{"A1", "PHANTOM^ANNA", "P1", "19540302", "F", "20261122", "CT chest without contrast"},
	{"B1", "BERG^BERND", "P2", "19610704", "M", "20261122", "CT head"},
	{"C1", "ZIMT^CARLA", "P3", "19800101", "F", "20261122", "CT abdomen"},
	{"A0", "PHANTOM^ANNA", "P1", "19540302", "F", "20251120", "CT chest"},
}

func (tiny) Studies() (out []demo.Study) {
	for i, p := range patients {
		s := demo.Study{Order: &demo.Order{Accession: p.accession, Priority: "LOW", DueAfter: time.Duration(i+1) * time.Hour, ArrivedAgo: time.Hour,
			Label: p.study, Indication: "cough for three weeks, weight loss, ? mass", Requester: "SENDER^SAM"}}
		if p.accession == "A0" {
			s.Order = nil
		}
		for k := range 3 {
			s.Instances = append(s.Instances, demo.Instance{Header: p.header(k), Render: func() ([]byte, error) { return make([]byte, 2*16*16), nil }})
		}
		out = append(out, s)
	}
	return out
}

func (p patient) header(k int) *dicom.Dataset {
	d := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: uid(p.accession, 1, k+1), dicom.StudyInstanceUID: uid(p.accession),
		dicom.SeriesInstanceUID: uid(p.accession, 1), dicom.Modality: "CT", dicom.StudyDate: p.date, dicom.StudyTime: "021500",
		dicom.AccessionNumber: p.accession, dicom.PatientName: p.name, dicom.PatientID: p.id, dicom.PatientBirthDate: p.birth, dicom.PatientSex: p.sex,
		dicom.StudyDescription: p.study, dicom.PhotometricInterpretation: "MONOCHROME2", dicom.SeriesDescription: "axial", dicom.RescaleType: "HU",
	} {
		d.SetStr(t, v)
	}
	for t, v := range map[dicom.Tag]int{dicom.SeriesNumber: 1, dicom.InstanceNumber: k + 1, dicom.SamplesPerPixel: 1, dicom.Rows: 16, dicom.Columns: 16,
		dicom.BitsAllocated: 16, dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 1} {
		d.SetInt(t, v)
	}
	d.SetFloat(dicom.SliceThickness, 5)
	d.SetFloat(dicom.PixelSpacing, 1, 1)
	d.SetFloat(dicom.ImagePositionPatient, 0, 0, float64(5*k))
	d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	return d
}

// ruler is a measurement on an image of a study.
func ruler(accession, id string, mm float64) viewer.Mark {
	return viewer.Mark{ID: id, Kind: viewer.Length, StudyUID: uid(accession), SeriesUID: uid(accession, 1), SOPUID: uid(accession, 1, 2), Slice: 2,
		Points: [][2]float64{{1, 1}, {9, 1}}, Values: []viewer.Value{{Name: "length", Number: mm, Unit: "mm"}}, Calibration: "Pixel Spacing"}
}

// window is a viewer that remembers what it was told.
type window struct {
	keymap *viewer.Keymap
	events chan viewer.Event

	mu      sync.Mutex // guards what follows
	cases   []viewer.Case
	objects []string // SOP UIDs of the case on screen
	sites   []viewer.SiteLine
	keys    []string
	did     []viewer.Action
	focused int
	blanked int
	drawn   []string // SOP UIDs of previews
	soon    []string // studies that were to be made ready, with the number of their objects
	wrong   []string // calls with another epoch than the case on screen
}

func (w *window) epoch() uint64 {
	if len(w.cases) == 0 {
		return 0
	}
	return w.cases[len(w.cases)-1].Epoch
}

func (w *window) call(what string, epoch uint64, do func()) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if epoch != w.epoch() {
		w.wrong = append(w.wrong, fmt.Sprintf("%s of epoch %d at %d", what, epoch, w.epoch()))
	}
	do()
	return nil
}

func (w *window) Open(_ context.Context, c viewer.Case) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cases, w.objects = append(w.cases, c), nil
	return nil
}

func (w *window) Add(epoch uint64, objects []viewer.Object) error {
	return w.call("add", epoch, func() {
		for _, o := range objects {
			w.objects = append(w.objects, o.SOPUID)
		}
	})
}

func (w *window) Update(epoch uint64, site viewer.SiteLine, _ []viewer.Study) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sites = append(w.sites, site)
	return nil
}

func (w *window) Press(epoch uint64, k viewer.Key) error {
	return w.call("key", epoch, func() { w.keys = append(w.keys, string(k)) })
}

func (w *window) Do(epoch uint64, a viewer.Action) error {
	return w.call("action", epoch, func() { w.did = append(w.did, a) })
}

func (w *window) Keys(m *viewer.Keymap) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keymap = m
	return nil
}

func (w *window) Focus(epoch uint64) error { return w.call("focus", epoch, func() { w.focused++ }) }

func (w *window) Soon(c viewer.Case, objects []viewer.Object) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.Epoch != 0 || len(c.Marks) > 0 {
		w.wrong = append(w.wrong, "a case that is not open has an epoch or marks")
	}
	w.soon = append(w.soon, fmt.Sprintf("%s %d", c.StudyUID, len(objects)))
	return nil
}

func (w *window) Blank() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.blanked++
	return nil
}

func (w *window) Events() <-chan viewer.Event { return w.events }
func (w *window) Close() error                { return nil }

// shows is the study that was opened last.
func (w *window) shows() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.cases) == 0 {
		return ""
	}
	return w.cases[len(w.cases)-1].StudyUID
}

func (w *window) has(sop string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.objects, sop)
}

// tells sends an event of the case on screen and waits until the model took it.
func (n *night) tells(e viewer.Event) {
	n.Helper()
	if e.Epoch == 0 {
		e.Epoch, e.StudyUID = n.m.open.epoch, n.m.open.row.StudyUID
	}
	n.send(viewerMsg{e})
}
