package jpeg2000

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
)

// errEnd: the packets of a tile end before all have come.
var errEnd = errors.New("no more packets")

// packets reads the packets of a tile (B.9, B.10).
type packets struct {
	t      *tile
	at     int       // in t.body
	head   bitReader // of headers kept apart; else used for each packet anew
	packed bool
}

// newPackets begins with the joined data of the tile.
func newPackets(t *tile, d *tileData) (*packets, error) {
	t.body = flat(d.bodies)
	if len(t.body) > math.MaxUint32 {
		return nil, unsupported("a tile of more than 4 GB")
	}
	p := &packets{t: t, packed: d.packed}
	if d.packed {
		p.head.b = flat(d.headers)
	}
	return p, nil
}

// maxZeroPlanes bounds the missing bit-planes of a code-block: Mb is at most
// 7 + 31 − 1, and a region of interest adds 37.
const maxZeroPlanes = 75

// read takes the packet of the given layer of precinct n, and keeps what it says of
// code-blocks when keep is set. errEnd: there is none.
func (p *packets) read(res *resolution, n, layer, style int) error {
	t := p.t
	if p.at+6 <= len(t.body) && binary.BigEndian.Uint16(t.body[p.at:]) == mSOP {
		p.at += 6
	}
	h := &p.head
	if !p.packed {
		*h = bitReader{b: t.body, at: p.at}
	}
	if h.at >= len(h.b) {
		return errEnd
	}
	firstChunk := len(t.chunks)
	if h.bit() == 1 {
		pr := &res.precincts[n]
		t.open(res, pr, n)
		for b := range res.bands {
			if err := p.readBand(res, pr, n, b, layer, style); err != nil {
				return err
			}
		}
	}
	h.align()
	if h.short {
		return invalid("the data end within a packet header")
	}
	if t.set.eph && h.at+2 <= len(h.b) && binary.BigEndian.Uint16(h.b[h.at:]) == mEPH {
		h.at += 2
	}
	if !p.packed {
		p.at = h.at
	}
	for i := firstChunk; i < len(t.chunks); i++ {
		c := &t.chunks[i]
		if int(c.length) > len(t.body)-p.at {
			return invalid("the data end within a packet")
		}
		c.off = uint32(p.at)
		p.at += int(c.length)
	}
	return nil
}

// open makes room for the code-blocks and tag trees of a precinct at its first
// packet that is not empty.
func (t *tile) open(res *resolution, pr *precinct, n int) {
	if pr.ready {
		return
	}
	pr.ready = true
	for b := range res.bands {
		_, g := res.span(n, &res.bands[b])
		pr.block[b], pr.node[b] = int32(len(t.blocks)), int32(len(t.nodes))
		for range g.width() * g.height() {
			t.blocks = append(t.blocks, block{first: -1, last: -1, lblock: 3})
		}
		if !g.empty() {
			shape := shapeOf(g.width(), g.height())
			for range 2 * shape.total {
				t.nodes = append(t.nodes, node{})
			}
		}
	}
}

// readBand reads what a packet header says of the code-blocks of one band.
func (p *packets) readBand(res *resolution, pr *precinct, n, b, layer, style int) error {
	t, h := p.t, &p.head
	_, g := res.span(n, &res.bands[b])
	if g.empty() {
		return nil
	}
	w := g.width()
	shape := shapeOf(w, g.height())
	inclusion := t.nodes[pr.node[b]:][:shape.total]
	zero := t.nodes[int(pr.node[b])+shape.total:][:shape.total]
	blocks := t.blocks[pr.block[b]:][:w*g.height()]
	for i := range blocks {
		k := &blocks[i]
		x, y := i%w, i/w
		if k.included {
			if h.bit() == 0 {
				continue
			}
		} else {
			if _, in := shape.reach(inclusion, h, x, y, layer+1); !in {
				continue
			}
			k.included = true
			v, ok := shape.reach(zero, h, x, y, maxZeroPlanes)
			if !ok {
				return invalid("a code-block without bit-planes")
			}
			k.zero = uint8(v)
		}
		if err := p.readLengths(k, style); err != nil {
			return err
		}
		if h.short {
			return invalid("the data end within a packet header")
		}
	}
	return nil
}

// readLengths reads the passes that a packet brings a code-block, and splits them
// into codeword segments (B.10.6, B.10.7).
func (p *packets) readLengths(k *block, style int) error {
	h := &p.head
	passes := h.passes()
	lblock := int(k.lblock) + h.ones(32)
	if lblock > 32 || int(k.passes)+passes > math.MaxUint16 {
		return invalid("a code-block's length of %d bits", lblock)
	}
	k.lblock = uint8(lblock)
	for passes > 0 {
		n, opens := segmentRoom(int(k.passes), passes, style)
		extra := bits.Len(uint(n)) - 1
		if style&styleHT != 0 && k.passes == 0 {
			k.sets = uint8((passes - 1) / 3) // placeholder passes, 15444-15 B.3
			passes -= 3 * int(k.sets)
			n, extra = 1, bits.Len(uint(3*k.sets)+1)-1
		}
		if lblock+extra > 32 {
			return invalid("a code-block's length of %d bits", lblock+extra)
		}
		p.t.append(k, chunk{length: uint32(h.bits(lblock + extra)), passes: uint8(n), opens: opens})
		k.passes += uint16(n)
		passes -= n
	}
	return nil
}

// segmentRoom says how many of n passes go into the codeword segment that pass
// number done belongs to, and whether it begins there.
func segmentRoom(done, n, style int) (room int, opens bool) {
	switch {
	case style&styleHT != 0:
		if done == 0 {
			return 1, true
		}
		return n, done == 1
	case style&styleTermAll != 0:
		return 1, true
	case style&styleBypass != 0 && done >= 10:
		k := (done - 10) % 3 // raw significance and refinement, then a cleanup
		if k == 0 {
			return min(n, 2), true
		}
		return 1, k == 2
	case style&styleBypass != 0:
		return min(n, 10-done), done == 0
	}
	return n, done == 0
}

// append adds a chunk to a code-block's list.
func (t *tile) append(k *block, c chunk) {
	c.next = -1
	i := int32(len(t.chunks))
	t.chunks = append(t.chunks, c)
	if k.first < 0 {
		k.first = i
	} else {
		t.chunks[k.last].next = i
	}
	k.last = i
}
