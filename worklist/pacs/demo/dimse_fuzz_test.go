package demo

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// FuzzIdentifier: whatever data set asks, it is refused with a status or answered by
// data sets that can be sent; nothing panics.
func FuzzIdentifier(f *testing.F) {
	for _, keys := range [][]func(*dicom.Dataset){
		{at("STUDY"), set(dicom.PatientName, "P*"), set(dicom.ModalitiesInStudy)},
		{at("SERIES"), set(dicom.StudyInstanceUID, ctStudy), set(dicom.Modality, "CT")},
		{at("IMAGE"), set(dicom.StudyInstanceUID, ctStudy), set(dicom.SeriesInstanceUID, ctStudy+".1"), set(dicom.StudyDate, "2026-")},
		{at("PATIENT"), set(dicom.PatientID)},
		{set(dicom.AccessionNumber), func(d *dicom.Dataset) {
			d.SetSeq(scheduledStep, dataset(set(dicom.Modality, "CT"), set(stepStartDate, "-20300101")))
		}},
	} {
		b, err := dicom.EncodeDataset(dataset(keys...), dicom.ExplicitVRLittleEndian)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	a, err := New(Options{Sources: []Source{hospital()}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { a.Close() })
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := dicom.DecodeDataset(b, dicom.ExplicitVRLittleEndian)
		if err != nil {
			return
		}
		sent := func(out *dicom.Dataset) bool {
			if _, err := dicom.EncodeDataset(out, dicom.ExplicitVRLittleEndian); err != nil {
				t.Fatalf("an answer that cannot be sent: %v", err)
			}
			return true
		}
		for _, m := range []model{{}, {patientRoot: true}, {relational: true}} {
			if id, no := m.readFind(d); no == nil {
				a.findEntities(id, DefaultAE, func(out *dicom.Dataset) bool {
					if out.Str(queryRetrieveLevel) != d.Str(queryRetrieveLevel) {
						t.Fatal("an answer of another level")
					}
					return sent(out)
				})
			} else if no.status == statusOK {
				t.Fatal("a failure that is a success")
			}
			if list, no := a.readRetrieve(m, d); no != nil && len(list) > 0 {
				t.Fatal("refused and found")
			}
		}
		if id, no := readWorklist(d); no == nil {
			a.findWorklist(id, sent)
		}
	})
}

// FuzzMetaEnd: where a data set is said to begin lies within the file, behind group
// 0002.
func FuzzMetaEnd(f *testing.F) {
	file, err := part10(header(ctStudy, ctStudy+".1", 1), pixels(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(file[:200])
	f.Add(append(bytes.Clone(file[:132]), "\x02\x00\x01\x00OB\x00\x00\xFF\xFF\xFF\xFF"...))
	f.Fuzz(func(t *testing.T, b []byte) {
		at, ok := metaEnd(b)
		if ok && (at < 132 || at+8 > len(b) || binary.LittleEndian.Uint16(b[at:]) == 2) {
			t.Fatalf("ends at %d of %d", at, len(b))
		}
		if n, err := datasetOffset(bytes.NewReader(b)); err == nil && int(n) != at {
			t.Fatalf("%d in one piece, %d as a stream", at, n)
		}
	})
}
