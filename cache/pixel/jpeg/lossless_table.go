package jpeg

// lossEntry is what a code says of it and of the difference that follows
// (F.1.2.1.1, H.1.2.2), taken together as one number u. 16 bytes, so that it is
// read where it stands.
type lossEntry struct {
	mid  int32 // a smaller u is that of a negative difference
	zero int32 // the u of code and zeros
	fill int32 // 1 − 2^bits, what a negative difference adds
	rest int32 // 64 less the length of both
}

func newLossEntry(code uint32, length, category int) lossEntry {
	zero := int32(code) << category
	return lossEntry{zero + 1<<category>>1, zero, 1 - 1<<category, int32(64 - length - category)}
}

// value is the difference whose code is at the head of acc, modulo 2¹⁶. It has no
// branch: signs of differences are as good as random.
func (e *lossEntry) value(acc uint64) uint16 {
	u := int32(acc >> (e.rest & 63))
	return uint16(u - e.zero + (u-e.mid)>>31&e.fill)
}

// lossTable decodes the codes of one spec. 21 KiB.
type lossTable struct {
	codes huffTable
	// By the next lookBits bits: the length of code and difference, at most 25, and
	// how they are read. Length 0, where next must be asked: a longer code, none, or
	// the category 16. All the next sample waits for is take, hence on its own.
	take [1 << lookBits]uint8
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
		t.take[i] = 0
		if length, symbol := int(e&255), int(e>>8); length > 0 && symbol < 16 {
			t.take[i] = uint8(length + symbol)
			t.look[i] = newLossEntry(uint32(i)>>(lookBits-length), length, symbol)
		}
	}
	return nil
}

// next decodes one difference, modulo 2¹⁶; ok is false where no code fits. The
// window must be ready.
func (t *lossTable) next(b *lossReader) (d uint16, ok bool) {
	b.load()
	i := b.acc >> (64 - lookBits)
	e, take := &t.look[i], uint(t.take[i])
	if take == 0 {
		symbol, length := t.codes.find(b.acc)
		switch {
		case length == 0 || symbol > 16:
			return 0, false
		case symbol == 16:
			return b.sixteen(length), true
		}
		longer := newLossEntry(uint32(b.acc>>(64-length)), length, symbol)
		e, take = &longer, uint(length+symbol)
	}
	d = e.value(b.acc)
	b.skip(take)
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
