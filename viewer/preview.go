package viewer

// Preview is a picture of one instance that its site drew, to look at until the first
// image of the case is here. It is foreign bytes: a receiver bounds what it costs. On
// it nothing is measured, windowed, marked or counted as seen (N8).
type Preview struct {
	StudyUID  string `json:"study_uid"`
	SeriesUID string `json:"series_uid"`
	SOPUID    string `json:"sop_uid"`
	MediaType string `json:"media_type"` // image/jpeg or image/png
	Bytes     []byte `json:"bytes"`
}

// MaxPreview bounds the bytes of a Preview: one of 512×512 takes about 30 kB.
const MaxPreview = 1 << 20

// Previewer is a Viewer that can show a Preview of the open case where its series will
// be, marked as what it is, until it has an image of the study. One that comes later,
// or is of another study or epoch, is dropped.
type Previewer interface {
	Preview(epoch uint64, p Preview) error
}
