package fetch

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// The link scenario (.ci/link) runs these two in two network namespaces with an
// emulated line between them. NOCTURNE_LINK is the archive's DICOMweb address;
// without it they skip.

// linkArchive is the archive that NOCTURNE_LINK names.
func linkArchive(tb testing.TB, syntaxes ...string) *dicomweb.Client {
	url := os.Getenv("NOCTURNE_LINK")
	if url == "" {
		tb.Skip("NOCTURNE_LINK names no archive: .ci/link does")
	}
	c, err := dicomweb.New(dicomweb.Config{Name: "LINK", BaseURL: url, Quirks: dicomweb.Quirks{Syntaxes: syntaxes},
		Login: func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{User: "reader", Password: "s3cret"}, nil
		}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

// TestFillTheLinksArchive stores the study of the scenario and prints its UID.
func TestFillTheLinksArchive(t *testing.T) {
	c := linkArchive(t)
	study := noisyCT(t, 300)
	for i := 0; i < len(study.Objects); i += 20 {
		got, err := c.Store(context.Background(), study.UID, study.Bytes()[i:i+20]...)
		if err != nil || len(got.OK) != 20 {
			t.Fatalf("stored %d of 20: %v", len(got.OK), err)
		}
	}
	fmt.Printf("study %s series %s\n", study.UID, study.Objects[0].Series)
}

// noisyCT is a head of n slices of 512 × 512: an ellipse of 40 HU in air under
// Gaussian noise of 6 HU, which JPEG-LS packs about 3.2 : 1 as it does a real
// soft-tissue kernel.
func noisyCT(t testing.TB, n int) pacstest.Study {
	study := ct(t, n)
	rng := rand.New(rand.NewPCG(6, 1))
	for i := range study.Objects {
		b := study.Objects[i].Bytes
		pixels := b[len(b)-512*512*2:]
		for k := range 512 * 512 {
			x, y := float64(k%512-256)/200, float64(k/512-256)/230
			hu := -1000.0
			if x*x+y*y < 1 {
				hu = 40
			}
			v := uint16(int(math.Round(hu+rng.NormFloat64()*6)) + 1024)
			pixels[2*k], pixels[2*k+1] = byte(v), byte(v>>8)
		}
	}
	return study
}

// BenchmarkLink300x512x512 fetches the study of NOCTURNE_BENCH_STUDY once a
// loop: the preview's and the first image's time since asking, the whole time,
// all as medians, and the bytes of objects a second. Each syntax is a way of asking; "auto" is
// what the program does by itself.
func BenchmarkLink300x512x512(b *testing.B) {
	for _, way := range []struct {
		name     string
		syntaxes []string
	}{
		{"auto", nil},
		{"raw", []string{"1.2.840.10008.1.2.1"}},
		{"JPEG-LS", []string{"1.2.840.10008.1.2.4.80"}},
	} {
		b.Run(way.name, func(b *testing.B) { linkOnce(b, linkArchive(b, way.syntaxes...), nil) })
	}
	b.Run("auto, known line", func(b *testing.B) {
		c, e := linkArchive(b), &Engine{Store: named{}}
		if err := e.Study(b.Context(), c, dicom.UID(os.Getenv("NOCTURNE_BENCH_STUDY")), nil, nil); err != nil {
			b.Fatal(err)
		}
		c.Close() // the connections of that night
		linkOnce(b, c, e)
	})
}

// BenchmarkLinkDIMSE300x512x512 fetches the same study by C-GET from
// NOCTURNE_LINK_DIMSE, an archive that calls itself FAR.
func BenchmarkLinkDIMSE300x512x512(b *testing.B) {
	address := os.Getenv("NOCTURNE_LINK_DIMSE")
	if address == "" {
		b.Skip("NOCTURNE_LINK_DIMSE names no archive: .ci/link does")
	}
	c, err := dimse.New(dimse.Config{Name: "LINK", Address: address, CalledAE: "FAR"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	linkOnce(b, c, nil)
}

// named keeps nothing, but knows what came.
type named struct{ nowhere }

func (named) Put(b []byte) (store.Entry, bool, error) {
	f, err := dicom.Parse(b)
	if err != nil {
		return store.Entry{}, false, err
	}
	return store.Entry{Study: dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)), SOP: dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID)), Size: int64(len(b))}, true, nil
}

// linkOnce fetches by an engine that knows nothing, or by the one given.
func linkOnce(b *testing.B, c pacs.Archive, known *Engine) {
	study := dicom.UID(os.Getenv("NOCTURNE_BENCH_STUDY"))
	var previews, firsts, wholes []float64
	var objects float64
	for b.Loop() {
		var preview, first time.Duration
		var last Progress
		asked := time.Now()
		e := known
		if e == nil {
			e = &Engine{Store: named{}}
		}
		e.Prefer(study)
		err := e.Study(b.Context(), c, study, nil, func(p Progress) {
			if p.Preview != nil && preview == 0 {
				preview = time.Since(asked)
			}
			if len(p.New) > 0 && first == 0 {
				first = time.Since(asked)
			}
			last = p
		})
		if err != nil || last.Have != last.Expected {
			b.Fatalf("%d of %d: %v", last.Have, last.Expected, err)
		}
		previews, firsts, wholes = append(previews, preview.Seconds()), append(firsts, first.Seconds()), append(wholes, time.Since(asked).Seconds())
		objects = float64(last.Bytes) / 1e6
	}
	b.ReportMetric(1000*median(previews), "preview-ms")
	b.ReportMetric(1000*median(firsts), "first-ms")
	b.ReportMetric(1000*slices.Max(firsts), "worst-first-ms")
	b.ReportMetric(median(wholes), "whole-s")
	b.ReportMetric(objects/median(wholes), "MB/s-objects")
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
