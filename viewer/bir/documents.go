package bir

import (
	"strings"

	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// documentItems are about objects without pixels.
func documentItems() []item {
	return []item{
		{"BIR_REPORT", "A structured report is shown as text", reportText},
	}
}

func reportText(s *session, t *trial) {
	d, err := sr.BasicText(sr.Document{
		Study: stack{}.filled().dataset(0), SeriesUID: "2.25.5", SOPUID: "2.25.5.1", Title: sr.Title("CT", "CHEST"),
		Observer: sr.Observer{Name: "READER^TEST"}, Content: s.now,
		Sections: []sr.Section{{Key: "findings", Text: "A nodule of 8.0 mm."}, {Key: "impression", Text: "Nodule, right upper lobe."}},
	})
	if err != nil {
		t.want(false, "a report was refused: %v", err)
		return
	}
	text := sr.Text(d)
	for _, words := range []string{"A nodule of 8.0 mm.", "Nodule, right upper lobe."} {
		t.want(strings.Contains(text, words), "%q", words)
	}
}
