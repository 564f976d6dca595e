package stack

import (
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// says is an attribute of a frame as text: of its functional group, else of the whole
// object.
func (i *Instance) says(frame int, macro, t dicom.Tag) string {
	if macro != 0 {
		if s := strings.Join(i.Header.FrameGroup(frame, macro).Strs(t), `\`); s != "" {
			return s
		}
	}
	return strings.Join(i.Header.Strs(t), `\`)
}

// split is what tells display sets of one series apart whatever their positions:
// what cannot be scrolled as one stack (night.md, Habits).
func (i *Instance) split(frame int) string {
	per := i.Header.Seq(dicom.PerFrameFunctionalGroupsSequence)
	if len(per) == 0 && i.vectors(0) == "" {
		frame = 0
	}
	for len(i.sets) <= frame {
		i.sets = append(i.sets, i.splits(len(i.sets)))
	}
	return i.sets[frame]
}

func (i *Instance) splits(frame int) string {
	d := i.Header
	parts := []string{
		strconv.Itoa(d.IntOr(dicom.Rows, 0)), strconv.Itoa(d.IntOr(dicom.Columns, 0)), strconv.Itoa(d.IntOr(dicom.SamplesPerPixel, 1)),
		strconv.FormatBool(i.localiser()), d.Str(dicom.EchoNumbers), i.says(frame, dicom.MREchoSequence, dicom.EffectiveEchoTime),
		i.says(frame, dicom.MRDiffusionSequence, dicom.DiffusionBValue), i.says(frame, dicom.FrameContentSequence, dicom.StackID),
		strings.Join(i.kind(frame, 3), `\`), i.says(frame, dicom.CTReconstructionSequence, dicom.ConvolutionKernel), i.vectors(frame),
	}
	if i.Frames > 1 {
		parts = append(parts, i.Object.SOPUID) // a multi-frame image is its own set (BIR)
	}
	return strings.Join(parts, "|")
}

// kind is the first values of Image Type, or of a frame's Frame Type (PS3.3
// C.8.16.1): all of them for 0.
func (i *Instance) kind(frame, values int) []string {
	all := i.Header.Strs(dicom.ImageType)
	for _, macro := range []dicom.Tag{dicom.MRImageFrameTypeSequence, dicom.CTImageFrameTypeSequence,
		dicom.PETFrameTypeSequence, dicom.XRay3DFrameTypeSequence} {
		if s := i.Header.FrameGroup(frame, macro).Strs(dicom.FrameType); len(s) > 0 {
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
	of    func(s Slot) string
	words func(value string, nth, of int) string
}

func of(macro, t dicom.Tag) func(s Slot) string {
	return func(s Slot) string { return s.Instance.says(s.Frame, macro, t) }
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
	{"i", func(s Slot) string { return strings.Join(s.Instance.kind(s.Frame, 0), `\`) }, inPart},
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

func temporal(s Slot) string {
	if v := s.Instance.says(s.Frame, dicom.FrameContentSequence, dicom.TemporalPositionIndex); v != "" {
		return v
	}
	return s.Instance.says(s.Frame, 0, dicom.TemporalPositionIdentifier)
}

// inPart: what the kind is called is said of every stack (tellApart).
func inPart(string, int, int) string { return "" }
