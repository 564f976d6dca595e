package stack

import (
	"strconv"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
)

// VolumeOf makes an empty volume of a stack: what of it is here, in viewing order.
func VolumeOf(s *Stack) (*volume.Volume, []load.Frame, error) {
	var planes []space.Plane
	var frames []load.Frame
	for _, sl := range s.Slots {
		f, ok := sl.Wanted()
		if !ok {
			continue
		}
		p, ok := sl.Instance.Plane(sl.Frame)
		if !ok {
			return nil, nil, space.ErrNoPlane
		}
		planes, frames = append(planes, p), append(frames, f)
	}
	sorted := space.Sort(planes)
	if index, out := once(planes, sorted); out > 0 && len(sorted.Apart) == 0 && out <= len(index)/2 {
		planes, frames = pick(planes, index), pick(frames, index)
		sorted = space.Sort(planes)
	}
	v, err := volume.New(planes, sorted)
	if err != nil {
		return nil, frames, err
	}
	order := make([]load.Frame, len(frames))
	for k, i := range sorted.Order {
		order[k] = frames[i]
	}
	return v, order, nil
}

// OfPlane is a plane of the set as a stack that a tile can hold. One object
// stands for all its slices: its header is the source's, with the plane's geometry.
func OfPlane(set *volume.MPR, which int, source *Stack) *Stack {
	p := set.Plane(which)
	at := p.At(0)
	d := &dicom.Dataset{}
	for _, t := range kept {
		if e, ok := source.First.Header.Get(t); ok {
			d.Set(e)
		}
	}
	d.Delete(dicom.SharedFunctionalGroupsSequence)
	d.Delete(dicom.PerFrameFunctionalGroupsSequence)
	d.Delete(dicom.SliceThickness)
	d.Delete(dicom.Units) // a value between slices has no activity of one of them
	d.SetFloat(dicom.ImageOrientationPatient, at.Row[0], at.Row[1], at.Row[2], at.Col[0], at.Col[1], at.Col[2])
	d.SetFloat(dicom.PixelSpacing, at.RowMM, at.ColMM)
	d.SetInt(dicom.Rows, at.Rows)
	d.SetInt(dicom.Columns, at.Cols)
	in := &Instance{
		Object: viewer.Object{StudyUID: source.Study, SeriesUID: source.Series}, Header: d, Frames: p.Slices(), Image: true, Made: p,
		SUV: source.First.SUV, NoSUV: source.First.NoSUV,
	}
	s := &Stack{
		Study: source.Study, Series: source.Series, Split: "mpr " + strconv.Itoa(which), Number: source.Number,
		Description: source.Description, Modality: source.Modality,
		Spatial: true, Along: p.Along(), Spacing: p.Spacing(), FrameOfReference: source.FrameOfReference, First: in, Source: source,
	}
	for k := range p.Slices() {
		s.Slots = append(s.Slots, Slot{Instance: in, Frame: k, Position: p.Position(k)})
	}
	return s
}
