package jpegls

import (
	"sync"

	"github.com/nocturne/nocturne/cache/pixel"
)

// Decode writes the samples into dst, from its start, and returns it cut to
// them: cells of 1, 2 or 4 bytes (0: the fewest that hold Precision), little
// endian, the samples of a pixel side by side. A dst of too little capacity, nil
// too, is replaced. Besides dst it allocates a few lines and a constant.
func Decode(dst, src []byte, cell int) ([]byte, Head, error) {
	s := stream{src: src}
	if err := s.open(); err != nil {
		return nil, s.head, err
	}
	dst, err := s.decode(dst, cell)
	return dst, s.head, err
}

// work is what a decoder needs besides its image; it is used again.
type work struct {
	scan
	layer
	image
}

var works = sync.Pool{New: func() any { return new(work) }}

// release gives w back, less lines so long that they are not likely needed again.
func (w *work) release() {
	w.src, w.b = nil, nil
	if cap(w.rows)+cap(w.room) > 1<<20 {
		w.layer, w.image = layer{}, image{}
	}
	works.Put(w)
}

// decode reads the scans of an open stream.
func (s *stream) decode(dst []byte, asked int) ([]byte, error) {
	size, err := cell(asked, s.head.Precision)
	if err != nil {
		return nil, err
	}
	n, err := s.head.bytes(size)
	if err != nil {
		return nil, err
	}
	if err := s.plausible(); err != nil {
		return nil, err
	}
	w := works.Get().(*work)
	defer w.release()
	dst = pixel.Grown(dst, n)
	w.image.b, w.cell, w.comps, w.row = dst, size, s.head.Components, int(n)/s.head.Height
	for more := true; more; {
		if err := s.samples(w); err != nil {
			return nil, err
		}
		if more, err = s.scan(); err != nil {
			return nil, err
		}
	}
	for _, c := range s.comps[:s.head.Components] {
		if !c.done {
			return nil, invalid("a JPEG-LS component without a scan")
		}
	}
	return dst, nil
}

// plausible refuses dimensions that so few bytes cannot hold: the least that a
// line of one component, or of all of them mixed, takes is a bit for each 32768
// samples that equal the one before them (T.87 A.7.1).
func (s *stream) plausible() error {
	least := int64(s.head.Height) * ((int64(s.head.Width) + 1<<15 - 1) >> 15)
	if least > 8*int64(len(s.src)) {
		return errShort
	}
	return nil
}

// samples decodes the scan whose head has been read and moves on to the marker
// behind it. CharLS up to 2.4, and what is made of it, heeds a largest sample of
// less than all ones in the thresholds only: what cannot be decoded by the
// standard is tried so.
func (s *stream) samples(w *work) error {
	from, h, full := s.pos, s.now, 1<<s.precision-1
	w.lay(s.head.Width, h.n, h.ilv)
	w.transform(s)
	w.set(&h)
	err := s.intervals(w)
	if err != nil && h.preset.MaxVal < full {
		s.pos, h.preset.MaxVal = from, full
		w.set(&h)
		if s.intervals(w) == nil {
			return nil
		}
	}
	return err
}

// intervals decodes a scan restart interval by restart interval.
func (s *stream) intervals(w *work) error {
	for y, turn := 0, 0; ; turn++ {
		to := s.head.Height
		if r := s.head.Restart; r > 0 && r < to-y {
			to = y + r
		}
		w.restart()
		w.layer.reset()
		w.open(s.src, s.pos)
		for ; y < to; y++ {
			if err := w.layer.decode(&w.scan); err != nil {
				return err
			}
			if err := w.put(&w.layer, &s.now, y); err != nil {
				return err
			}
		}
		var err error
		if s.pos, err = w.close(); err != nil || y == s.head.Height {
			return err
		}
		if m, err := s.marker(); err != nil || int(m) != mRST0+turn%8 {
			return invalid("no JPEG-LS restart marker where one must stand")
		}
	}
}
