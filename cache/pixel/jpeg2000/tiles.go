package jpeg2000

import "errors"

// decodeTiles decodes the tiles that out shows: several at once when there are
// many, one after the other, its code-blocks shared, when there are few.
func (c *codestream) decodeTiles(out *output, levels, hands int) error {
	var list []int
	for i := range c.tilesWide * c.tilesHi {
		if !c.size.tile(i).reduced(levels).and(out.rect).empty() {
			list = append(list, i)
		}
	}
	team := newCrew(hands)
	defer team.release()
	if len(list) < 2*hands {
		for _, i := range list {
			if err := c.decodeTile(i, out, levels, team); err != nil {
				return err
			}
		}
		return nil
	}
	return team.run(len(list), func(w *worker, i int) error {
		return c.decodeTile(list[i], out, levels, &crew{hands: []*worker{w}})
	})
}

// decodeTile decodes what out shows of tile i. Memory for out is taken when the
// packets of a first tile have been found.
func (c *codestream) decodeTile(i int, out *output, levels int, team *crew) error {
	t, err := c.readTile(i, levels)
	if err != nil {
		return err
	}
	out.make()
	if len(t.chunks) == 0 {
		out.blank(t.rect.reduced(levels).and(out.rect))
		return nil
	}
	b := builds.Get().(*build)
	defer b.release()
	b.t, b.crew, b.out, b.comps = t, team, out, grown(b.comps, len(t.comps))
	b.want = t.rect.reduced(levels).and(out.rect)
	return b.run(levels)
}

// readTile lays out tile i and reads its packets.
func (c *codestream) readTile(i, levels int) (*tile, error) {
	d := c.tiles[i]
	t, err := newTile(c, i, &d.set, d.bytes())
	if err != nil {
		return nil, err
	}
	for k := range t.comps {
		if t.comps[k].style.levels < levels {
			return nil, unsupported("a size reduced %d times of %d levels", levels, t.comps[k].style.levels)
		}
	}
	if err := t.mixes(); err != nil {
		return nil, err
	}
	return t, t.readPackets(d, levels)
}

// mixes says whether the component transformation can be undone.
func (t *tile) mixes() error {
	if !t.set.mct || len(t.comps) < 3 {
		return nil // libopenjp2 passes over it, too
	}
	for k := range t.comps[:3] {
		if t.comps[k].style.reversible != t.comps[0].style.reversible {
			return invalid("a component transformation over different wavelets")
		}
	}
	return nil
}

// errDone ends a walk when all packets have come that are needed.
var errDone = errors.New("all packets needed")

// readPackets reads the packets of the resolutions that a size reduced by levels
// needs; those of the others are passed over.
func (t *tile) readPackets(d *tileData, levels int) error {
	p, err := newPackets(t, d)
	if err != nil {
		return err
	}
	open := 0 // precincts needed
	reversible := true
	for k := range t.comps {
		tc := &t.comps[k]
		reversible = reversible && tc.style.reversible
		for r := range len(tc.resolutions) - levels {
			open += len(tc.resolutions[r].precincts)
		}
	}
	err = t.walk(func(res *resolution, n, layer, style int) error {
		if err := p.read(res, n, layer, style); err != nil {
			return err
		}
		if res.level >= levels && layer == t.set.layers-1 {
			if open--; open == 0 && levels > 0 {
				return errDone
			}
		}
		return nil
	})
	switch {
	case err == errDone:
		return nil
	case err == errEnd && !reversible && !d.open:
		return nil
	case err == errEnd:
		return invalid("the data end before a tile does")
	}
	return err
}
