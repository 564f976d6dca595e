package report

import "testing"

func TestAVolumeIsReadWithItsAxesAndALabelWithItsCount(t *testing.T) {
	volume := Measurement{Kind: "volume", Values: []Value{
		{Name: "volume", Number: 3.14159, Unit: "ml", Uncertainty: 0.15},
		{Name: "axis a", Number: 10, Unit: "mm"}, {Name: "axis b", Number: 30, Unit: "mm"}, {Name: "axis c", Number: 20, Unit: "mm"},
	}, Calibration: "Pixel Spacing"}
	if got := MeasurementText(volume); got != "3.14 ml (30.0 × 20.0 × 10.0 mm)" {
		t.Errorf("%s", got)
	}
	volume.Calibration = "an axis was deleted"
	if got := MeasurementText(volume); got != "3.14 ml (30.0 × 20.0 × 10.0 mm), an axis was deleted" {
		t.Errorf("%s", got)
	}
	if got := MeasurementText(Measurement{Kind: "vertebra", Label: "L4", Calibration: "assumed L5"}); got != "L4 (assumed L5)" {
		t.Errorf("%s", got)
	}
}
