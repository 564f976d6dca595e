package dicom

// Parse reads one object: Part 10 with or without preamble and meta
// information, or a bare data set; explicit or implicit VR, little or big
// endian, deflated. Errors are *InvalidError, *UnsupportedError or *LimitError. It
// never panics, and keeps to Limits.
func Parse(b []byte) (*File, error) { return Options{}.Parse(b) }

// Parse is the function Parse, by these options.
func (o Options) Parse(b []byte) (*File, error) {
	p := o.parser(b)
	defer p.release()
	if err := p.start(); err != nil {
		return nil, err
	}
	if p.f.TransferSyntax.deflated() && !p.cut {
		if err := p.inflate(); err != nil {
			return nil, err
		}
	}
	if err := p.body(); err != nil {
		return nil, err
	}
	return p.done()
}

// parser is one over b. Its options are its own and their limits filled in.
func (o Options) parser(b []byte) *parser {
	o.Limits = o.Limits.filled()
	p := &parser{b: b, opt: &o, lim: o.Limits, order: littleEndian, zeros: -1, notes: new(notes)}
	p.budget = o.Limits.Memory + o.Limits.Factor*int64(len(b))
	p.f = &File{Meta: &Dataset{}, Dataset: &Dataset{}}
	p.scratch = stacks.Get().(*[512]rawElem)
	p.stack = p.scratch[:0]
	if len(o.Charset) > 0 {
		p.site = newCharset(o.Charset, nil, nil)
	}
	return p
}

func (p *parser) release() {
	if p.scratch != nil {
		stacks.Put(p.scratch)
		p.scratch, p.stack = nil, nil
	}
}

// start reads preamble and meta information.
func (p *parser) start() error {
	p.pos, p.f.Preamble = preamble(p.b)
	if err := p.meta(); err != nil {
		return err
	}
	p.f.TransferSyntax = UID(p.f.Meta.Str(TransferSyntaxUID))
	return nil
}

// body reads the data set.
func (p *parser) body() error {
	if p.cut || p.pos >= len(p.b) {
		return nil
	}
	if err := p.encoding(); err != nil {
		return err
	}
	p.f.Dataset.raw = new(rawSet)
	return p.dataset(p.f.Dataset.raw, len(p.b), false, p.top())
}

// top is the scope of what is not in an item.
func (p *parser) top() *scope { return &scope{cs: newCharset(nil, p.site, nil)} }

// done is the file as read.
func (p *parser) done() (*File, error) {
	if p.undelimited {
		p.notes.add("fragments that no delimiter ends", 0)
		p.cut = p.cut || len(p.f.Pixel.Fragments) < Frames(p.f)
	}
	p.f.Truncated = p.f.Truncated || p.cut
	p.f.Notes = p.notes.list
	if p.f.Dataset.Len() == 0 && p.f.Meta.Len() == 0 && !p.f.Pixel.Present() {
		return nil, invalid(p.pos, "no data element")
	}
	return p.f, nil
}

// preamble returns where the first element stands (PS3.10 7.1).
func preamble(b []byte) (pos int, full bool) {
	const magic = "DICM"
	if len(b) >= 132 && string(b[128:132]) == magic {
		return 132, true
	}
	if len(b) >= 4 && string(b[:4]) == magic {
		return 4, false
	}
	return 0, false
}

// meta reads group 0002, which is explicit VR little endian; writers that got
// that wrong are followed. Its end is where the group ends: the group length is
// trusted only to tell meta information from a deflated stream.
func (p *parser) meta() error {
	end, deflated := -1, false
	sc, set := scope{}, new(rawSet)
	p.f.Meta.raw = set
	for len(p.b)-p.pos >= 8 && p.tagAt(p.pos).Group() == 2 && !p.cut {
		if p.pos == end && deflated {
			break
		}
		p.explicit = knownVR(p.b[p.pos+4], p.b[p.pos+5]) != 0
		h, ok := p.head(len(p.b))
		if !ok {
			p.cut = true
			break
		}
		at := p.pos
		if h.tag == FileMetaInformationGroupLength && h.length == 4 && len(p.b)-at >= 4 {
			end = at + 4 + int(p.order.uint32(p.b[at:]))
		}
		if err := p.element(set, h, len(p.b), &sc); err != nil {
			return err
		}
		if h.tag == TransferSyntaxUID && !p.cut {
			deflated = UID(trim(string(p.b[at:p.pos]), vrUI.info())).deflated()
		}
	}
	if p.partial && len(p.b)-p.pos < 8 {
		p.cut = true
	}
	return p.collect(set, 0, false, &sc)
}
