package template

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/worklist/report"
)

// bpd are values as machines state them: three measurements and their mean, in cm.
func bpd() []report.MachineValue {
	v := func(n float64, how string) report.MachineValue {
		return report.MachineValue{Code: "11820-8", Name: "Biparietal Diameter", Site: "Fetal Biometry", Value: n, Unit: "cm", How: how, Maker: "Maker Model"}
	}
	return []report.MachineValue{v(5.1, ""), v(5.3, ""), v(5.25, "mean")}
}

func TestAFieldIsFilledFromTheMachineInItsOwnUnitAndStaysUnconfirmed(t *testing.T) {
	x := plainTemplate(t, "title: T\nid: t\n# Technique\nUltrasound. {machine}\n# Findings\nBPD: [#BPD mm 10..130 <-us.BPD]\nAge: [age? <-us.GA BPD]\nHC: [#HC mm <-us.HC]\n")
	f := factsFor("US", "US", "F", "19950101", "")
	f.Machine = append(bpd(), report.MachineValue{Code: "18185-9", Name: "Gestational Age", Value: 152, Unit: "d", Beside: []string{"11820-8"}})
	d := draft()
	x.Apply(d, f, now)
	if got := d.Plain(report.Findings); got != "BPD: 52.5 mm\nAge: 21 weeks 5 days\nHC: [HC]" {
		t.Errorf("findings:\n%s", got)
	}
	if got := d.Plain(report.Technique); got != "Ultrasound. Measurements from the ultrasound machine's report (Maker Model)." {
		t.Errorf("technique: %s", got)
	}
	u := d.Unconfirmed()
	if len(u) != 2 || u[0].Span.From.Title != "report of the ultrasound machine, mean" {
		t.Errorf("unconfirmed: %+v", u)
	}
}

func TestAFieldIsNotFilledWhereTheMachineIsNotClear(t *testing.T) {
	side := func(side, site string, n float64) report.MachineValue {
		return report.MachineValue{Code: "11726-7", Name: "Peak Systolic Velocity", Site: site, Side: side, Value: n, Unit: "cm/s"}
	}
	twins := bpd()
	for i := range twins {
		twins[i].Fetus = "A"
	}
	for _, v := range bpd() {
		v.Fetus = "B"
		twins = append(twins, v)
	}
	chosen := bpd()[:2]
	chosen[1].Chosen = true
	inch := bpd()[2:]
	inch[0].Unit = "[in_i]"
	for name, c := range map[string]struct {
		values      []report.MachineValue
		query, unit string
		want        string
	}{
		"two that differ":           {bpd()[:2], "BPD", "mm", ""},
		"two fetuses":               {twins, "BPD", "mm", ""},
		"the one settled on":        {chosen, "BPD", "mm", "53 mm"},
		"a unit nobody writes":      {inch, "BPD", "mm", ""},
		"another kind of unit":      {bpd()[2:], "BPD", "mL", ""},
		"the right side":            {[]report.MachineValue{side("R", "Internal Carotid Artery", 80), side("L", "Internal Carotid Artery", 210)}, "PSV internal carotid artery right", "cm/s", "80 cm/s"},
		"the other side":            {[]report.MachineValue{side("L", "Internal Carotid Artery", 210)}, "PSV internal carotid artery right", "cm/s", ""},
		"the other side in words":   {[]report.MachineValue{side("", "Left Internal Carotid Artery right branch", 210)}, "PSV internal carotid artery right", "cm/s", ""},
		"another artery":            {[]report.MachineValue{side("R", "Common Carotid Artery", 90)}, "PSV internal carotid artery right", "cm/s", ""},
		"no side stated":            {[]report.MachineValue{side("", "Internal Carotid Artery", 90)}, "PSV internal carotid artery right", "cm/s", ""},
		"in m/s":                    {[]report.MachineValue{{Code: "11726-7", Site: "Internal Carotid Artery", Side: "R", Value: 1.25, Unit: "m/s"}}, "PSV internal carotid artery right", "cm/s", "125 cm/s"},
		"one age of several":        {[]report.MachineValue{{Code: "18185-9", Name: "Gestational Age", Value: 150, Unit: "d"}}, "GA", "", ""},
		"the age of all biometries": {[]report.MachineValue{{Code: "11888-5", Name: "Composite Ultrasound Age", Value: 150, Unit: "d"}}, "GA", "", "21 weeks 3 days"},
	} {
		if got, _ := (facts{machine: c.values}).stated(c.query, c.unit); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTheDoseIsMergedInAndALaterOneFollows(t *testing.T) {
	x := plainTemplate(t, "title: T\nid: t\n# Technique\n{technique} {dose}\n")
	f := factsFor("CT head", "CT", "F", "", "")
	f.Series = []report.Series{{Modality: "CT", Thickness: 1, Contrast: "Iohexol 350", Volume: 100, Route: "IV", KVP: 120}}
	d := draft()
	x.Apply(d, f, now)
	if got, want := d.Plain(report.Technique), "CT head. CT slices of 1 mm. Contrast agent: Iohexol 350, 100 mL, IV."; got != want {
		t.Errorf("technique %q, want %q", got, want)
	}
	f.Doses = []report.Dose{{DLP: 1250.04, Irradiations: []report.Irradiation{
		{Protocol: "Topogram", CTDIvol: 0.1, Localizer: true}, {Protocol: "Head", CTDIvol: 45.25}, {Target: "Neck", CTDIvol: 10}}}}
	Refresh(d, f, now)
	if got, want := d.Plain(report.Technique), " Dose: DLP 1250 mGy·cm in total; CTDIvol 45.25 mGy (Head), 10 mGy (Neck)."; !strings.HasSuffix(got, want) {
		t.Errorf("technique %q, want …%q", got, want)
	}
}
