package phantom

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// The patients. Births are fixed, ages follow the clock.
var (
	adele   = person{"PHANTOM^ADELE", "PH-1001", "19540318", "F", 61, 1.62}
	boris   = person{"PHANTOM^BORIS", "PH-1002", "19610922", "M", 82, 1.78}
	chidi   = person{"PHANTOM^CHIDI", "PH-1003", "19680205", "M", 77, 1.81}
	dalia   = person{"PHANTOM^DALIA", "PH-1004", "19891130", "F", 58, 1.66}
	emeka   = person{"PHANTOM^EMEKA", "PH-1005", "19570714", "M", 88, 1.74}
	freya   = person{"PHANTOM^FREYA", "PH-1006", "19980409", "F", 66, 1.72}
	goran   = person{"PHANTOM^GORAN", "PH-1007", "20010826", "M", 64, 1.91}
	hana    = person{"PHANTOM^HANA", "PH-1008", "19850512", "F", 59, 1.64}
	ingrid  = person{"PHANTOM^INGRID", "PH-1009", "19710103", "F", 70, 1.69}
	joaquin = person{"PHANTOM^JOAQUÍN", "PH-1010", "19791217", "M", 79, 1.76}
	kenji   = person{"PHANTOM^KENJI", "PH-1011", "19640628", "M", 71, 1.70}
	leila   = person{"PHANTOM^LEILA", "PH-1012", "19590320", "F", 65, 1.63}
	mila    = person{"PHANTOM^MILA", "PH-1013", "19820617", "F", 62, 1.68}
)

// brief is an order with the age and sex of the patient in front of its reason.
func brief(p person, now time.Time, o Order) *Order {
	o.Indication = fmt.Sprintf("%d %s, %s", p.years(now), map[string]string{"F": "f", "M": "m"}[p.sex], o.Indication)
	o.ProcedureCode.Scheme = "99NOCTURNE"
	o.ProcedureCode.Meaning = o.Label
	o.WorkitemUID = uid("workitem", o.Accession)
	return &o
}

// ago is a time before now, to the minute.
func ago(now time.Time, d time.Duration) time.Time { return now.Add(-d).Truncate(time.Minute) }

// yearBefore is the time of a prior: the same hour a year earlier, some days off.
func yearBefore(now time.Time, days int) time.Time {
	return ago(now, 3*time.Hour).AddDate(-1, 0, days)
}

// report appends a verified Basic Text SR to the study, as another reader left
// it: its evidence is every image there so far.
func (m *maker) report(by string, after time.Duration, sections ...sr.Section) {
	doc := sr.Document{
		Study: m.Header, SeriesUID: m.seriesUID("report"), SOPUID: m.instanceUID("report", 0), SeriesNumber: 900,
		Observer: sr.Observer{Name: by, Organization: site}, Sections: sections,
		Verified: true, VerifiedAt: m.at.Add(after), Content: m.at.Add(after - 6*time.Minute),
		Request: sr.Request{Accession: m.accession, ProcedureID: m.accession, Description: m.description},
	}
	for _, i := range m.Instances {
		doc.Current = append(doc.Current, sr.InstanceRef{
			Study: m.UID, Series: dicom.UID(i.Header.Str(dicom.SeriesInstanceUID)),
			Instance: dicom.UID(i.Header.Str(dicom.SOPInstanceUID)), Class: dicom.UID(i.Header.Str(dicom.SOPClassUID)),
		})
	}
	d, err := sr.BasicText(doc)
	if err != nil {
		panic("phantom: prior report: " + err.Error()) // our own constant text
	}
	m.Instances = append(m.Instances, Instance{Header: d})
}
