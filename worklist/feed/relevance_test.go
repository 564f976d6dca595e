package feed

import (
	"strings"
	"testing"
)

// TestPriorsStandInTheOrderPartModalityDateSide: each line is two earlier studies of the
// same patient, the first of which must stand before the other (C1).
func TestPriorsStandInTheOrderPartModalityDateSide(t *testing.T) {
	mr := Row{Modality: "MR", Study: "MR wrist left", StudyDate: "20260110"}
	of := func(modality, date, text string) study {
		return study{Modalities: []string{modality}, Date: date, Description: text}
	}
	for _, c := range []struct {
		why           string
		row           Row
		before, after study
		words         string // of before
	}{
		{"the part goes before the modality", mr, of("CR", "20160101", "Wrist PA"), of("MR", "20260101", "MR knee left"), "same part"},
		{"the modality goes before the date", mr, of("MR", "20180101", "MR wrist"), of("CR", "20260109", "wrist"), "same part, same modality"},
		{"the date goes before the side", mr, of("MR", "20251201", "MR wrist right"), of("MR", "20210101", "MR wrist left"), "same part, same modality, other side"},
		{"the side counts within a year", mr, of("MR", "20250301", "MR wrist left"), of("MR", "20251201", "MR wrist right"), "same part, same modality, same side"},
		{"no side goes before the other side", mr, of("MR", "20250301", "MR wrist"), of("MR", "20251201", "MR wrist RT"), "same part, same modality"},
		{"then the newer", mr, of("MR", "20251201", "MR wrist left"), of("MR", "20250301", "MR left wrist"), "same part, same modality, same side"},
		{"what has no date goes last", mr, of("MR", "20010301", "MR wrist"), of("MR", "", "MR wrist"), "same part, same modality"},
		{"one part of several is the same part", Row{Modality: "CT", Study: "CT chest/abdomen", StudyDate: "20260110"},
			of("CT", "20200101", "Abdomen"), of("CT", "20260101", "CT head"), "same part, same modality"},
		{"radiographs are one modality", Row{Modality: "DX", Study: "Chest PA", StudyDate: "20260110"},
			of("CR", "20200101", "Thorax"), of("CT", "20260101", "CT chest"), "same part, same modality"},
		{"both modalities of a PET/CT count", Row{Modality: "PT/CT", Study: "PET whole body", StudyDate: "20260110"},
			of("PT", "20200101", "PET"), of("MR", "20260101", "MR whole body"), "same part, same modality"},
	} {
		a, words := relevanceOf(c.row, c.before)
		b, _ := relevanceOf(c.row, c.after)
		if a.compare(b) >= 0 || b.compare(a) <= 0 {
			t.Errorf("%s: %+v does not stand before %+v", c.why, a, b)
		}
		if got := strings.Join(words, ", "); got != c.words {
			t.Errorf("%s: said %q, want %q", c.why, got, c.words)
		}
	}
}
