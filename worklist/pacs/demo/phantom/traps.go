package phantom

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// trap is a study in which something is wrong, as it happens. Each is small.
type trap struct {
	key, what, label string
	who              person
	ago              time.Duration
	unordered        bool // nobody asked to read it
	side             string
	late             int
	sentence         string
	trigger          []string
	fill             func(m *maker)
}

var (
	otherBoris = person{"PHANTOM^BORIS", "PH-2002", "19930614", "M", 91, 1.83}
	chidiNorth = person{"PHANTOM^CHIDI", "NORTH-77812", "19680205", "M", 77, 1.81}
	newborn    = person{name: "PHANTOM^BABY MARISOL", id: "PH-2010", sex: "F", kg: 3.2, m: 0.5}
	otto       = person{"PHANTOM^OTTO", "PH-2001", "19480901", "M", 74, 1.7}
	priya      = person{"PHANTOM^PRIYA", "PH-2003", "19830222", "F", 63, 1.65}
)

var trapCases = []trap{
	{key: "reversed", what: "reversed instance numbers", label: "CT head without contrast", who: otto,
		sentence: "Normal; the slices stand in the order of their positions, not of their numbers.", fill: func(m *maker) {
			s := smallHead("head", 2)
			s.fromFeet = true
			s.addTo(m)
		}},
	{key: "gaps", what: "missing and duplicate slices", label: "CT chest with contrast", who: priya, trigger: []string{"gap", "duplicate"},
		sentence: "Two slices are missing and one is there twice; no length across the gap.", fill: func(m *maker) {
			smallChest("soft", 2).addTo(m)
			twin := m.Instances[30]
			twin.Header = twin.Header.Clone()
			twin.Header.SetStr(dicom.SOPInstanceUID, string(m.instanceUID("soft", 900)))
			m.Instances = append(append(m.Instances[:20:20], m.Instances[22:]...), twin)
		}},
	{key: "anisotropic", what: "anisotropic pixels", label: "MR brain without contrast", who: otto,
		sentence: "Normal; rows lie twice as far apart as columns.", fill: func(m *maker) {
			s := brainMR(false, vec{})[0]
			s.stretch, s.number = 2, 2
			s.addTo(m, nil)
		}},
	{key: "prone", what: "prone and feet first", label: "CT chest, prone", who: priya, trigger: []string{"position"},
		sentence: "Normal; examined prone and feet first.", fill: func(m *maker) {
			s := smallChest("prone", 2)
			s.position, s.draw = "FFP", func(c *canvas) {
				c.paintAll(couchBelow(-118))
				theTorso().draw(c)
			}
			s.addTo(m)
		}},
	{key: "no-orientation", what: "absent Patient Orientation", label: "Chest radiograph PA", who: goran, trigger: []string{"orientation unknown"},
		sentence: "Normal chest; the sides are known from the marker alone.", fill: func(m *maker) {
			smallFilm(m, 1, attrs{})
			m.Instances[0].Header.Delete(dicom.PatientOrientation)
		}},
	{key: "laterality", what: "laterality conflict", label: "Radiograph right hand", who: hana, side: "R", trigger: []string{"laterality"},
		sentence: "The order says right, the image says left.", fill: func(m *maker) { m.handSeries("pa", "L", "R", false) }},
	{key: "twin", what: "the clean twin of a laterality conflict", label: "Radiograph left hand", who: hana, side: "L",
		sentence: "Normal left hand.", fill: func(m *maker) { m.handSeries("pa", "L", "L", false) }},
	{key: "stranger", what: "a wrong-patient instance", label: "CT head without contrast", who: priya, trigger: []string{"patient mismatch"},
		sentence: "One slice is of another patient: not to be reported.", fill: func(m *maker) {
			smallHead("head", 2).addTo(m)
			h := m.Instances[7].Header
			h.SetStr(dicom.PatientName, otto.name)
			h.SetStr(dicom.PatientID, otto.id)
			h.SetStr(dicom.PatientBirthDate, otto.birth)
			h.SetStr(dicom.PatientSex, otto.sex)
		}},
	{key: "ermf", what: "CR with ERMF 1.15", label: "Chest radiograph PA", who: otto,
		sentence: "Normal chest; lengths are the detector's divided by 1.15.", fill: func(m *maker) {
			smallFilm(m, 1, attrs{dicom.EstimatedRadiographicMagnificationFactor: 1.15})
		}},
	{key: "two-regions", what: "US with two regions", label: "Duplex of the portal vein", who: joaquin,
		sentence: "Normal portal flow, about 20 cm/s.", fill: duplex},
	{key: "three-phases", what: "one series with three phases", label: "CT abdomen with contrast, three phases", who: chidi, trigger: []string{"phases"},
		sentence: "Three passes over the same levels in one series.", fill: threePhases},
	{key: "pet-slopes", what: "PET slope per slice", label: "FDG PET of the chest", who: leila,
		sentence: "As the whole examination; each slice has its own rescale slope.", fill: func(m *maker) {
			petSeries(m, 36, func(k int) float32 { return 0.4 + 0.05*float32(k%9) })
		}},
	{key: "no-window", what: "missing window", label: "CT head without contrast", who: otto,
		sentence: "Normal; no window was sent.", fill: func(m *maker) {
			s := smallHead("head", 2)
			s.windows = nil
			s.addTo(m)
		}},
	{key: "neonate", what: "a neonate", label: "Chest radiograph AP supine", who: newborn,
		sentence: "Normal chest of a newborn.", fill: func(m *maker) { smallFilm(m, 0.3, attrs{dicom.ViewPosition: "AP"}) }},
	{key: "namesake", what: "same name with other ID", label: "CT head without contrast", who: otherBoris, trigger: []string{"similar names"},
		sentence: "Normal; this is not the Boris of the chest CT.", fill: func(m *maker) { smallHead("head", 2).addTo(m) }},
	{key: "newer", what: "a newer study than the one assigned", label: "Chest radiograph PA", who: boris, ago: 20 * time.Minute, unordered: true, trigger: []string{"newer study"},
		sentence: "Made after the assigned CT of this patient.", fill: func(m *maker) { smallFilm(m, 1, attrs{}) }},
	{key: "elsewhere", what: "a prior at another site under another ID", label: "CT abdomen with contrast", who: chidiNorth, ago: 400 * 24 * time.Hour, unordered: true,
		trigger: []string{"candidate prior"}, sentence: "Same name, birth date and sex at another site: perhaps the same patient.", fill: func(m *maker) {
			m.Header.SetStr(dicom.InstitutionName, "Nocturne phantom site north")
			m.Header.SetStr(dicom.IssuerOfPatientID, "NORTH")
			s := abdomenCT()[1]
			s.step, s.thickness, s.n = 12, 6, 24
			s.addTo(m)
		}},
	{key: "late", what: "late instances", label: "CT chest with contrast", who: otto, late: 7, trigger: []string{"incomplete"},
		sentence: "120 images are announced, 113 come, 7 follow.", fill: func(m *maker) {
			s := chestCT(func(*canvas) {}, vec{})[0]
			s.n = 120
			s.addTo(m)
		}},
}

