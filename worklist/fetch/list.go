package fetch

import (
	"context"
	"errors"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// believable bounds the counts of a server.
const believable = 1 << 20

// instanceKeys are asked for beside what the standard always returns.
var instanceKeys = []dicom.Tag{dicom.InstanceNumber, dicom.SeriesNumber, dicom.SeriesInstanceUID, dicom.SeriesDescription, dicom.ImageType}

// seriesList is one series as the archive names and counts it.
type seriesList struct {
	number         int
	all            []instance // by Instance Number
	have, expected int
}

// seriesCount is one entry of a series query.
type seriesCount struct {
	uid       dicom.UID
	number, n int
	rank      int
}

// list asks which instances there are and how many of each series and of the
// study; whoever can use the counts before that gets them.
func (j *job) list(ctx context.Context, early chan<- []seriesCount) {
	var beside sync.WaitGroup
	var counted int
	var counts []seriesCount
	beside.Go(func() { counted = j.counted(ctx) })
	beside.Go(func() {
		counts = j.seriesCounts(ctx)
		early <- counts
	})
	all, err := retry(ctx, func() ([]*dicom.Dataset, error) {
		return pacs.Find(ctx, j.site, pacs.Query{Level: pacs.InstanceLevel, Study: j.study, Include: instanceKeys})
	})
	beside.Wait()
	j.take(instances(all), counts, counted, err)
}

// take puts the list into the queue.
func (j *job) take(all []instance, counts []seriesCount, counted int, err error) {
	unsure := err
	switch {
	case err != nil && !errors.Is(err, pacs.ErrPartial):
	case len(all) == 0:
		err = ErrNoInstances
	default:
		err = nil
	}
	if err != nil {
		j.note(func() { j.listed, j.listErr, j.scouting = true, err, false })
		return
	}
	series, expected := bySeries(all, counts)
	expected = max(expected, counted)
	if err := j.engine.Store.SetExpected(j.study, expected); err != nil {
		j.note(func() { j.listed, j.fatal, j.expected = true, &diskError{err}, expected })
		return
	}
	held := map[dicom.UID]bool{}
	for _, in := range all {
		held[in.sop] = j.engine.Store.Has(j.study, in.sop)
	}
	j.note(func() {
		j.listed, j.unsure, j.series, j.expected, j.scouting = true, unsure, series, expected, false
		j.fill(all, held)
	})
}

// fill makes the queue of what is neither here nor being asked for. j.mu is held.
func (j *job) fill(all []instance, held map[dicom.UID]bool) {
	var missing, flying []instance
	j.have = 0
	named := 0
	for _, in := range all {
		if held[in.sop] {
			j.got[in.sop] = true // it may be in the store and not noted yet: it counts once (see keep)
		}
		if j.got[in.sop] {
			named++
		}
		switch {
		case j.got[in.sop]:
			j.have++
			j.series[in.series].have++
		case j.flying[in.sop] != nil:
			flying = append(flying, in)
		default:
			missing = append(missing, in)
		}
	}
	unnamed := len(j.got) - named // came before the list, which does not have them: newer than it
	j.have, j.expected = j.have+unnamed, j.expected+unnamed
	j.queue = j.look.sort(advance(viewingOrder(missing), j.first), j.series)
	j.order.middles = firstOfEach(append(flying, j.queue...))
}

// bySeries sorts the instances into series, and counts what there should be: of
// each series the larger of what is named and what is counted.
func bySeries(all []instance, counts []seriesCount) (map[dicom.UID]*seriesList, int) {
	out := map[dicom.UID]*seriesList{}
	of := func(uid dicom.UID, number int) *seriesList {
		if out[uid] == nil {
			out[uid] = &seriesList{number: number}
		}
		return out[uid]
	}
	for _, in := range all {
		s := of(in.series, in.seriesNumber)
		s.all, s.expected = append(s.all, in), s.expected+1
	}
	for _, c := range counts {
		s := of(c.uid, c.number)
		s.expected = max(s.expected, c.n)
		if s.number == 0 {
			s.number = c.number
		}
	}
	sum := 0
	for _, s := range out {
		byNumber(s.all)
		sum += s.expected
	}
	return out, sum
}

// counted is the archive's own count of the study: it may name fewer than it
// counts while images are still coming (N8).
func (j *job) counted(ctx context.Context) int {
	n, _ := count(ctx, j.site, j.study)
	return n
}

func count(ctx context.Context, site pacs.Archive, study dicom.UID) (int, error) {
	list, err := pacs.Find(ctx, site, pacs.Query{Level: pacs.StudyLevel, Limit: 1, Include: []dicom.Tag{dicom.NumberOfStudyRelatedInstances},
		Match: map[dicom.Tag]string{dicom.StudyInstanceUID: string(study)}})
	if err != nil || len(list) != 1 || dicom.UID(list[0].Str(dicom.StudyInstanceUID)) != study {
		return 0, err
	}
	return sane(list[0].IntOr(dicom.NumberOfStudyRelatedInstances, 0)), nil
}

func sane(n int) int {
	if n < 0 || n > believable {
		return 0
	}
	return n
}

// seriesCounts asks how many instances each series has; none when that is not to
// be had.
func (j *job) seriesCounts(ctx context.Context) (out []seriesCount) {
	list, err := pacs.Find(ctx, j.site, pacs.Query{Level: pacs.SeriesLevel, Study: j.study,
		Include: []dicom.Tag{dicom.Modality, dicom.SeriesNumber, dicom.SeriesDescription, dicom.NumberOfSeriesRelatedInstances}})
	if err != nil {
		return nil
	}
	seen := map[dicom.UID]bool{}
	for _, ds := range list {
		c := seriesCount{uid: dicom.UID(ds.Str(dicom.SeriesInstanceUID)), number: ds.IntOr(dicom.SeriesNumber, 0),
			n: sane(ds.IntOr(dicom.NumberOfSeriesRelatedInstances, 0)), rank: rankOf(ds)}
		study := dicom.UID(ds.Str(dicom.StudyInstanceUID)) // a server that ignores the study answers with others'
		if c.uid != "" && !seen[c.uid] && (study == "" || study == j.study) {
			seen[c.uid] = true
			out = append(out, c)
		}
	}
	return out
}

// retry repeats what the link failed, not what the server refused.
func retry[T any](ctx context.Context, do func() (T, error)) (v T, err error) {
	for try := range maxTries {
		v, err = do()
		if _, refused := pacs.ReasonOf(err); err == nil || refused || errors.Is(err, pacs.ErrPartial) ||
			try == maxTries-1 || !sleep(ctx, firstWait<<try) {
			break
		}
	}
	return v, err
}
