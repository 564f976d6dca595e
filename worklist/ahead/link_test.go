package ahead

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
)

// The link scenario runs these two in two network namespaces with an emulated line
// between them, as .ci/link runs those of worklist/fetch: the first one at the archive's
// end. NOCTURNE_LINK is the archive's DICOMweb address; without it they skip.

// linkArchive is the archive that NOCTURNE_LINK names.
func linkArchive(tb testing.TB) *dicomweb.Client {
	url := os.Getenv("NOCTURNE_LINK")
	if url == "" {
		tb.Skip("NOCTURNE_LINK names no archive: .ci/link does")
	}
	var quirks dicomweb.Quirks
	if s := os.Getenv("NOCTURNE_LINK_SYNTAX"); s != "" { // as stored: the line is what limits, not the server's compressor
		quirks.Syntaxes = []string{s}
	}
	c, err := dicomweb.New(dicomweb.Config{Name: "LINK", BaseURL: url, Quirks: quirks, Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: "reader", Password: "s3cret"}, nil
	}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

// linkCase is one case of the link's night; a third of the images of a real one.
type linkCase struct {
	modality   string
	class      dicom.UID
	images     int
	rows, cols int
	bits       int
	noise      float64
}

// linkNight is 61 cases: ten read on the evening before, fifty, and the STAT that comes
// while they are fetched.
func linkNight(rng *rand.Rand) (out []linkCase) {
	ct := func(n int) linkCase { return linkCase{"CT", dicom.CTImageStorage, n, 512, 512, 16, 6} }
	for i := range 60 {
		switch i % 10 {
		case 0, 3, 6:
			out = append(out, ct(20+rng.IntN(70)))
		case 1, 8:
			side := []int{256, 288, 320}[rng.IntN(3)]
			out = append(out, linkCase{"MR", dicom.MRImageStorage, 30 + rng.IntN(50), side, side, 16, 12})
		case 2, 5:
			out = append(out, linkCase{"CR", "1.2.840.10008.5.1.4.1.1.1", 1 + rng.IntN(3), 2000, 1600 + rng.IntN(800), 16, 8})
		case 4:
			out = append(out, linkCase{"US", "1.2.840.10008.5.1.4.1.1.6.1", 8 + rng.IntN(14), 768, 1024, 8, 3})
		case 7:
			out = append(out, linkCase{"MG", "1.2.840.10008.5.1.4.1.1.1.2", 4, 2560, 2000, 16, 8})
		case 9:
			out = append(out, linkCase{"PT", "1.2.840.10008.5.1.4.1.1.128", 120 + rng.IntN(80), 256, 256, 16, 20})
		}
	}
	return append(out, ct(80))
}

// image is one image: an ellipse under noise, which packs as a real one does.
func (c linkCase) image(tb testing.TB, study, series dicom.UID, accession string, k int, noise []int16, rng *rand.Rand) []byte {
	d := new(dicom.Dataset)
	for tag, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: string(c.class), dicom.SOPInstanceUID: string(dicom.NewUID()), dicom.StudyInstanceUID: string(study),
		dicom.SeriesInstanceUID: string(series), dicom.Modality: c.modality, dicom.StudyDate: "20260105", dicom.StudyTime: "0200",
		dicom.AccessionNumber: accession, dicom.PatientName: "NIGHT^" + accession, dicom.PatientID: accession, dicom.PatientBirthDate: "19500101",
		dicom.StudyDescription: c.modality + " of the night", dicom.PhotometricInterpretation: "MONOCHROME2", dicom.StudyID: "1",
	} {
		d.SetStr(tag, v)
	}
	for tag, v := range map[dicom.Tag]int{dicom.SeriesNumber: 1, dicom.InstanceNumber: k + 1, dicom.SamplesPerPixel: 1, dicom.Rows: c.rows,
		dicom.Columns: c.cols, dicom.BitsAllocated: c.bits, dicom.BitsStored: c.bits, dicom.HighBit: c.bits - 1, dicom.PixelRepresentation: 0} {
		d.SetInt(tag, v)
	}
	pixels := make([]byte, c.rows*c.cols*c.bits/8)
	at := rng.IntN(len(noise))
	for i := range c.rows * c.cols {
		x, y := float64(i%c.cols)/float64(c.cols)-0.5, float64(i/c.cols)/float64(c.rows)-0.5
		v := 24
		if x*x+y*y < 0.18 {
			v = 1064
		}
		if at++; at == len(noise) {
			at = 0
		}
		if v += int(c.noise * float64(noise[at]) / 256); c.bits == 8 {
			pixels[i] = byte(max(0, v/8))
		} else {
			pixels[2*i], pixels[2*i+1] = byte(max(0, v)), byte(max(0, v)>>8)
		}
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, pixels); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// TestFillTheForecastsArchive stores the night.
func TestFillTheForecastsArchive(t *testing.T) {
	c := linkArchive(t)
	rng := rand.New(rand.NewPCG(5, 50))
	noise := make([]int16, 1<<20)
	for i := range noise {
		noise[i] = int16(256 * rng.NormFloat64())
	}
	for i, k := range linkNight(rng) {
		study, series := dicom.NewUID(), dicom.NewUID()
		var batch [][]byte
		for n := range k.images {
			batch = append(batch, k.image(t, study, series, fmt.Sprintf("N%02d", i), n, noise, rng))
		}
		for part := range slices.Chunk(batch, 20) {
			if got, err := c.Store(context.Background(), study, part...); err != nil || len(got.OK) != len(part) {
				t.Fatalf("stored %d of %d: %v", len(got.OK), len(part), err)
			}
		}
	}
}

// TestForecastsOverTheEmulatedLine reads ten cases, and then fetches fifty ahead: a STAT
// cuts in after 40 s, and the reader opens the last one after 70 s. It prints how good
// what was told was, and how good every row was every 5 s.
func TestForecastsOverTheEmulatedLine(t *testing.T) {
	c := linkArchive(t)
	site := feed.Site{Name: "LINK", Archive: c, AllStudies: true}
	list := feed.New([]feed.Site{site}, feed.Options{}).Poll(t.Context())
	rows := slices.DeleteFunc(list.Rows, func(r feed.Row) bool { return !strings.HasPrefix(r.Accession, "N") })
	slices.SortFunc(rows, func(a, b feed.Row) int { return strings.Compare(a.Accession, b.Accession) })
	if len(rows) != 61 {
		t.Fatalf("%d cases are listed: %v", len(rows), list.Sites[0].Err)
	}
	s, err := store.Open(t.TempDir(), store.NewKeys(seal.NewKey()))
	if err != nil {
		t.Fatal(err)
	}
	held := func(study dicom.UID) int { e, _ := s.Study(study); return len(e) }
	counted := func(rows []feed.Row) []feed.Row {
		out := slices.Clone(rows)
		for i := range out {
			out[i].Cached = held(dicom.UID(out[i].StudyUID))
		}
		return out
	}
	e := &fetch.Engine{Store: s}
	f := New(Options{Engine: e, Sites: []feed.Site{site}, Mode: All, Priors: 3, Held: held})
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer running.Wait()
	defer cancel()
	running.Go(func() { f.Run(ctx) })
	settle := func(each func(second int)) {
		for n := 1; n < 1200; n++ {
			time.Sleep(time.Second)
			if each(n); f.Settled() {
				return
			}
		}
		t.Fatal("it does not come to an end")
	}
	f.Set(counted(rows[:10]))
	settle(func(int) {})
	begun, shown, night, late := time.Now(), shownLog{}, rows[10:60], rows[60]
	late.Priority = pacs.Stat
	f.Set(counted(night))
	settle(func(n int) {
		shown.look(f, counted(night))
		switch n {
		case 40:
			night = append([]feed.Row{late}, night...)
			f.Set(counted(night))
		case 70:
			running.Go(func() { e.Study(ctx, c, dicom.UID(night[len(night)-1].StudyUID), nil, nil) })
		}
	})
	var bytes int64
	for _, r := range counted(night) {
		if r.Cached != r.Expected {
			t.Errorf("%d of %d images are here", r.Cached, r.Expected)
		}
		all, _ := s.Study(dicom.UID(r.StudyUID))
		for _, e := range all {
			bytes += e.Size
		}
	}
	l, _ := f.Learned("LINK")
	told, took := l.Of(begun), time.Since(begun).Seconds()
	fmt.Printf("%d cases, %.0f MB in %.0f s; told: %v, %.0f %% within ±30 %%; every row every 5 s: %v, %.0f %% within ±30 %%\n",
		len(night), float64(bytes)/1e6, took, told, 100*told.Good, shown.judged, 100*shown.judged.Good)
	shown.table(begun)
	if told.Forecasts < 45 || told.Good < 0.9 {
		t.Errorf("%d forecasts, %.0f %% within ±30 %%", told.Forecasts, 100*told.Good)
	}
}
