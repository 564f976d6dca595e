package dicom

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/oracle"
)

// nestedSized is n sequences of one item each, one in the other, of defined length.
func nestedSized(n int, vr VR, t Tag) []byte {
	const level = 12 + 8
	b := make([]byte, 0, n*level)
	for i := n; i > 0; i-- {
		b = append(b, evle.head(t, vr, uint32(i*level-12))...)
		b = append(b, evle.head(tagItem, "", uint32(i*level-20))...)
	}
	return b
}

// nestedOpen is the same in undefined length.
func nestedOpen(n int, vr VR, t Tag) []byte {
	return bytes.Repeat(join(evle.head(t, vr, undefined), evle.head(tagItem, "", undefined)), n)
}

// nestedImplicit is what stands in a UN: implicit VR all the way down.
func nestedImplicit(n int, t Tag) []byte {
	const level = 8 + 8
	b := make([]byte, 0, n*level+12)
	b = append(b, evle.head(t, "UN", uint32(n*level-8))...)
	for i := n; i > 0; i-- {
		if i < n {
			b = append(b, ivle.head(t, "", uint32(i*level-8))...)
		}
		b = append(b, ivle.head(tagItem, "", uint32(i*level-16))...)
	}
	return b
}

func TestEveryLimitIsATypedError(t *testing.T) {
	const million = 1_000_000
	deflate := func(b []byte) []byte { return part10(DeflatedExplicitVRLittleEndian, deflated(b)) }
	explicit := func(b []byte) []byte { return part10(ExplicitVRLittleEndian, b) }
	const private Tag = 0x00091001
	for name, c := range map[string]struct {
		b       []byte
		what    string
		invalid bool
	}{
		"one level too deep":          {explicit(nestedSized(maxDepth+1, "SQ", ReferencedStudySequence)), "depth of sequences", false},
		"a million levels, sized":     {explicit(nestedSized(million, "SQ", ReferencedStudySequence)), "depth of sequences", false},
		"a million levels, open":      {explicit(nestedOpen(million, "SQ", ReferencedStudySequence)), "depth of sequences", false},
		"a million levels, UN open":   {explicit(nestedOpen(million, "UN", private)), "depth of sequences", false},
		"a million levels, UN public": {explicit(nestedImplicit(million, ReferencedStudySequence)), "depth of sequences", false},
		"a million levels, implicit":  {part10(ImplicitVRLittleEndian, bytes.Repeat(join(ivle.head(ReferencedStudySequence, "", undefined), ivle.head(tagItem, "", undefined)), million)), "depth of sequences", false},
		"too many items":              {explicit(join(evle.head(ReferencedStudySequence, "SQ", undefined), bytes.Repeat(evle.head(tagItem, "", 0), maxElements+1))), "elements", false},
		"too many fragments":          {part10(JPEGBaseline, join(evle.head(PixelDataTag, "OB", undefined), bytes.Repeat(evle.head(tagItem, "", 0), maxElements+1))), "elements", false},
		"deflated zeros":              {deflate(make([]byte, 65<<20)), "inflated size", false},
		"deflated elements":           {deflate(bytes.Repeat(evle.el(private, "US", ""), 2_000_000)), "memory", false},
		"value beyond its item":       {explicit(join(evle.head(ReferencedStudySequence, "SQ", 18), evle.head(tagItem, "", 10), evle.head(PatientName, "PN", 40), []byte(strings.Repeat("A", 40)))), "length", true},
		"item beyond its sequence":    {explicit(join(evle.head(ReferencedStudySequence, "SQ", 8), evle.head(tagItem, "", 40), evle.el(PatientName, "PN", strings.Repeat("A", 40)))), "length", true},
	} {
		var err error
		quick(t, name, func() { _, err = Parse(c.b) })
		var lim *LimitError
		var inv *InvalidError
		var uns *UnsupportedError
		if !errors.As(err, &lim) || lim.What != c.what || lim.Have <= lim.Limit {
			t.Errorf("%s: %v %+v", name, err, lim)
		}
		if errors.As(err, &inv) != c.invalid || errors.As(err, &uns) == c.invalid {
			t.Errorf("%s: %v is of the wrong kind", name, err)
		}
	}
	// A private UN is only tried as a sequence: what is too deep in it stays bytes.
	d := parsed(t, explicit(nestedImplicit(million, private))).Dataset
	for range maxDepth {
		d = d.Item(private)
	}
	if e, _ := d.Get(private); len(e.Bytes) == 0 || e.Items != nil {
		t.Errorf("a million levels in a private UN: %s in level 64", e.VR)
	}
}

