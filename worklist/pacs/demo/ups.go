package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// maxWorkitem bounds a workitem's JSON.
const maxWorkitem = 8 << 20

// maxSteps is the most workitems one answer holds.
const maxSteps = 500

// createStep is Create Workitem (PS3.18 11.4).
func (a *Archive) createStep(w http.ResponseWriter, r *http.Request) error {
	d, err := readDataset(w, r)
	if err != nil {
		return err
	}
	uid, err := queryUID(r.URL.RawQuery, createParameters)
	if err != nil {
		return err
	}
	inside := dicom.UID(d.Str(dicom.SOPInstanceUID))
	switch {
	case uid == "" && inside == "":
		uid = dicom.NewUID()
	case uid == "":
		uid = inside
	case inside != "" && inside != uid:
		return badRequest("the payload names another workitem than the request")
	}
	if !dicom.ValidUID(string(uid)) {
		return badRequest("the workitem's UID is none")
	}
	modified, err := checkCreate(d)
	if err != nil {
		return err
	}
	status, err := a.steps.create(uid, d)
	if err != nil {
		return err
	}
	if re := httpRefusal(status); re != nil {
		return re
	}
	if modified {
		warn(w, "The Workitem was created with modifications.")
	}
	w.Header().Set("Location", base(r)+"/workitems/"+string(uid))
	w.WriteHeader(http.StatusCreated)
	return nil
}

// retrieveStep is Retrieve Workitem (PS3.18 11.5). The Transaction UID is not
// part of what is kept to be sent.
func (a *Archive) retrieveStep(w http.ResponseWriter, r *http.Request) error {
	if err := wantsJSON(r); err != nil {
		return err
	}
	st, ok := a.steps.get(dicom.UID(r.PathValue("workitem")))
	if !ok {
		return errNotFound
	}
	w.Header().Set("Cache-Control", "no-cache")
	return answerJSON(w, r, http.StatusOK, []*dicom.Dataset{a.withAddresses(st.data, r)})
}

// updateStep is Update Workitem (PS3.18 11.6). The Transaction UID comes in the
// query, as older clients do also in the payload.
func (a *Archive) updateStep(w http.ResponseWriter, r *http.Request) error {
	d, err := readDataset(w, r)
	if err != nil {
		return err
	}
	transaction, err := queryUID(r.URL.RawQuery, updateParameters)
	if err != nil {
		return err
	}
	if transaction == "" {
		transaction = dicom.UID(d.Str(dicom.TransactionUID))
	}
	if err := checkUpdate(d); err != nil {
		return err
	}
	if err := a.steps.update(dicom.UID(r.PathValue("workitem")), transaction, d); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// changeState is Change Workitem State (PS3.18 11.7).
func (a *Archive) changeState(w http.ResponseWriter, r *http.Request) error {
	d, err := readDataset(w, r)
	if err != nil {
		return err
	}
	transaction := dicom.UID(d.Str(dicom.TransactionUID))
	if transaction != "" && !dicom.ValidUID(string(transaction)) {
		return &refusal{status: http.StatusBadRequest, warning: warnIncorrect, text: "the Transaction UID is no UID"}
	}
	want := pacs.State(d.Str(dicom.ProcedureStepState))
	status, err := a.steps.change(dicom.UID(r.PathValue("workitem")), transaction, want)
	if err != nil {
		return err
	}
	if status == wrongTransaction && transaction == "" {
		return &refusal{status: http.StatusBadRequest, warning: warnMissing}
	}
	return answerStatus(w, status, http.StatusOK)
}

// requestCancel is Request Cancellation (PS3.18 11.8). The payload is optional.
func (a *Archive) requestCancel(w http.ResponseWriter, r *http.Request) error {
	why := &dicom.Dataset{}
	if r.ContentLength != 0 {
		var err error
		if why, err = readDataset(w, r); err != nil {
			return err
		}
	}
	status, err := a.steps.requestCancel(dicom.UID(r.PathValue("workitem")), why)
	if err != nil {
		return err
	}
	if status == alreadyCanceled {
		return &refusal{status: http.StatusConflict, warning: warnCanceled}
	}
	return answerStatus(w, status, http.StatusAccepted)
}

func answerStatus(w http.ResponseWriter, status dimseStatus, success int) error {
	if re := httpRefusal(status); re != nil {
		return re
	}
	switch status {
	case alreadyCanceled:
		warn(w, warnCanceled)
	case alreadyCompleted:
		warn(w, warnCompleted)
	}
	w.WriteHeader(success)
	return nil
}

// searchSteps is Search (PS3.18 11.9). Every attribute of a match is returned.
func (a *Archive) searchSteps(w http.ResponseWriter, r *http.Request) error {
	if err := wantsJSON(r); err != nil {
		return err
	}
	q, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if q.fuzzy {
		warn(w, "The fuzzymatching parameter is not supported. Only literal matching has been performed.")
	}
	var found []*dicom.Dataset
	for _, st := range a.steps.list(false) {
		if q.match(st.data) {
			found = append(found, st.data)
		}
	}
	from, to, more := q.page(len(found), maxSteps)
	w.Header().Set("Cache-Control", "no-cache")
	if from == to {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	status := http.StatusOK
	if more {
		status = http.StatusPartialContent
		warn(w, fmt.Sprintf("There are %d additional results that can be requested", len(found)-to))
	}
	page := make([]*dicom.Dataset, 0, to-from)
	for _, d := range found[from:to] {
		page = append(page, a.withAddresses(d, r))
	}
	return answerJSON(w, r, status, page)
}

// readDataset reads a payload of one data set: an object, or an array of one.
func readDataset(w http.ResponseWriter, r *http.Request) (*dicom.Dataset, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != dicomJSON && kind != "application/json" {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, text: "only " + dicomJSON + " is taken"}
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWorkitem))
	if err != nil {
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, text: "the payload is larger than this archive takes, or ends early"}
	}
	b = bytes.TrimSpace(b)
	if len(b) > 0 && b[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(b, &list); err != nil || len(list) != 1 {
			return nil, badRequest("the payload is no array of one data set")
		}
		b = list[0]
	}
	d := &dicom.Dataset{}
	if err := d.UnmarshalJSON(b); err != nil || len(b) == 0 {
		return nil, badRequest("the payload is not DICOM JSON")
	}
	return d, nil
}

// The UID that create and update take in their query is written without a name by
// the standard (PS3.18 11.4.1, 11.6.1); servers and clients have named it in these
// ways, in any case.
var (
	createParameters = []string{"workitem", "affectedsopinstanceuid"}
	updateParameters = []string{"transaction-uid", "transactionuid", "transaction"}
)

// queryUID finds that UID, bare or under one of these names; "" when there is none.
// Two that differ are a mistake.
func queryUID(raw string, names []string) (dicom.UID, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", badRequest("the query is not well formed")
	}
	var uid string
	for name, vs := range values {
		found := ""
		switch {
		case slices.Contains(names, strings.ToLower(name)):
			found = vs[0]
		case dicom.ValidUID(name) && vs[0] == "":
			found = name
		default:
			continue
		}
		if !dicom.ValidUID(found) || len(vs) > 1 || uid != "" && uid != found {
			return "", badRequest("the query names no UID, or more than one")
		}
		uid = found
	}
	return dicom.UID(uid), nil
}
