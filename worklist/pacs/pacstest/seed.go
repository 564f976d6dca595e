package pacstest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// seedRows is the edge of a seed image.
const seedRows = 16

// Seed is what the suite puts into an archive: three small studies of three
// patients who share nobody's name.
type Seed struct {
	Token    string // begins every Patient ID and accession number of the seed
	Family   string // every patient's family name
	Studies  []Study
	Stranger Object // belongs to none of them
	Frames   Study  // a multi-frame object, of another patient; the suite stores it late
}

// Study is one study of a Seed.
type Study struct {
	UID                                          dicom.UID
	Name, Accession, Date, Modality, Description string
	Objects                                      []Object
}

// Object is one instance of a Study.
type Object struct {
	Series, SOP dicom.UID
	Bytes       []byte
}

// NewSeed makes a seed that no archive holds yet.
func NewSeed(t testing.TB) Seed {
	token := "S" + strings.TrimPrefix(string(dicom.NewUID()), "2.25.")[:9]
	s := Seed{Token: token, Family: "SUITE" + letters(token)}
	for i, st := range []Study{
		{Name: s.Family + "^ALPHA", Date: "20250102", Modality: "CT", Description: "CT of the suite"},
		{Name: s.Family + "^BETA GAMMA", Date: "20250615", Modality: "MR", Description: "MR of the suite"},
		{Name: s.Family + "^ÜMIT", Date: "20250701", Modality: "CT", Description: "Größe"},
	} {
		st.UID, st.Accession = dicom.NewUID(), fmt.Sprintf("%s%d", token, i)
		for _, n := range []int{5 - i, 3} {
			series := dicom.NewUID()
			for k := range n {
				st.Objects = append(st.Objects, s.object(t, i, st, series, k))
			}
		}
		s.Studies = append(s.Studies, st)
	}
	other := Study{UID: dicom.NewUID(), Name: s.Family + "^OTHER", Accession: token + "X", Date: "20240101", Modality: "CT"}
	s.Stranger = s.object(t, 9, other, dicom.NewUID(), 0)
	s.Frames = s.multiframe(t)
	return s
}

// letters writes digits as letters: a name holds no digits.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return 'A' + r - '0'
		}
		return r
	}, s)
}

// PatientID is the Patient ID of study i.
func (s Seed) PatientID(i int) string { return fmt.Sprintf("%sP%d", s.Token, i) }

func (s Seed) object(t testing.TB, i int, st Study, series dicom.UID, k int) Object {
	class := dicom.CTImageStorage
	if st.Modality == "MR" {
		class = dicom.MRImageStorage
	}
	o := Object{Series: series, SOP: dicom.NewUID()}
	ds := image(class, o, k)
	s.describe(ds, st, i)
	o.Bytes = File(t, ds, seedRows*seedRows*2, byte(k))
	return o
}

// describe writes whose study an object belongs to.
func (s Seed) describe(ds *dicom.Dataset, st Study, i int) {
	ds.SetStr(dicom.StudyInstanceUID, string(st.UID))
	ds.SetStr(dicom.StudyDate, st.Date)
	ds.SetStr(dicom.StudyTime, "101500")
	ds.SetStr(dicom.AccessionNumber, st.Accession)
	ds.SetStr(dicom.Modality, st.Modality)
	ds.SetStr(dicom.StudyDescription, st.Description)
	ds.SetStr(dicom.PatientName, st.Name)
	ds.SetStr(dicom.PatientID, s.PatientID(i))
	ds.SetStr(dicom.PatientBirthDate, "19600229")
	ds.SetStr(dicom.PatientSex, "F")
	ds.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
}

func image(class dicom.UID, o Object, k int) *dicom.Dataset {
	ds := new(dicom.Dataset)
	ds.SetStr(dicom.SOPClassUID, string(class))
	ds.SetStr(dicom.SOPInstanceUID, string(o.SOP))
	ds.SetStr(dicom.SeriesInstanceUID, string(o.Series))
	ds.SetInt(dicom.SeriesNumber, 1)
	ds.SetInt(dicom.InstanceNumber, k+1)
	ds.SetStr(dicom.StudyID, "1")
	ds.SetFloat(dicom.ImagePositionPatient, 0, 0, float64(5*k))
	ds.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	ds.SetFloat(dicom.PixelSpacing, 0.5, 0.5)
	ds.SetInt(dicom.SamplesPerPixel, 1)
	ds.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
	ds.SetInt(dicom.Rows, seedRows)
	ds.SetInt(dicom.Columns, seedRows)
	ds.SetInt(dicom.BitsAllocated, 16)
	ds.SetInt(dicom.BitsStored, 12)
	ds.SetInt(dicom.HighBit, 11)
	ds.SetInt(dicom.PixelRepresentation, 0)
	return ds
}

// File writes ds with size bytes of pixels that no boundary or line break is
// safe from.
func File(t testing.TB, ds *dicom.Dataset, size int, seed byte) []byte {
	t.Helper()
	pixel := make([]byte, size)
	for i := range pixel {
		pixel[i] = byte(i*7) ^ byte(i>>8) ^ seed
	}
	copy(pixel[size/2:], "\r\n--\r\n--\r\r\n-")
	b, err := dicom.Bytes(ds, pixel)
	if err != nil {
		t.Fatalf("write a seed object: %v", err)
	}
	return b
}

// Bytes is all objects of the study.
func (s Study) Bytes() [][]byte {
	out := make([][]byte, len(s.Objects))
	for i, o := range s.Objects {
		out[i] = o.Bytes
	}
	return out
}

// Series is the study's series, in order.
func (s Study) Series() []dicom.UID {
	var out []dicom.UID
	for _, o := range s.Objects {
		if !slices.Contains(out, o.Series) {
			out = append(out, o.Series)
		}
	}
	return out
}

// Count is the number of instances in one series.
func (s Study) Count(series dicom.UID) int { return len(s.Under(pacs.Ref{Series: series})) }

// Under is the objects that ref names, by SOP Instance UID.
func (s Study) Under(ref pacs.Ref) map[dicom.UID][]byte {
	out := map[dicom.UID][]byte{}
	for _, o := range s.Objects {
		if (ref.Series == "" || ref.Series == o.Series) && (ref.Instance == "" || ref.Instance == o.SOP) {
			out[o.SOP] = o.Bytes
		}
	}
	return out
}
