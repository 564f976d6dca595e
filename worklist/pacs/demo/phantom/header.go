package phantom

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Attributes that the alphabet has no name for, by the keyword of PS3.6.
const (
	rotationDirection  dicom.Tag = 0x00181140
	filterType         dicom.Tag = 0x00181160
	focalSpots         dicom.Tag = 0x00181190
	deviceSerialNumber dicom.Tag = 0x00181000
	contrastStart      dicom.Tag = 0x00181042
)

// site is the institution of every phantom but those of a trap.
const site = "Nocturne phantom site"

// attrs are attributes to be set: string (backslashes part values), int, []int,
// float64, []float64, vec, []*dicom.Dataset or nil for present and empty.
type attrs map[dicom.Tag]any

// apply sets the attributes in d.
func (a attrs) apply(d *dicom.Dataset) {
	for t, v := range a {
		switch v := v.(type) {
		case nil:
			d.SetStr(t)
		case string:
			d.SetStr(t, strings.Split(v, "\\")...)
		case dicom.UID:
			d.SetStr(t, string(v))
		case int:
			d.SetInt(t, v)
		case []int:
			d.SetInt(t, v...)
		case float64:
			d.SetFloat(t, v)
		case []float64:
			d.SetFloat(t, v...)
		case float32:
			d.SetFloat(t, mm(v))
		case vec:
			p := v.mm()
			d.SetFloat(t, p[:]...)
		case []*dicom.Dataset:
			d.SetSeq(t, v...)
		default:
			panic(fmt.Sprintf("attribute %s of type %T", t, v))
		}
	}
}

// item is a sequence of one item.
func item(a attrs) []*dicom.Dataset {
	d := &dicom.Dataset{}
	a.apply(d)
	return []*dicom.Dataset{d}
}

func (c Code) item() []*dicom.Dataset {
	return item(attrs{dicom.CodeValue: c.Value, dicom.CodingSchemeDesignator: c.Scheme, dicom.CodeMeaning: c.Meaning})
}

// uid is the UID of a named thing, the same each time: a UUID of the name's
// SHA-256 under 2.25 (PS3.5 B.2, RFC 9562 5.8).
func uid(name ...string) dicom.UID {
	h := sha256.Sum256([]byte("nocturne phantom/" + strings.Join(name, "/")))
	h[6] = h[6]&0x0F | 0x80
	h[8] = h[8]&0x3F | 0x80
	return dicom.UID("2.25." + new(big.Int).SetBytes(h[:16]).String())
}

// person is a patient.
type person struct {
	name, id, birth, sex string
	kg, m                float64
}

// age is the patient's age at a time as an Age String (PS3.5 6.2).
func (p person) age(at time.Time) string {
	b, ok := dicom.ParseDA(p.birth)
	if !ok {
		return ""
	}
	days := int(at.Sub(b).Hours() / 24)
	if days < 60 {
		return fmt.Sprintf("%03dD", max(days, 0))
	}
	return fmt.Sprintf("%03dY", p.years(at))
}

func (p person) years(at time.Time) int {
	b, _ := dicom.ParseDA(p.birth)
	y := at.Year() - b.Year()
	if at.YearDay() < b.YearDay() {
		y--
	}
	return y
}

// exam is what a case says of one study.
type exam struct {
	key, accession, description string
	who                         person
	at                          time.Time
	referrer                    string
	order                       *Order
	trap                        string
}

// maker is a study in the making.
type maker struct {
	Study
	exam
}

