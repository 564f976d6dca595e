package desk

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer/hang"
)

// facts of the case, as hanging protocols look at them. What was ordered and announced
// counts before it is here.
func (d *Desk) facts() hang.Facts {
	f := hang.Facts{Side: d.c.Order.Laterality, Words: []string{d.c.Order.Exam}, Sets: modalities(d.c.Order.Modality)}
	if st := d.study(d.c.StudyUID); st != nil {
		f.Words = append(f.Words, st.Description)
		if len(f.Sets) == 0 {
			f.Sets = modalities(st.Modality)
		}
	}
	for _, s := range d.stacks {
		if d.prior(s.Study) || s.Localiser {
			continue
		}
		part := s.First.Header.Str(dicom.BodyPartExamined)
		f.Words, f.BodyParts = append(f.Words, part), append(f.BodyParts, part)
		if !slices.Contains(f.Sets, s.Modality) {
			f.Sets = append(f.Sets, s.Modality)
		}
	}
	f.Modality = leading(f.Sets)
	for _, st := range d.c.Studies {
		f.Prior = f.Prior || d.prior(st.UID) && slices.Contains(modalities(st.Modality), f.Modality)
	}
	return f
}

// modalities are those of a study, as the list joins them: "PT/CT".
func modalities(joined string) (out []string) {
	for _, m := range strings.FieldsFunc(joined, func(r rune) bool { return r == '/' || r == '\\' }) {
		out = append(out, strings.TrimSpace(m))
	}
	return out
}

// leading is the modality that a study of several is read as: the tracer's, of which
// the CT is the map; else the first.
func leading(of []string) string {
	for _, m := range []string{"PT", "NM"} {
		if slices.Contains(of, m) {
			return m
		}
	}
	if len(of) == 0 {
		return ""
	}
	return of[0]
}
