package demo

import (
	"net/http"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// stepEvent is a row of PS3.4 table CC.1.1-2.
type stepEvent int

const (
	evCreate        stepEvent = iota // N-CREATE received for this SOP Instance UID
	evClaim                          // Change State to IN PROGRESS with correct Transaction UID
	evClaimWrong                     // … without correct Transaction UID
	evSchedule                       // Change State to SCHEDULED
	evComplete                       // Change State to COMPLETED with correct Transaction UID
	evCompleteWrong                  // … without
	evRequestCancel                  // Request Cancel
	evCancel                         // Change State to CANCELED with correct Transaction UID
	evCancelWrong                    // … without
)

// noStep is the state of a step that does not exist: the table's first column.
const noStep pacs.State = ""

// dimseStatus is a status code of PS3.7 annex C or of a service of PS3.4.
type dimseStatus uint16

// Status codes (PS3.4 tables CC.2.1-2, CC.2.2-2, CC.2.3-2, CC.2.5-4).
const (
	statusOK          dimseStatus = 0x0000
	duplicateInstance dimseStatus = 0x0111
	alreadyCanceled   dimseStatus = 0xB304 // warning
	alreadyCompleted  dimseStatus = 0xB306 // warning
	noLongerUpdated   dimseStatus = 0xC300
	wrongTransaction  dimseStatus = 0xC301
	inProgressAlready dimseStatus = 0xC302
	onlyByCreate      dimseStatus = 0xC303
	finalUnmet        dimseStatus = 0xC304
	unknownStep       dimseStatus = 0xC307
	createScheduled   dimseStatus = 0xC309
	notInProgress     dimseStatus = 0xC310
	completedAlready  dimseStatus = 0xC311
)

// outcome is a cell of the table: a code, or the state to go to.
type outcome struct {
	code  dimseStatus
	to    pacs.State // when code is statusOK; "" stays
	final bool       // only when the Final State requirements are met, else C304
	tell  bool       // report to subscribers that a cancel was requested
}

type cell struct {
	state pacs.State
	event stepEvent
}

// stateTable is PS3.4 table CC.1.1-2, keyed by state and event.
var stateTable = map[cell]outcome{
	{noStep, evCreate}:          {to: pacs.Scheduled},
	{pacs.Scheduled, evCreate}:  {code: duplicateInstance},
	{pacs.InProgress, evCreate}: {code: duplicateInstance},
	{pacs.Completed, evCreate}:  {code: duplicateInstance},
	{pacs.Canceled, evCreate}:   {code: duplicateInstance},

	{noStep, evClaim}:          {code: unknownStep},
	{pacs.Scheduled, evClaim}:  {to: pacs.InProgress},
	{pacs.InProgress, evClaim}: {code: inProgressAlready},
	{pacs.Completed, evClaim}:  {code: noLongerUpdated},
	{pacs.Canceled, evClaim}:   {code: noLongerUpdated},

	{noStep, evClaimWrong}:          {code: unknownStep},
	{pacs.Scheduled, evClaimWrong}:  {code: wrongTransaction},
	{pacs.InProgress, evClaimWrong}: {code: wrongTransaction},
	{pacs.Completed, evClaimWrong}:  {code: wrongTransaction},
	{pacs.Canceled, evClaimWrong}:   {code: wrongTransaction},

	{noStep, evSchedule}:          {code: unknownStep},
	{pacs.Scheduled, evSchedule}:  {code: onlyByCreate},
	{pacs.InProgress, evSchedule}: {code: onlyByCreate},
	{pacs.Completed, evSchedule}:  {code: onlyByCreate},
	{pacs.Canceled, evSchedule}:   {code: onlyByCreate},

	{noStep, evComplete}:          {code: unknownStep},
	{pacs.Scheduled, evComplete}:  {code: notInProgress},
	{pacs.InProgress, evComplete}: {to: pacs.Completed, final: true},
	{pacs.Completed, evComplete}:  {code: alreadyCompleted},
	{pacs.Canceled, evComplete}:   {code: noLongerUpdated},

	{noStep, evCompleteWrong}:          {code: unknownStep},
	{pacs.Scheduled, evCompleteWrong}:  {code: wrongTransaction},
	{pacs.InProgress, evCompleteWrong}: {code: wrongTransaction},
	{pacs.Completed, evCompleteWrong}:  {code: wrongTransaction},
	{pacs.Canceled, evCompleteWrong}:   {code: wrongTransaction},

	{noStep, evRequestCancel}:          {code: unknownStep},
	{pacs.Scheduled, evRequestCancel}:  {to: pacs.Canceled},
	{pacs.InProgress, evRequestCancel}: {tell: true},
	{pacs.Completed, evRequestCancel}:  {code: completedAlready},
	{pacs.Canceled, evRequestCancel}:   {code: alreadyCanceled},

	{noStep, evCancel}:          {code: unknownStep},
	{pacs.Scheduled, evCancel}:  {code: notInProgress},
	{pacs.InProgress, evCancel}: {to: pacs.Canceled, final: true},
	{pacs.Completed, evCancel}:  {code: noLongerUpdated},
	{pacs.Canceled, evCancel}:   {code: alreadyCanceled},

	{noStep, evCancelWrong}:          {code: unknownStep},
	{pacs.Scheduled, evCancelWrong}:  {code: wrongTransaction},
	{pacs.InProgress, evCancelWrong}: {code: wrongTransaction},
	{pacs.Completed, evCancelWrong}:  {code: wrongTransaction},
	{pacs.Canceled, evCancelWrong}:   {code: wrongTransaction},
}

// stateWarnings are the Warning texts of PS3.18 11.7.3.2 and 11.8.3.2.
const (
	warnMissing      = "The Transaction UID is missing."
	warnIncorrect    = "The Transaction UID is incorrect."
	warnInconsistent = "The submitted request is inconsistent with the state of the UPS Instance."
	warnCanceled     = "The UPS is already in the requested state of CANCELED."
	warnCompleted    = "The UPS is already in the requested state of COMPLETED."
	warnUnclaimed    = "The target URI did not reference a claimed Workitem."
	warnUpdate       = "The submitted request is inconsistent with the current state of the Workitem."
)

// httpRefusal maps a failure to HTTP (PS3.18 tables 11.4.3-1 and 11.7.3-1); nil
// for success and warnings.
func httpRefusal(code dimseStatus) *refusal {
	switch code {
	case statusOK, alreadyCanceled, alreadyCompleted:
		return nil
	case unknownStep:
		return &refusal{status: http.StatusNotFound, code: unknownStep, text: errNotFound.text}
	case wrongTransaction:
		return &refusal{status: http.StatusBadRequest, warning: warnIncorrect}
	case duplicateInstance:
		return &refusal{status: http.StatusConflict, text: "a workitem of this UID exists"}
	}
	return &refusal{status: http.StatusConflict, warning: warnInconsistent, text: stateText[code]}
}

// stateText says in the body what the Warning text leaves open.
var stateText = map[dimseStatus]string{
	noLongerUpdated:   "C300: the UPS may no longer be updated",
	inProgressAlready: "C302: the UPS is already IN PROGRESS",
	onlyByCreate:      "C303: the UPS may only become SCHEDULED by being created",
	finalUnmet:        "C304: the UPS has not met final state requirements for the requested state change",
	notInProgress:     "C310: the UPS is not yet IN PROGRESS",
	completedAlready:  "C311: the UPS is already COMPLETED",
}
