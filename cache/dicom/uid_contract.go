package dicom

// UID is a unique identifier (PS3.5 9): at most 64 characters of digits and dots.
type UID string
