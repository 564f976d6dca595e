package report

import (
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// Facts are what is known about the case besides the reader's words: from the
// order, the images held and the sites asked. Whatever is unknown is empty.
type Facts struct {
	Patient    Patient
	Accession  string
	Exam       string   // what was ordered, in words
	Modality   string   // of the order or the images: CT
	Laterality string   // the order's side: R, L or B
	ImageSides []string // distinct sides that the images state (0020,0060), (0020,0062), Frame Laterality
	Indication string
	Requester  string // PN form
	Priority   string // stat, urgent, routine

	Have        int      // instances of the study held here
	Expected    int      // instances that the site says there are; 0 unknown (N8)
	Unseen      int      // frames held that were never on screen, or too shortly to count
	UnseenIn    []string // which, in words: "Se 3: 14 of 120 not seen: 31–44"
	Undisplayed []string // series of which nothing was ever on screen, in words
	LateUnseen  int      // of them, images that came after the case had been opened
	Series      []Series
	Lossy       []string // how images of the study were lossily compressed, each once; "" where that is not said

	Priors  []Prior
	Newer   []Prior // studies of the patient later than this one
	Silent  []Silence
	Asked   bool     // the search for priors was made
	Foreign []string // N4: what of the instances does not belong to the order, in sentences

	// Shown are the sheet and the text that the reader had on screen when signing (Shown);
	// empty: as they are now.
	Shown string

	Display Display // of what the images were read on

	Preliminary *Earlier // the preliminary report of this study that is not replaced yet

	// Critical are the critical results of the study, open ones and closed ones. Where
	// their records cannot be read, one that is open says so.
	Critical []Communication

	Doses   []Dose         // of the study's Radiation Dose SRs
	Machine []MachineValue // of reports that the machine wrote

	// Linked are those of the draft's linked orders that are open still. Identical are the
	// documents that answer the others, Elsewhere their images, both set by SignAll.
	Linked               []LinkedFacts
	Identical, Elsewhere []sr.InstanceRef

	Others []Other // the other rows of the list
	// Measured are the reader's marks with their numbers of now.
	Measured []Measurement
	Reader   Reader
	// Barred says of the kinds of report that this reader may not sign at the site now why.
	Barred map[Kind]string

	// Study is a header of this study (an image's), from which patient and study
	// are copied into the SR. Without it they are made of the order.
	Study     *dicom.Dataset
	Request   sr.Request
	Instances []sr.InstanceRef // every instance of this procedure
}

// Patient is who the order is about.
type Patient struct {
	Name  string // PN form
	ID    string
	Birth string // DA
	Sex   string // M F O
}

// Reader is who signs.
type Reader struct {
	Name         string // PN form; empty: nobody can sign (N10)
	ID           string
	Organization string
	Assumed      bool // from the system, not from the configuration
	Trainee      bool `json:"trainee,omitempty"` // signs preliminary reports only
}

// Series is what a series says about how it was made.
type Series struct {
	Modality    string
	Description string
	Thickness   float64 // mm, 0 unknown
	Contrast    string  // Contrast/Bolus Agent (0018,0010)
	Volume      float64 // of the contrast agent, mL; 0 unknown
	Route       string  // of the contrast agent: IV
	KVP         float64 // 0 unknown
	Tracer      string  // Radiopharmaceutical
	Field       float64 // T, 0 unknown
	View        string  // View Position
	Side        string  // R, L
	Localizer   bool
}

// Prior is another study of the patient.
type Prior struct {
	StudyUID    string
	Date        string // DA
	Modality    string
	Description string
	Accession   string
	Loaded      bool             // its images were opened beside this study
	Instances   []sr.InstanceRef // of a loaded one
}

// Silence is a site that did not answer the search for priors.
type Silence struct {
	Site string
	At   time.Time
}

// Other is another row of the list, whose patient must not be named here.
type Other struct{ Name, ID, Accession string }

// Display is the monitor a mammogram was read on (N22); the zero value for all else.
type Display struct {
	Unfit   string // why it is not for primary mammography; "" where it is
	Words   string // the bar over the images, when Unfit
	Cited   string // which monitor, and its last check
	Allowed bool   // the site's policy lets a report go out all the same
}

// Footer is what a signed report says of its images below the reader's own words:
// that they were lossily compressed, and how (N21), and the display they were read
// on (N22). "" where there is nothing to say.
func (f Facts) Footer() string {
	var said []string
	for _, s := range []string{f.lossyWords(), f.Display.footer()} {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, " ")
}

func (d Display) footer() string {
	if d.Unfit != "" {
		return d.Words + " (" + d.Unfit + ")."
	}
	return d.Cited
}

func (f Facts) lossyWords() string {
	if len(f.Lossy) == 0 {
		return ""
	}
	var how []string
	for _, s := range f.Lossy {
		if s = oneLine(s); s != "" && !slices.Contains(how, s) {
			how = append(how, s)
		}
	}
	if len(how) == 0 {
		return "Images of this study were lossily compressed."
	}
	return "Images of this study were lossily compressed (" + strings.Join(how, "; ") + ")."
}

// header is the data set that the SR copies patient and study from.
func (f Facts) header(d *Draft) *dicom.Dataset {
	if f.Study != nil && f.Study.Str(dicom.StudyInstanceUID) == d.StudyUID {
		return f.Study
	}
	h := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{
		dicom.StudyInstanceUID: d.StudyUID, dicom.AccessionNumber: d.Accession,
		dicom.PatientName: f.Patient.Name, dicom.PatientID: f.Patient.ID,
		dicom.PatientBirthDate: f.Patient.Birth, dicom.PatientSex: f.Patient.Sex,
		dicom.Modality: f.Modality, dicom.StudyDescription: f.Exam,
	} {
		if v == "" {
			h.SetStr(t)
		} else {
			h.SetStr(t, v)
		}
	}
	return h
}
