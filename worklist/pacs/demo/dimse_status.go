package demo

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Status codes that several services share (PS3.7 annex C) and those of storage
// and query/retrieve (PS3.4 tables B.2-1, C.4-1 to -3).
const (
	statusPending      dimseStatus = 0xFF00
	statusPendingKeys  dimseStatus = 0xFF01 // optional keys were not matched
	statusCancel       dimseStatus = 0xFE00
	optionalMissing    dimseStatus = 0x0001 // N-GET: not all that was asked for is known
	processingFailure  dimseStatus = 0x0110
	noSuchInstance     dimseStatus = 0x0112
	invalidArgument    dimseStatus = 0x0115
	invalidInstance    dimseStatus = 0x0117
	noSuchClass        dimseStatus = 0x0118
	classConflict      dimseStatus = 0x0119
	missingAttribute   dimseStatus = 0x0120
	missingValue       dimseStatus = 0x0121
	classNotSupported  dimseStatus = 0x0122
	noSuchAction       dimseStatus = 0x0123
	invalidValue       dimseStatus = 0x0106
	unrecognized       dimseStatus = 0x0211 // operation
	resourceLimitation dimseStatus = 0x0213
	outOfResources     dimseStatus = 0xA700
	cannotCount        dimseStatus = 0xA701
	cannotPerform      dimseStatus = 0xA702 // sub-operations
	unknownDestination dimseStatus = 0xA801
	notOfClass         dimseStatus = 0xA900 // the identifier or data set does not match the SOP class
	someFailed         dimseStatus = 0xB000 // sub-operations complete, failures or warnings among them
	cannotUnderstand   dimseStatus = 0xC000 // also: unable to process
	createdModified    dimseStatus = 0xB300
	notAppropriate     dimseStatus = 0xC314
	noDeletionLock     dimseStatus = 0xB301
	unknownReceiver    dimseStatus = 0xC308
)

// failure is an answer that says no: its status, why in a sentence without
// patient data, and what was wrong.
type failure struct {
	status    dimseStatus
	comment   string // Error Comment (0000,0902), a LO of 64 characters
	offending []dicom.Tag
}

func (f *failure) Error() string { return fmt.Sprintf("%04X: %s", uint16(f.status), f.comment) }

func fail(s dimseStatus, comment string, offending ...dicom.Tag) *failure {
	return &failure{status: s, comment: cut(comment, 64), offending: offending}
}

// asFailure turns what the worklist's rules say for HTTP into DIMSE's words; any
// other error is a processing failure with no detail.
func asFailure(err error) *failure {
	switch e := err.(type) {
	case nil:
		return nil
	case *failure:
		return e
	case *refusal:
		if e.code == statusOK {
			return fail(invalidValue, e.Error())
		}
		return fail(e.code, e.Error())
	}
	return fail(processingFailure, "the archive could not do this")
}
