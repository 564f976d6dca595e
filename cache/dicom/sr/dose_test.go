package sr

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// madeDocument is a tree as a file of the class, read back.
func madeDocument(t testing.TB, class dicom.UID, root Item) (*dicom.Dataset, []byte) {
	t.Helper()
	d := header()
	d.SetStr(dicom.SOPClassUID, string(class))
	d.SetStr(dicom.SOPInstanceUID, "1.2.3.4.9.10")
	d.SetStr(dicom.Modality, "SR")
	for e := range root.Dataset().All() {
		d.Set(e)
	}
	var w bytes.Buffer
	if err := dicom.Write(&w, d, nil); err != nil {
		t.Fatal(err)
	}
	f, err := dicom.Parse(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return f.Dataset, w.Bytes()
}

func box(value, scheme, meaning string, children ...Item) Item {
	return Item{Relationship: "CONTAINS", ValueType: "CONTAINER", Concept: Code{value, scheme, meaning}, Children: children}
}

func num(value, scheme, meaning, v, unit string, children ...Item) Item {
	return Item{Relationship: "CONTAINS", ValueType: "NUM", Concept: Code{value, scheme, meaning}, Num: v, Units: Code{unit, "UCUM", unit}, Children: children}
}

func says(relationship string, concept, code Code) Item {
	return Item{Relationship: relationship, ValueType: "CODE", Concept: concept, Code: code}
}

// ctDose is a CT dose report by TID 10011 with a localiser and two scans.
func ctDose() Item {
	acquisition := func(protocol, typ string, children ...Item) Item {
		return box("113819", "DCM", "CT Acquisition", append([]Item{
			{Relationship: "CONTAINS", ValueType: "TEXT", Concept: Code{"125203", "DCM", "Acquisition Protocol"}, Text: protocol},
			says("CONTAINS", Code{"123014", "DCM", "Target Region"}, Code{"69536005", "SCT", "Head"}),
			says("CONTAINS", Code{"113820", "DCM", "CT Acquisition Type"}, Code{typ, "DCM", "type"}),
			box("113822", "DCM", "CT Acquisition Parameters",
				box("113831", "DCM", "CT X-Ray Source Parameters", num("113733", "DCM", "KVP", "120", "kV"))),
		}, children...)...)
	}
	ctdi := func(vol, dlp string) Item {
		return box("113829", "DCM", "CT Dose", num("113830", "DCM", "Mean CTDIvol", vol, "mGy"),
			says("CONTAINS", Code{"113835", "DCM", "CTDIw Phantom Type"}, Code{"113690", "DCM", "IEC Head Dosimetry Phantom"}),
			num("113838", "DCM", "DLP", dlp, "mGy.cm"))
	}
	return Item{ValueType: "CONTAINER", Concept: Code{"113701", "DCM", "X-Ray Radiation Dose Report"}, Children: []Item{
		box("113811", "DCM", "CT Accumulated Dose Data", num("113812", "DCM", "Total Number of Irradiation Events", "3", "{events}"),
			num("113813", "DCM", "CT Dose Length Product Total", "1.25", "Gy.cm")),
		acquisition("Topogram", "113805", ctdi("0.12", "3.4")),
		acquisition("Head routine", "113804", ctdi("45.25", "812.3")),
		acquisition("Angio", "116152004", ctdi("18.4", "434.3")),
	}}
}

func TestACTDoseReportIsRead(t *testing.T) {
	d, _ := madeDocument(t, dicom.RadiationDoseSRStorage, ctDose())
	dose, ok := ReadDose(d)
	if !ok || dose.DLP != 1250 || len(dose.Events) != 3 || dose.Ref.Instance != "1.2.3.4.9.10" {
		t.Fatalf("%v %+v", ok, dose)
	}
	head := dose.Events[1]
	if !dose.Events[0].Localiser() || head.Localiser() || head.Protocol != "Head routine" || head.CTDIvol != 45.25 || head.DLP != 812.3 ||
		head.Target != "Head" || head.KVP != 120 || head.Phantom.Meaning != "IEC Head Dosimetry Phantom" {
		t.Errorf("%+v", dose.Events)
	}
}

// Both planes of a biplane system count, and Gy·m² is 10,000 Gy·cm².
func TestAProjectionDoseReportAddsItsPlanes(t *testing.T) {
	plane := func(dap, kerma, fluoro string) Item {
		return box("113702", "DCM", "Accumulated X-Ray Dose Data", num("113722", "DCM", "Dose Area Product Total", dap, "Gy.m2"),
			num("113725", "DCM", "Dose (RP) Total", kerma, "Gy"), num("113730", "DCM", "Total Fluoro Time", fluoro, "s"))
	}
	d, _ := madeDocument(t, dicom.RadiationDoseSRStorage, Item{ValueType: "CONTAINER", Concept: Code{"113701", "DCM", "X-Ray Radiation Dose Report"}, Children: []Item{
		plane("0.00123", "0.25", "95"), plane("0.00077", "0.05", "30"),
		box("113706", "DCM", "Irradiation Event X-Ray Data", num("122130", "DCM", "Dose Area Product", "0.0002", "Gy.m2")),
		box("113702", "DCM", "Accumulated X-Ray Dose Data",
			num("111637", "DCM", "Accumulated Average Glandular Dose", "1.9", "mGy", says("HAS CONCEPT MOD", laterality, Code{"24028007", "SCT", "Right"})),
			num("111637", "DCM", "Accumulated Average Glandular Dose", "21", "dGy", says("HAS CONCEPT MOD", laterality, Code{"7771000", "SCT", "Left"})),
			num("113722", "DCM", "Dose Area Product Total", "-5", "Gy.m2"), num("113722", "DCM", "Dose Area Product Total", "5", "furlong")),
	}})
	dose, ok := ReadDose(d)
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	if !ok || !near(dose.DAP, 20) || !near(dose.Kerma, 300) || dose.Fluoroscopy != 125 || !near(dose.Events[0].DAP, 2) ||
		!near(dose.Glandular["R"], 1.9) || !near(dose.Glandular["L"], 2100) {
		t.Errorf("%v %+v", ok, dose)
	}
	if _, ok := ReadDose(header()); ok {
		t.Error("an image is a dose report")
	}
}

// dsrdump shows the same numbers of the same file.
func TestDsrdumpReadsTheSameDose(t *testing.T) {
	tool, err := exec.LookPath("dsrdump")
	if err != nil {
		if os.Getenv("NOCTURNE_PEERS") == "require" {
			t.Fatal("dsrdump is not installed (package dcmtk)")
		}
		t.Skip("dsrdump is not installed (package dcmtk)")
	}
	d, b := madeDocument(t, dicom.RadiationDoseSRStorage, ctDose())
	file := filepath.Join(t.TempDir(), "dose.dcm")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-Ei", "-Er", "-Ec", "-Ee", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dose, _ := ReadDose(d)
	for _, want := range []string{"Head routine", "45.25", "812.3", "18.4", "434.3", "0.12", "1.25"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("dsrdump does not say %s:\n%s", want, out)
		}
	}
	if dose.Events[2].DLP != 434.3 || dose.DLP != 1250 {
		t.Errorf("%+v", dose)
	}
}

