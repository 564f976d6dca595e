package hang

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nocturne/nocturne/cache/space"
)

func TestTheProtocolsThatComeWithTheProgramAreRight(t *testing.T) {
	all := Default()
	if len(all) < 4 {
		t.Fatalf("%d protocols", len(all))
	}
	for _, c := range []struct {
		f    Facts
		want string
	}{
		{Facts{Modality: "CT", Words: []string{"CT head without contrast"}}, "CT head"},
		{Facts{Modality: "CT", Words: []string{"CT Kopf nativ"}}, "CT head"},
		{Facts{Modality: "CT", Words: []string{"CT angiography head and neck"}}, "CT angiography"},
		{Facts{Modality: "CT", Words: []string{"CTA chest"}}, "CT angiography"},
		{Facts{Modality: "CT", Words: []string{"CT abdomen, multiphase"}}, "CT abdomen, phases"},
		{Facts{Modality: "CT", Words: []string{"CT wrist"}}, ""},
		{Facts{Modality: "CT", Words: []string{"CT paranasal sinuses", "HEAD"}}, "CT face and skull base"},
		{Facts{Modality: "CT", Words: []string{"CT chest with contrast"}}, "CT trunk"},
		{Facts{Modality: "CT", Words: []string{"", "ABDOMEN"}}, "CT trunk"},
		{Facts{Modality: "MR", Words: []string{"MR brain with contrast"}}, "MR brain"},
		{Facts{Modality: "MR", Words: []string{"MR left knee"}}, "MR joint"},
		{Facts{Modality: "MR", Words: []string{"MRT LWS"}}, "MR spine"},
		{Facts{Modality: "MR", Words: []string{"MR liver"}}, ""},
		{Facts{Modality: "DX", Words: []string{"Chest radiograph PA and lateral"}}, "Chest radiograph"},
		{Facts{Modality: "DX", Words: []string{"Chest radiograph PA and lateral"}, Prior: true}, "Chest radiograph, with a prior"},
		{Facts{Modality: "CR", Words: []string{"Radiograph right hand"}}, "Radiograph"},
		{Facts{Modality: "MG", Words: []string{"Mammography"}}, "Mammography"},
		{Facts{Modality: "US", Words: []string{"Ultrasound abdomen"}}, "Ultrasound"},
		{Facts{Modality: "XA", Words: []string{"Coronary angiography"}}, "Angiography"},
		{Facts{Modality: "PT", Words: []string{"FDG PET/CT trunk"}, Sets: []string{"PT", "CT"}}, "PET/CT"},
		{Facts{Modality: "PT", Words: []string{"FDG PET"}, Sets: []string{"PT"}}, ""},
	} {
		at, why := Choose(all, c.f)
		got := ""
		if at >= 0 {
			got = all[at].Name
		}
		if got != c.want || at >= 0 && !strings.HasPrefix(why, c.want+": modality "+c.f.Modality) {
			t.Errorf("%v: %q, %q", c.f, got, why)
		}
	}
}

func TestAWrongProtocolIsToldAndTheOthersStay(t *testing.T) {
	right := "name='A'\n[match]\nmodality=['CT']\n[[stage]]\nname='s'\nlayout='1x1'\n[[stage.tile]]\nkernel='soft'\n"
	for name, text := range map[string]string{
		"no layout":      strings.Replace(right, "1x1", "3x9", 1),
		"too many tiles": right + "[[stage.tile]]\n",
		"no stage":       "name='A'\n[match]\nmodality=['CT']\n",
		"unknown key":    right + "krenel='soft'\n",
		"unknown kernel": strings.Replace(right, "'soft'", "'hard'", 1),
		"no window":      right + "window=[0, 40]\n",
		"not TOML":       "name=",
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	got, err := Load(fstest.MapFS{
		"hanging/a.toml": {Data: []byte("name=")}, "hanging/b.toml": {Data: []byte(right)}, "hanging/c.txt": {Data: []byte("x")},
	}, "hanging")
	if len(got) != 1 || err == nil || !strings.HasPrefix(err.Error(), "a.toml: ") {
		t.Errorf("%d protocols, %v", len(got), err)
	}
	if got, err := Load(fstest.MapFS{}, "hanging"); len(got) != 0 || err != nil {
		t.Errorf("without a folder: %d, %v", len(got), err)
	}
}

func TestKernelsAreSoftOrSharpWhoeverMadeThem(t *testing.T) {
	for kernel, want := range map[string]bool{
		"H30s": false, "H60s": true, "Br40": false, "Br64": true, "B70f": true, "B30f": false, "I31f\\3": false,
		"STANDARD": false, "SOFT": false, "BONE": true, "BONEPLUS": true, "LUNG": true, "DETAIL": true,
		"FC08": false, "FC18": false, "FC30": true, "FC51": true, "FC26": false, "B": false, "YC": true, "": false,
	} {
		if sharp(kernel) != want {
			t.Errorf("%q sharp: %v", kernel, !want)
		}
	}
}

func TestSeatsTakeTheRightSetsOfTheRightStudies(t *testing.T) {
	axial, sagittal := space.Vec3{0, 0, -1}, space.Vec3{1, 0, 0}
	sets := []Set{
		{Study: "now", Number: 1, Modality: "CT", Localiser: true, Normal: sagittal},
		{Study: "now", Number: 2, Modality: "CT", Description: "Brain 5.0", Kernel: "H30s", Thickness: 5, Normal: axial},
		{Study: "now", Number: 3, Modality: "CT", Description: "Brain 1.0", Kernel: "H30s", Thickness: 1, Normal: axial},
		{Study: "now", Number: 4, Modality: "CT", Description: "Bone", Kernel: "H60s", Thickness: 1, Normal: axial},
		{Study: "now", Number: 5, Modality: "CT", Description: "Bone sag", Kernel: "H60s", Thickness: 2, Normal: sagittal},
		{Study: "older", Number: 2, Modality: "CT", Kernel: "H30s", Thickness: 1, Normal: axial},
		{Study: "near", Number: 7, Modality: "CT", Kernel: "H30s", Thickness: 5, Normal: axial},
	}
	for _, c := range []struct {
		w    Want
		want int
	}{
		{Want{Kernel: "soft", Plane: "axial", Thickness: "thick"}, 1},
		{Want{Kernel: "soft", Plane: "axial", Thickness: "thin"}, 2},
		{Want{Kernel: "sharp", Plane: "axial"}, 3},
		{Want{Kernel: "sharp", Plane: "sagittal"}, 4},
		{Want{Words: []string{"sag"}}, 4},
		{Want{Words: []string{"bone"}, Without: []string{"sag"}}, 3},
		{Want{Study: "prior", Kernel: "soft"}, 6},
		{Want{Study: "prior", Thickness: "thin", Plane: "coronal"}, -1},
		{Want{Words: []string{"flair"}}, -1},
	} {
		seats := Stage{Tiles: []Want{c.w}}.Seats("now", []string{"now", "near", "older"}, sets)
		if seats[0].Set != c.want {
			t.Errorf("%+v took %d, want %d", c.w, seats[0].Set, c.want)
		}
	}
	films := Set{Study: "now", Modality: "CR", Images: []View{{Position: "PA"}, {Position: "LL", Side: "L"}}}
	w := Want{View: []string{"LL", "RL"}}
	if got := (Stage{Tiles: []Want{w}}).Seats("now", nil, []Set{films}); got[0].Set != 0 || w.Slice(films) != 1 {
		t.Errorf("the lateral: %+v, image %d", got[0], w.Slice(films))
	}
}
