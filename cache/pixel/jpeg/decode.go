package jpeg

import "sync"

// decodeDCT decodes a stream of transformed blocks into dst.
func decodeDCT[T sample](w *work, s *stream, dst []byte, cell int) error {
	d := &depth8
	if s.Precision > 8 {
		d = &depth12
	}
	if err := w.latchQuant(s); err != nil {
		return err
	}
	f := newFrame[T](w, s, d, dst, cell)
	if !s.progressive() && !s.arithmetic() && s.scans[0].n == s.Components {
		return f.single(&s.scans[0])
	}
	return f.buffered()
}

// latchQuant takes the components' tables out of the stream.
func (w *work) latchQuant(s *stream) error {
	for i := range s.Components {
		q := s.comps[i].quant
		if q == nil {
			return invalid("JPEG component without a scan or a quantisation table")
		}
		for k, v := range q {
			w.quant[i][k] = int32(v)
		}
	}
	return nil
}

// tables makes the Huffman tables that a scan takes.
func (w *work) tables(s *scan, dc, ac bool) error {
	for i, c := range s.comps[:s.n] {
		if dc && !w.dc[c].same(s.dc[i]) {
			if err := w.dc[c].build(s.dc[i], 15); err != nil {
				return err
			}
		}
		if ac {
			if err := w.ac[c].buildAC(s.ac[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// single decodes a frame of one sequential scan, an MCU row at a time. The band in
// the scan's header is not looked at: old writers leave it 0.
func (f *frame[T]) single(sc *scan) error {
	w := f.w
	if err := w.tables(sc, true, true); err != nil {
		return err
	}
	across, down := f.mcus()
	w.bits.reset(sc.data)
	r := restarts{every: sc.restart}
	var pred [4]int32
	for m := range down {
		for x := range across {
			if r.due() {
				if !w.bits.restart(r.next()) {
					return errRestart()
				}
				pred = [4]int32{}
			}
			for _, i := range sc.comps[:sc.n] {
				f.mcu(i, x, &pred[i])
			}
		}
		if w.bits.overrun() {
			return errEarly()
		}
		f.finishRow(m)
	}
	return nil
}

// mcu decodes component i's blocks of one MCU.
func (f *frame[T]) mcu(i, x int, pred *int32) {
	w, p := f.w, &f.planes[i]
	for y := range p.v {
		for k := range p.h {
			last := w.bits.decodeBlock(&w.dc[i], &w.ac[i], &w.quant[i], pred, &w.block)
			p.put(f.depth, &w.block, last, x*p.h+k, y)
		}
	}
}

// restarts counts MCUs between restart markers.
type restarts struct{ every, left, n int }

// due is asked before each MCU.
func (r *restarts) due() bool {
	if r.every == 0 {
		return false
	}
	if r.left == 0 {
		r.left = r.every - 1
		r.n++
		return r.n > 1
	}
	r.left--
	return false
}

// next is the number of the marker that is due.
func (r *restarts) next() int { return (r.n - 2) & 7 }

func errRestart() error { return invalid("JPEG restart marker missing or out of turn") }

func errEarly() error { return invalid("JPEG scan ends early or has a code that does not exist") }

// work is what decoding needs beside the frame, kept from one frame to the next:
// about 90 KiB of tables and what the image takes. Of that, buffers of more than
// keepBytes are not kept.
type work struct {
	bits  bitReader
	dc    [4]huffTable // by component of the frame; a table is built anew where it changed
	ac    [4]acTable
	quant [4][64]int32 // by component, in zigzag order
	block [64]int32    // dequantised, in rows; zero between blocks

	strip8  []uint8
	strip16 []uint16
	coefs   []coefBlock
}

const keepBytes = 4 << 20

var works = sync.Pool{New: func() any { return new(work) }}

func takeWork() *work { return works.Get().(*work) }

func (w *work) give() {
	if cap(w.strip8) > keepBytes {
		w.strip8 = nil
	}
	if cap(w.strip16) > keepBytes/2 {
		w.strip16 = nil
	}
	if cap(w.coefs) > keepBytes/128 {
		w.coefs = nil
	}
	w.bits = bitReader{}
	works.Put(w)
}
