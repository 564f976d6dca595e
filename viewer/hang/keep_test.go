package hang

import (
	"reflect"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/space"
)

func TestAKeptProtocolIsReadBackAsItWasAndHangsFirst(t *testing.T) {
	all := Default()
	for i := range all {
		f := Facts{Modality: all[i].Match.Modality[0], Words: all[i].Match.Words, Sets: all[i].Match.Has, Prior: all[i].Match.Prior != nil && *all[i].Match.Prior}
		s := Stage{Layout: "2x3", Least: 1, Tiles: []Want{{Kernel: "soft", Window: []float64{80, 40}, Linked: true}, {Study: "prior", View: []string{"PA"}}}}
		kept := Keep(&all[i], 0, f, s)
		text, err := kept.TOML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse([]byte(text))
		if err != nil || !reflect.DeepEqual(back, kept) {
			t.Errorf("%s: %v\n%+v\n%+v", kept.Name, err, back, kept)
		}
		if len(kept.Stages) != len(all[i].Stages) || kept.Stages[0].Layout != "2x3" || !kept.Kept() || all[i].Kept() {
			t.Errorf("%s has %d stages of %d", kept.Name, len(kept.Stages), len(all[i].Stages))
		}
		if at, _ := Choose(append([]Protocol{kept}, all...), f); at != 0 {
			t.Errorf("%s is not what hangs", kept.Name)
		}
		if again := Keep(&kept, -1, f, s); again.Name != kept.Name || len(again.Stages) != len(kept.Stages) {
			t.Errorf("kept twice: %s with %d stages", again.Name, len(again.Stages))
		}
	}
}

func TestWithoutABaseALayoutIsKeptForTheBodyPartOrAWord(t *testing.T) {
	for _, c := range []struct {
		f          Facts
		name, says string
	}{
		{Facts{Modality: "CT", Words: []string{"CT wrist left"}, BodyParts: []string{"", "WRIST"}}, "Own: CT WRIST", "CT of body part WRIST"},
		{Facts{Modality: "MR", Words: []string{"MR of the liver with contrast"}}, "Own: MR liver", "MR with “liver”"},
		{Facts{Modality: "NM"}, "Own: NM", "NM"},
	} {
		p := Keep(nil, -1, c.f, Stage{Layout: "1x1", Tiles: []Want{{}}})
		if p.Name != c.name || p.Match.Says() != c.says || !p.Fits(c.f) {
			t.Errorf("%q for %q", p.Name, p.Match.Says())
		}
	}
}

// Every set of a case is described so that the description takes it and no other.
func TestAWantOfASetTakesThatSet(t *testing.T) {
	ax, sag := space.Vec3{0, 0, -1}, space.Vec3{1, 0, 0}
	sets := []Set{
		{Study: "now", Number: 1, Modality: "CT", Localiser: true, Normal: sag},
		{Study: "now", Number: 2, Modality: "CT", Description: "Brain 5.0", Kernel: "H30s", Thickness: 5, Normal: ax, B: -1},
		{Study: "now", Number: 3, Modality: "CT", Description: "Brain 1.0", Kernel: "H30s", Thickness: 1, Normal: ax, B: -1},
		{Study: "now", Number: 4, Modality: "CT", Description: "Bone", Kernel: "H60s", Thickness: 1, Normal: ax, B: -1},
		{Study: "now", Number: 5, Modality: "CT", Description: "Bone sag", Kernel: "H60s", Thickness: 2, Normal: sag, B: -1},
		{Study: "now", Number: 6, Modality: "CT", Description: "Abdomen", Part: "acquisition 1", Phase: "arterial: +35 s", Normal: ax, B: -1},
		{Study: "now", Number: 6, Modality: "CT", Description: "Abdomen", Part: "acquisition 2", Phase: "portal: +70 s", Normal: ax, B: -1},
		{Study: "now", Number: 7, Modality: "CT", Description: "Neck vessels", Normal: ax, B: -1},
		{Study: "now", Number: 8, Modality: "CT", Description: "Neck vessels subtracted", Normal: ax, B: -1},
		{Study: "near", Number: 7, Modality: "CT", Kernel: "H30s", Thickness: 5, Normal: ax, B: -1},
	}
	for i := 1; i < len(sets); i++ {
		w, sure := WantOf(i, "now", []string{"now", "near"}, sets, 0)
		if got := w.best("now", []string{"now", "near"}, sets); got != i || !sure || w.check() != nil {
			t.Errorf("%s: %+v takes %d (sure %v)", sets[i].Description, w, got, sure)
		}
	}
	mr := []Set{
		{Study: "now", Number: 2, Modality: "MR", Description: "ax DWI", B: 0, Normal: ax}, {Study: "now", Number: 2, Modality: "MR", Description: "ax DWI", B: 1000, Normal: ax},
		{Study: "now", Number: 3, Modality: "MR", Description: "ax T2 FLAIR", B: -1, Normal: ax}, {Study: "now", Number: 4, Modality: "MR", Description: "ax T2 TSE", B: -1, Normal: ax},
	}
	for i := range mr {
		if w, sure := WantOf(i, "now", nil, mr, 0); w.best("now", nil, mr) != i || !sure {
			t.Errorf("%s: %+v (sure %v)", mr[i].Description, w, sure)
		}
	}
	twins := []Set{{Study: "now", Modality: "CT", Description: "a", Normal: ax, B: -1}, {Study: "now", Modality: "CT", Description: "a", Number: 1, Normal: ax, B: -1}}
	if _, sure := WantOf(1, "now", nil, twins, 0); sure {
		t.Error("two sets that nothing tells apart are told apart")
	}
	films := []Set{{Study: "now", Modality: "CR", Images: []View{{Position: "PA", Side: "R"}, {Position: "LL", Side: "R"}}}}
	if w, sure := WantOf(0, "now", nil, films, 1); w.Slice(films[0]) != 1 || w.Side != "" || !sure {
		t.Errorf("the lateral of a right hand: %+v", w)
	}
	if strings.Contains(Match{Modality: []string{"CT"}}.Says(), "with") {
		t.Error("says more than there is")
	}
}
