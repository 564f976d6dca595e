// Package ebcot is the code-block coder of JPEG 2000: the MQ arithmetic coder of
// ISO/IEC 15444-1 Annex C and the coefficient bit modelling of Annex D, read and
// written. It knows nothing of codestreams; cache/pixel/jpeg2000 gives it the
// bytes of one block at a time.
package ebcot

// The sub-band of a block: which of the context tables of D.3.1 it is coded with.
const (
	LL = iota
	HL
	LH
	HH
)

// The code-block style bits of SPcod and SPcoc (A.6.1, table A.19).
const (
	Bypass   = 1 << iota // selective arithmetic coding bypass: raw passes after the fourth plane
	Reset                // context probabilities start anew with each pass
	TermAll              // every pass ends its codeword segment
	VCausal              // contexts do not look into the stripe below
	PredTerm             // predictable termination: read as any other
	SegSym               // four symbols 1010 after each clean-up pass: read and not held against the block
)

// MaxPlanes is the largest number of magnitude bit-planes that Decode follows: a
// value is doubled in 32 bits. libopenjp2 stops at the same number.
const MaxPlanes = 30

// Block is one code-block to be decoded.
type Block struct {
	Width, Height int // 1 to 1024 each, their product at most 4096
	Orient        int // LL, HL, LH or HH
	Style         int // Bypass and its fellows, added
	Planes        int // magnitude bit-planes in the data, Mb less those all zero; 0: nothing coded

	// Segments are the codeword segments in order: one, unless TermAll or Bypass ends
	// more of them. Passes beyond the last plane are passed over.
	Segments []Segment
}

// Segment is one codeword segment: its bytes, of all packets joined, and how many
// coding passes they hold. Bytes that end early read as if ones followed (D.4.1),
// as libopenjp2 reads them; so no bytes at all are not an error either.
type Segment struct {
	Data   []byte
	Passes int
}
