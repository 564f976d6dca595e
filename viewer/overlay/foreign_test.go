package overlay

import (
	set "slices"
	"testing"

	"github.com/nocturne/nocturne/viewer"
)

func TestWhatAnotherDidNotMeasureIsNotSaid(t *testing.T) {
	v := func(name string, n float64, unit string) viewer.Value {
		return viewer.Value{Name: name, Number: n, Unit: unit}
	}
	for _, c := range []struct {
		m    viewer.Mark
		want []string
	}{
		{viewer.Mark{Kind: viewer.Polygon, Values: []viewer.Value{v("mean", 80, "HU"), v("area", 900, "mm2")}}, []string{"mean 80.0 HU", "900.0 mm²", "X"}},
		{viewer.Mark{Kind: viewer.Ellipse, Values: []viewer.Value{v("max", 9.5, "SUVbw"), v("SUVbw peak", 8, "SUVbw")}}, []string{"max 9.50", "SUVbw peak 8.00 SUVbw", "X"}},
		{viewer.Mark{Kind: viewer.Polyline, Values: []viewer.Value{v("Path length", 12.5, "mm")}, Label: "vessel"}, []string{"vessel", "Path length 12.5 mm", "X"}},
		{viewer.Mark{Kind: viewer.Length, Values: []viewer.Value{v("Diameter", 8, "mm")}}, []string{"8.0 mm", "X"}},
	} {
		if got := Foreign(c.m, "X"); !set.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
