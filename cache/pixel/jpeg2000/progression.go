package jpeg2000

import (
	"cmp"
	"slices"
)

// Progression orders (table A.16).
const (
	orderLRCP = iota
	orderRLCP
	orderRPCL
	orderPCRL
	orderCPRL
)

// progression is one volume of packets: resolutions res0 up to res1, components
// comp0 up to comp1 and layers up to layer1, all ends exclusive (B.12.2).
type progression struct {
	order        int
	res0, res1   int
	comp0, comp1 int
	layer1       int
}

// place is a precinct in a progression: where it begins on the reference grid.
type place struct {
	y, x      int
	comp, res int32
	n         int32
}

// walk visits the packets of a tile in the order of the codestream until visit
// returns an error; errDone ends it well.
func (t *tile) walk(visit func(res *resolution, n, layer, style int) error) error {
	list := t.set.poc
	if len(list) == 0 {
		list = []progression{{order: t.set.order, res1: maxLevels + 1, comp1: len(t.comps), layer1: t.set.layers}}
	}
	for _, g := range list {
		g.layer1 = min(g.layer1, t.set.layers)
		if err := t.walkOne(g, visit); err != nil {
			return err
		}
	}
	return nil
}

func (t *tile) walkOne(g progression, visit func(*resolution, int, int, int) error) error {
	places := t.places(g)
	switch g.order {
	case orderLRCP:
		return t.byLayer(places, g.layer1, visit)
	case orderRLCP:
		for len(places) > 0 {
			n := 1
			for n < len(places) && places[n].res == places[0].res {
				n++
			}
			if err := t.byLayer(places[:n], g.layer1, visit); err != nil {
				return err
			}
			places = places[n:]
		}
		return nil
	}
	for _, q := range places {
		res := &t.comps[q.comp].resolutions[q.res]
		pr := &res.precincts[q.n]
		for int(pr.layers) < g.layer1 {
			if err := visit(res, int(q.n), int(pr.layers), t.comps[q.comp].style.block); err != nil {
				return err
			}
			pr.layers++
		}
	}
	return nil
}

// byLayer visits the places layer after layer; each continues where it stands.
func (t *tile) byLayer(places []place, end int, visit func(*resolution, int, int, int) error) error {
	first := end
	for _, q := range places {
		first = min(first, int(t.comps[q.comp].resolutions[q.res].precincts[q.n].layers))
	}
	for layer := first; layer < end; layer++ {
		for _, q := range places {
			res := &t.comps[q.comp].resolutions[q.res]
			pr := &res.precincts[q.n]
			if int(pr.layers) != layer {
				continue
			}
			if err := visit(res, int(q.n), layer, t.comps[q.comp].style.block); err != nil {
				return err
			}
			pr.layers++
		}
	}
	return nil
}

// places lists the precincts of a progression that still lack layers, in its order.
func (t *tile) places(g progression) []place {
	var list []place
	for r := g.res0; r < min(g.res1, maxLevels+1); r++ {
		for c := g.comp0; c < min(g.comp1, len(t.comps)); c++ {
			if r >= len(t.comps[c].resolutions) {
				continue
			}
			res := &t.comps[c].resolutions[r]
			for n := range res.precincts {
				if int(res.precincts[n].layers) < g.layer1 {
					q := place{comp: int32(c), res: int32(r), n: int32(n)}
					q.x = max(t.x0, (res.px+n%res.pw)<<(res.ppx+res.level))
					q.y = max(t.y0, (res.py+n/res.pw)<<(res.ppy+res.level))
					list = append(list, q)
				}
			}
		}
	}
	if by := sorts[g.order]; by != nil {
		slices.SortFunc(list, by)
	}
	return list
}

// sorts orders places as B.12.1.3 to B.12.1.5 nest their loops.
var sorts = [...]func(a, b place) int{
	orderLRCP: nil,
	orderRLCP: nil,
	orderRPCL: func(a, b place) int {
		return cmp.Or(cmp.Compare(a.res, b.res), position(a, b), cmp.Compare(a.comp, b.comp), cmp.Compare(a.n, b.n))
	},
	orderPCRL: func(a, b place) int {
		return cmp.Or(position(a, b), cmp.Compare(a.comp, b.comp), cmp.Compare(a.res, b.res), cmp.Compare(a.n, b.n))
	},
	orderCPRL: func(a, b place) int {
		return cmp.Or(cmp.Compare(a.comp, b.comp), position(a, b), cmp.Compare(a.res, b.res), cmp.Compare(a.n, b.n))
	},
}

func position(a, b place) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) }
