package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/link"
)

// headSlice is one of a head of 512 × 512: 40 HU in air under noise of 6 HU.
func headSlice(tb testing.TB, study dicom.UID, k int, rng *rand.Rand) []byte {
	const edge = 512
	d := new(dicom.Dataset)
	for tag, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: fmt.Sprintf("%s.1.%d", study, k+1),
		dicom.StudyInstanceUID: string(study), dicom.SeriesInstanceUID: string(study) + ".1", dicom.Modality: "CT", dicom.StudyDate: "20260105",
		dicom.AccessionNumber: "A1", dicom.PatientName: "HEAD^BENCH", dicom.PatientID: "B1", dicom.PatientBirthDate: "19500101", dicom.PatientSex: "O",
		dicom.StudyDescription: "CT head", dicom.PhotometricInterpretation: "MONOCHROME2", dicom.RescaleType: "HU",
	} {
		d.SetStr(tag, v)
	}
	for tag, v := range map[dicom.Tag]int{dicom.SeriesNumber: 1, dicom.InstanceNumber: k + 1, dicom.SamplesPerPixel: 1, dicom.Rows: edge,
		dicom.Columns: edge, dicom.BitsAllocated: 16, dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 0} {
		d.SetInt(tag, v)
	}
	d.SetFloat(dicom.ImagePositionPatient, -115, -115, float64(k))
	d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	d.SetFloat(dicom.PixelSpacing, 0.45, 0.45)
	d.SetFloat(dicom.SliceThickness, 1)
	d.SetFloat(dicom.RescaleSlope, 1)
	d.SetFloat(dicom.RescaleIntercept, -1024)
	d.SetFloat(dicom.WindowCenter, 40)
	d.SetFloat(dicom.WindowWidth, 80)
	pixels := make([]byte, edge*edge*2)
	for i := range edge * edge {
		x, y := float64(i%edge-256)/200, float64(i/edge-256)/230
		hu := -1000.0
		if x*x+y*y < 1 {
			hu = 40
		}
		v := uint16(math.Round(hu+rng.NormFloat64()*6) + 1024)
		pixels[2*i], pixels[2*i+1] = byte(v), byte(v>>8)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, pixels); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// childOf is the one process that this one started.
func childOf(b *testing.B) int {
	all, _ := filepath.Glob("/proc/self/task/*/children")
	for _, name := range all {
		text, _ := os.ReadFile(name)
		if f := strings.Fields(string(text)); len(f) > 0 {
			pid, _ := strconv.Atoi(f[0])
			return pid
		}
	}
	b.Fatal("no window runs")
	return 0
}

// cpuOf is the processor time of a process so far, to a hundredth of a second.
func cpuOf(pid int) time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// cachedCases is a sealed store with two heads of 300 slices, and a room over it.
func cachedCases(b *testing.B) (room *reading.Room, studies []dicom.UID) {
	s, err := store.Open(filepath.Join(b.TempDir(), "cache"), store.NewKeys(seal.NewKey()))
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 1))
	for i := range 2 {
		study := dicom.UID(fmt.Sprintf("2.25.88%d", i))
		studies = append(studies, study)
		for k := range 300 {
			if _, _, err := s.Put(headSlice(b, study, k, rng)); err != nil {
				b.Fatal(err)
			}
		}
	}
	return &reading.Room{Store: s}, studies
}

// BenchmarkOpenCachedCase300x512x512 is the time from asking for a case whose 300 slices
// are in the sealed store to the event that its first own pixel is on screen, in the real
// window: every open is a change from another case of the same size. It needs a display:
// xvfb-run -a go test ./cmd/nocturne -run '^$' -bench OpenCachedCase -benchtime 20x
func BenchmarkOpenCachedCase300x512x512(b *testing.B) {
	if os.Getenv("DISPLAY") == "" {
		b.Skip("no display: xvfb-run -a go test -bench OpenCachedCase")
	}
	room, studies := cachedCases(b)
	b.Run("not foreseen", func(b *testing.B) { openCached(b, room, studies, false) })
	b.Run("decoded ahead", func(b *testing.B) { openCached(b, room, studies, true) })
}

func openCached(b *testing.B, room *reading.Room, studies []dicom.UID, soon bool) {
	w, err := link.Start(b.Context(), link.Options{Command: []string{os.Args[0], "view"}, Env: []string{asNocturne + "=1"}})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	shown := make(chan uint64, 16)
	go func() {
		for e := range w.Events() {
			if e.Kind == viewer.Shown {
				shown <- e.Epoch
			}
		}
	}()
	var took []time.Duration
	caseOf := func(epoch uint64) viewer.Case {
		study := string(studies[epoch%2])
		return viewer.Case{Epoch: epoch, StudyUID: study, Studies: []viewer.Study{{UID: study, Date: "20260105", Description: "CT head", Modality: "CT", Expected: 300}},
			Order: viewer.Order{PatientName: "HEAD^BENCH", PatientID: "B1", BirthDate: "19500101", Sex: "O", Accession: "A1", Exam: "CT head", Modality: "CT"}}
	}
	open := func(epoch uint64) time.Duration {
		begun := time.Now()
		c := caseOf(epoch)
		if err := w.Open(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		if err := w.Add(epoch, room.Objects(c.StudyUID)); err != nil {
			b.Fatal(err)
		}
		for {
			select {
			case e := <-shown:
				if e == epoch {
					return time.Since(begun)
				}
			case <-time.After(20 * time.Second):
				b.Fatal("nothing came on screen")
			}
		}
	}
	epoch := uint64(1)
	for ; epoch < 4; epoch++ { // the page cache, the driver and the window are warm
		open(epoch)
		time.Sleep(300 * time.Millisecond)
	}
	window, used := childOf(b), time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		time.Sleep(200 * time.Millisecond) // what is decoded ahead of the case before
		if soon {
			c := caseOf(epoch)
			c.Epoch = 0
			if err := w.Soon(c, room.Objects(c.StudyUID)); err != nil {
				b.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		b.StartTimer()
		before := cpuOf(window)
		took = append(took, open(epoch))
		used += cpuOf(window) - before
		epoch++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/1e6, "median-ms")
	b.ReportMetric(float64(took[len(took)*9/10])/1e6, "p90-ms")
	b.ReportMetric(float64(used)/float64(len(took))/1e6, "window-cpu-ms")
	b.ReportMetric(0, "ns/op")
}
