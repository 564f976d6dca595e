package dicom

import (
	"bytes"
	"encoding/binary"
)

// span is one encapsulated frame: fragments [from, to), cut to size bytes
// where size is not 0.
type span struct {
	from, to int
	size     uint64
}

// extent is one fragment: where its item begins, counted from the first fragment's,
// how many bytes it holds, and how those begin.
type extent struct {
	at    int64
	n     uint32
	begin beginning
}

// beginning is what the first bytes of a fragment look like.
type beginning uint8

const (
	beginsOther beginning = iota
	beginsJPEG            // a JPEG or JPEG 2000 codestream, or a JP2 file
	beginsRLE             // the header of an RLE frame
)

// after reports whether a frame may begin so when the first of its object begins
// with first.
func (b beginning) after(first beginning) bool { return first == beginsOther || b == first }

// begins judges by the first 8 bytes: SOI and another marker (T.81 B.2.1, T.87), SOC and
// SIZ (T.800 A.4), a JP2 signature (T.800 I.5.1), or up to 15 segments of which the
// first stands behind the header of 64 bytes (PS3.5 G.5).
func begins(b []byte) beginning {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xD8, 0xFF}), bytes.HasPrefix(b, []byte{0xFF, 0x4F, 0xFF, 0x51}),
		bytes.HasPrefix(b, []byte("\x00\x00\x00\x0CjP  ")):
		return beginsJPEG
	case len(b) >= 8 && bytes.Equal(b[1:4], []byte{0, 0, 0}) && b[0] >= 1 && b[0] <= 15 && binary.LittleEndian.Uint32(b[4:]) == 64:
		return beginsRLE
	}
	return beginsOther
}

func (p *PixelData) spans(n int) ([]span, error) {
	ext := make([]extent, len(p.Fragments))
	at := int64(0)
	for i, fr := range p.Fragments {
		ext[i] = extent{at, uint32(len(fr)), begins(fr)}
		at += 8 + int64(len(fr))
	}
	return p.grouped(ext, n)
}

// grouped gives fragments to n frames: by the extended offset table, else the
// basic one, else all to a single frame, one to one, or by what a frame begins
// with. A table that does not hold for these fragments is passed over.
func (p *PixelData) grouped(ext []extent, n int) ([]span, error) {
	if len(ext) == 0 {
		return nil, invalid(-1, "encapsulated pixel data without a fragment")
	}
	if s := tableSpans(ext, len(p.EOT), func(i int) uint64 { return p.EOT[i] }, n); s != nil {
		for i := range s {
			if i < len(p.EOTLengths) {
				s[i].size = p.EOTLengths[i]
			}
		}
		return s, nil
	}
	if s := tableSpans(ext, len(p.BOT), func(i int) uint64 { return uint64(p.BOT[i]) }, n); s != nil {
		return s, nil
	}
	switch {
	case n == 1:
		return []span{{0, len(ext), 0}}, nil
	case len(ext) <= n:
		return oneToOne(len(ext)), nil
	}
	for _, kind := range []beginning{beginsJPEG, beginsRLE} {
		if s := kindSpans(ext, kind, n); s != nil {
			return s, nil
		}
	}
	return nil, &UnsupportedError{What: "several fragments a frame without an offset table"}
}

func oneToOne(n int) []span {
	s := make([]span, n)
	for i := range s {
		s[i] = span{i, i + 1, 0}
	}
	return s
}

// tableSpans applies offsets counted from the first fragment's item head. It
// returns nil unless there are n, ascending, each at the start of a fragment that
// begins as the first does.
func tableSpans(ext []extent, have int, offset func(int) uint64, n int) []span {
	if have != n || n > len(ext) || n == 0 || offset(0) != 0 {
		return nil
	}
	out := make([]span, 0, n)
	for k := range ext {
		if len(out) < n && uint64(ext[k].at) == offset(len(out)) {
			if !ext[k].begin.after(ext[0].begin) {
				return nil
			}
			if len(out) > 0 {
				out[len(out)-1].to = k
			}
			out = append(out, span{from: k})
		}
	}
	if len(out) != n {
		return nil
	}
	out[n-1].to = len(ext)
	return out
}

// kindSpans begins a frame at every fragment that begins so; nil unless those are n,
// the first among them.
func kindSpans(ext []extent, kind beginning, n int) []span {
	if ext[0].begin != kind {
		return nil
	}
	frames := 0
	for k := range ext {
		if ext[k].begin == kind {
			frames++
		}
	}
	if frames != n {
		return nil
	}
	out := make([]span, 0, n)
	for k := range ext {
		if ext[k].begin != kind {
			continue
		}
		if len(out) > 0 {
			out[len(out)-1].to = k
		}
		out = append(out, span{from: k})
	}
	out[n-1].to = len(ext)
	return out
}
