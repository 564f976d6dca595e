package dicom

import "testing"

func TestLocalisersAreKnownByTypeOrName(t *testing.T) {
	for description, want := range map[string]bool{
		"Localizer 3 plane": true, "LOC": true, "Topogram 0.6 T20f": true, "survey": true, "3-plane": true,
		"t2 tse sag": false, "Location of pain": false, "Local protocol": false, "": false,
	} {
		d := &Dataset{}
		d.SetStr(SeriesDescription, description)
		if IsLocaliser(d) != want {
			t.Errorf("%q: %v", description, !want)
		}
	}
	d := &Dataset{}
	d.SetStr(ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER")
	if !IsLocaliser(d) {
		t.Error("the Image Type was not read")
	}
}
