package suv

import (
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// pet is a PET of 70 kg, 1.75 m, 370 MBq F-18 an hour before the scan, changed by
// edit.
func pet(edit func(d, agent *dicom.Dataset)) *dicom.Dataset {
	d, agent := &dicom.Dataset{}, &dicom.Dataset{}
	d.SetStr(dicom.Modality, "PT")
	d.SetStr(dicom.Units, "BQML")
	d.SetStr(dicom.CorrectedImage, "DECY", "ATTN", "SCAT")
	d.SetStr(dicom.DecayCorrection, "START")
	d.SetFloat(dicom.PatientWeight, 70)
	d.SetFloat(dicom.PatientSize, 1.75)
	d.SetStr(dicom.PatientSex, "M")
	d.SetStr(dicom.SeriesDate, "20260301")
	d.SetStr(dicom.SeriesTime, "110000")
	d.SetStr(dicom.AcquisitionDate, "20260301")
	d.SetStr(dicom.AcquisitionTime, "110000")
	agent.SetStr(dicom.RadiopharmaceuticalStartTime, "100000.00")
	agent.SetFloat(dicom.RadionuclideTotalDose, 370e6)
	agent.SetFloat(dicom.RadionuclideHalfLife, 6586.2)
	if edit != nil {
		edit(d, agent)
	}
	d.SetSeq(dicom.RadiopharmaceuticalInformationSequence, agent)
	return d
}

func reserve(d *dicom.Dataset, group uint32, creator string, element uint32, value string) {
	d.Set(dicom.Element{Tag: dicom.Tag(group<<16 | 0x11), VR: "LO", Text: []string{creator}})
	d.Set(dicom.Element{Tag: dicom.Tag(group<<16 | 0x1100 | element), VR: "DS", Text: []string{value}})
}

// decayed is display.md D6 by hand: 70,000 g / (370 MBq · 2^(−Δt/T½)).
func decayed(seconds float64) float64 { return 70000 / (370e6 * math.Pow(2, -seconds/6586.2)) }

func TestSUVIsWeightOverTheDoseDecayedToTheScan(t *testing.T) {
	str := func(tag dicom.Tag, v string) func(d, a *dicom.Dataset) {
		return func(d, _ *dicom.Dataset) { d.SetStr(tag, v) }
	}
	for name, c := range map[string]struct {
		edit func(d, agent *dicom.Dataset)
		want float64
	}{
		"an hour": {nil, 2.7633668172e-4}, // 70000/(370e6·2^(−3600/6586.2)), computed elsewhere
		"across midnight": {func(d, a *dicom.Dataset) {
			for _, t := range []dicom.Tag{dicom.SeriesTime, dicom.AcquisitionTime} {
				d.SetStr(t, "001500")
			}
			a.SetStr(dicom.RadiopharmaceuticalStartTime, "233000")
		}, decayed(2700)},
		"dated injection": {func(_, a *dicom.Dataset) {
			a.SetStr(dicom.RadiopharmaceuticalStartDateTime, "20260301093000")
		}, decayed(5400)},
		"an offset from UTC": {func(d, a *dicom.Dataset) {
			d.SetStr(dicom.TimezoneOffsetFromUTC, "+0100")
			a.SetStr(dicom.RadiopharmaceuticalStartDateTime, "20260301083000+0000")
		}, decayed(5400)},
		"a date that was made up": {func(_, a *dicom.Dataset) {
			a.SetStr(dicom.RadiopharmaceuticalStartDateTime, "20190301093000")
		}, decayed(3600)},
		"ADMIN": {str(dicom.DecayCorrection, "ADMIN"), 70000 / 370e6},
		"a series made later, acquisition": {func(d, _ *dicom.Dataset) {
			d.SetStr(dicom.SeriesTime, "180000")
			d.SetStr(dicom.AcquisitionTime, "112000")
		}, decayed(4800)},
		"a series made later, GE": {func(d, _ *dicom.Dataset) {
			d.SetStr(dicom.SeriesTime, "180000")
			d.SetStr(dicom.AcquisitionTime, "112000")
			reserve(d, 0x0009, "GEMS_PETD_01", 0x0D, "20260301105000.00")
		}, decayed(3000)},
		// Bed of 200 s from 11:20:00. Its mean count lies at ln(x/(1−e^−x))/λ with
		// x = 200 s·λ: 99.82 s after its start; at 1,299.8246 s the scan began 11:00:00.
		"a series made later, frame reference": {func(d, _ *dicom.Dataset) {
			d.SetStr(dicom.SeriesTime, "180000")
			d.SetStr(dicom.AcquisitionTime, "112000")
			d.SetFloat(frameReferenceTime, 1299824.597)
			d.SetStr(actualFrameDuration, "200000")
		}, decayed(3600)},
		"Philips SUV": {func(d, _ *dicom.Dataset) {
			d.SetStr(dicom.Units, "CNTS")
			reserve(d, 0x7053, philips, 0x00, "0.000551")
		}, 0.000551},
		"Philips activity": {func(d, _ *dicom.Dataset) {
			d.SetStr(dicom.Units, "CNTS")
			reserve(d, 0x7053, philips, 0x00, "0")
			reserve(d, 0x7053, philips, 0x09, "1.65")
		}, 1.65 * decayed(3600)},
		"g/ml": {str(dicom.Units, "GML"), 1},
		"enhanced": {func(d, a *dicom.Dataset) {
			d.SetStr(dicom.SOPClassUID, string(dicom.EnhancedPETImageStorage))
			d.Delete(dicom.CorrectedImage)
			d.Delete(dicom.DecayCorrection)
			d.SetStr(decayCorrected, "YES")
			d.SetStr(attenuationDone, "YES")
			d.SetStr(decayCorrectionTime, "20260301110000")
			a.SetStr(dicom.RadiopharmaceuticalStartDateTime, "20260301100000")
			a.SetFloat(dicom.RadionuclideTotalDose, 370)
		}, decayed(3600)},
		"injected after the start of a dynamic scan": {func(_, a *dicom.Dataset) {
			a.SetStr(dicom.RadiopharmaceuticalStartTime, "110030")
		}, decayed(-30)},
	} {
		f, err := Of(pet(c.edit))
		if err != nil || math.Abs(f.BodyWeight/c.want-1) > 1e-6 {
			t.Errorf("%s: %.10g, want %.10g (%v)", name, f.BodyWeight, c.want, err)
		}
	}
}

func TestASUVThatCannotBeKnownIsRefusedWithItsReason(t *testing.T) {
	for want, edit := range map[string]func(d, agent *dicom.Dataset){
		"Units (0054,1001)":        func(d, _ *dicom.Dataset) { d.Delete(dicom.Units) },
		"values in PROPCPS":        func(d, _ *dicom.Dataset) { d.SetStr(dicom.Units, "PROPCPS") },
		"no factor":                func(d, _ *dicom.Dataset) { d.SetStr(dicom.Units, "CNTS") },
		"for attenuation":          func(d, _ *dicom.Dataset) { d.SetStr(dicom.CorrectedImage, "DECY") },
		"for decay":                func(d, _ *dicom.Dataset) { d.SetStr(dicom.CorrectedImage, "ATTN") },
		"NONE":                     func(d, _ *dicom.Dataset) { d.SetStr(dicom.DecayCorrection, "NONE") },
		"Decay Correction (0054":   func(d, _ *dicom.Dataset) { d.Delete(dicom.DecayCorrection) },
		"weight is missing":        func(d, _ *dicom.Dataset) { d.SetFloat(dicom.PatientWeight, 0) },
		"dose is missing":          func(_, a *dicom.Dataset) { a.Delete(dicom.RadionuclideTotalDose) },
		"no plausible":             func(_, a *dicom.Dataset) { a.SetFloat(dicom.RadionuclideTotalDose, 370) },
		"half-life":                func(_, a *dicom.Dataset) { a.Delete(dicom.RadionuclideHalfLife) },
		"time of the injection":    func(_, a *dicom.Dataset) { a.Delete(dicom.RadiopharmaceuticalStartTime) },
		"not shortly before":       func(_, a *dicom.Dataset) { a.SetStr(dicom.RadiopharmaceuticalStartTime, "130000") },
		"time of the scan":         func(d, _ *dicom.Dataset) { d.Delete(dicom.SeriesTime); d.Delete(dicom.AcquisitionTime) },
		"SUV of another kind":      func(d, _ *dicom.Dataset) { d.SetStr(dicom.Units, "GML"); d.SetStr(suvType, "BSA") },
		"time of decay correction": func(d, _ *dicom.Dataset) { d.SetStr(decayCorrectionTime, "soon") },
		"SUL, and the patient's sex": func(d, _ *dicom.Dataset) {
			d.SetStr(dicom.Units, "GML")
			d.SetStr(suvType, "LBM")
			d.SetStr(dicom.PatientSex, "O")
		},
	} {
		_, err := Of(pet(edit))
		var r *Refused
		if !errors.As(err, &r) || !strings.Contains(r.Why, want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	d := pet(nil)
	agents := d.Seq(dicom.RadiopharmaceuticalInformationSequence)
	d.SetSeq(dicom.RadiopharmaceuticalInformationSequence, agents[0], agents[0])
	if _, err := Of(d); err == nil || !strings.Contains(err.Error(), "two tracers") {
		t.Errorf("two tracers: %v", err)
	}
	if _, err := Of(&dicom.Dataset{}); err == nil {
		t.Error("an empty header has a SUV")
	}
}

// Men of 70 kg and 1.75 m have a BMI of 22.857: 9270·70/(6680+216·22.857) = 55.86 kg;
// women 9270·70/(8780+244·22.857) = 45.20 kg. James: 1.10·70 − 128·0.16 = 56.52 and
// 1.07·70 − 148·0.16 = 51.22.
func TestLeanBodyMassIsThatOfItsFormula(t *testing.T) {
	for _, c := range []struct {
		got, want float64
	}{
		{Janmahasatian(true, 70, 1.75), 55.857}, {Janmahasatian(false, 70, 1.75), 45.20},
		{James(true, 70, 1.75), 56.52}, {James(false, 70, 1.75), 51.22},
	} {
		if math.Abs(c.got-c.want) > 0.005 {
			t.Errorf("%.3f kg, want %.2f", c.got, c.want)
		}
	}
	f, err := Of(pet(nil))
	if err != nil || math.Abs(f.Lean/f.BodyWeight-55.857/70) > 1e-4 {
		t.Errorf("SUL %g of SUVbw %g: %v", f.Lean, f.BodyWeight, err)
	}
	f, err = Of(pet(func(d, _ *dicom.Dataset) { d.SetStr(dicom.PatientSex, "O") }))
	if err != nil || f.Lean != 0 || !strings.Contains(f.NoLean, "sex") || !(f.BodyWeight > 0) {
		t.Errorf("%+v, %v", f, err)
	}
}

// The real files: factors by the formula from what dcmdump prints of them.
func TestRealPETHasItsSUVOrAReason(t *testing.T) {
	dir := oracle.Data(t, "modalities", "pt")
	for name, want := range map[string]float64{
		"1.dcm":     69734.4 / (178340011.59668 * math.Pow(2, -3976.921/6586.2)), // 14:17:00 to 15:23:16.921
		"2.dcm":     82174 / (173529998.7793 * math.Pow(2, -0.109/6586.2)),
		"GH184.dcm": 90000 / (474592928 * math.Pow(2, -5316.0/6588)), // 09:32:00 to 11:00:36
		"GH610.dcm": 0,                                               // PROPCPS
	} {
		f, err := dicom.ReadHeader(filepath.Join(dir, name))
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		got, err := Of(f.Dataset)
		switch {
		case want == 0 && err == nil:
			t.Errorf("%s: SUV %g of counts without a factor", name, got.BodyWeight)
		case want > 0 && (err != nil || math.Abs(got.BodyWeight/want-1) > 1e-6):
			t.Errorf("%s: %g, want %g (%v)", name, got.BodyWeight, want, err)
		case name == "GH184.dcm" && (got.Lean != 0 || got.NoLean == ""):
			t.Errorf("%s: SUL of a patient whose sex is O", name)
		}
	}
}

func FuzzAFactorIsANumberOrARefusal(f *testing.F) {
	f.Add("20260301", "110000", "100000", "20260301100000", "370000000", "6586.2", "70", "START")
	f.Add("", "9", "240000", "2026", "-1", "0", "1e308", "ADMIN")
	f.Fuzz(func(t *testing.T, day, series, injected, dated, dose, half, weight, kind string) {
		got, err := Of(pet(func(d, a *dicom.Dataset) {
			d.SetStr(dicom.SeriesDate, day)
			d.SetStr(dicom.SeriesTime, series)
			a.SetStr(dicom.RadiopharmaceuticalStartTime, injected)
			a.SetStr(dicom.RadiopharmaceuticalStartDateTime, dated)
			a.SetStr(dicom.RadionuclideTotalDose, dose)
			a.SetStr(dicom.RadionuclideHalfLife, half)
			d.SetStr(dicom.PatientWeight, weight)
			d.SetStr(dicom.DecayCorrection, kind)
		}))
		var r *Refused
		switch {
		case err != nil && !errors.As(err, &r):
			t.Errorf("an error of another type: %v", err)
		case err == nil && !(got.BodyWeight > 0 && got.Lean >= 0 && !math.IsInf(got.BodyWeight, 0)):
			t.Errorf("%+v", got)
		}
	})
}
