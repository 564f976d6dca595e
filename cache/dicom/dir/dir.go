// Package dir reads the directory of an exchange medium: the DICOMDIR (PS3.10 8,
// PS3.3 annex F), which names the files of a CD or a stick with the patient, study
// and series each belongs to.
//
// What a DICOMDIR says is a claim. Nothing here opens a file by a name it holds:
// a File ID comes out as a Key to look files up by that were found otherwise.
package dir

import (
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// The elements of a directory (PS3.3 Tables F.3-2 and F.3-3).
const (
	firstRecord   dicom.Tag = 0x00041200 // Offset of the First Directory Record of the Root Directory Entity
	records       dicom.Tag = 0x00041220 // Directory Record Sequence
	nextRecord    dicom.Tag = 0x00041400 // Offset of the Next Directory Record
	inUse         dicom.Tag = 0x00041410 // Record In-use Flag, retired; 0 is a record that was deleted
	lowerEntity   dicom.Tag = 0x00041420 // Offset of Referenced Lower-Level Directory Entity
	recordType    dicom.Tag = 0x00041430 // Directory Record Type
	fileID        dicom.Tag = 0x00041500 // Referenced File ID
	referencedSOP dicom.Tag = 0x00041511 // Referenced SOP Instance UID in File
)

// mostRecords bounds a directory: a medium of a million files is none.
const mostRecords = 1 << 20

// Entry is one file that the directory lists, with what it says of it. Fields that
// it leaves out are empty.
type Entry struct {
	Key       string // of Referenced File ID: see Key
	SOP       dicom.UID
	Patient   dicom.Identity // of its PATIENT record
	Study     dicom.UID
	StudyDate string // DA
	Title     string // Study Description
	Series    dicom.UID
	Modality  string
}

// Is reports whether an object is a media directory.
func Is(f *dicom.File) bool {
	return dicom.UID(f.Meta.Str(dicom.MediaStorageSOPClassUID)) == dicom.MediaStorageDirectory || f.Dataset.Has(records)
}

// Entries are the files that a directory lists. broken says that some records could
// not be reached by the offsets that link them: those are listed too, with the
// patient, study and series that stand before them in the file, as writers keep
// them in order. It never fails: of a directory that holds nothing, nothing comes.
func Entries(f *dicom.File) (list []Entry, broken bool) {
	all := f.Dataset.Seq(records)
	if len(all) > mostRecords {
		all, broken = all[:mostRecords], true
	}
	w := walker{at: make(map[int64]*dicom.Dataset, len(all)), seen: map[*dicom.Dataset]bool{}}
	for _, r := range all {
		if r == nil {
			continue
		}
		if at, ok := r.Position(); ok {
			w.at[at] = r
		}
	}
	first, _ := f.Dataset.Int(firstRecord)
	w.entity(int64(first), Entry{})
	var last Entry
	for _, r := range all {
		if r == nil {
			continue
		}
		last = last.under(r)
		if !w.seen[r] {
			broken = true
			w.take(r, last)
		}
	}
	return w.out, broken || w.lost
}

// walker follows the offsets. A record is taken once, however often it is linked.
type walker struct {
	at   map[int64]*dicom.Dataset
	seen map[*dicom.Dataset]bool
	out  []Entry
	lost bool
}

// level is a record whose successors are still to be visited.
type level struct {
	next int64
	of   Entry
}

// entity visits the records of one directory entity and all below it, without
// recursion: a chain of a million links needs no million stack frames.
func (w *walker) entity(first int64, of Entry) {
	for todo := []level{{first, of}}; len(todo) > 0; {
		top := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if top.next == 0 {
			continue
		}
		r := w.at[top.next]
		if r == nil || w.seen[r] {
			w.lost = true
			continue
		}
		here := top.of.under(r)
		w.take(r, here)
		next, _ := r.Int(nextRecord)
		lower, _ := r.Int(lowerEntity)
		todo = append(todo, level{int64(next), top.of}, level{int64(lower), here})
	}
}

// take lists the file of a record that has one and is in use.
func (w *walker) take(r *dicom.Dataset, here Entry) {
	w.seen[r] = true
	names := r.Strs(fileID)
	if flag, ok := r.Int(inUse); ok && flag == 0 || len(names) == 0 || strings.Join(names, "") == "" {
		return
	}
	here.Key, here.SOP = Key(names...), dicom.UID(r.Str(referencedSOP))
	w.out = append(w.out, here)
}

// under is what holds for a record and all below it. A record of a level begins that
// level anew.
func (e Entry) under(r *dicom.Dataset) Entry {
	switch r.Str(recordType) {
	case "PATIENT":
		return Entry{Patient: dicom.Identity{Name: r.Str(dicom.PatientName), ID: r.Str(dicom.PatientID),
			Birth: r.Str(dicom.PatientBirthDate), Sex: r.Str(dicom.PatientSex)}}
	case "STUDY":
		return Entry{Patient: e.Patient, Study: dicom.UID(r.Str(dicom.StudyInstanceUID)), StudyDate: r.Str(dicom.StudyDate), Title: r.Str(dicom.StudyDescription)}
	case "SERIES":
		e.Series, e.Modality = dicom.UID(r.Str(dicom.SeriesInstanceUID)), r.Str(dicom.Modality)
	}
	return e
}

// Key is a File ID or a file's path below its directory, so that both meet however
// the medium was mounted or copied: in one case, without the version number of ISO
// 9660 (";1"), without the dot that an empty extension leaves. It is a word to
// compare, never a path.
func Key(parts ...string) string {
	var out []string
	for _, part := range parts {
		for _, p := range strings.FieldsFunc(part, func(r rune) bool { return r == '/' || r == '\\' }) {
			p = strings.TrimSpace(p)
			if name, version, ok := strings.Cut(p, ";"); ok && strings.Trim(version, "0123456789") == "" {
				p = name
			}
			if p = strings.ToUpper(strings.TrimRight(p, ". ")); p != "" {
				out = append(out, p)
			}
		}
	}
	return strings.Join(out, "/")
}