func TestLimitsAreWhatTheCallerSays(t *testing.T) {
	b := part10(ExplicitVRLittleEndian, join(nestedSized(3, "SQ", ReferencedStudySequence), evle.el(PatientName, "PN", "A^B "), evle.el(PatientID, "LO", "X ")))
	var lim *LimitError
	if _, err := (Options{Limits: Limits{Depth: 2}}).Parse(b); !errors.As(err, &lim) || lim.Limit != 2 {
		t.Errorf("depth: %v", err)
	}
	if _, err := (Options{Limits: Limits{Elements: 8}}).Parse(b); !errors.As(err, &lim) || lim.Limit != 8 {
		t.Errorf("elements: %v", err)
	}
	if _, err := (Options{Limits: Limits{Depth: 3, Elements: 10}}).Parse(b); err != nil {
		t.Error(err)
	}
	f, err := Options{Limits: Limits{Frame: 3}}.OpenReaderAt(bytes.NewReader(hostileFrame()), int64(len(hostileFrame())))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Frame(0); !errors.As(err, &lim) || lim.What != "frame size" {
		t.Errorf("frame: %v", err)
	}
}

// hostileFrame claims 65,535 by 65,535 pixels.
func hostileFrame() []byte {
	return part10(ExplicitVRLittleEndian, join(evle.el(Rows, "US", "\xff\xff"), evle.el(Columns, "US", "\xff\xff"), evle.el(BitsAllocated, "US", "\x10\x00"), evle.el(PixelDataTag, "OW", "\x01\x02\x03\x04")))
}