// smallHead is a normal head of 24 thick slices.
func smallHead(key string, number int) ctSeries {
	s := headCT(func(*canvas) {})[2]
	s.key, s.number, s.name, s.step, s.thickness, s.n, s.fromFeet = key, number, "Brain 6.0 H30", 6, 6, 24, false
	return s
}

// smallChest is a normal chest of 44 thick slices.
func smallChest(key string, number int) ctSeries {
	s := chestCT(func(*canvas) {}, vec{})[1]
	s.key, s.number, s.n = key, number, 44
	return s
}

// smallFilm appends a normal chest film of half the resolution, of a body scaled
// by size.
func smallFilm(m *maker, size float64, a attrs) {
	const k = 2
	v := crViews()[0]
	v.coarse.w, v.marker = v.coarse.w/2*2, [2]int{28, 36}
	px := mm(float32(size / k))
	head := projection(v.coarse.h*k, v.coarse.w*k, px, "CHEST", v.view, v.orientation).with(a)
	m.series("film", 1, dicom.CRImageStorage, "CR", "Chest", head).add(0, nil, func() ([]byte, error) { return v.render(k, false, 77) })
}

// threePhases puts arterial, portal and delayed passes into one series.
func threePhases(m *maker) {
	var all *series
	for i, s := range abdomenCT() {
		s.key, s.name, s.step, s.thickness, s.n, s.number, s.layers = "phases", "Abdomen 12.0 B30", 12, 6, 20, 2, 1
		if all == nil {
			all = m.series(s.key, s.number, dicom.CTImageStorage, "CT", s.name, s.common(m))
		}
		for k := range s.n {
			pos := s.plane(k).org.plus(s.shift)
			all.add(i*s.n+k, attrs{
				dicom.ImagePositionPatient: pos, dicom.SliceLocation: pos.z, dicom.AcquisitionNumber: i + 1,
				dicom.AcquisitionTime: dicom.FormatTM(m.at.Add(s.delay)), dicom.ContentTime: dicom.FormatTM(m.at.Add(s.delay + time.Minute)),
			}, func() ([]byte, error) { return s.render(k) })
		}
	}
}

