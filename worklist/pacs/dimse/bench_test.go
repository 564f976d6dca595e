package dimse_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// ct is a study of n slices of 512 × 512 × 16 bit, 0.5 MB each.
func ct(t testing.TB, n int) pacstest.Study {
	s, series := pacstest.Study{UID: dicom.NewUID()}, dicom.NewUID()
	for i := range n {
		o := pacstest.Object{Series: series, SOP: dicom.NewUID()}
		ds := new(dicom.Dataset)
		for tag, v := range map[dicom.Tag]string{
			dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: string(o.SOP), dicom.SeriesInstanceUID: string(series),
			dicom.StudyInstanceUID: string(s.UID), dicom.PatientName: "BENCH^MARK", dicom.PatientID: "BENCH", dicom.Modality: "CT",
			dicom.StudyDate: "20250102", dicom.PhotometricInterpretation: "MONOCHROME2",
		} {
			ds.SetStr(tag, v)
		}
		for tag, v := range map[dicom.Tag]int{dicom.Rows: 512, dicom.Columns: 512, dicom.SamplesPerPixel: 1, dicom.BitsAllocated: 16,
			dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 0, dicom.InstanceNumber: i + 1} {
			ds.SetInt(tag, v)
		}
		o.Bytes = pacstest.File(t, ds, 512*512*2, byte(i))
		s.Objects = append(s.Objects, o)
	}
	return s
}

// getscu is DCMTK's C-GET of a study; it keeps nothing, or writes what comes to dir.
func getscu(b *testing.B, p pacstest.DICOMPeer, study dicom.UID, dir string) {
	b.Helper()
	tool, err := exec.LookPath("getscu")
	if err != nil {
		b.Skip("DCMTK's getscu is not installed")
	}
	host, port, _ := strings.Cut(p.Address, ":")
	keep := []string{"--ignore"}
	if dir != "" {
		keep = []string{"+B", "-od", dir}
	}
	cmd := exec.Command(tool, append(keep, "-S", "-pdu", "131072", "-aet", "READER", "-aec", p.AE, "-k", "QueryRetrieveLevel=STUDY",
		"-k", "StudyInstanceUID="+string(study), host, port)...)
	cmd.Env = append(os.Environ(), "TCP_NODELAY=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v %s", err, out)
	}
}

func BenchmarkGetStudy300x512x512(b *testing.B) {
	const n = 300
	st := ct(b, n)
	for name, start := range map[string]func(testing.TB) pacstest.DICOMPeer{
		"Orthanc": func(t testing.TB) pacstest.DICOMPeer { return pacstest.StartOrthancDICOM(t, nil) },
		"demo":    func(t testing.TB) pacstest.DICOMPeer { return embedded(t, demo.Options{}) },
	} {
		p := start(b)
		c := client(b, p, func(cfg *dimse.Config) { cfg.Associations = 4 })
		if got, err := c.Store(b.Context(), st.UID, st.Bytes()...); err != nil || len(got.OK) != n {
			b.Fatal(len(got.OK), err)
		}
		size := int64(n * len(st.Objects[0].Bytes))
		b.Run(name+"/getscu", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				getscu(b, p, st.UID, "")
			}
		})
		b.Run(name+"/study", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				got := 0
				if err := c.Retrieve(b.Context(), pacs.Ref{Study: st.UID}, func(pacs.Object) error { got++; return nil }); err != nil || got != n {
					b.Fatal(got, err)
				}
			}
		})
		b.Run(name+"/getscu to disk", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				getscu(b, p, st.UID, b.TempDir())
			}
		})
		b.Run(name+"/study to disk", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				toDisk(b, c, st)
			}
		})
		b.Run(name+"/instances by 4", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				byInstance(b, c, st, 4)
			}
		})
	}
}

func toDisk(b *testing.B, c *dimse.Client, st pacstest.Study) {
	dir := b.TempDir()
	err := c.Retrieve(b.Context(), pacs.Ref{Study: st.UID}, func(o pacs.Object) error {
		h, err := dicom.ReadHead(o.Bytes)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, string(h.Instance)), o.Bytes, 0o600)
	})
	if err != nil {
		b.Fatal(err)
	}
}

// byInstance asks for one object after the other, as the retrieval engine does.
func byInstance(b *testing.B, c *dimse.Client, st pacstest.Study, workers int) {
	next := make(chan pacstest.Object)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for o := range next {
				if err := c.Retrieve(b.Context(), pacs.Ref{Study: st.UID, Series: o.Series, Instance: o.SOP}, func(pacs.Object) error { return nil }); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for _, o := range st.Objects {
		next <- o
	}
	close(next)
	all.Wait()
}
