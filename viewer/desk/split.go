package desk

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// says is an attribute of a frame as text: of its functional group, else of the whole
// object.
func (i *instance) says(frame int, macro, t dicom.Tag) string {
	if macro != 0 {
		if s := strings.Join(i.d.FrameGroup(frame, macro).Strs(t), `\`); s != "" {
			return s
		}
	}
	return strings.Join(i.d.Strs(t), `\`)
}

// split is what tells display sets of one series apart whatever their positions:
// what cannot be scrolled as one stack (night.md, Habits).
func (i *instance) split(frame int) string {
	per := i.d.Seq(dicom.PerFrameFunctionalGroupsSequence)
	if len(per) == 0 && i.vectors(0) == "" {
		frame = 0
	}
	for len(i.sets) <= frame {
		i.sets = append(i.sets, i.splits(len(i.sets)))
	}
	return i.sets[frame]
}

func (i *instance) splits(frame int) string {
	d := i.d
	parts := []string{
		strconv.Itoa(d.IntOr(dicom.Rows, 0)), strconv.Itoa(d.IntOr(dicom.Columns, 0)), strconv.Itoa(d.IntOr(dicom.SamplesPerPixel, 1)),
		strconv.FormatBool(i.localiser()), d.Str(dicom.EchoNumbers), i.says(frame, dicom.MREchoSequence, dicom.EffectiveEchoTime),
		i.says(frame, dicom.MRDiffusionSequence, dicom.DiffusionBValue), i.says(frame, dicom.FrameContentSequence, dicom.StackID),
		strings.Join(i.kind(frame, 3), `\`), i.says(frame, dicom.CTReconstructionSequence, dicom.ConvolutionKernel), i.vectors(frame),
	}
	if i.frames > 1 {
		parts = append(parts, i.obj.SOPUID) // a multi-frame image is its own set (BIR)
	}
	return strings.Join(parts, "|")
}

// kind is the first values of Image Type, or of a frame's Frame Type (PS3.3
// C.8.16.1): all of them for 0.
func (i *instance) kind(frame, values int) []string {
	all := i.d.Strs(dicom.ImageType)
	for _, macro := range []dicom.Tag{dicom.MRImageFrameTypeSequence, dicom.CTImageFrameTypeSequence,
		dicom.PETFrameTypeSequence, dicom.XRay3DFrameTypeSequence} {
		if s := i.d.FrameGroup(frame, macro).Strs(dicom.FrameType); len(s) > 0 {
			all = s
		}
	}
	if values > 0 && len(all) > values {
		all = all[:values]
	}
	return all
}

// tell is one thing that may tell slices in the same place apart. Words is what a
// reader calls it.
type tell struct {
	mark  string
	of    func(s slot) string
	words func(value string, nth, of int) string
}

func of(macro, t dicom.Tag) func(s slot) string {
	return func(s slot) string { return s.inst.says(s.frame, macro, t) }
}

func called(before, after string) func(string, int, int) string {
	return func(v string, _, _ int) string { return before + dicom.Clean(v) + after }
}

func counted(what string) func(string, int, int) string {
	return func(_ string, nth, of int) string { return what + " " + strconv.Itoa(nth) + " of " + strconv.Itoa(of) }
}

// tells in the order in which they are tried: what the scanner says of time first.
var tells = []tell{
	{"t", temporal, counted("time")},
	{"%", of(dicom.CardiacSynchronizationSequence, dicom.NominalPercentageOfCardiacPhase), called("", " % RR")},
	{"i", func(s slot) string { return strings.Join(s.inst.kind(s.frame, 0), `\`) }, inPart},
	{"a", of(0, dicom.AcquisitionNumber), called("acquisition ", "")},
	{"c", of(0, dicom.ContrastBolusAgent), func(v string, _, _ int) string { return join(" ", "contrast", dicom.Clean(v)) }},
	{"e", of(0, dicom.EchoTime), called("TE ", " ms")},
	{"v", of(0, dicom.InversionTime), called("TI ", " ms")},
	{"f", of(0, dicom.FlipAngle), called("flip ", "°")},
	{"k", of(0, dicom.KVP), called("", " kV")},
	{"g", of(dicom.MRDiffusionSequence, dicom.DiffusionGradientOrientation), counted("direction")},
	{"m", of(dicom.MRImageFrameTypeSequence, dicom.ComplexImageComponent), called("", "")},
	{"b", of(dicom.RespiratorySynchronizationSequence, dicom.NominalPercentageOfRespiratoryPhase), called("", " % breath")},
	{"p", of(dicom.CardiacSynchronizationSequence, dicom.NominalCardiacTriggerDelayTime), called("trigger ", " ms")},
	{"x", dimensions, counted("part")},
	{"r", of(0, dicom.TriggerTime), called("trigger ", " ms")},
	{"d", of(0, dicom.AcquisitionDateTime), counted("pass")},
	{"s", of(0, dicom.AcquisitionTime), counted("pass")},
}

func temporal(s slot) string {
	if v := s.inst.says(s.frame, dicom.FrameContentSequence, dicom.TemporalPositionIndex); v != "" {
		return v
	}
	return s.inst.says(s.frame, 0, dicom.TemporalPositionIdentifier)
}

// inPart: what the kind is called is said of every stack (tellApart).
func inPart(string, int, int) string { return "" }

// portion is a part of the slices of one direction: a stack of its own.
type portion struct {
	told  []told
	index []int
}

// told is what told a portion from the others: the mark of a tell, and its value.
type told struct{ mark, value string }

func (c portion) mark() (s string) {
	for _, t := range c.told {
		s += "|" + t.mark + "=" + t.value
	}
	return s
}

func (c portion) with(mark, value string, index ...int) portion {
	return portion{told: append(slices.Clip(c.told), told{mark, value}), index: index}
}

// divide cuts slices of one direction, in viewing order, that lie in the same places
// several times: phases, passes, images of several kinds. What lies in one place only
// is one stack, in the order of its numbers. Slices that nothing tells apart stay
// together, each of them.
func divide(slots []slot, at []float64) []portion {
	all := make([]int, len(slots))
	for i := range all {
		all[i] = i
	}
	if places(at, all) < 2 {
		return []portion{{index: all}}
	}
	out := byTells(slots, at, portion{index: all}, tells)
	if len(out) == 1 {
		return byRuns(slots, at, out[0])
	}
	return out
}

func byTells(slots []slot, at []float64, c portion, left []tell) []portion {
	for n, t := range left {
		parts := groupsOf(slots, c, t)
		if len(parts) < 2 || 2*len(parts) > len(c.index) || t.mark != "t" && !explains(at, c, parts) {
			continue
		}
		var out []portion
		for _, p := range parts {
			out = append(out, byTells(slots, at, p, left[n+1:])...)
		}
		return out
	}
	return []portion{c}
}

// explains reports whether parts have far fewer slices in one place than the whole: at
// least half of what lies beside the largest part lies where others lie.
func explains(at []float64, c portion, parts []portion) bool {
	before, after, largest := len(c.index)-places(at, c.index), 0, 0
	for _, p := range parts {
		if places(at, p.index) < 2 {
			return false
		}
		after += len(p.index) - places(at, p.index)
		largest = max(largest, len(p.index))
	}
	return before > after && 2*(before-after) >= len(c.index)-largest
}

// groupsOf are the slices by what t says of them, by number, else by word.
func groupsOf(slots []slot, c portion, t tell) []portion {
	by := map[string]int{}
	var out []portion
	var values []string
	for _, i := range c.index {
		v := t.of(slots[i])
		k, ok := by[v]
		if !ok {
			k = len(out)
			by[v] = k
			out, values = append(out, c.with(t.mark, v)), append(values, v)
		}
		out[k].index = append(out[k].index, i)
	}
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return inOrder(values[a], values[b]) })
	return pick(out, order)
}

func inOrder(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX != nil || errY != nil:
		return strings.Compare(a, b)
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// samePlace is how near two slices are in one place, mm.
const samePlace = 1e-3

// places is how many different places slices lie in; at ascends.
func places(at []float64, index []int) (n int) {
	last := math.Inf(-1)
	for _, i := range index {
		if at[i]-last > samePlace {
			n++
		}
		last = at[i]
	}
	return n
}

// byRuns cuts slices that nothing tells apart but their numbers: where runs of equal
// length follow each other and each lies once in every place.
func byRuns(slots []slot, at []float64, c portion) []portion {
	n := places(at, c.index)
	if n < 2 || len(c.index)%n != 0 || len(c.index) == n {
		return []portion{c}
	}
	order := slices.Clone(c.index)
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := slots[a], slots[b]
		return (x.inst.number()-y.inst.number())<<16 + x.frame - y.frame
	})
	var out []portion
	for run := range len(order) / n {
		part := slices.Clone(order[run*n : (run+1)*n])
		slices.Sort(part)
		if places(at, part) != n {
			return []portion{c}
		}
		out = append(out, c.with("n", strconv.Itoa(run+1), part...))
	}
	return out
}

// radial reports whether planes turn about a line, so that no two of them are a stack:
// they are scrolled in the order of their numbers.
func radial(planes []space.Plane) bool {
	if len(planes) < 6 || len(planes) > maxDirections {
		return false
	}
	for i, p := range planes {
		if slices.ContainsFunc(planes[:i], p.Parallel) {
			return false
		}
	}
	return true
}
