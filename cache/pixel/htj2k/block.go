// Package htj2k decodes the code-blocks of High-Throughput JPEG 2000 (ISO/IEC
// 15444-15, Rec. ITU-T T.814, clause 7): a cleanup pass in one codeword segment
// and up to two refinement passes in a second. Everything outside a code-block
// (codestream, packets, wavelet) is package jpeg2000's.
//
//	HT cleanup pass                          yes
//	HT SigProp, HT MagRef pass               yes
//	vertically causal contexts (SigProp)     yes
//	placeholder passes                       the caller counts them in Zero
//	more than one HT set with bytes          unsupported
//	magnitudes                               up to 30 bit-planes (Mb ≤ 30)
package htj2k

// Block is one HT code-block, one set of HT coding passes.
//
// Bit-planes: the sub-band has Mb of them (T.800 equation E-2), numbered from Mb−1
// down to 0; the packet header says Zero of them are missing. Unlike a block of
// T.800 the cleanup pass codes all planes from the highest through plane
// p = Mb−1−Zero at once, so that Planes = Mb−Zero = p+1 is the count of planes
// from that of the cleanup pass down to 0, not of those coded. SigProp and MagRef
// are of plane p−1, so they need Planes ≥ 2. A block that is complete without
// loss has Planes 1 after one pass, 2 after three. Each whole set of three
// placeholder passes (T.814 B.3) adds one to Zero and takes one of Planes: the
// caller does that.
type Block struct {
	Width, Height int    // ≤ 1024 each, product ≤ 4096, neither 0
	Planes        int    // Mb − Zero, 1 and more; p+1
	Zero          int    // missing bit-planes, 0 … 29; a cleanup magnitude has at most Zero+1 bits
	Passes        int    // 0 nothing, 1 cleanup, 2 and SigProp, 3 and MagRef
	Cleanup       []byte // HT cleanup segment, Lcup bytes
	Refinement    []byte // HT refinement segment, Lref bytes; unused of one pass
	VCausal       bool   // SPcod bit 3: SigProp does not look into the next stripe
}

const (
	maxQuads = 1280 // a block of 5 × 819 has 1230
	maxRow   = 512  // quads
)

// Decoder holds the scratch of one goroutine, 95 KiB, and 16 KiB more once it has
// made float32 of refined blocks; the zero value is ready.
type Decoder struct {
	vlc, bits bitBuffer // VLC or MagRef; MagSgn or SigProp
	mel       mel
	codes     bitReader // of VLC
	pos       int       // the next bit of the buffer being read

	quads      [maxQuads]quad     // rows of the block's quads
	above      [maxRow + 2]uint8  // readRow
	reach      [maxRow + 2]uint32 // readSamples
	line       [maxRow]uint64     // the row that readSamples read: quads, a sample each lane
	wide       [maxRow][4]folded  // or this
	isWide     bool
	shift      uint                  // of a magnitude's place: Planes−1
	maxU       uint32                // Zero+2
	groups     [maxGroups]uint16     // collect
	found      [maxSide/4 + 2]uint16 // propagate
	spare      [maxSide]int32        // the row below the last
	spareFloat [maxSide]float32
	block      []int32 // Decode of what then becomes float32
}
