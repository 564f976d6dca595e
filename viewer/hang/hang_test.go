package hang

import (
	"testing"

	"github.com/nocturne/nocturne/cache/space"
)

var axial = space.Vec3{0, 0, 1}

func ct(study string, number int, desc string, mm float64, localiser bool) Set {
	return Set{Study: study, Number: number, Modality: "CT", Description: desc, Thickness: mm, Localiser: localiser, Normal: axial}
}

func TestTheLocaliserIsNeverShownFirst(t *testing.T) {
	p, ok := Initial([]Set{ct("s", 1, "topogram", 0, true), ct("s", 2, "chest 5.0", 5, false)})
	if !ok || p.Tiles[0].Set != 1 || p.Layout != "1x1" {
		t.Errorf("%+v %v", p, ok)
	}
	if _, ok := Initial([]Set{ct("s", 1, "topogram", 0, true)}); ok {
		t.Error("a localiser alone was hung")
	}
}

func TestTheThinCTComesFirstThenTheLowerNumber(t *testing.T) {
	p, _ := Initial([]Set{ct("s", 2, "thick", 5, false), ct("s", 4, "thin bone", 1, false), ct("s", 3, "thin soft", 1, false)})
	if p.Tiles[0].Set != 2 {
		t.Errorf("set %d first", p.Tiles[0].Set)
	}
}

func TestTheFrontalRadiographComesFirst(t *testing.T) {
	lateral := Set{Number: 1, Modality: "DX", Images: []View{{Position: "LL"}}}
	pa := Set{Number: 2, Modality: "DX", Images: []View{{Position: "PA"}}}
	if p, _ := Initial([]Set{lateral, pa}); p.Tiles[0].Set != 1 {
		t.Error("the lateral came first")
	}
	both := Set{Number: 1, Modality: "CR", Images: []View{{Position: "LL"}, {Position: "PA"}}}
	if p, _ := Initial([]Set{both}); p.Tiles[0].Slice != 1 {
		t.Error("the frontal view of one series is not where it opens")
	}
}

func mg(side, position, right string) Set {
	return Set{Modality: "MG", Images: []View{{Side: side, Position: position, Right: right}}}
}

func TestFourMammogramsHangBackToBackAtOneScale(t *testing.T) {
	sets := []Set{mg("L", "MLO", "A"), mg("R", "CC", "P"), mg("L", "CC", "A"), mg("R", "MLO", "P")}
	p, ok := Initial(sets)
	if !ok || p.Layout != "2x2" || !p.OneScale {
		t.Fatalf("%+v %v", p, ok)
	}
	for i, want := range []Place{{1, 0, 1}, {2, 0, -1}, {3, 0, 1}, {0, 0, -1}} {
		if p.Tiles[i] != want {
			t.Errorf("tile %d: %+v, want %+v", i, p.Tiles[i], want)
		}
	}
	if p, _ := Initial(sets[:3]); p.Layout != "1x1" {
		t.Errorf("three views: %s", p.Layout)
	}
}

func TestThePriorIsTheMostLikeSetOfTheNearestStudy(t *testing.T) {
	now := ct("now", 2, "CHEST lung 1.0", 1, false)
	coronal := ct("p1", 3, "CHEST lung 1.0 cor", 1, false)
	coronal.Normal = space.Vec3{0, 1, 0}
	sets := []Set{
		ct("p1", 1, "topogram", 1, true),
		coronal,
		ct("p1", 4, "CHEST soft 5.0", 5, false),
		ct("p1", 5, "CHEST lung 1.0", 1, false),
		ct("p2", 1, "CHEST lung 1.0", 1, false),
	}
	if i := Prior(now, []string{"p1", "p2"}, sets); i != 3 {
		t.Errorf("set %d", i)
	}
	if i := Prior(now, []string{"p2", "p1"}, sets); i != 4 {
		t.Errorf("nearest p2: set %d", i)
	}
	now.Modality = "MR"
	if i := Prior(now, []string{"p1", "p2"}, sets); i != -1 {
		t.Errorf("another modality: set %d", i)
	}
}

func TestThePriorsTwinHasTheSameView(t *testing.T) {
	prior := Set{Images: []View{{Side: "R", Position: "MLO"}, {Side: "L", Position: "CC"}}}
	if Twin(View{Side: "L", Position: "CC"}, prior) != 1 || Twin(View{Position: "XX"}, prior) != 0 {
		t.Error("wrong twin")
	}
}
