package jpeg2000

// params are the settings of a tile: the main header's, changed by the tile's own
// (15444-1 A.3). Copying one is cheap: what it points to never changes.
type params struct {
	coding
	hasCOD bool
	comps  []compParams
	poc    []progression
	ownPOC bool
	ranks  int // 0 while the main header is read, 2 in a tile-part's
}

// compParams are the settings of a component. The ranks say how strong the
// segment was that set it: a component's own beats the common one, a tile-part's
// beats the main header's.
type compParams struct {
	style     *style
	quant     *quant
	roi       int
	styleRank int
	quantRank int
}

func (p *params) tile() params {
	t := *p
	t.comps = append([]compParams(nil), p.comps...)
	t.ranks = 2
	return t
}

// read takes one marker segment that may stand in both headers. It reports whether
// it knew it.
func (p *params) read(marker int, body []byte) (known bool, err error) {
	switch marker {
	case mCOD:
		return true, p.readCOD(body)
	case mCOC:
		return true, p.readCOC(body)
	case mQCD:
		return true, p.readQCD(body)
	case mQCC:
		return true, p.readQCC(body)
	case mRGN:
		return true, p.readRGN(body)
	case mPOC:
		return true, p.readPOC(body)
	case mCOM, mPLT, mCRG, mTLM, mPLM, mCAP, mCPF:
		return true, nil
	case mMCT, mMCC, mNLT, mMCO, mCBD, mATK:
		return true, unsupported("marker %X of part 2", marker)
	}
	return false, nil
}

func (p *params) readCOD(body []byte) error {
	c, st, err := readCOD(body)
	if err != nil {
		return err
	}
	p.coding, p.hasCOD = c, true
	for i := range p.comps {
		p.comps[i].setStyle(st, p.ranks)
	}
	return nil
}

func (c *compParams) setStyle(st *style, rank int) {
	if rank >= c.styleRank {
		c.style, c.styleRank = st, rank
	}
}

func (c *compParams) setQuant(q *quant, rank int) {
	if rank >= c.quantRank {
		c.quant, c.quantRank = q, rank
	}
}

func (p *params) readCOC(body []byte) error {
	s := segment{b: body}
	i := s.component(len(p.comps))
	precincts := s.u8()&1 != 0
	st, err := readStyle(&s, precincts)
	if err != nil {
		return err
	}
	if i >= len(p.comps) {
		return invalid("a coding style of component %d", i)
	}
	p.comps[i].setStyle(st, p.ranks+1)
	return nil
}

func (p *params) readQCD(body []byte) error {
	q, err := readQuant(&segment{b: body})
	if err != nil {
		return err
	}
	for i := range p.comps {
		p.comps[i].setQuant(q, p.ranks)
	}
	return nil
}

func (p *params) readQCC(body []byte) error {
	s := segment{b: body}
	i := s.component(len(p.comps))
	q, err := readQuant(&s)
	if err != nil {
		return err
	}
	if i >= len(p.comps) {
		return invalid("a quantisation of component %d", i)
	}
	p.comps[i].setQuant(q, p.ranks+1)
	return nil
}

func (p *params) readRGN(body []byte) error {
	s := segment{b: body}
	i := s.component(len(p.comps))
	kind, shift := s.u8(), s.u8()
	switch {
	case s.short || i >= len(p.comps) || kind != 0:
		return invalid("a region of interest of component %d, style %d", i, kind)
	case shift > 37:
		return unsupported("a region of interest shifted by %d", shift)
	}
	p.comps[i].roi = shift
	return nil
}

// maxProgressions bounds the progression order changes of a tile.
const maxProgressions = 512

// readPOC reads progression order changes (A.6.6). A tile's first ones replace
// those of the main header, later ones follow.
func (p *params) readPOC(body []byte) error {
	s := segment{b: body}
	if p.ranks > 0 && !p.ownPOC {
		p.poc, p.ownPOC = nil, true
	}
	for len(s.b) > 0 {
		g := progression{res0: s.u8(), comp0: s.component(len(p.comps)), layer1: s.u16(), res1: s.u8()}
		g.comp1 = s.component(len(p.comps))
		g.order = s.u8()
		if g.comp1 == 0 { // 256 in a byte
			g.comp1 = 256
		}
		g.comp1 = min(g.comp1, len(p.comps))
		switch {
		case s.short || g.order > orderCPRL || g.res0 >= g.res1 || g.comp0 >= g.comp1:
			return invalid("a progression order change")
		case len(p.poc) >= maxProgressions:
			return unsupported("more than %d progression order changes", maxProgressions)
		}
		p.poc = append(p.poc, g)
	}
	return nil
}

// ready says whether all is known that a tile needs.
func (p *params) ready() error {
	if !p.hasCOD {
		return invalid("no coding style")
	}
	for i := range p.comps {
		if p.comps[i].quant == nil || p.comps[i].style == nil {
			return invalid("no quantisation of component %d", i)
		}
	}
	return nil
}
