package viewer

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
)

// Object is one instance on disk: its place in the hierarchy, the file to read and what
// it is sealed under. The path holds no patient data. It is read by its methods, never
// by its path.
type Object struct {
	StudyUID  string `json:"study_uid"`
	SeriesUID string `json:"series_uid"`
	SOPUID    string `json:"sop_uid"`
	Path      string `json:"path"`
	// Key opens the file; nil: the file is plain. It is never written with the object:
	// viewer/link sends it beside.
	Key *seal.Key `json:"-"`
}

// Open opens the file as dicom.Open does: frames are read and unsealed one by one.
func (o Object) Open() (*dicom.File, error) {
	if o.Key == nil {
		return dicom.Open(o.Path)
	}
	in, err := seal.OpenPath(o.Path, o.Key)
	if err != nil {
		return nil, fmt.Errorf("open object: %w", err)
	}
	return dicom.Options{}.OpenInput(in)
}

// Header reads the file as dicom.ReadHeader does.
func (o Object) Header() (*dicom.File, error) { return o.HeaderAs(dicom.Options{}) }

// HeaderAs is Header by options of reading.
func (o Object) HeaderAs(by dicom.Options) (*dicom.File, error) {
	if o.Key == nil {
		return by.ReadHeader(o.Path)
	}
	in, err := seal.OpenPath(o.Path, o.Key)
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	defer in.Close()
	return by.ReadHeaderAt(in, in.Size())
}

// Bytes are the whole file as it was received.
func (o Object) Bytes() ([]byte, error) {
	b, err := seal.ReadPath(o.Path, o.Key)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return b, nil
}

// Read parses the whole file.
func (o Object) Read() (*dicom.File, error) {
	b, err := o.Bytes()
	if err != nil {
		return nil, err
	}
	return dicom.Parse(b)
}
