package picture

import (
	"fmt"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel/suv"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// alsoOver is what the probe reads of the layer at an image point.
func (p Picture) alsoOver(at [2]float64) string {
	v, unit, ok := p.OverAt(at)
	if !ok {
		return ""
	}
	return fmt.Sprintf(", %s", overlay.Join(" ", "PET", fmt.Sprintf("%.2f", v), unit))
}

// ProbeWords is the value under the cursor, as the overlay and the State have it.
func ProbeWords(p Picture, at [2]float64) string {
	there := alsoThere(p, at)
	v, unit, why := p.Value(at)
	if why != "" {
		return overlay.Join(" · ", there, why)
	}
	words := fmt.Sprintf("%.1f", v)
	if u := p.Image.Unit(); u == suv.Unit {
		words = fmt.Sprintf("%.2f", v)
	} else if v == math.Trunc(v) {
		words = fmt.Sprintf("%.0f", v)
	}
	if unit != "" {
		words += " " + unit
	}
	words += p.alsoSUV(v)
	if p.Image.Lossy {
		words += " (lossy)"
	}
	if made := p.Slot.Instance.Made; made != nil && made.Words() != "" {
		words += " (" + made.Words() + ")"
	}
	words += p.alsoOver(at)
	return overlay.Join(" · ", there, fmt.Sprintf("%s at %d, %d", words, int(at[0]), int(at[1])))
}

// alsoThere is what the axes of a region say under the probe, before the value of the
// pixel: "32.4 cm/s, 0.420 s".
func alsoThere(p Picture, at [2]float64) string {
	if p.Slot.Instance == nil {
		return ""
	}
	r, ok := regionAxes(p.Slot.Instance, viewer.Mark{Kind: viewer.Probe, Points: [][2]float64{at}})
	if !ok {
		return ""
	}
	m := viewer.Mark{Kind: viewer.Probe, Points: [][2]float64{at}}
	m.Values = inRegion(r, m)
	for i := range m.Values {
		m.Values[i].Uncertainty = 0
	}
	return strings.Join(overlay.Words(m), ", ")
}

// alsoSUV is what the probe says of a SUV besides: the same by lean body mass, and
// the activity.
func (p Picture) alsoSUV(v float64) string {
	by := p.Slot.Instance.SUV
	if p.Image.Unit() != suv.Unit || by.BodyWeight == 0 {
		return ""
	}
	words := ""
	if by.Lean > 0 {
		words = fmt.Sprintf("SUL %.2f", v*by.Lean/by.BodyWeight)
	}
	if p.Slot.Instance.Header.Str(dicom.Units) == "BQML" {
		words = overlay.Join(", ", words, fmt.Sprintf("%.0f Bq/ml", v/by.BodyWeight))
	}
	if words == "" {
		return ""
	}
	return " (" + words + ")"
}