// fetal is an OB-GYN report by TID 5000 with a biometry group: three
// measurements, their mean, and the age computed from it.
func fetal() Item {
	mean := says("HAS CONCEPT MOD", derivation, Code{"373098007", "SCT", "Mean"})
	return Item{ValueType: "CONTAINER", Concept: Code{"125000", "DCM", "OB-GYN Ultrasound Procedure Report"}, Children: []Item{
		box("125002", "DCM", "Fetal Biometry",
			Item{Relationship: "HAS OBS CONTEXT", ValueType: "TEXT", Concept: Code{"11951-1", "LN", "Fetus ID"}, Text: "A"},
			box("125005", "DCM", "Biometry Group",
				num("11820-8", "LN", "Biparietal Diameter", "5.19", "cm"), num("11820-8", "LN", "Biparietal Diameter", "5.21", "cm"),
				num("11820-8", "LN", "Biparietal Diameter", "5.2", "cm", mean), num("18185-9", "LN", "Gestational Age", "152", "d"))),
		box("121070", "DCM", "Findings", says("HAS CONCEPT MOD", Code{"G-C0E3", "SRT", "Finding Site"}, Code{"T-71000", "SRT", "Kidney"}),
			box("125007", "DCM", "Measurement Group", says("HAS CONCEPT MOD", Code{"G-C171", "SRT", "Laterality"}, Code{"G-A101", "SRT", "Left"}),
				num("G-D705", "SRT", "Volume", "140", "cm3"), num("G-A22A", "SRT", "Length", "", "cm"))),
	}}
}

func TestAnUltrasoundMachinesReportIsRead(t *testing.T) {
	d, _ := madeDocument(t, dicom.ComprehensiveSRStorage, fetal())
	values, ok := ReadStated(d)
	if !ok || len(values) != 5 {
		t.Fatalf("%v %+v", ok, values)
	}
	if v := values[2]; v.Value != 5.2 || v.Unit.Value != "cm" || !v.Derivation.Is(Mean) || v.Fetus != "A" || strings.Join(v.Site, "/") != "Fetal Biometry/Biometry Group" {
		t.Errorf("the mean: %+v", v)
	}
	if v := values[3]; v.Value != 152 || len(v.Beside) != 1 || v.Beside[0].Value != "11820-8" || v.Derivation.Value != "" {
		t.Errorf("the age: %+v", v)
	}
	if v := values[4]; v.Side != "L" || v.Fetus != "" || strings.Join(v.Site, "/") != "Findings/Kidney/Measurement Group" {
		t.Errorf("the kidney: %+v", v)
	}
	if _, ok := ReadStated(header()); ok {
		t.Error("an image is a machine's report")
	}
}

func FuzzReadDose(f *testing.F) {
	for _, root := range []Item{ctDose(), fetal()} {
		_, b := madeDocument(f, dicom.RadiationDoseSRStorage, root)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := dicom.Parse(b)
		if err != nil {
			return
		}
		if dose, ok := ReadDose(file.Dataset); ok {
			for _, v := range []float64{dose.DLP, dose.DAP, dose.Kerma, dose.Fluoroscopy} {
				if !(v >= 0) || math.IsInf(v, 0) {
					t.Fatalf("a dose of %v", v)
				}
			}
		}
		values, _ := ReadStated(file.Dataset)
		for _, v := range values {
			if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
				t.Fatal("a value that is no number")
			}
		}
	})
}