// allocated is what f allocates, what is given up again included.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// bombs are small inputs that want much.
func bombs() map[string][]byte {
	const many = 2_000_000
	explicit := func(parts ...[]byte) []byte { return part10(ExplicitVRLittleEndian, join(parts...)) }
	huge := func(vr VR) []byte { return explicit(evle.head(0x00091001, vr, 0xF0000000)) }
	var ascending, candidates, sequences, eot []byte
	for i := range many {
		ascending = append(ascending, ivle.el(Tag(0x00100001+i), "", "")...)
	}
	item := ivle.head(tagItem, "", 0)
	for i := range many / 4 {
		candidates = append(candidates, evle.el(Tag(0x00110100+i%60000+i/60000*0x20000), "UN", string(item))...)
		sequences = append(sequences, evle.el(Tag(0x00080000+i), "SQ", string(item))...)
	}
	for i := range many {
		eot = binary.LittleEndian.AppendUint64(eot, uint64(i))
	}
	reversed := []byte{}
	for i := 60000; i > 0; i-- {
		reversed = append(reversed, ivle.el(0x00100000|Tag(i), "", "")...)
	}
	frames := func(n string) []byte {
		return explicit(evle.el(NumberOfFrames, "IS", n), evle.el(Rows, "US", "\xff\xff"), evle.el(Columns, "US", "\xff\xff"), evle.el(SamplesPerPixel, "US", "\x03\x00"), evle.el(BitsAllocated, "US", "\x40\x00"), evle.el(PixelDataTag, "OW", "\x01\x02"))
	}
	return map[string][]byte{
		"OB of 4 GB": huge("OB"), "UT of 4 GB": huge("UT"), "UN of 4 GB": huge("UN"), "SQ of 4 GB": huge("SQ"),
		"item of 4 GB":             explicit(evle.head(ReferencedStudySequence, "SQ", undefined), evle.head(tagItem, "", 0xFFFFFFF0)),
		"pixels of 4 GB":           explicit(evle.head(PixelDataTag, "OW", 0xFFFFFFF0)),
		"fragment of 4 GB":         part10(JPEGBaseline, join(evle.head(PixelDataTag, "OB", undefined), evle.head(tagItem, "", 0xFFFFFFF0))),
		"two billion frames":       frames("2000000000"),
		"minus a billion frames":   frames("-1000000000 "),
		"2 million empty elements": part10(ImplicitVRLittleEndian, ascending),
		"2 million empty items":    explicit(evle.head(ReferencedStudySequence, "SQ", undefined), bytes.Repeat(evle.head(tagItem, "", 0), many)),
		"2 million fragments":      part10(JPEGBaseline, join(evle.head(PixelDataTag, "OB", undefined), bytes.Repeat(evle.head(tagItem, "", 0), many))),
		"2 million offsets":        part10(JPEGBaseline, join(evle.el(tagEOT, "OV", string(eot)), evle.head(PixelDataTag, "OB", undefined), evle.el(tagItem, "", string(eot)))),
		"half a million guesses":   explicit(candidates),
		"half a million sequences": explicit(sequences),
		"elements in reverse":      part10(ImplicitVRLittleEndian, reversed),
		"zeros that do not end":    part10(ImplicitVRLittleEndian, append(make([]byte, 4<<20), 1)),
		"guesses in guesses":       explicit(nestedImplicit(200, 0x00091001)),
		"the same note everywhere": explicit(bytes.Repeat(evle.el(0x00080001, "US", "\x01"), 1_000_000)),
		"text of no character set": explicit(evle.el(PatientComments, "LT", strings.Repeat("\xe9", 60000)), evle.el(0x00104001, "UT", strings.Repeat("\xe9", 40<<20))),
		"text that escapes":        explicit(evle.el(SpecificCharacterSet, "CS", `\ISO 2022 IR 87`), evle.el(0x00104001, "UT", strings.Repeat("\x1b$B;3", 4<<20))),
		"a character set of 4 MB":  part10(ImplicitVRLittleEndian, ivle.el(SpecificCharacterSet, "", strings.Repeat(`\`, 4<<20))),
		"a thousand deep":          explicit(nestedOpen(1000, "SQ", ReferencedStudySequence)),
		"deflated zeros":           part10(DeflatedExplicitVRLittleEndian, deflated(make([]byte, 200<<20))),
		"deflated text":            part10(DeflatedExplicitVRLittleEndian, deflated(join(evle.el(StudyDate, "DA", "20250101"), evle.head(0x00104001, "UT", 0x7FFFFFFF), bytes.Repeat([]byte("A"), 40<<20)))),
		"deflated empty elements":  part10(DeflatedExplicitVRLittleEndian, deflated(bytes.Repeat(evle.el(0x00091001, "US", ""), many))),
		"65,535 by 65,535":         hostileFrame(),
	}
}

func TestParsingAllocatesNoMoreThanItMay(t *testing.T) {
	for what, b := range bombs() {
		n := quick(t, what, func() { Parse(b) })
		if most := 4*int64(len(b)) + 64<<20; n > most || len(b) < 4096 && n > 1<<20 {
			t.Errorf("%s: %d bytes allocated for %d", what, n, len(b))
		}
		path := filepath.Join(t.TempDir(), "bomb")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		n = quick(t, what+", opened", func() {
			if f, err := Open(path); err == nil {
				f.Frame(0)
				f.Frame(Frames(f) - 1)
				f.Close()
			}
		})
		if n > 4*int64(len(b))+64<<20 {
			t.Errorf("%s: %d bytes allocated opening %d", what, n, len(b))
		}
	}
}

// quick holds f to two seconds, and asks three times: other things run here. It
// returns the fewest bytes that f allocated.
func quick(t *testing.T, what string, f func()) int64 {
	t.Helper()
	least := int64(1 << 62)
	for range 3 {
		start := time.Now()
		least = min(least, allocated(f))
		if time.Since(start) < 2*time.Second {
			return least
		}
	}
	t.Errorf("%s takes more than 2 s", what)
	return least
}

// TestRealFilesCostLittle: what parsing allocates beside the input is a small part
// of it.
func TestRealFilesCostLittle(t *testing.T) {
	dir := oracle.Data(t)
	for _, row := range oracle.Rows(t) {
		b, err := os.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Fatal(err)
		}
		deflated := row["transfer_syntax"] == string(DeflatedExplicitVRLittleEndian)
		if n := allocated(func() { Parse(b) }); n > int64(len(b))/2+1<<17 && !deflated || n > 4*int64(len(b))+64<<20 {
			t.Errorf("%s: %d bytes allocated for %d", row["file"], n, len(b))
		}
	}
}
