package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/route"
)

// What the doctor may take from a site to measure it: nothing of it is kept.
const (
	sampleImages = 8
	sampleBytes  = 32 << 20
	sampleTime   = 20 * time.Second
	sampleBeside = 4               // requests at a time after the first one
	sampleAgain  = 5 * time.Second // what took less is measured once more
)

// speed is one way's measurement, for JSON.
type speed struct {
	Way            string  `json:"way"`
	RoundTripMS    float64 `json:"round_trip_ms"`
	FirstMS        float64 `json:"first_image_ms"`
	BytesPerSecond float64 `json:"bytes_per_second"`
	PerSecond      float64 `json:"images_per_second"`
	Images         int     `json:"images"`
	Bytes          int64   `json:"bytes"`

	pixels float64 // bytes a second, however they came
}

func (s speed) String() string {
	text := fmt.Sprintf("round trip %.0f ms, first image %.0f ms, then %.1f MB/s, %.0f images/s (%d images, %.1f MB)",
		s.RoundTripMS, s.FirstMS, s.BytesPerSecond/1e6, s.PerSecond, s.Images, float64(s.Bytes)/1e6)
	if s.Images < 2 {
		text = fmt.Sprintf("round trip %.0f ms, one image in %.0f ms (%.1f MB)", s.RoundTripMS, s.FirstMS, float64(s.Bytes)/1e6)
	}
	return text
}

// measurement is what the figures say of one request beside others, as a route
// compares ways by.
func (s speed) measurement() route.Measurement {
	return route.Measurement{Way: s.Way, RoundTrip: time.Duration(s.RoundTripMS * 1e6), Bytes: s.pixels / sampleBeside,
		Images: s.PerSecond / sampleBeside, At: time.Now()}
}

// siteChecks are the lines of one site that was asked for by name: what the server
// does differently, what it can do, and how fast each way to it is, measured on
// images that it has, which are read and not kept.
// The figures are by the lines' names.
func (h *house) siteChecks(ctx context.Context, o *openSite) (out []check, speeds map[string]*speed) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	name := o.Name
	speeds = map[string]*speed{}
	if o.web != nil {
		out = append(out, probeCheck(ctx, name, o.web))
	}
	out = append(out, check{Name: name + " can", Level: "ok", Detail: strings.Join(abilities(o), ", ")})
	sample, err := sampleOf(ctx, o.Archive)
	if err != nil {
		return append(out, check{Name: name + " speed", Level: "warn", Detail: "not measured: " + sentence(err)}), nil
	}
	for _, w := range o.ways {
		line, s := speedCheck(ctx, name, w, sample)
		out, speeds[line.Name] = append(out, line), &s
		if o.routed != nil && line.Level == "ok" && s.BytesPerSecond > 0 {
			o.routed.Learn(s.measurement())
		}
	}
	if o.routed != nil {
		out = append(out, check{Name: name + " route", Level: "ok", Detail: "images come by " + o.routed.Using() + lastMeasured(o.routed)})
	}
	if l := h.env.known(o.config).Link; l != nil {
		out = append(out, check{Name: name + " line", Level: "ok", Detail: lineText(*l)})
	}
	return out, speeds
}

// lineText is what studies taught about the line.
func lineText(l fetch.Link) string {
	how := "as stored"
	if l.Compressed {
		how = "compressed by the server"
	}
	return fmt.Sprintf("%d connections, %s, %.1f MB/s, by the studies until %s", l.Connections, how, l.Bytes/1e6, l.At.Local().Format("2006-01-02 15:04"))
}

func lastMeasured(a *route.Archive) string {
	for _, m := range a.Measured() {
		if m.Way == a.Using() && !m.At.IsZero() {
			return ", measured " + m.At.Local().Format("2006-01-02 15:04")
		}
	}
	return ", not measured yet"
}

// probeCheck finds out how the DICOMweb server differs from others, and keeps it.
func probeCheck(ctx context.Context, name string, c *dicomweb.Client) check {
	f, err := c.Probe(ctx)
	var parts []string
	for _, r := range dicomweb.Rows() {
		if v := f.Rows[r.Name]; v != "" {
			parts = append(parts, r.Name+": "+v)
		}
	}
	line := check{Name: name + " server", Level: "ok", Detail: strings.Join(parts, "; ")}
	if err != nil {
		line.Level, line.Detail = "warn", sentence(err)
	}
	return line
}

// abilities names what a site's archive can do beside finding, fetching and storing.
func abilities(o *openSite) []string {
	out := []string{}
	has := func(ok bool, words string) {
		if ok {
			out = append(out, words)
		}
	}
	for _, w := range o.ways {
		out = append(out, w.Name)
	}
	_, ok := pacs.As[pacs.Renderer](o.Archive)
	has(ok, "previews")
	_, ok = pacs.As[pacs.FrameReader](o.Archive)
	has(ok, "single frames")
	_, ok = pacs.As[pacs.Metadater](o.Archive)
	has(ok, "headers alone")
	_, ok = pacs.As[pacs.Transcoder](o.Archive)
	has(ok, "compression on the way")
	_, ok = pacs.As[pacs.Committer](o.Archive)
	has(ok, "storage commitment")
	has(o.Workitems != nil, "worklist")
	has(len(o.Watchers) > 0, "news")
	return out
}

var errNoSample = errors.New("the site has no images to measure with")

