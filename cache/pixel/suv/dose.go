package suv

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// leastDose is the smallest number of Bq taken for a dose: below, it was written in
// another unit.
const leastDose = 1e5

// dose is the activity that was injected, as it was at the time the values are
// corrected to, Bq.
func (p patient) dose() (bq float64, note string, err error) {
	agents := p.d.Seq(dicom.RadiopharmaceuticalInformationSequence)
	switch {
	case len(agents) == 0:
		return 0, "", refused("nothing is said of the injection")
	case len(agents) > 1:
		return 0, "", refused("there are two tracers")
	}
	a := agents[0]
	bq, ok := a.Float(dicom.RadionuclideTotalDose)
	if dicom.UID(p.d.Str(dicom.SOPClassUID)) == dicom.EnhancedPETImageStorage {
		bq *= 1e6 // PS3.3 C.8.22.4: MBq
	}
	switch {
	case !ok || !(bq > 0):
		return 0, "", refused("the injected dose is missing")
	case bq < leastDose:
		return 0, "", refused("the injected dose is no plausible number of becquerels")
	}
	to, note, err := p.correctedTo()
	if err != nil || to.IsZero() {
		return bq, note, err
	}
	half, ok := a.Float(dicom.RadionuclideHalfLife)
	if !ok || !(half > 0) {
		return 0, "", refused("the half-life is missing")
	}
	elapsed, late, err := p.sinceInjection(a, to, half)
	if err != nil {
		return 0, "", err
	}
	return bq * math.Exp2(-elapsed/half), joined(note, late), nil
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// correctedTo is the time the values are decay corrected to; zero for that of the
// injection.
func (p patient) correctedTo() (at time.Time, note string, err error) {
	if s := p.d.Str(decayCorrectionTime); s != "" {
		at, ok := dicom.ParseDTIn(s, p.zone())
		if !ok {
			return at, "", refused("the time of decay correction cannot be read")
		}
		return at, "", nil
	}
	switch p.d.Str(dicom.DecayCorrection) {
	case "ADMIN":
		return time.Time{}, "", nil
	case "START":
		return p.scanStart()
	case "NONE":
		return at, "", refused("values are not decay corrected (Decay Correction NONE)")
	}
	return at, "", refused("Decay Correction (0054,1102) is missing")
}

// scanStart is the time that Decay Correction START means. Series Date and Time say
// it, unless they are later than the acquisition: then the series was made
// afterwards, and the start is GE's private scan time, or the acquisition's less
// what Frame Reference Time says, or the acquisition's own time.
func (p patient) scanStart() (at time.Time, note string, err error) {
	series, haveSeries := p.at(dicom.SeriesDate, dicom.SeriesTime)
	acquired, haveAcquired := p.at(dicom.AcquisitionDate, dicom.AcquisitionTime)
	if haveSeries && (!haveAcquired || series.Sub(acquired) < time.Second) {
		return series, "", nil
	}
	if s, ok := privateText(p.d, 0x0009, "GEMS_PETD_01", 0x0D); ok {
		if at, ok := dicom.ParseDTIn(s, p.zone()); ok {
			return at, "", nil
		}
	}
	if !haveAcquired {
		return at, "", refused("the time of the scan is missing")
	}
	if back, ok := p.frameOffset(); ok {
		return acquired.Add(-back), "scan start from Frame Reference Time", nil
	}
	return acquired, "scan start from Acquisition Time", nil
}

// frameOffset is from the start of the scan to the start of this frame: Frame
// Reference Time is when the frame's counts were average.
func (p patient) frameOffset() (time.Duration, bool) {
	reference, ok := p.d.Float(frameReferenceTime) // ms
	duration, has := p.d.Float(actualFrameDuration)
	half, known := p.d.Item(dicom.RadiopharmaceuticalInformationSequence).Float(dicom.RadionuclideHalfLife)
	if !ok || !has || !known || !(reference > 0) || !(duration > 0) || !(half > 0) {
		return 0, false
	}
	lambda := math.Ln2 / (half * 1000) // per ms
	decayed := lambda * duration
	average := math.Log(decayed/-math.Expm1(-decayed)) / lambda
	return time.Duration((reference - average) * float64(time.Millisecond)), true
}

// How long after the start of a dynamic scan an injection may be, and how many
// half-lives before it: beyond, its date is not believed.
const (
	afterStart = 10 * time.Minute
	halfLives  = 10
)

// sinceInjection is seconds from the injection to a time. A start time without a
// date may lie on the day before.
func (p patient) sinceInjection(agent *dicom.Dataset, to time.Time, half float64) (seconds float64, note string, err error) {
	believed := func(s float64) bool { return s >= -afterStart.Seconds() && s <= halfLives*half }
	dated, hasDate := dicom.ParseDTIn(agent.Str(dicom.RadiopharmaceuticalStartDateTime), p.zone())
	if hasDate && believed(to.Sub(dated).Seconds()) {
		return to.Sub(dated).Seconds(), "", nil
	}
	clock, ok := dicom.ParseTM(agent.Str(dicom.RadiopharmaceuticalStartTime))
	switch {
	case !ok && hasDate:
		return 0, "", refused("the injection is not shortly before the scan")
	case !ok:
		return 0, "", refused("the time of the injection is missing")
	}
	at := time.Date(to.Year(), to.Month(), to.Day(), clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), to.Location())
	switch apart := to.Sub(at); {
	case apart < -12*time.Hour:
		at = at.AddDate(0, 0, -1)
	case apart > 12*time.Hour && 24*time.Hour-apart <= afterStart:
		at = at.AddDate(0, 0, 1) // a scan begun before midnight, injected after
	}
	seconds = to.Sub(at).Seconds()
	if !believed(seconds) {
		return 0, "", refused("the injection is not shortly before the scan")
	}
	if hasDate {
		note = "date of the injection not believed"
	}
	return seconds, note, nil
}

// zone is Timezone Offset From UTC; times without one are compared as they stand.
func (p patient) zone() *time.Location {
	if at, ok := dicom.ParseDTIn("20000101000000"+p.d.Str(dicom.TimezoneOffsetFromUTC), time.UTC); ok {
		return at.Location()
	}
	return time.UTC
}

func (p patient) at(date, clock dicom.Tag) (time.Time, bool) {
	if p.d.Str(clock) == "" {
		return time.Time{}, false
	}
	return dicom.ParseDateTime(p.d.Str(date), p.d.Str(clock), p.zone())
}

// privateText is an element of a private block, wherever its creator put it
// (PS3.5 7.8.1).
func privateText(d *dicom.Dataset, group uint16, creator string, element byte) (string, bool) {
	for block := 0x10; block <= 0xFF; block++ {
		if strings.TrimSpace(d.Str(dicom.Tag(uint32(group)<<16|uint32(block)))) != creator {
			continue
		}
		e, ok := d.Get(dicom.Tag(uint32(group)<<16 | uint32(block)<<8 | uint32(element)))
		switch {
		case !ok:
			return "", false
		case len(e.Text) > 0:
			return strings.TrimSpace(e.Text[0]), true
		}
		return strings.Trim(string(e.Bytes), " \x00"), len(e.Bytes) > 0 // VR UN
	}
	return "", false
}

func private(d *dicom.Dataset, group uint16, creator string, element byte) (float64, bool) {
	s, ok := privateText(d, group, creator, element)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}
