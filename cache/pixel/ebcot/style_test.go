package ebcot

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// bitWriter is the raw segments of D.6.
type bitWriter struct {
	out         []byte
	word, taken int
}

func (w *bitWriter) put(bit uint64) {
	room := 8
	if n := len(w.out); n > 0 && w.out[n-1] == 0xFF {
		room = 7
	}
	w.word = w.word<<1 | int(bit)
	if w.taken++; w.taken == room {
		w.out = append(w.out, byte(w.word))
		w.word, w.taken = 0, 0
	}
}

// close fills the last byte with 0 and 1 in turn and returns the segment.
func (w *bitWriter) close() []byte {
	for bit := uint64(0); w.taken > 0; bit ^= 1 {
		w.put(bit)
	}
	out := w.out
	*w = bitWriter{}
	return out
}

// styled codes like Encode, in whatever style.
func styled(in []int32, w, h, orient, style int) Block {
	var e Encoder
	var raw bitWriter
	e.reset(w, h, style&VCausal != 0)
	b := Block{Width: w, Height: h, Orient: orient, Style: style, Planes: e.load(in, w)}
	e.zero, e.cx = &zeroTables[orient], fresh
	passes, open := 0, false
	for pass := 2; pass < 3*b.Planes; pass++ {
		plane, kind := b.Planes-1-pass/3, pass%3
		bypass := style&Bypass != 0 && pass/3 >= 4 && kind < 2
		if !open && !bypass {
			e.open()
		}
		e.styledPass(&raw, plane, kind, style, bypass)
		passes, open = passes+1, true
		switch {
		case style&TermAll != 0, pass == 3*b.Planes-1, style&Bypass != 0 && pass/3 >= 3 && kind == 2, bypass && kind == 1:
			data := raw.close()
			if !bypass {
				data = bytes.Clone(e.close())
			}
			b.Segments = append(b.Segments, Segment{data, passes})
			passes, open = 0, false
		}
		if style&Reset != 0 {
			e.cx = fresh
		}
	}
	return b
}

func (e *Encoder) styledPass(raw *bitWriter, plane, kind, style int, bypass bool) {
	switch {
	case bypass && kind == 0:
		e.rawSignificance(raw, plane)
	case bypass:
		e.rawRefinement(raw, plane)
	case kind == 0:
		e.significance(plane)
	case kind == 1:
		e.refinement(plane)
	default:
		e.cleanup(plane)
		for n := 0; style&SegSym != 0 && n < 4; n++ {
			e.code(ctxUniform, uint64(^n&1))
		}
	}
}

func (e *Encoder) rawSignificance(raw *bitWriter, p int) {
	for y := 0; y < e.height; y += 4 {
		for x := range e.width {
			for r := range min(4, e.height-y) {
				s, w, n := y/4, x/16, 4*(x%16)+r
				i := e.wordAt(s, w)
				if n == 0 {
					e.seen[i] = 0
				}
				if e.sig[i]>>n&1 != 0 || e.beside(i)>>n&1 == 0 {
					continue
				}
				m := e.mag[e.magAt(s, x)+r]
				e.seen[i] |= 1 << n
				if raw.put(uint64(m >> p & 1)); m>>p&1 != 0 {
					raw.put(uint64(m >> 31))
					e.mark(e.winAt(s, x), r, uint64(m>>31))
					e.sig[i] |= 1 << n
					e.free[i] &^= 1 << n
				}
			}
		}
	}
}

func (e *Encoder) rawRefinement(raw *bitWriter, p int) {
	for s := range e.stripes {
		for w := range e.words {
			i := e.wordAt(s, w)
			todo := e.sig[i] &^ e.seen[i]
			e.fine[i] |= todo
			for ; todo != 0; todo &= todo - 1 {
				raw.put(uint64(e.mag[e.magAt(s, 16*w)+nextBit(todo)] >> p & 1))
			}
		}
	}
}

func TestEveryStyleIsDecodedExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var d Decoder
	for style := range 64 {
		for _, size := range [][2]int{{64, 64}, {33, 18}, {5, 70}, {1, 3}} {
			for _, sparse := range []int{1, 20} {
				w, h, orient := size[0], size[1], r.IntN(4)
				in := coefficients(r, w, h, w, 1+r.IntN(14), sparse)
				b := styled(in, w, h, orient, style)
				out := make([]int32, w*h)
				if err := d.DecodeReversible(out, w, &b); err != nil {
					t.Fatal(err)
				}
				for i := range in {
					if in[i] != out[i] {
						t.Fatalf("style %d, %d × %d, band %d: %d at %d,%d where %d was encoded", style, w, h, orient, out[i], i%w, i/w, in[i])
					}
				}
			}
		}
	}
}

// seeds are small blocks as FuzzDecode takes them.
func seeds() (all [][]byte) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, style := range []int{0, Bypass, TermAll | Reset, VCausal | SegSym, Bypass | TermAll | PredTerm} {
		b := styled(coefficients(r, 13, 9, 13, 8, 2), 13, 9, HL, style)
		src := []byte{12, 0, 8, 0, HL, byte(style), byte(b.Planes)}
		for _, s := range b.Segments {
			src = append(src, byte(s.Passes), byte(len(s.Data)))
			src = append(src, s.Data...)
		}
		all = append(all, src)
	}
	return all
}

// blockOf reads a block as seeds writes it; sizes are one more than their bytes say.
func blockOf(src []byte) (b Block, ok bool) {
	if len(src) < 7 {
		return b, false
	}
	b = Block{Width: 1 + int(src[0]) + int(src[1])<<8, Height: 1 + int(src[2]) + int(src[3])<<8, Orient: int(src[4]), Style: int(src[5]), Planes: int(src[6])}
	for src = src[7:]; len(src) >= 2; {
		n := min(int(src[1]), len(src)-2)
		b.Segments = append(b.Segments, Segment{src[2:][:n], int(src[0])})
		src = src[2+n:]
	}
	return b, true
}

func FuzzDecode(f *testing.F) {
	for _, src := range seeds() {
		f.Add(src)
	}
	var used Decoder
	f.Fuzz(func(t *testing.T, src []byte) {
		b, ok := blockOf(src)
		if !ok {
			return
		}
		var fresh Decoder
		stride := min(b.Width, 1024) + 1
		want, got := make([]int32, stride*min(b.Height, 1024)), make([]int32, stride*min(b.Height, 1024))
		err := fresh.Decode(want, stride, &b)
		if again := used.Decode(got, stride, &b); fmt.Sprint(err) != fmt.Sprint(again) {
			t.Fatalf("a fresh decoder says %v, a used one %v", err, again)
		}
		for i := range want {
			if want[i] != got[i] {
				t.Fatalf("a fresh decoder finds %d at %d, a used one %d", want[i], i, got[i])
			}
			if want[i] != 0 && (err != nil || i%stride >= b.Width) {
				t.Fatalf("%d written at %d, which is none of the block", want[i], i)
			}
		}
	})
}
