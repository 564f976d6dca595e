package jpeg

// lossEntry is what a code says: the bits to take and how to find the difference
// in them (F.1.2.1.1, H.1.2.2). Zero: no code, or not this way.
//
//	bits 0–7    length of code and difference, below 64
//	bits 8–15   length of the code
//	bits 16–23  63 less the bits of the difference
//	bits 32–47  1 − 2^bits: what a difference without a leading one adds
type lossEntry uint64

func newLossEntry(length, category int) lossEntry {
	return lossEntry(length+category) | lossEntry(length)<<8 | lossEntry(63-category)<<16 |
		lossEntry(uint16(1-int32(1)<<category))<<32
}

// value is the difference whose code is at the head of acc, modulo 2¹⁶. It has no
// branch: signs of differences are as good as random.
func (e lossEntry) value(acc uint64) uint16 {
	x := acc << (e >> 8 & 63)
	negative := uint16(int64(^x) >> 63)
	return uint16(x>>1>>(e>>16&63)) + negative&uint16(e>>32)
}

// lossTable decodes the codes of one spec. 10 KiB.
type lossTable struct {
	codes huffTable
	// look, by the next lookBits bits; zero where next must be asked: a longer code,
	// none, or the category 16.
	look [1 << lookBits]lossEntry
}

// build makes the table unless it is made. Symbols above 16 may stand in it, as
// dcmtk takes them: unoptimised tables have them. Their codes must not occur.
func (t *lossTable) build(s huffSpec) error {
	if t.codes.same(s) {
		return nil
	}
	if err := t.codes.build(s, 255); err != nil {
		return err
	}
	for i, e := range t.codes.look {
		t.look[i] = 0
		if length, symbol := int(e&255), int(e>>8); length > 0 && symbol < 16 {
			t.look[i] = newLossEntry(length, symbol)
		}
	}
	return nil
}

// next decodes one difference, modulo 2¹⁶; ok is false where no code fits. The
// window must be ready.
func (t *lossTable) next(b *lossReader) (d uint16, ok bool) {
	b.load()
	e := t.look[b.acc>>(64-lookBits)]
	if e == 0 {
		symbol, length := t.codes.find(b.acc)
		switch {
		case length == 0 || symbol > 16:
			return 0, false
		case symbol == 16:
			return b.sixteen(length), true
		}
		e = newLossEntry(length, symbol)
	}
	d = e.value(b.acc)
	b.skip(uint(e & 63))
	return d, true
}

// sixteen is the difference of category 16: always 32768, and no bits follow
// (H.1.2.2, table H.2). Writers that do not take differences modulo 2¹⁶ let 16
// bits follow, as they do in the other categories.
func (b *lossReader) sixteen(length int) uint16 {
	b.seen = true
	b.skip(uint(length))
	if !b.wide {
		return 0x8000
	}
	v := uint16(b.acc >> 48)
	if v < 0x8000 {
		v++ // less 2¹⁶ − 1
	}
	b.skip(16)
	return v
}