// begin makes the study with its header.
func (e exam) begin() *maker {
	m := &maker{exam: e}
	m.Study = Study{UID: e.uid(), Accession: e.accession, Header: &dicom.Dataset{}, Order: e.order, Trap: e.trap}
	attrs{
		dicom.SpecificCharacterSet: "ISO_IR 192",
		dicom.StudyDate:            dicom.FormatDA(e.at), dicom.StudyTime: dicom.FormatTM(e.at),
		dicom.TimezoneOffsetFromUTC: e.at.Format("-0700"),
		dicom.AccessionNumber:       e.accession, dicom.StudyID: e.accession,
		dicom.ReferringPhysicianName: e.referrer, dicom.StudyDescription: e.description,
		dicom.StudyInstanceUID: e.uid(),
		dicom.PatientName:      e.who.name, dicom.PatientID: e.who.id, dicom.PatientBirthDate: e.who.birth,
		dicom.PatientSex: e.who.sex, dicom.PatientAge: e.who.age(e.at),
		dicom.PatientSize: e.who.m, dicom.PatientWeight: e.who.kg,
		dicom.InstitutionName: site,
	}.apply(m.Header)
	return m
}

func (e exam) uid() dicom.UID { return uid(e.key) }

// seriesUID and instanceUID name what lies in the study.
func (e exam) seriesUID(series string) dicom.UID { return uid(e.key, series) }

func (e exam) instanceUID(series string, k int) dicom.UID {
	return uid(e.key, series, fmt.Sprint(k))
}

// series is a series in the making. Its header is shared by its instances.
type series struct {
	m    *maker
	key  string
	head *dicom.Dataset
}

// series starts a series with the attributes all its instances share.
func (m *maker) series(key string, number int, class dicom.UID, modality, description string, a attrs) *series {
	s := &series{m: m, key: key, head: m.Header.Clone()}
	at := m.at.Add(time.Duration(number) * 90 * time.Second)
	da, tm := dicom.FormatDA(at), dicom.FormatTM(at)
	attrs{
		dicom.SOPClassUID: class, dicom.Modality: modality, dicom.SeriesInstanceUID: m.seriesUID(key),
		dicom.SeriesNumber: number, dicom.SeriesDescription: description, dicom.Manufacturer: "Nocturne",
		dicom.ManufacturerModelName: "Phantom " + modality, dicom.SoftwareVersions: "1", dicom.StationName: "PHANTOM-" + modality,
		dicom.SeriesDate: da, dicom.SeriesTime: tm, dicom.AcquisitionDate: da, dicom.AcquisitionTime: tm,
		dicom.ContentDate: da, dicom.ContentTime: tm, dicom.InstanceCreationDate: da, dicom.InstanceCreationTime: tm,
		dicom.OperatorsName: nil, dicom.AcquisitionNumber: 1, dicom.SOPInstanceUID: nil, dicom.InstanceNumber: 1,
		dicom.ImageComments:      "PHANTOM: computed image of no living person",
		dicom.BurnedInAnnotation: "NO", dicom.LossyImageCompression: "00",
	}.apply(s.head)
	a.apply(s.head)
	return s
}

// add appends the instance k of the series.
func (s *series) add(k int, a attrs, render func() ([]byte, error)) {
	d := s.head.Clone()
	attrs{dicom.SOPInstanceUID: s.m.instanceUID(s.key, k), dicom.InstanceNumber: k + 1}.apply(d)
	a.apply(d)
	s.m.Instances = append(s.m.Instances, Instance{d, render})
}

// mono are the attributes of a monochrome image of words (PS3.3 C.7.6.3).
func mono(rows, columns, stored int, signed bool) attrs {
	a := attrs{
		dicom.SamplesPerPixel: 1, dicom.PhotometricInterpretation: "MONOCHROME2", dicom.Rows: rows, dicom.Columns: columns,
		dicom.BitsAllocated: 16, dicom.BitsStored: stored, dicom.HighBit: stored - 1, dicom.PixelRepresentation: 0,
	}
	if signed {
		a[dicom.PixelRepresentation] = 1
	}
	return a
}

// with is the union of attribute sets, later ones winning.
func (a attrs) with(more ...attrs) attrs {
	out := attrs{}
	for _, m := range append([]attrs{a}, more...) {
		for t, v := range m {
			out[t] = v
		}
	}
	return out
}
