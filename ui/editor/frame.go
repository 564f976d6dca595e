package editor

import (
	"slices"

	"github.com/nocturne/nocturne/worklist/report"
)

// opens reports whether a rune begins a span (plane 15); see report.Span.
func opens(r rune) bool { return r >= '\U000F0000' && r <= '\U000FFFFD' }

// isFrame reports whether a rune begins or ends a span and shows nothing itself.
func isFrame(r rune) bool { return r == report.SpanEnd || opens(r) }

// isSpecial reports whether a rune is a token's or a frame's.
func isSpecial(r rune) bool { return r >= '\uE000' && (r <= '\uF8FF' || r >= '\U000F0000') }

// frame is a span where it stands: open is its rune's offset, end that of
// report.SpanEnd; its content lies between.
type frame struct {
	open, end int
	rune      rune
}

func (f frame) empty() bool { return f.end == f.open+1 }

// holds reports whether a caret stands in the content.
func (f frame) holds(caret int) bool { return caret > f.open && caret <= f.end }

// special is where tokens and frames stand, as of a version of the text.
type special struct {
	known   bool
	version int
	frames  []frame
	tokens  []int
}

// marks finds tokens and frames, once for each state of the text. A frame that is
// not whole is none.
func (b *Buffer) marks() *special {
	s := &b.special
	if s.known && s.version == b.version {
		return s
	}
	*s = special{known: true, version: b.version, frames: s.frames[:0], tokens: s.tokens[:0]}
	open := -1
	for i, r := range b.text {
		switch {
		case !isSpecial(r):
		case opens(r):
			open = i
		case r != report.SpanEnd:
			s.tokens = append(s.tokens, i)
		case open >= 0:
			s.frames = append(s.frames, frame{open, i, b.text[open]})
			open = -1
		}
	}
	return s
}

// frameAt is the span that the caret stands in.
func (b *Buffer) frameAt(caret int) (frame, bool) {
	fs := b.marks().frames
	i, _ := slices.BinarySearchFunc(fs, caret, func(f frame, at int) int { return f.end - at })
	if i < len(fs) && fs[i].holds(caret) {
		return fs[i], true
	}
	return frame{}, false
}

// halves are the frame runes of [from, to) whose other end lies outside: they stay
// when the rest is taken out.
func halves(text []rune, from, to int) (kept []rune) {
	open := rune(-1)
	for _, r := range text[from:to] {
		switch {
		case opens(r):
			open = r
		case r == report.SpanEnd && open < 0:
			kept = append(kept, r)
		case r == report.SpanEnd:
			open = -1
		}
	}
	if open >= 0 {
		kept = append(kept, open)
	}
	return kept
}

// inEmptyFrame reports whether i stands between the runes of an empty span.
func (b *Buffer) inEmptyFrame(i int) bool {
	return i > 0 && i < len(b.text) && opens(b.text[i-1]) && b.text[i] == report.SpanEnd
}

// emptyFrameAt is the empty span around i, which is taken whole as what is shown for
// it.
func (b *Buffer) emptyFrameAt(i int) (from, to int, ok bool) { return i - 1, i + 1, b.inEmptyFrame(i) }
