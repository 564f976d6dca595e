package main

import (
	"testing"
	"time"
)

func TestTheLastDisplayCheckIsWhatTheImagesAreShownWith(t *testing.T) {
	env := &environment{Home: t.TempDir()}
	if d := env.display(); !d.Checked.IsZero() {
		t.Errorf("a check nobody made: %+v", d)
	}
	uses := []finding{{ID: "gsdf.ct-mr", Status: "pass"}, {ID: "gsdf.radiographs", Status: "fail"}, {ID: "gsdf.mammography", Status: "pass"}}
	if err := env.recordDisplay(gsdfOptions{monitor: "LEFT", megapixels: 5.8}, nil, uses); err != nil {
		t.Fatal(err)
	}
	d := env.display()
	if d.Monitor != "LEFT" || d.Megapixels != 5.8 || len(d.Passed) != 2 || d.Passed[0] != "CT, MR" || d.NotForMammography(time.Now()) != "" {
		t.Errorf("%+v: %s", d, d.NotForMammography(time.Now()))
	}
}
