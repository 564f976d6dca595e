package pacs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// DifferentError: the archive holds the object, and not as it was sent.
type DifferentError struct {
	Tags   []dicom.Tag // attributes that differ
	Pixels bool        // the stored values differ
}

func (e *DifferentError) Error() string {
	if e.Pixels {
		return "the archive holds other pixels than were sent"
	}
	return fmt.Sprintf("the archive holds the object with %d attributes changed", len(e.Tags))
}

// ErrNotComparable: the archive's copy cannot be held against ours.
var ErrNotComparable = errors.New("the archive's copy cannot be compared")

// codedBy are attributes that another transfer syntax may change without changing
// a pixel (PS3.5 8.2).
var codedBy = []dicom.Tag{dicom.PhotometricInterpretation, dicom.PlanarConfiguration}

// ReadBack asks for one object that was sent and returns nil only when the archive
// answered with that object and holds what was sent: the same bytes, or else the
// same classes and UIDs, no attribute that differ names, and the same stored pixel
// values, each decoded where the archive compressed or decompressed it
// (pixel.StoredSHA256). differ lists the attributes in which the two differ; nil
// leaves attributes out. Errors are *DifferentError, ErrNotComparable, or those of
// Retrieve: an object that is not there is a *StatusError of reason NotFound.
func ReadBack(ctx context.Context, a Archive, ref Ref, sent []byte, differ func(sent, held *dicom.Dataset) []dicom.Tag) error {
	held, n := []byte(nil), 0
	err := a.Retrieve(ctx, ref, func(o Object) error {
		held = o.Bytes
		n++
		return nil
	})
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	if n != 1 {
		return fmt.Errorf("read back: %w", ErrNotComparable)
	}
	if bytes.Equal(sent, held) {
		return nil
	}
	if err := same(sent, held, differ); err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	return nil
}

func same(sent, held []byte, differ func(sent, held *dicom.Dataset) []dicom.Tag) error {
	ours, err1 := dicom.Parse(sent)
	theirs, err2 := dicom.Parse(held)
	if err1 != nil || err2 != nil || theirs.Truncated && !ours.Truncated {
		return ErrNotComparable
	}
	var tags []dicom.Tag
	for _, t := range []dicom.Tag{dicom.SOPClassUID, dicom.SOPInstanceUID, dicom.StudyInstanceUID, dicom.SeriesInstanceUID} {
		if ours.Dataset.Str(t) != theirs.Dataset.Str(t) {
			tags = append(tags, t)
		}
	}
	if differ != nil {
		tags = append(tags, differ(ours.Dataset, theirs.Dataset)...)
	}
	if ours.TransferSyntax != theirs.TransferSyntax {
		tags = slices.DeleteFunc(tags, func(t dicom.Tag) bool { return slices.Contains(codedBy, t) })
	}
	if len(tags) > 0 {
		return &DifferentError{Tags: tags}
	}
	return samePixels(ours, theirs)
}

func samePixels(ours, theirs *dicom.File) error {
	if ours.Pixel.Tag == 0 && theirs.Pixel.Tag == 0 {
		return nil
	}
	if ours.Pixel.Tag != theirs.Pixel.Tag {
		return &DifferentError{Pixels: true}
	}
	if ours.TransferSyntax == theirs.TransferSyntax {
		return sameFrames(ours, theirs)
	}
	a, err1 := pixel.StoredSHA256(ours)
	b, err2 := pixel.StoredSHA256(theirs)
	if err1 != nil || err2 != nil {
		return ErrNotComparable
	}
	if a != b {
		return &DifferentError{Pixels: true}
	}
	return nil
}

// sameFrames compares pixels of one transfer syntax as they are encoded.
func sameFrames(ours, theirs *dicom.File) error {
	if !ours.Pixel.Encapsulated {
		if !bytes.Equal(ours.Pixel.Native, theirs.Pixel.Native) {
			return &DifferentError{Pixels: true}
		}
		return nil
	}
	if dicom.Frames(ours) != dicom.Frames(theirs) {
		return &DifferentError{Pixels: true}
	}
	for i := range dicom.Frames(ours) {
		a, err1 := ours.Frame(i)
		b, err2 := theirs.Frame(i)
		if err1 != nil || err2 != nil {
			return ErrNotComparable
		}
		if !bytes.Equal(a, b) {
			return &DifferentError{Pixels: true}
		}
	}
	return nil
}
