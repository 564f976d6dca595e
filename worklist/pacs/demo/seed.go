package demo

import (
	"cmp"
	"crypto/sha256"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// dueAfter is when a study of a folder is due, whose order nobody knows.
const dueAfter = 4 * time.Hour

// seed makes one workitem for each study that is to be read: those of sources
// that came with an order, and of each patient in the folders the newest study
// with images. Steps that survived a restart keep their state; while SCHEDULED,
// their times are counted from this start.
func (a *Archive) seed(orders map[dicom.UID]*Order) error {
	for _, e := range a.current() {
		orders[e.study.uid] = folderOrder(e)
	}
	uids := make([]dicom.UID, 0, len(orders))
	for uid := range orders {
		uids = append(uids, uid)
	}
	slices.Sort(uids)
	for _, uid := range uids {
		for _, e := range a.held.snapshot(uid) {
			if err := a.seedStep(e, orders[uid]); err != nil {
				return err
			}
		}
	}
	return nil
}

// current finds the studies of folders that are not priors.
func (a *Archive) current() []entity {
	newest := map[string]entity{}
	for _, e := range a.held.snapshot("") {
		if !e.study.foreign || !e.hasImages() {
			continue
		}
		patient := e.patient()
		if old, ok := newest[patient]; !ok || e.when() > old.when() {
			newest[patient] = e
		}
	}
	out := make([]entity, 0, len(newest))
	for _, e := range newest {
		out = append(out, e)
	}
	return out
}

// patient tells whose study it is: by ID and its issuer. A study without an ID is
// nobody else's.
func (e entity) patient() string {
	h := e.series[0].instances[0].header
	if h.Str(dicom.PatientID) == "" {
		return "\x00\x00" + string(e.study.uid)
	}
	return h.Str(dicom.IssuerOfPatientID) + "\x00" + h.Str(dicom.PatientID)
}

// when orders studies in time; ties by UID.
func (e entity) when() string {
	h := e.series[0].instances[0].header
	return h.Str(dicom.StudyDate) + h.Str(dicom.StudyTime) + "\x00" + string(e.study.uid)
}

func (e entity) hasImages() bool {
	return slices.ContainsFunc(e.here, func(in *instance) bool {
		return in.pixelTag != 0 && dicom.IsImageSOPClass(in.class)
	})
}

// folderOrder is what can be known of the order for a study found in a folder.
func folderOrder(e entity) *Order {
	h := e.series[0].instances[0].header
	label := cmp.Or(h.Str(dicom.StudyDescription), h.Str(dicom.RequestedProcedureDescription), h.Str(dicom.ProtocolName),
		h.Str(dicom.BodyPartExamined), h.Str(dicom.Modality), "Study without a description")
	return &Order{Accession: h.Str(dicom.AccessionNumber), Priority: "LOW", DueAfter: dueAfter, Label: label,
		Requester:  cmp.Or(h.Str(dicom.RequestingPhysician), h.Str(dicom.ReferringPhysicianName)),
		Indication: h.Str(dicom.AdmittingDiagnosesDescription)}
}

func (a *Archive) seedStep(e entity, o *Order) error {
	uid := o.WorkitemUID
	if uid == "" {
		uid = derivedUID("workitem of " + string(e.study.uid))
	}
	a.steps.mu.Lock()
	defer a.steps.mu.Unlock()
	d := orderStep(e, o, a.started)
	a.steps.stamp(uid, pacs.Scheduled, d)
	next := &step{uid: uid, state: pacs.Scheduled, data: d, own: true}
	if old := a.steps.all[uid]; old != nil {
		if old.state != pacs.Scheduled {
			return nil
		}
		next.data = old.data.Clone()
		for _, t := range []dicom.Tag{dicom.ScheduledProcedureStepStartDateTime, dicom.ExpectedCompletionDateTime} {
			el, _ := d.Get(t)
			next.data.Set(el)
		}
	}
	return a.steps.put(next)
}

// derivedUID is a UID that is always the same for the same name (PS3.5 B.2; the
// UUID by RFC 9562 5.8).
func derivedUID(name string) dicom.UID {
	h := sha256.Sum256([]byte("nocturne " + name))
	h[6] = h[6]&0x0F | 0x80
	h[8] = h[8]&0x3F | 0x80
	return dicom.UID("2.25." + new(big.Int).SetBytes(h[:16]).String())
}

// orderStep is the reading workitem of an order (PS3.3 C.30). A priority that
// was not stated stays empty, as it does on servers that are less strict than
// the standard.
func orderStep(e entity, o *Order, start time.Time) *dicom.Dataset {
	d := &dicom.Dataset{}
	h := e.series[0].instances[0].header
	for _, t := range []dicom.Tag{dicom.PatientName, dicom.PatientID, dicom.IssuerOfPatientID, dicom.PatientBirthDate, dicom.PatientSex} {
		if el, ok := h.Get(t); ok {
			d.Set(el)
		}
	}
	d.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
	d.SetStr(dicom.AdmissionID)
	text(d, dicom.PatientState, o.PatientClass)
	text(d, dicom.CurrentPatientLocation, o.Bed)
	text(d, dicom.ScheduledProcedureStepPriority, o.Priority)
	label := "READING"
	if o.Stat {
		label = "STAT"
	}
	d.SetStr(dicom.WorklistLabel, label)
	d.SetStr(dicom.ProcedureStepLabel, cut(o.Label, 64))
	d.SetStr(dicom.InputReadinessState, "READY")
	d.SetStr(dicom.ScheduledProcedureStepStartDateTime, dicom.FormatDT(start.Add(-o.ArrivedAgo)))
	d.SetStr(dicom.ExpectedCompletionDateTime, dicom.FormatDT(start.Add(o.DueAfter)))
	d.SetSeq(dicom.ScheduledWorkitemCodeSequence, code("110005", "DCM", "Interpretation"))
	d.SetSeq(dicom.ScheduledHumanPerformersSequence, performer(Reader))
	d.SetSeq(dicom.ReferencedRequestSequence, request(e.study.uid, h, o))
	d.SetSeq(dicom.InputInformationSequence, e.inputs()...)
	d.SetSeq(dicom.UnifiedProcedureStepPerformedProcedureSequence)
	return d
}

func performer(name string) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetSeq(dicom.HumanPerformerCodeSequence, code(strings.ReplaceAll(cut(name, 16), "^", "."), "99NOCTURNE", strings.ReplaceAll(name, "^", " ")))
	d.SetStr(dicom.HumanPerformerName, name)
	d.SetStr(dicom.HumanPerformerOrganization, "Demonstration")
	return d
}

