package phantom

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// The normal radiograph of the chest: the same body as the injured one, whole.

func crNormalExam(now time.Time) exam {
	e := exam{key: "cr-normal", accession: "N26-0423", description: "Chest radiograph, PA", who: mila,
		at: ago(now, 3*time.Hour), referrer: "LINDQVIST^ASA^^DR"}
	e.order = brief(mila, now, Order{
		Accession: e.accession, Priority: "LOW", DueAfter: 44 * time.Hour, ArrivedAgo: 170 * time.Minute,
		Label: "Chest radiograph PA", Indication: "before cholecystectomy, no complaints of the chest; ward 3B",
		Requester: "LINDQVIST^ASA^^DR", Callback: "+49 30 5550 1340", PatientClass: "INPATIENT", Bed: "3B-12",
		ProcedureCode: Code{Value: "CRCHEST1"},
	})
	return e
}

func crNormalStudies(now time.Time) []Study {
	m := crNormalExam(now).begin()
	v := crViews()[0]
	a := projection(v.coarse.h*crFine, v.coarse.w*crFine, crPixel, "CHEST", v.view, v.orientation)
	s := m.series(v.name, 1, dicom.CRImageStorage, "CR", "Chest PA", a)
	s.add(0, nil, func() ([]byte, error) { return v.render(crFine, false, 40) })
	return []Study{m.Study}
}
