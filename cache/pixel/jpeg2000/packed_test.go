package jpeg2000

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// rewriter lays the packets of a codestream of one tile out anew.
type rewriter struct {
	poc    []progression
	parts  int  // tile-parts
	ppm    bool // packet headers in the main header
	ppt    bool // in those of the tile-parts
	noEOC  bool
	noPsot bool
}

type packetKey struct {
	res      *resolution
	n, layer int
}

type packetParts struct{ head, body []byte }

// taken are the packets of a codestream, by place, with its tile.
func taken(t testing.TB, src []byte) (codestream, *tile, map[packetKey]packetParts) {
	t.Helper()
	var c codestream
	if err := c.readMain(src); err != nil {
		t.Fatal(err)
	}
	if err := c.readParts(src); err != nil {
		t.Fatal(err)
	}
	d := c.tiles[0]
	tl, err := newTile(&c, 0, &d.set, d.bytes())
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPackets(tl, d)
	if err != nil {
		t.Fatal(err)
	}
	all := map[packetKey]packetParts{}
	err = tl.walk(func(res *resolution, n, layer, style int) error {
		from := p.at
		if err := p.read(res, n, layer, style); err != nil {
			return err
		}
		all[packetKey{res, n, layer}] = packetParts{tl.body[from:p.head.at], tl.body[p.head.at:p.at]}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, tl, all
}

// write is src laid out anew.
func (w rewriter) write(t testing.TB, src []byte) []byte {
	t.Helper()
	c, tl, all := taken(t, src)
	for k := range tl.comps {
		for r := range tl.comps[k].resolutions {
			for n := range tl.comps[k].resolutions[r].precincts {
				tl.comps[k].resolutions[r].precincts[n].layers = 0
			}
		}
	}
	tl.set.poc = w.poc
	var order []packetParts
	_ = tl.walk(func(res *resolution, n, layer, _ int) error {
		order = append(order, all[packetKey{res, n, layer}])
		return nil
	})
	if len(order) != len(all) {
		t.Fatalf("%d packets became %d", len(all), len(order))
	}
	out := append([]byte(nil), src[:c.begin]...)
	if len(w.poc) > 0 {
		out = append(out, 0xFF, 0x5F, 0, byte(2+7*len(w.poc)))
		for _, g := range w.poc {
			out = append(out, byte(g.res0), byte(g.comp0), byte(g.layer1>>8), byte(g.layer1), byte(g.res1), byte(g.comp1), byte(g.order))
		}
	}
	parts := w.split(order)
	if w.ppm {
		out = append(out, ppmSegments(parts)...)
	}
	for i, part := range parts {
		out = w.part(out, i, part)
	}
	if !w.noEOC {
		out = append(out, 0xFF, 0xD9)
	}
	return out
}

func (w rewriter) split(order []packetParts) [][]packetParts {
	n := max(w.parts, 1)
	var parts [][]packetParts
	for i := range n {
		parts = append(parts, order[i*len(order)/n:(i+1)*len(order)/n])
	}
	return parts
}

func heads(part []packetParts) (b []byte) {
	for _, p := range part {
		b = append(b, p.head...)
	}
	return b
}

// ppmSegments cuts the headers into marker segments without regard to where a
// tile-part's end, the last first.
func ppmSegments(parts [][]packetParts) []byte {
	var all []byte
	for _, part := range parts {
		h := heads(part)
		all = append(binary.BigEndian.AppendUint32(all, uint32(len(h))), h...)
	}
	var out []byte
	const size = 101
	for i := (len(all) - 1) / size; i >= 0; i-- {
		b := all[i*size : min((i+1)*size, len(all))]
		out = append(binary.BigEndian.AppendUint16(append(out, 0xFF, 0x60), uint16(3+len(b))), byte(i))
		out = append(out, b...)
	}
	return out
}

func (w rewriter) part(out []byte, i int, part []packetParts) []byte {
	sot := len(out)
	out = append(out, 0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, byte(i), byte(max(w.parts, 1)))
	if w.ppt {
		h := heads(part)
		for k := 0; k*97 < len(h); k++ {
			b := h[k*97 : min((k+1)*97, len(h))]
			out = append(binary.BigEndian.AppendUint16(append(out, 0xFF, 0x61), uint16(3+len(b))), byte(k))
			out = append(out, b...)
		}
	}
	out = append(out, 0xFF, 0x93)
	for _, p := range part {
		if !w.ppm && !w.ppt {
			out = append(out, p.head...)
		}
		out = append(out, p.body...)
	}
	if !w.noPsot {
		binary.BigEndian.PutUint32(out[sot+6:], uint32(len(out)-sot))
	}
	return out
}

var rewriters = map[string]rewriter{
	"as it was":              {},
	"tile-parts":             {parts: 5},
	"PPM":                    {ppm: true},
	"PPM in tile-parts":      {ppm: true, parts: 7},
	"PPT":                    {ppt: true},
	"PPT in tile-parts":      {ppt: true, parts: 7},
	"without EOC":            {noEOC: true},
	"of unsaid length":       {noPsot: true},
	"neither length nor EOC": {noPsot: true, noEOC: true},
	"layers then the rest": {poc: []progression{
		{orderLRCP, 0, 33, 0, 3, 2}, {orderCPRL, 0, 33, 0, 3, 4},
	}},
	"overlapping": {parts: 3, poc: []progression{
		{orderRLCP, 0, 2, 0, 3, 1}, {orderPCRL, 0, 4, 0, 2, 3}, {orderRPCL, 1, 6, 1, 3, 4}, {orderLRCP, 0, 6, 0, 3, 4},
	}},
}

func TestPacketsAreFoundHoweverTheyAreLaidOut(t *testing.T) {
	src := compressed(t, rgb8, "-r", "20,10,5,1", "-c", "[64,64],[32,32]", "-b", "16,16")
	for name, w := range rewriters {
		t.Run(name, func(t *testing.T) {
			b := w.write(t, src)
			got, _, err := Decode(nil, b, 0)
			if err != nil || !bytes.Equal(got, rgb8.samples()) {
				t.Errorf("%v, equal %v", err, bytes.Equal(got, rgb8.samples()))
			}
			if w.noEOC || w.ppt && w.parts > 1 {
				return // it wants an EOC, and PPT counted on from tile-part to tile-part
			}
			other, err := decompressed(t, b, 3, 1)
			if err != nil || !bytes.Equal(other, rgb8.samples()) {
				t.Errorf("opj_decompress reads something else: %v", err)
			}
		})
	}
}
