package fetch

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// decoding keeps nothing on disk: an object counts when its pixels are in memory,
// as a window holds them.
type decoding struct{ nowhere }

func (decoding) Put(b []byte) (store.Entry, bool, error) {
	f, err := dicom.Parse(b)
	if err != nil {
		return store.Entry{}, false, err
	}
	if _, err := pixel.Decode(f, 0); err != nil {
		return store.Entry{}, false, err
	}
	return store.Entry{Study: dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)), Series: dicom.UID(f.Dataset.Str(dicom.SeriesInstanceUID)),
		SOP: dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID)), Size: int64(len(b))}, true, nil
}

// BenchmarkStudyOnScreen opens 300 slices of 512 × 512: preview-ms and first-ms
// after asking, and until all are decoded in memory. NOCTURNE_BENCH_URL and
// NOCTURNE_BENCH_STUDY name an archive that runs already, NOCTURNE_BENCH_USER and
// NOCTURNE_BENCH_PASSWORD its login.
func BenchmarkStudyOnScreen300x512x512(b *testing.B) {
	pixel.Decoders = all.Decoders()
	b.Cleanup(func() { pixel.Decoders = nil })
	if url := os.Getenv("NOCTURNE_BENCH_URL"); url != "" {
		c, err := dicomweb.New(dicomweb.Config{Name: "BENCH", BaseURL: url, Login: basic(os.Getenv("NOCTURNE_BENCH_USER"), os.Getenv("NOCTURNE_BENCH_PASSWORD"))})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(c.Close)
		onScreen(b, c, dicom.UID(os.Getenv("NOCTURNE_BENCH_STUDY")))
		return
	}
	study := noisyCT(b, 300)
	b.Run("demo", func(b *testing.B) {
		onScreen(b, filledBy(b, dicomweb.Config{BaseURL: serve(b, embedded(b))}, study), study.UID)
	})
	b.Run("Orthanc", func(b *testing.B) {
		url, user, password := pacstest.StartOrthanc(b)
		onScreen(b, filledBy(b, dicomweb.Config{BaseURL: url, Login: basic(user, password)}, study), study.UID)
	})
}

func basic(user, password string) func(context.Context) (dicomweb.Login, error) {
	return func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: user, Password: password}, nil
	}
}

// filledBy is filled, 20 slices a request.
func filledBy(b *testing.B, cfg dicomweb.Config, study pacstest.Study) *dicomweb.Client {
	part := study
	part.Objects = study.Objects[:20]
	c := filled(b, cfg, part)
	for i := 20; i < len(study.Objects); i += 20 {
		if got, err := c.Store(context.Background(), study.UID, study.Bytes()[i:i+20]...); err != nil || len(got.OK) != 20 {
			b.Fatalf("stored %d of 20: %v", len(got.OK), err)
		}
	}
	return c
}

// onScreen opens the study once a loop, with an engine that knows nothing of the site.
func onScreen(b *testing.B, c *dicomweb.Client, study dicom.UID) {
	var previews, firsts, wholes time.Duration
	for b.Loop() {
		e := &Engine{Store: decoding{}}
		e.Prefer(study)
		asked, preview, first := time.Now(), time.Duration(0), time.Duration(0)
		err := e.Study(b.Context(), c, study, nil, func(p Progress) {
			if p.Preview != nil {
				preview = time.Since(asked)
			}
			if len(p.New) > 0 && first == 0 {
				first = time.Since(asked)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		if preview == 0 {
			preview = first // the image itself was quicker
		}
		previews, firsts, wholes = previews+preview, firsts+first, wholes+time.Since(asked)
	}
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 / float64(b.N) }
	b.ReportMetric(each(previews), "preview-ms")
	b.ReportMetric(each(firsts), "first-ms")
	b.ReportMetric(each(wholes), "decoded-ms")
}
