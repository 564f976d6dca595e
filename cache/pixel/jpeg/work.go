package jpeg

import "sync"

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
