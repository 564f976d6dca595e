package demo

import (
	"context"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// operation answers one request. An error ends the association; everything else is
// said in responses.
type operation func(s *session, ctx context.Context, r invocation) error

// sopService is a SOP class that is served here: its operations, and how its identifier
// is read.
type sopService struct {
	operations map[dimse.Field]operation
	model      model
	relational bool // may be negotiated
}

var (
	patientRoot = model{patientRoot: true}

	stored = sopService{operations: map[dimse.Field]operation{dimse.CStore: (*session).store}}
)

// newServices is the table of SOP classes beside storage (PS3.4 A.4, C, J, K and,
// for which operations each UPS class has, table CC.2-1).
func newServices() map[dicom.UID]sopService {
	one := func(f dimse.Field, op operation) map[dimse.Field]operation { return map[dimse.Field]operation{f: op} }
	find, get, move := one(dimse.CFind, (*session).find), one(dimse.CGet, (*session).get), one(dimse.CMove, (*session).move)
	return map[dicom.UID]sopService{
		dicom.VerificationSOPClass: {operations: one(dimse.CEcho, (*session).echo)},
		patientRootFind:            {operations: find, model: patientRoot, relational: true},
		patientRootGet:             {operations: get, model: patientRoot, relational: true},
		patientRootMove:            {operations: move, model: patientRoot, relational: true},
		studyRootFind:              {operations: find, relational: true},
		studyRootGet:               {operations: get, relational: true},
		studyRootMove:              {operations: move, relational: true},
		modalityWorklist:           {operations: one(dimse.CFind, (*session).findWorklist)},
		storageCommitment:          {operations: one(dimse.NAction, (*session).commit)},
		dicom.UPSPushSOPClass: {operations: map[dimse.Field]operation{
			dimse.NCreate: (*session).createStep, dimse.NGet: (*session).getStep, dimse.NAction: (*session).actOnStep}},
		upsWatch: {operations: map[dimse.Field]operation{
			dimse.CFind: (*session).findSteps, dimse.NGet: (*session).getStep, dimse.NAction: (*session).actOnStep}},
		upsPull: {operations: map[dimse.Field]operation{
			dimse.CFind: (*session).findSteps, dimse.NGet: (*session).getStep, dimse.NSet: (*session).setStep, dimse.NAction: (*session).actOnStep}},
		upsEvent: {}, // the requestor is told, it asks nothing
		upsQuery: {operations: one(dimse.CFind, (*session).findSteps)},
	}
}

// service is what is served in a context of this abstract syntax.
func (a *Archive) service(abstract dicom.UID) (sopService, bool) {
	if s, ok := a.dimse.services[abstract]; ok {
		return s, true
	}
	return stored, isStorage(abstract)
}

// dataSyntaxes are those of requests and answers, by preference.
var dataSyntaxes = []dicom.UID{dicom.ExplicitVRLittleEndian, dicom.ImplicitVRLittleEndian}

// agree decides about one presentation context (PS3.8 9.3.3.2, PS3.7 D.3.3.4): the
// roles are those asked for, for storage; otherwise the requestor is the SCU.
func (a *Archive) agree(c ul.Context) (ul.Accepted, ul.Result) {
	if _, ok := a.service(c.Abstract); !ok {
		return ul.Accepted{}, ul.AbstractNotSupported
	}
	got := ul.Accepted{ID: c.ID, Abstract: c.Abstract, SCU: true}
	if _, ok := a.dimse.services[c.Abstract]; ok {
		got.Transfer = firstOf(dataSyntaxes, c.Transfers)
	} else {
		got.Transfer = a.storageSyntax(c)
		if c.SCU || c.SCP {
			got.SCU, got.SCP = c.SCU, c.SCP
		}
	}
	if got.Transfer == "" {
		return got, ul.TransferNotSupported
	}
	return got, ul.Acceptance
}

// storageSyntax chooses how objects of a class travel. One who wants to get them
// has them as they are stored where all are stored alike; else uncompressed, which
// most can be made into. One who sends them chooses by order.
func (a *Archive) storageSyntax(c ul.Context) dicom.UID {
	if c.SCP {
		held := a.held.syntaxes(c.Abstract)
		if len(held) == 1 && slices.Contains(c.Transfers, held[0]) {
			return held[0]
		}
		if t := firstOf(dataSyntaxes, c.Transfers); t != "" {
			return t
		}
		if t := firstOf(held, c.Transfers); t != "" {
			return t
		}
	}
	for _, t := range c.Transfers {
		if t.Name() != string(t) {
			return t // a name means that it is known
		}
	}
	return ""
}

func firstOf(wanted, offered []dicom.UID) dicom.UID {
	for _, t := range wanted {
		if slices.Contains(offered, t) {
			return t
		}
	}
	return ""
}
