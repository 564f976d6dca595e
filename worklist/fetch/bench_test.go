package fetch

import (
	"context"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// ct is a study of n slices of 512 × 512 × 16 bit, 0.5 MB each.
func ct(t testing.TB, n int) pacstest.Study {
	s := pacstest.Study{UID: dicom.NewUID()}
	series := dicom.NewUID()
	for i := range n {
		o := pacstest.Object{Series: series, SOP: dicom.NewUID()}
		ds := new(dicom.Dataset)
		ds.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
		ds.SetStr(dicom.SOPInstanceUID, string(o.SOP))
		ds.SetStr(dicom.SeriesInstanceUID, string(series))
		ds.SetStr(dicom.StudyInstanceUID, string(s.UID))
		ds.SetStr(dicom.PatientName, "BENCH^MARK")
		ds.SetStr(dicom.PatientID, "BENCH")
		ds.SetStr(dicom.Modality, "CT")
		ds.SetInt(dicom.InstanceNumber, i+1)
		for tag, v := range map[dicom.Tag]int{dicom.Rows: 512, dicom.Columns: 512, dicom.SamplesPerPixel: 1, dicom.BitsAllocated: 16,
			dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 0} {
			ds.SetInt(tag, v)
		}
		ds.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
		o.Bytes = pacstest.File(t, ds, 512*512*2, byte(i))
		s.Objects = append(s.Objects, o)
	}
	return s
}

// nowhere keeps nothing: what is measured is the wire.
type nowhere struct{ *store.Store }

func (nowhere) Put(b []byte) (store.Entry, bool, error) {
	return store.Entry{Size: int64(len(b))}, true, nil
}
func (nowhere) Has(dicom.UID, dicom.UID) bool            { return false }
func (nowhere) SetExpected(study dicom.UID, n int) error { return nil }
func (nowhere) Expected(dicom.UID) (int, bool)           { return 0, false }

func BenchmarkRetrieveStudy100x512x512(b *testing.B) {
	study := ct(b, 100)
	size := int64(100 * len(study.Objects[0].Bytes))
	orthanc := func(b *testing.B) *dicomweb.Client {
		url, user, password := pacstest.StartOrthanc(b)
		return filled(b, dicomweb.Config{BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{User: user, Password: password}, nil
		}}, study)
	}
	demo := func(b *testing.B) *dicomweb.Client {
		return filled(b, dicomweb.Config{BaseURL: serve(b, embedded(b))}, study)
	}
	for name, open := range map[string]func(*testing.B) *dicomweb.Client{"Orthanc": orthanc, "demo": demo} {
		c := open(b)
		b.Run(name+"/study", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				n := 0
				if err := c.Retrieve(b.Context(), pacs.Ref{Study: study.UID}, func(pacs.Object) error { n++; return nil }); err != nil || n != 100 {
					b.Fatal(n, err)
				}
			}
		})
		b.Run(name+"/instances", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if err := (&Engine{Store: nowhere{}}).Study(b.Context(), c, study.UID, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/instances to disk", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if err := (&Engine{Store: newStore(b)}).Study(b.Context(), c, study.UID, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