// sampleOf names a few images of the middle of the largest series of a recent study.
func sampleOf(ctx context.Context, a pacs.Archive) ([]pacs.Ref, error) {
	study, err := recentStudy(ctx, a)
	if err != nil {
		return nil, err
	}
	series, err := pacs.Find(ctx, a, pacs.Query{Level: pacs.SeriesLevel, Study: study, Include: []dicom.Tag{dicom.NumberOfSeriesRelatedInstances, dicom.Modality}})
	if err != nil || len(series) == 0 {
		return nil, cmpErr(err)
	}
	largest := dicom.UID(most(series, dicom.NumberOfSeriesRelatedInstances).Str(dicom.SeriesInstanceUID))
	list, err := pacs.Find(ctx, a, pacs.Query{Level: pacs.InstanceLevel, Study: study, Series: largest, Limit: 64})
	if err != nil && !errors.Is(err, pacs.ErrPartial) || len(list) == 0 {
		return nil, cmpErr(err)
	}
	from := max(0, (len(list)-sampleImages)/2)
	var out []pacs.Ref
	for _, ds := range list[from:min(len(list), from+sampleImages)] {
		out = append(out, pacs.Ref{Study: study, Series: largest, Instance: dicom.UID(ds.Str(dicom.SOPInstanceUID))})
	}
	return out, nil
}

func cmpErr(err error) error {
	if err == nil {
		return errNoSample
	}
	return err
}

// recentStudy is the largest of a few studies of the last days, or of any.
func recentStudy(ctx context.Context, a pacs.Archive) (dicom.UID, error) {
	since := time.Now().AddDate(0, 0, -14).Format("20060102") + "-"
	for _, match := range []map[dicom.Tag]string{{dicom.StudyDate: since}, nil} {
		list, err := pacs.Find(ctx, a, pacs.Query{Level: pacs.StudyLevel, Match: match, Limit: 20, Include: []dicom.Tag{dicom.NumberOfStudyRelatedInstances}})
		if err != nil && !errors.Is(err, pacs.ErrPartial) {
			return "", err
		}
		if len(list) > 0 {
			return dicom.UID(most(list, dicom.NumberOfStudyRelatedInstances).Str(dicom.StudyInstanceUID)), nil
		}
	}
	return "", errNoSample
}

func most(list []*dicom.Dataset, count dicom.Tag) *dicom.Dataset {
	return slices.MaxFunc(list, func(a, b *dicom.Dataset) int { return a.IntOr(count, 0) - b.IntOr(count, 0) })
}

// speedCheck fetches the sample by one way: the first image alone, the others side
// by side, and forgets them.
func speedCheck(ctx context.Context, name string, w route.Way, sample []pacs.Ref) (check, speed) {
	line := check{Name: name + " by " + w.Name, Level: "ok"}
	begun := time.Now()
	s, err := measure(ctx, w, sample)
	if err == nil && time.Since(begun) < sampleAgain { // disk and connections are awake now
		if again, err := measure(ctx, w, sample); err == nil {
			again.RoundTripMS = min(again.RoundTripMS, s.RoundTripMS) // an association may have had to make room
			s = again
		}
	}
	if line.Detail = s.String(); err != nil {
		line.Level, line.Detail = "warn", sentence(err)
	}
	return line, s
}

func measure(ctx context.Context, w route.Way, sample []pacs.Ref) (speed, error) {
	ctx, cancel := context.WithTimeout(ctx, sampleTime)
	defer cancel()
	s := speed{Way: w.Name}
	for range 2 { // the first builds a connection
		begun := time.Now()
		if err := w.Verify(ctx); err != nil {
			return s, err
		}
		s.RoundTripMS = milliseconds(begun)
	}
	begun := time.Now()
	first, err := readAway(ctx, w, sample[0])
	if err != nil {
		return s, err
	}
	s.Bytes = first.bytes
	s.FirstMS, s.Images = milliseconds(begun), 1
	if rest := sample[1:min(len(sample), 1+int(sampleBytes/max(1, s.Bytes)))]; len(rest) > 0 {
		begun = time.Now()
		n, err := readBeside(ctx, w, rest)
		if err != nil {
			return s, err
		}
		took := time.Since(begun).Seconds()
		s.BytesPerSecond, s.PerSecond, s.pixels = float64(n.bytes)/took, float64(len(rest))/took, float64(n.pixels)/took
		s.Bytes, s.Images = s.Bytes+n.bytes, s.Images+len(rest)
	}
	return s, nil
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1e3 }

// readBytes is what came, and what it weighs uncompressed.
type readBytes struct{ bytes, pixels int64 }

// readBeside reads several instances, a few at a time.
func readBeside(ctx context.Context, w route.Way, refs []pacs.Ref) (n readBytes, err error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	free := make(chan struct{}, sampleBeside)
	for _, ref := range refs {
		free <- struct{}{}
		all.Go(func() {
			got, e := readAway(ctx, w, ref)
			mu.Lock()
			n = readBytes{n.bytes + got.bytes, n.pixels + got.pixels}
			err = errors.Join(err, e)
			mu.Unlock()
			<-free
		})
	}
	all.Wait()
	return n, err
}

// readAway reads one instance and forgets it.
func readAway(ctx context.Context, w route.Way, ref pacs.Ref) (n readBytes, err error) {
	err = w.Retrieve(ctx, ref, func(o pacs.Object) error {
		n = readBytes{n.bytes + int64(len(o.Bytes)), n.pixels + int64(route.Weight(o.Bytes))}
		return nil
	})
	if err == nil && n.bytes == 0 {
		err = pacs.ErrTruncated
	}
	return n, err
}
