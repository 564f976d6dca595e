// Package medium reads what somebody brings: a CD, a stick, a folder, a ZIP file.
//
// What a medium says of itself is a claim. Files are found by walking, never by a
// name that is written on it; links are not followed; what is packed is unpacked
// under names of our own. Who an image is of is read from the image; a DICOMDIR
// only says what else there should be.
//
// Nothing of a medium is put among what is held here (cache/store). A folder's files
// are read where they are; those of a ZIP in Options.Temp, sealed under a key that this
// process alone has, which Close removes and, after a crash, Sweep.
package medium

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
)

// Object is one file that can be shown. Its path may hold anything that its medium
// was labelled with: it goes into no log and no error.
type Object struct {
	Study, Series, SOP dicom.UID
	Path               string
	Key                *seal.Key // opens the file; nil: it is plain
}

// Series is one series of a study, as its files say, or as the directory does of
// files that are not there.
type Series struct {
	UID         dicom.UID `json:"series_instance_uid"`
	Number      string    `json:"series_number,omitempty"`
	Description string    `json:"series_description,omitempty"`
	Modality    string    `json:"modality,omitempty"`
	Objects     int       `json:"objects"`
	Missing     int       `json:"missing,omitempty"` // listed in the DICOMDIR, and not there
}

// Study is one study of one patient.
type Study struct {
	UID         dicom.UID
	Patient     dicom.Identity // with the study's accession number
	Date, Time  string         // DA, TM
	Description string
	BodyPart    string
	Referring   string
	Series      []Series
	Objects     []Object // in the order of their names on the medium
	Missing     int      // listed in the DICOMDIR, and not there
	Unlisted    int      // there, and not listed in the DICOMDIR
	// Strange is how many files carry this study's UID and another patient's name, ID,
	// birth date or sex. They are not among Objects: one picture of another patient is
	// one too many. Opened apart, they are shown.
	Strange int
	Made    bool // its UID, or one in it, is none of its own: see Counts.Anonymous
}

// Counts is what became of the files of a medium.
type Counts struct {
	Files       int `json:"files"`
	Objects     int `json:"objects"`     // DICOM, and among those of a study
	Other       int `json:"other"`       // no DICOM
	Unreadable  int `json:"unreadable"`  // could not be read: damaged, no permission
	Anonymous   int `json:"without_uid"` // DICOM without Study, Series or SOP Instance UID: shown where they are images
	Repeated    int `json:"repeated"`    // the same object once more
	Conflicting int `json:"conflicting"` // other bytes under the UID of an object that is here
	Strange     int `json:"strange"`     // see Study.Strange
	Links       int `json:"links"`       // symbolic links, devices, pipes: left alone
	Encrypted   int `json:"encrypted"`   // in a ZIP, by a password
	Packed      int `json:"packed"`      // in a ZIP in a ZIP in a ZIP, or packed in a way that is not known
	Missing     int `json:"missing"`     // listed in a DICOMDIR, and not there
	Unlisted    int `json:"unlisted"`    // there, and not listed, where a DICOMDIR is
	Directories int `json:"directories"` // DICOMDIRs read
}

// Medium is what was found. Close it: it holds what was unpacked.
type Medium struct {
	Studies []Study // by patient, then from new to old
	Counts  Counts
	// More says that there are more files than are looked at: see Limits.
	More bool
	// Broken: a DICOMDIR's records do not hang together; what it lists was taken in the
	// order it stands in.
	Broken bool

	temp *temp
}

// Limits bound what a medium may cost. A field of 0 stands for its default.
type Limits struct {
	Files    int   // looked at: 500,000
	Depth    int   // of folders: 64
	Unpacked int64 // bytes of a ZIP unpacked: 64 GiB, and no more than Ratio times its size beyond 1 GiB
	Ratio    int64 // 100: a study deflates 2:1 to 4:1
}

// Options say where to unpack and how far to go.
type Options struct {
	Temp     string          // where what is packed goes
	Limits   Limits          //
	Progress func(files int) // told how many files were found, then read, one call at a time; may be nil
}

// Errors of a medium that nothing can be shown of.
var (
	ErrNothing   = errors.New("there is no DICOM file here")
	ErrEncrypted = errors.New("this ZIP is encrypted: unpack it with its password and open the folder")
	ErrTooLarge  = errors.New("this ZIP unpacks to more than is allowed: unpack it and open the folder")
	ErrDamaged   = errors.New("this ZIP is damaged")
)

// Open looks through what the paths name: folders, ZIP files, DICOMDIRs (the folder
// they stand in) and single files, all together one medium. Errors are those above,
// a path that cannot be looked at, a disk that is full, and the end of ctx; a file
// that cannot be read is counted, not an error.
func Open(ctx context.Context, paths []string, o Options) (*Medium, error) {
	m := &Medium{temp: &temp{under: o.Temp}}
	w := &walk{ctx: ctx, opt: o, lim: o.Limits.filled(), temp: m.temp, counts: &m.Counts}
	w.left = w.lim.Unpacked
	for i, path := range paths {
		if err := w.path(path, fmt.Sprint(i)); err != nil {
			return nil, errors.Join(err, m.Close())
		}
	}
	m.More = w.more
	looked, err := w.look()
	if err == nil {
		err = m.sort(looked)
	}
	if err == nil && len(m.Studies) == 0 {
		err = nothing(m.Counts)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func nothing(c Counts) error {
	if c.Encrypted > 0 {
		return ErrEncrypted
	}
	return ErrNothing
}

// Close removes what was unpacked.
func (m *Medium) Close() error { return m.temp.close() }

// Study finds a study; nil when it is not on the medium.
func (m *Medium) Study(uid dicom.UID) *Study {
	for i := range m.Studies {
		if m.Studies[i].UID == uid {
			return &m.Studies[i]
		}
	}
	return nil
}

func (l Limits) filled() Limits {
	for _, f := range []struct {
		have *int64
		def  int64
	}{{&l.Unpacked, 64 << 30}, {&l.Ratio, 100}} {
		if *f.have <= 0 {
			*f.have = f.def
		}
	}
	if l.Files <= 0 {
		l.Files = 500_000
	}
	if l.Depth <= 0 {
		l.Depth = 64
	}
	return l
}

// plain takes the path out of an error: it may hold a patient's name.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
