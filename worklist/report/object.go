package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
)

// ObjectKind is what a DICOM object says of a report.
type ObjectKind string

// The objects of one signing: the report's text (Basic Text SR, TID 2000), what was
// measured (Comprehensive SR, TID 1500), the images it speaks of (KOS, TID 2010), what
// was drawn on them (presentation states), and the report to be read on paper
// (Encapsulated PDF).
const (
	TextReport   ObjectKind = "sr"
	Measured     ObjectKind = "measurements"
	KeyImages    ObjectKind = "key-images"
	Presentation ObjectKind = "presentation"
	Paper        ObjectKind = "pdf"
)

// Object is one DICOM object that signing made: a Part 10 file that never changes.
type Object struct {
	Kind           ObjectKind
	Bytes          []byte
	SHA256         string // of Bytes, lower-case hex
	StudyUID       string
	SeriesUID      string
	SOPInstanceUID string
	SOPClassUID    string
}

// ObjectOf writes a data set. The same data set gives the same object.
func ObjectOf(kind ObjectKind, d *dicom.Dataset) (Object, error) {
	b, err := dicom.Bytes(d, nil)
	if err != nil {
		return Object{}, fmt.Errorf("write %s object: %w", kind, err)
	}
	return Object{Kind: kind, Bytes: b, SHA256: Digest(b), StudyUID: d.Str(dicom.StudyInstanceUID), SeriesUID: d.Str(dicom.SeriesInstanceUID),
		SOPInstanceUID: d.Str(dicom.SOPInstanceUID), SOPClassUID: d.Str(dicom.SOPClassUID)}, nil
}

// Digest is the SHA-256 of bytes in lower-case hex.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
