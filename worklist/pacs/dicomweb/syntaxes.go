package dicomweb

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// What is asked for, and when:
//
//	AsStored   *, then the server's default (Explicit VR Little Endian)
//	Lossless   the same until it is known that the series is stored uncompressed;
//	           then, for single instances, JPEG-LS, HTJ2K, JPEG 2000 as this server
//	           has not refused them, then *, then the default
//
// Asking is for series that can be coded without loss alone (see transcodable). Where
// the list says so of an instance, as much is known before the first slice came; a
// server that has transcoded before may be asked then.
//
// Asking for * first costs one uncompressed slice a series, and is what keeps a
// compressed one from being decoded and compressed again. An object that came
// transcoded and says that it was compressed with loss before is asked for again as
// stored: its pixels might have gone through another decoder than ours.

const (
	asStored      = "*"
	serverDefault = ""
)

// lossless are the syntaxes that may be asked for (PS3.5 A.4); never .81, .91,
// .203, .50 or .51, which lose.
var lossless = []dicom.UID{dicom.JPEGLSLossless, dicom.HTJ2KLossless, dicom.HTJ2KLosslessRPCL, dicom.JPEG2000Lossless,
	dicom.JPEGLosslessSV1, dicom.RLELossless}

var defaultLossless = []dicom.UID{dicom.JPEGLSLossless, dicom.HTJ2KLossless, dicom.JPEG2000Lossless}

// ask is one request's transfer syntaxes by preference, mostly one.
type ask struct {
	syntaxes []string
	strict   bool // an object that cannot be decoded is a refusal
}

// transcodes tells whether the server is to compress what it keeps uncompressed.
func (a ask) transcodes() bool { return a.syntaxes[0] != asStored && a.syntaxes[0] != serverDefault }

// accept is the Accept header: multipart only, because some servers answer 400 to
// a single part; one media range a syntax, with falling q where there are several.
func (a ask) accept() string {
	ranges := make([]string, len(a.syntaxes))
	for i, s := range a.syntaxes {
		ranges[i] = `multipart/related; type="application/dicom"`
		if s != serverDefault {
			ranges[i] += "; transfer-syntax=" + s
		}
		if i > 0 {
			ranges[i] += fmt.Sprintf("; q=0.%d", max(1, 10-i))
		}
	}
	return strings.Join(ranges, ", ")
}

// asks is what is tried in turn.
func (c *Client) asks(ref pacs.Ref, wire pacs.Wire) []ask {
	k, study := c.kept.of(ref), c.kept.of(pacs.Ref{Study: ref.Study})
	var all []string
	if wire == pacs.Lossless && ref.Instance != "" && (k.raw || k.fits) && !k.compressed && !k.risky {
		for _, s := range c.cfg.Quirks.Lossless {
			known := k.raw || c.found.get(rowTranscoding+string(s)) == yes
			if known && slices.Contains(lossless, s) && c.decodes(s) && c.sends(s) && !slices.Contains(k.refused, string(s)) {
				all = append(all, string(s))
			}
		}
	}
	for _, s := range c.cfg.Quirks.Syntaxes {
		if !slices.Contains(study.refused, s) && !slices.Contains(k.refused, s) && (s != asStored || !refusedRow(c.found.get(rowStored))) {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		all = c.cfg.Quirks.Syntaxes
	}
	if c.found.get(rowLists) == yes && len(all) > 1 {
		return c.lists(all)
	}
	var out []ask
	for _, s := range all {
		out = append(out, ask{[]string{s}, c.cfg.Decodes != nil && s == asStored})
	}
	if strict := func(a ask) bool { return a.strict }; slices.ContainsFunc(out, strict) || slices.Contains(k.refused, asStored) {
		out = append(out, ask{[]string{asStored}, false}) // rather what cannot be shown than nothing
	}
	return out
}

// lists is for servers that understand lists: all that is left of it each time.
func (c *Client) lists(all []string) (out []ask) {
	for i := range all {
		out = append(out, ask{all[i:], false})
	}
	return out
}

func (c *Client) decodes(s dicom.UID) bool {
	return c.cfg.Decodes == nil || native(s) || c.cfg.Decodes(s)
}

// sends is false for a transfer syntax that this server is known not to send.
func (c *Client) sends(s dicom.UID) bool {
	v := c.found.get(rowTranscoding + string(s))
	return v != no && !refusedRow(v)
}

func refusedRow(v string) bool { return strings.HasPrefix(v, "status ") }

func native(s dicom.UID) bool {
	switch s {
	case dicom.ImplicitVRLittleEndian, dicom.ExplicitVRLittleEndian, dicom.ExplicitVRBigEndian, dicom.DeflatedExplicitVRLittleEndian:
		return true
	}
	return false
}

// otherSyntaxError: the object came in a transfer syntax that is of no use.
type otherSyntaxError struct{ syntax dicom.UID }

func (e *otherSyntaxError) Error() string {
	return "the server sent " + e.syntax.Name() + ", which was not asked for"
}

// checked looks at an object's transfer syntax before it is handed on, where that
// matters: the series is not known yet, or the server was to transcode.
//
// Behind the first object of a stream nothing is refused any more: what cannot be
// shown is handed on as it came.
func (c *Client) checked(ref pacs.Ref, a ask, each func(pacs.Object) error) func(pacs.Object) error {
	begun := false
	return func(o pacs.Object) error {
		defer func() { begun = true }()
		a := ask{a.syntaxes, a.strict && !begun}
		if !a.transcodes() && c.kept.settled(ref) {
			if h, err := dicom.ReadHead(o.Bytes); a.strict && err == nil && !c.decodes(h.Transfer) {
				return &otherSyntaxError{h.Transfer}
			}
			return each(o)
		}
		f, err := dicom.Parse(o.Bytes)
		if err != nil {
			return each(o) // the caller judges objects
		}
		if a.strict && !c.decodes(f.TransferSyntax) {
			return &otherSyntaxError{f.TransferSyntax}
		}
		hasPixels := f.Pixel.Tag != 0
		if !a.transcodes() {
			if hasPixels {
				c.kept.saw(ref, f, a.syntaxes[0] == asStored)
			}
			return each(o)
		}
		asked := native(f.TransferSyntax) || slices.Contains(a.syntaxes, string(f.TransferSyntax)) || slices.Contains(a.syntaxes, asStored)
		if !asked || !native(f.TransferSyntax) && f.Dataset.Str(dicom.LossyImageCompression) == "01" {
			c.kept.saw(ref, f, true)
			return &otherSyntaxError{f.TransferSyntax}
		}
		return each(o)
	}
}

// tryNext tells whether the next ask may have what this one had not. A server that
// closed the connection instead of answering a request to transcode may have died of
// it: it is not asked for that again in this series, and nowhere when it happened
// twice or when it has never transcoded so for us.
func (c *Client) tryNext(ref pacs.Ref, a ask, err error) bool {
	var other *otherSyntaxError
	if errors.As(err, &other) {
		if len(a.syntaxes) == 1 {
			c.kept.refuse(ref, a.syntaxes[0])
		}
		return true
	}
	if !a.transcodes() || len(a.syntaxes) > 1 {
		return anotherSyntax(err)
	}
	row := rowTranscoding + a.syntaxes[0]
	died := errors.Is(err, errNoAnswer) || errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, pacs.ErrTruncated)
	if died {
		c.kept.refuse(ref, a.syntaxes[0])
		if c.deaths.Add(1) >= 2 || c.found.get(row) == "" {
			c.found.set(row, no)
		}
		return true
	}
	return anotherSyntax(err)
}