// duplex is a B-image above a spectrum: two regions with other units.
func duplex(m *maker) {
	a := usHeader()
	upper := region(rect{50, 12, 590, 250})
	lower := item(attrs{
		dicom.RegionSpatialFormat: 3, dicom.RegionDataType: 3, dicom.RegionFlags: 0,
		dicom.RegionLocationMinX0: 40, dicom.RegionLocationMinY0: 280, dicom.RegionLocationMaxX1: 600, dicom.RegionLocationMaxY1: 460,
		dicom.PhysicalUnitsXDirection: 4, dicom.PhysicalUnitsYDirection: 7, dicom.PhysicalDeltaX: 0.005, dicom.PhysicalDeltaY: -0.4,
		dicom.ReferencePixelX0: 0, dicom.ReferencePixelY0: 140,
	})
	a[dicom.SequenceOfUltrasoundRegions] = append(upper, lower...)
	m.series("duplex", 1, dicom.USImageStorage, "US", "Duplex portal vein", a).add(0, nil, func() ([]byte, error) {
		c := usScene(liverAndKidney).sampled().scan(vec{})
		spectrum(c)
		return c.bytes(), nil
	})
}

// spectrum draws a venous Doppler trace of about 20 cm/s over the lower half.
func spectrum(c *canvas) {
	n := speckle()
	for j := 260; j < usH; j++ {
		for i := range usW {
			c.px[j*usW+i] = 0
			if i < 40 || i >= 600 || j < 280 || j >= 460 {
				continue
			}
			cms := (420 - float32(j)) * 0.4
			flow := 20 + 3*sin(float32(i)*0.021)
			bright := clamp(1-abs(cms-flow*0.85)/(flow*0.22), 0, 1)
			c.px[j*usW+i] = 210*bright*(0.6+0.4*abs(n.row(j)[i&(tileSize-1)])) + 6
			if j == 420 {
				c.px[j*usW+i] = 150
			}
		}
	}
}

// trapList makes the traps as cases of the demo.
func trapList() []phantomCase {
	var out []phantomCase
	for i, t := range trapCases {
		accession := fmt.Sprintf("N26-9%02d", i+1)
		out = append(out, phantomCase{
			func(now time.Time) []Study { return []Study{t.study(now, accession)} },
			func(now time.Time) []TruthItem { return []TruthItem{t.truth(now, accession)} },
		})
	}
	return out
}

func (t trap) exam(now time.Time, accession string) exam {
	if t.who.birth == "" {
		t.who.birth = dicom.FormatDA(now.AddDate(0, 0, -3))
	}
	back := t.ago
	if back == 0 {
		back = 26 * time.Hour
	}
	e := exam{key: "trap-" + t.key, accession: accession, description: t.label, who: t.who, at: ago(now, back), referrer: "HAUGEN^LIV^^DR", trap: t.what}
	if !t.unordered {
		e.order = brief(t.who, now, Order{
			Accession: accession, Priority: "LOW", DueAfter: 70 * time.Hour, ArrivedAgo: 25 * time.Hour, Label: t.label, Laterality: t.side,
			Indication: "trap of the demo: " + t.what, Requester: "HAUGEN^LIV^^DR", Callback: "+49 30 5550 8021", PatientClass: "OUTPATIENT",
			Bed: "Trap ward", ProcedureCode: Code{Value: "TRAP"},
		})
	}
	return e
}

func (t trap) study(now time.Time, accession string) Study {
	m := t.exam(now, accession).begin()
	t.fill(m)
	m.LateInstances = t.late
	return m.Study
}

func (t trap) truth(now time.Time, accession string) TruthItem {
	e := t.exam(now, accession)
	return TruthItem{ID: "trap-" + t.key, Kind: "trap", Side: t.side, StudyInstanceUID: e.uid(), Trap: t.what, Sentence: t.sentence, MustTrigger: t.trigger}
}