// request is the Referenced Request Sequence's item. Reason is a LO of 64
// characters; an indication that is longer goes where it is not cut.
func request(study dicom.UID, h *dicom.Dataset, o *Order) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.StudyInstanceUID, string(study))
	text(d, dicom.AccessionNumber, cmp.Or(o.Accession, h.Str(dicom.AccessionNumber)))
	text(d, dicom.RequestedProcedureID, h.Str(dicom.RequestedProcedureID))
	d.SetStr(dicom.RequestedProcedureDescription, cut(o.Label, 64))
	if o.Procedure.Value != "" {
		d.SetSeq(dicom.RequestedProcedureCodeSequence, code(o.Procedure.Value, o.Procedure.Scheme, o.Procedure.Meaning))
	}
	text(d, dicom.RequestingPhysician, o.Requester)
	if n := strings.ReplaceAll(o.Callback, " ", ""); len(n) <= 16 {
		d.SetStr(dicom.OrderCallbackPhoneNumber, n) // an SH: a number cut short would be another's
	}
	if len([]rune(o.Indication)) <= 64 {
		text(d, dicom.ReasonForTheRequestedProcedure, o.Indication)
	} else {
		d.SetStr(dicom.RequestedProcedureComments, o.Indication)
	}
	return d
}

// inputs are the study's series with every instance expected, late or not.
func (e entity) inputs() []*dicom.Dataset {
	out := make([]*dicom.Dataset, len(e.series))
	for i, se := range e.series {
		d := &dicom.Dataset{}
		d.SetStr(dicom.TypeOfInstances, "DICOM")
		d.SetStr(dicom.StudyInstanceUID, string(e.study.uid))
		d.SetStr(dicom.SeriesInstanceUID, string(se.uid))
		refs := make([]*dicom.Dataset, len(se.instances))
		for k, in := range se.instances {
			refs[k] = reference(in.class, in.sop)
		}
		d.SetSeq(dicom.ReferencedSOPSequence, refs...)
		out[i] = d
	}
	return out
}

// withAddresses adds to the inputs held here where they are retrieved: the
// archive's address is known only when it is asked.
func (a *Archive) withAddresses(d *dicom.Dataset, r *http.Request) *dicom.Dataset {
	out := d.Clone()
	for _, in := range out.Seq(dicom.InputInformationSequence) {
		study := in.Str(dicom.StudyInstanceUID)
		if in.Has(dicom.WADORSRetrievalSequence) || len(a.held.snapshot(dicom.UID(study))) == 0 {
			continue
		}
		at := &dicom.Dataset{}
		at.SetStr(dicom.RetrieveURL, base(r)+"/studies/"+study+"/series/"+in.Str(dicom.SeriesInstanceUID))
		in.SetSeq(dicom.WADORSRetrievalSequence, at)
	}
	return out
}

// text sets a value, or the attribute without one.
func text(d *dicom.Dataset, t dicom.Tag, s string) {
	if s == "" {
		d.SetStr(t)
		return
	}
	d.SetStr(t, s)
}

// cut shortens text to n characters, as the VR demands.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
