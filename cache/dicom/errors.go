package dicom

import "fmt"

// InvalidError says that bytes are not valid DICOM. It never quotes a value.
type InvalidError struct {
	Offset int64 // where in the input; -1 when there is no such place
	Reason string
}

// Error implements error.
func (e *InvalidError) Error() string {
	if e.Offset < 0 {
		return "not valid DICOM: " + e.Reason
	}
	return fmt.Sprintf("not valid DICOM at byte %d: %s", e.Offset, e.Reason)
}

// UnsupportedError says that bytes may be valid DICOM, but of a kind that is
// not handled here.
type UnsupportedError struct{ What string }

// Error implements error.
func (e *UnsupportedError) Error() string { return "not supported: " + e.What }

// Invalidf is an *InvalidError that names no place. It must not be given a value
// of a patient.
func Invalidf(format string, a ...any) error {
	return &InvalidError{Offset: -1, Reason: fmt.Sprintf(format, a...)}
}

// Unsupportedf is an *UnsupportedError. It must not be given a value of a patient.
func Unsupportedf(format string, a ...any) error {
	return &UnsupportedError{What: fmt.Sprintf(format, a...)}
}

func invalid(off int, format string, a ...any) error {
	return &InvalidError{Offset: int64(off), Reason: fmt.Sprintf(format, a...)}
}
