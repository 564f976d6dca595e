package reading

import (
	"context"
	"slices"
	"strconv"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// Order is what a row says the images must be of (N4).
func Order(row feed.Row) viewer.Order {
	return viewer.Order{PatientName: row.PatientName, PatientID: row.PatientID, BirthDate: row.BirthDate, Sex: row.Sex,
		Accession: row.Accession, Exam: row.Study, Modality: row.Modality, Laterality: sideOf(row.Study)}
}

// Identity is who a row is about, as every object is compared with it (N4).
func Identity(row feed.Row) dicom.Identity {
	return dicom.Identity{Name: row.PatientName, ID: row.PatientID, Birth: row.BirthDate, Sex: row.Sex, Accession: row.Accession}
}

// Context is what facts need besides the row and the images.
type Context struct {
	Priors     Priors
	Unseen     int        // frames held and never on screen
	UnseenIn   []string   // which, in words
	LateUnseen int        // of them, images that came after the case had been opened
	Others     []feed.Row // the other rows of the list (N4)
	Loaded     []string   // study UIDs of priors that were opened beside it
	Linked     []feed.Row // of the linked orders, those open still
	Assumed    bool       // the reader's name comes from the system
}

// Facts gathers what is known about a case from its row and the headers of the
// images held. It reads one header an instance.
func (r *Room) Facts(ctx context.Context, row feed.Row, c Context) report.Facts {
	f := report.Facts{
		Patient:   report.Patient{Name: row.PatientName, ID: row.PatientID, Birth: row.BirthDate, Sex: row.Sex},
		Accession: row.Accession, Exam: row.Study, Modality: row.Modality, Laterality: sideOf(row.Study),
		Indication: row.Indication, Requester: row.Requester, Priority: string(row.Priority), Expected: row.Expected, Unseen: c.Unseen, UnseenIn: c.UnseenIn, Undisplayed: wholeSeries(c.UnseenIn), LateUnseen: c.LateUnseen,
		Reader:  report.Reader{Name: r.Reader.Name, ID: r.Reader.ID, Organization: r.Reader.Organization, Assumed: c.Assumed, Trainee: r.TraineeAt(row.Site)},
		Request: sr.Request{Accession: row.Accession, Description: row.Study},
	}
	reports := r.addImages(ctx, &f, row)
	f.Critical = r.communications(ctx, row.StudyUID)
	f.Display = r.displayOf(f, row.Site)
	f.Barred = r.barred(ctx, row, f.Study)
	if e, ok := r.preliminary(ctx, row.StudyUID, reports); ok {
		f.Preliminary = &e
	}
	f.Measured = r.measured(ctx, row.StudyUID)
	c.Priors.addTo(&f, c.Loaded, r.references)
	r.addLinked(ctx, &f, row, c)
	for _, o := range c.Others {
		if o.StudyUID != row.StudyUID && !samePatient(o, row) {
			f.Others = append(f.Others, report.Other{Name: o.PatientName, ID: o.PatientID, Accession: o.Accession})
		}
	}
	return f
}

// samePatient: an identifier means a patient at its own site only; another site's is
// the same patient when name and birth date are, too (scenario 5c).
func samePatient(a, b feed.Row) bool {
	return a.PatientID == b.PatientID && (a.Site == b.Site || a.PatientName == b.PatientName && a.BirthDate == b.BirthDate)
}

// CheckedDisplay is the monitor's last check.
func (r *Room) CheckedDisplay() viewer.Display {
	if r.Display == nil {
		return viewer.Display{}
	}
	return r.Display()
}

// displayOf says for a mammogram what it is read on.
func (r *Room) displayOf(f report.Facts, site string) report.Display {
	if !slices.ContainsFunc(f.Series, func(s report.Series) bool { return s.Modality == "MG" }) {
		return report.Display{}
	}
	d, allowed := r.CheckedDisplay(), r.AnyDisplay
	if p := r.PolicyOf(site); p.Said {
		allowed = p.MammographyOnAnyDisplay
	}
	return report.Display{Unfit: d.NotForMammography(r.Now()), Words: viewer.NotForMammography, Cited: d.Cite(), Allowed: allowed}
}

// addImages reads the study's headers: evidence, sides, series, and whether every
// instance is of the order's patient. It returns the study's text reports.
func (r *Room) addImages(ctx context.Context, f *report.Facts, row feed.Row) (reports []viewer.Object) {
	series := map[string]bool{}
	foreign := map[string]int{}
	who := Identity(row)
	for _, o := range r.Objects(row.StudyUID) {
		if ctx.Err() != nil {
			return reports
		}
		file, err := o.Header()
		if err != nil {
			continue
		}
		h := file.Dataset
		f.Have++
		if h.Str(dicom.Modality) == "SR" {
			reports = append(reports, o)
		}
		f.Instances = append(f.Instances, reference(h))
		differs := who.Differs(h)
		for _, what := range differs {
			foreign[what]++
		}
		if len(differs) == 0 {
			addStated(f, h)
		}
		if f.Study == nil && dicom.IsImageSOPClass(dicom.UID(h.Str(dicom.SOPClassUID))) {
			f.Study = h
		}
		if lossy, how := pixel.LossyOf(file); lossy && !slices.Contains(f.Lossy, how) {
			f.Lossy = append(f.Lossy, how)
		}
		f.ImageSides = addSide(f.ImageSides, h)
		if uid := h.Str(dicom.SeriesInstanceUID); !series[uid] {
			series[uid] = true
			f.Series = append(f.Series, describe(h))
		}
	}
	for _, what := range []string{"patient name", "patient ID", "birth date", "sex", "accession number"} {
		if n := foreign[what]; n > 0 {
			f.Foreign = append(f.Foreign, plural(n, "instance")+" with another "+what+" than the order's")
		}
	}
	return reports
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func reference(h *dicom.Dataset) sr.InstanceRef {
	return sr.InstanceRef{Study: dicom.UID(h.Str(dicom.StudyInstanceUID)), Series: dicom.UID(h.Str(dicom.SeriesInstanceUID)),
		Instance: dicom.UID(h.Str(dicom.SOPInstanceUID)), Class: dicom.UID(h.Str(dicom.SOPClassUID))}
}

// references lists the instances held of a study.
func (r *Room) references(study string) []sr.InstanceRef {
	var out []sr.InstanceRef
	for _, o := range r.Objects(study) {
		if file, err := o.Header(); err == nil {
			out = append(out, reference(file.Dataset))
		}
	}
	return out
}

// addSide takes the side that an image states, of any of the attributes that may
// (N5).
func addSide(sides []string, h *dicom.Dataset) []string {
	for _, side := range []string{h.Str(dicom.ImageLaterality), h.Str(dicom.Laterality),
		h.Item(dicom.SharedFunctionalGroupsSequence).Item(dicom.FrameAnatomySequence).Str(dicom.FrameLaterality)} {
		if (side == "R" || side == "L") && !slices.Contains(sides, side) {
			sides = append(sides, side)
		}
	}
	return sides
}

func describe(h *dicom.Dataset) report.Series {
	thickness, _ := h.Float(dicom.SliceThickness)
	field, _ := h.Float(dicom.MagneticFieldStrength)
	side := h.Str(dicom.ImageLaterality)
	if side == "" {
		side = h.Str(dicom.Laterality)
	}
	return report.Series{
		Modality: h.Str(dicom.Modality), Description: h.Str(dicom.SeriesDescription), Thickness: thickness, Field: field,
		Contrast: h.Str(dicom.ContrastBolusAgent), Volume: positive(h, contrastVolume), Route: h.Str(contrastRoute), KVP: positive(h, dicom.KVP), View: h.Str(dicom.ViewPosition), Side: side,
		Tracer:    h.Item(dicom.RadiopharmaceuticalInformationSequence).Str(dicom.Radiopharmaceutical),
		Localizer: dicom.IsLocaliser(h),
	}
}