// served notes who answered: what was refused before is not asked for again.
func (c *Client) served(ref pacs.Ref, refused []ask, by ask) {
	if by.transcodes() && len(by.syntaxes) == 1 {
		c.found.set(rowTranscoding+by.syntaxes[0], yes)
	}
	for _, a := range refused {
		if len(a.syntaxes) == 1 && !slices.Equal(a.syntaxes, by.syntaxes) {
			where := ref
			if !a.transcodes() {
				where = pacs.Ref{Study: ref.Study} // the service, not this image, was refused
			}
			c.kept.refuse(where, a.syntaxes[0])
		}
	}
}

// memory is what is known of the series met lately, and of their studies: at most
// maxSeries entries of about 200 bytes, forgotten all at once.
type memory struct {
	mu sync.Mutex
	m  map[pacs.Ref]series // guarded by mu; the Refs have no instance
}

const maxSeries = 512

type series struct {
	raw, compressed bool     // objects seen stored so
	risky           bool     // one of them is not transcodable
	fits            bool     // described by a list: nothing can stand above Bits Stored
	looked          int      // objects
	refused         []string // syntaxes
}

// enoughLooked is how many raw objects of a series are looked at: one slice may hold
// what the first did not.
const enoughLooked = 16

func seriesOf(ref pacs.Ref) pacs.Ref { return pacs.Ref{Study: ref.Study, Series: ref.Series} }

func (m *memory) of(ref pacs.Ref) series {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.m[seriesOf(ref)]
}

// settled tells whether looking at more objects of ref would teach nothing.
func (m *memory) settled(ref pacs.Ref) bool {
	k := m.of(ref)
	return k.compressed || k.risky || k.looked >= enoughLooked
}

// saw notes how an object with pixels is stored; stored is false where the server
// may have decoded it.
func (m *memory) saw(ref pacs.Ref, f *dicom.File, stored bool) {
	raw := native(f.TransferSyntax)
	if raw && !stored {
		return
	}
	risky := raw && !transcodable(f)
	inSeries := pacs.Ref{Study: ref.Study, Series: dicom.UID(f.Dataset.Str(dicom.SeriesInstanceUID))}
	for _, r := range slices.Compact([]pacs.Ref{inSeries, seriesOf(ref), {Study: ref.Study}}) {
		m.change(r, func(k *series) {
			k.raw, k.compressed, k.risky = k.raw || raw, k.compressed || !raw, k.risky || risky
			k.looked++
		})
	}
}

// described notes what a list says of an instance's pixels. A list that says nothing
// of them notes nothing.
func (m *memory) described(study dicom.UID, d *dicom.Dataset) {
	ref := pacs.Ref{Study: study, Series: dicom.UID(d.Str(dicom.SeriesInstanceUID))}
	if study != "" && ref.Series != "" && !m.of(ref).fits && fits(d) {
		m.change(ref, func(k *series) { k.fits = true })
	}
}

func (m *memory) refuse(ref pacs.Ref, syntax string) {
	m.change(seriesOf(ref), func(k *series) {
		if !slices.Contains(k.refused, syntax) {
			k.refused = append(slices.Clone(k.refused), syntax)
		}
	})
}

func (m *memory) change(r pacs.Ref, f func(*series)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.m) >= maxSeries || m.m == nil {
		m.m = map[pacs.Ref]series{}
	}
	k := m.m[r]
	f(&k)
	m.m[r] = k
}
