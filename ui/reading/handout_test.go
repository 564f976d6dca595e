package reading

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// What is read out on the telephone is what was signed, with the patient's name first.
func TestAHandoutHoldsTheSignedWordsAndWhoseTheyAre(t *testing.T) {
	r, _ := newRoom(t)
	row := aRow()
	row.Expected = 0
	out, err := r.Sign(t.Context(), row, draftOn(t, r), r.Facts(t.Context(), row, Context{}), true)
	if err != nil {
		t.Fatal(err)
	}
	h, err := r.Handout(t.Context(), out.Signed.SOPUID)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"PHANTOM", "P1", "A1", "No fracture.", "READER", out.Signed.SOPUID} {
		if !strings.Contains(h.Text, words) {
			t.Errorf("%q is not in it:\n%s", words, h.Text)
		}
	}
	dir := t.TempDir()
	path, err := r.WriteHandout(t.Context(), out.Signed.SOPUID, dir)
	if err != nil || strings.Contains(path, "A1") || strings.Contains(path, "PHANTOM") {
		t.Fatalf("%s: %v", path, err)
	}
	b, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(b, h.PDF) || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if _, err := r.Handout(t.Context(), "9.9"); err == nil {
		t.Error("a report that is not there was handed out")
	}
}

func TestAHandoutSaysWhatKindOfReportItIs(t *testing.T) {
	r, _ := newRoom(t)
	row := aRow()
	row.Expected = 0
	d, f := draftOn(t, r), r.Facts(t.Context(), row, Context{})
	out, err := r.WetRead(t.Context(), row, d, f, "No bleed.", "")
	if err != nil {
		t.Fatal(err)
	}
	h, err := r.Handout(t.Context(), out.Signed.SOPUID)
	if err != nil || !strings.Contains(h.Text, "PRELIMINARY REPORT") || !strings.Contains(h.Text, "No bleed.") {
		t.Errorf("%v\n%s", err, h.Text)
	}
}
