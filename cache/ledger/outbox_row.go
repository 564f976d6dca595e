package ledger

import "time"

// OutboxState is how far a delivery got (security.md 3.7).
type OutboxState string

// Verified is reached only by proof of arrival: reading back and comparing, or, where
// a channel has no reading back, the destination's acceptance under our control id.
const (
	Queued   OutboxState = "queued"
	Sending  OutboxState = "sending"
	Acked    OutboxState = "acked"
	Verified OutboxState = "verified"
	Retry    OutboxState = "retry"
	Parked   OutboxState = "parked"
)

// Ways to a destination: which program takes a row there, and what its Address and
// Control are.
const (
	DICOM = "dicom" // DICOMweb base URL; SOP Instance UID
	HL7   = "hl7"   // mllp://host:port or mllps://host:port; MSH-10
	FHIR  = "fhir"  // FHIR base URL; Bundle.identifier
)

// What a row carries (OutboxRow.Kind).
const (
	KindSR           = "sr"           // the report itself
	KindMeasurements = "measurements" // Comprehensive SR, TID 1500
	KindKeyImages    = "key-images"   // Key Object Selection
	KindPresentation = "presentation" // Grayscale Softcopy Presentation State
	KindPDF          = "pdf"          // Encapsulated PDF
	KindORU          = "oru"          // HL7 v2.5.1 ORU^R01
	KindFHIR         = "fhir"         // FHIR R4 Bundle
)

// OutboxRow is one object of a signed report on its way to one destination. Object
// holds the exact bytes that signing fixed; they never change. The row holds every
// address it needs.
type OutboxRow struct {
	ID       int64
	Report   string // SOP Instance UID of the signed report that the row belongs to
	Seq      int    // place among the rows of its report, from 0
	Channel  string // DICOM, HL7 or FHIR
	Address  string
	Control  string // what the destination knows Object by; with Channel and Address unique
	Kind     string
	StudyUID string
	// Accession is the order that this row answers: of several linked orders each has
	// rows and a workitem of its own.
	Accession string
	Site      string
	UPSURL    string
	// WorkitemUID is completed after this row and every Required row of the same report
	// and accession is Verified. One row of an accession has it; none does when signed
	// without claim.
	WorkitemUID    string
	TransactionUID string
	Object         []byte
	SHA256         string
	Required       bool // the site's policy: the workitem waits for it
	State          OutboxState
	WorkitemDone   bool
	Tries          int
	NextAt         time.Time
	Reason         string // why it waits or is parked, without patient data
	Answer         string // the destination's words that prove arrival, without patient data
	Signed         time.Time
	NotBefore      time.Time // end of the recall window
	Verified       time.Time
	WithoutClaim   bool // "signed without claim"
	Priority       string
}

// Done reports whether nothing is left to do for the row: the destination holds the
// object and the workitem, if there is one, is completed.
func (r OutboxRow) Done() bool {
	return r.State == Verified && (r.WorkitemDone || r.WorkitemUID == "")
}
