package medium

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/dir"
	"github.com/nocturne/nocturne/cache/seal"
)

// looked is what reading a file's header said. About 500 bytes: what is not asked of a
// study again is not kept.
type looked struct {
	found
	kind                kind
	study, series, sop  dicom.UID
	who                 dicom.Identity
	date, time          string
	title, body, asked  string
	number, name, modal string
	listed              []dir.Entry // of a DICOMDIR
	broken              bool
	made                bool // a UID was missing and is made here
}

type kind int

const (
	other kind = iota
	unreadable
	anonymous
	object
	directory
)

// look reads the headers of all files, on all processors. The order is the walk's.
func (w *walk) look() ([]looked, error) {
	out := make([]looked, len(w.files))
	var next sync.Mutex
	at := 0
	take := func() int {
		next.Lock()
		defer next.Unlock()
		at++
		if w.opt.Progress != nil && at%every == 0 {
			w.opt.Progress(at)
		}
		return at - 1
	}
	var readers sync.WaitGroup
	for range max(2, runtime.GOMAXPROCS(0)) { // one waits for the medium while another parses
		readers.Go(func() {
			for i := take(); i < len(out) && w.ctx.Err() == nil; i = take() {
				out[i] = read(w.files[i])
			}
		})
	}
	readers.Wait()
	return out, w.ctx.Err()
}

// read reads one header.
func read(f found) looked {
	out := looked{found: f}
	file, err := f.header()
	if err != nil {
		if out.kind = other; f.damaged(err) {
			out.kind = unreadable
		}
		return out
	}
	d := file.Dataset
	if dir.Is(file) {
		out.kind = directory
		if last := f.key[strings.LastIndexByte(f.key, '/')+1:]; last == directoryName {
			out.listed, out.broken = dir.Entries(file)
		}
		return out
	}
	out.study, out.series, out.sop = dicom.UID(d.Str(dicom.StudyInstanceUID)), dicom.UID(d.Str(dicom.SeriesInstanceUID)), dicom.UID(d.Str(dicom.SOPInstanceUID))
	out.made = out.study == "" || out.series == "" || out.sop == ""
	switch class := d.Str(dicom.SOPClassUID); {
	case !out.made, file.Pixel.Present():
		out.kind = object
	case file.Preamble || class != "":
		out.kind = anonymous
		return out
	default:
		return out
	}
	out.who = dicom.Identity{Name: d.Str(dicom.PatientName), ID: d.Str(dicom.PatientID), Birth: d.Str(dicom.PatientBirthDate),
		Sex: d.Str(dicom.PatientSex), Accession: d.Str(dicom.AccessionNumber)}
	out.date, out.time, out.title = d.Str(dicom.StudyDate), d.Str(dicom.StudyTime), d.Str(dicom.StudyDescription)
	out.body, out.asked = d.Str(dicom.BodyPartExamined), d.Str(dicom.ReferringPhysicianName)
	out.number, out.name, out.modal = d.Str(dicom.SeriesNumber), d.Str(dicom.SeriesDescription), d.Str(dicom.Modality)
	out.identify()
	return out
}

// damaged reports whether a file that did not parse is the medium's loss: it could not
// be read, or it says of itself that it is DICOM.
func (f found) damaged(err error) bool {
	var invalid *dicom.InvalidError
	var unsupported *dicom.UnsupportedError
	if !errors.As(err, &invalid) && !errors.As(err, &unsupported) {
		return true
	}
	in, err := seal.OpenPath(f.path, f.seal)
	if err != nil {
		return true
	}
	defer in.Close()
	magic := make([]byte, 4)
	_, err = in.ReadAt(magic, 128)
	return err == nil && string(magic) == "DICM"
}

// identify gives an image without UIDs some of its own, the same each time: files of
// one patient in one folder are a study, those of one series number in it a series.
func (l *looked) identify() {
	folder := l.key[:max(0, strings.LastIndexByte(l.key, '/'))]
	l.study = cmp.Or(l.study, made(folder, l.who.Name, l.who.ID, l.who.Birth, l.who.Sex))
	l.series = cmp.Or(l.series, made(string(l.study), folder, l.modal, l.number))
	l.sop = cmp.Or(l.sop, made(string(l.series), l.key))
}

// made is a UID made of words (PS3.5 B.2).
func made(words ...string) dicom.UID {
	h := sha256.New()
	for _, w := range words {
		fmt.Fprintf(h, "%d %s", len(w), w)
	}
	return dicom.UID("2.25." + new(big.Int).SetBytes(h.Sum(nil)[:16]).String())
}
