package prose

// State is what a text says of a thing.
type State uint8

// A thing is there, is not there, or it is left open ("cannot be excluded").
const (
	Affirmed State = iota
	Denied
	Unsure
)

// Sides of a body, as a set.
type Sides uint8

// Right and Left; both words in a clause make both.
const (
	Right Sides = 1 << iota
	Left
)

// Claim is one mention of a thing with what is said of it.
type Claim struct {
	Term    *Term
	At, To  int // its words
	State   State
	Limited bool   // what is denied is only a kind of it: "no further", "no large"
	Narrow  string // the word before it that makes it one of a kind or of a place no list has: "paratracheal"
	Kinds   Kinds  // which kinds of it are named: "new", "large"; of what is denied, those that are denied
	Acute   bool   // it is called acute or new
	Old     bool   // old, healed, known, after treatment: no news
	Steady  bool   // unchanged, smaller, resolving
	Sides   Sides
	Sites   Sites // places named beside it
	Label   Sites // places that the line's label names
}

var (
	negators = Set(`no not without neither nor none kein keine keinen keiner keinem ohne nicht absent exclude excludes excluded never negative absence free denies unlikely`)
	// breakers end what a denial reaches, read backward from the thing.
	breakers = Set(`but however although though except while whereas which because showing shows is are was were has have
		measures measuring demonstrates there aber jedoch sondern ist sind rather suggest suggests consistent compatible apart`)
	// changes: what is denied before one is the change, not the thing.
	changes  = Set(`change changes changed increase increased growth progression larger smaller significantly interval difference worsening`)
	limiting = Set(`staghorn further other additional new large larger significant sizeable sizable central displaced segmental subsegmental obvious
		enlarged suspicious massive tension elsewhere residual recurrent active underlying second third obstructing definite
		loculated drainable gross overt dilated abnormal pathological pathologically weitere weiteren weiterer neue neuer großer
		aggressive discrete dominant restricting measurable visible high haemodynamically hemodynamically severe superior`)
	asserting = Set(`small large moderate mild tiny minimal stable unchanged old multiple few the a an some there trace slight thin`)
	unsure    = Set(`possible possibly may might could cannot if rule evaluate evaluation assess query potential potentially risk versus vs
		questionable probable probably equivocal should whether suspicion fraglich möglich evtl wenn`)
	old = Set(`old chronic healed remote previous previously prior known history resolved status earlier prophylaxis treated
		clipping repair repaired coiling former bekannte bekannter alte alter ältere screening sequela sequelae`)
	steady = Set(`unchanged stable resolving resolved decreased decreasing improved improving smaller evolving regressed resorbed
		reduced persistent subacute unverändert rückläufig`)
	acute = Set(`acute new acutely neu neue neuer akute akuter akutes frische frischer`)
)

// Claims finds what is said of the things of a lexicon, in the order of the text.
func (t *Text) Claims(lex Lexicon) (out []Claim) {
	for i := 0; i < len(t.Words); i++ {
		for _, p := range lex[t.Words[i].Low] {
			if t.At(i, p.words...) && t.Words[i+len(p.words)-1].Sentence == t.Words[i].Sentence {
				out = append(out, t.claim(p.term, i, i+len(p.words)))
				i += len(p.words) - 1
				break
			}
		}
	}
	return out
}

func (t *Text) claim(term *Term, at, to int) Claim {
	c := Claim{Term: term, At: at, To: to}
	a, b := t.Sentence(t.Words[at].Sentence)
	from, end := t.Clause(at)
	end = max(end, to)
	c.State, c.Limited = t.state(at, to, a, b, end)
	c.Narrow = t.narrow(at)
	c.Kinds = t.kinds(max(a, at-6), min(end, to+2))
	if c.Limited && c.Kinds&(residual|recurrent) == residual|recurrent {
		c.Limited = false // "no residual or recurrent" is none at all
	}
	c.Acute = t.Has(max(from, at-4), min(end, to+2), acute)
	c.Old = t.Has(max(from, at-5), min(end, to+6), old) || t.Says(max(from, at-5), at, "post") || t.Says(max(from, at-5), at, "s", "p") || t.Says(max(from, at-5), at, "h", "o")
	c.Steady = t.Has(max(a, at-5), min(b, to+6), steady)
	c.Sides = t.sides(from, end)
	c.Sites = t.sites(from, end) | term.Site
	if l := t.Words[at].Label; l >= 0 && l < at {
		stop := l + 1
		for stop < at && t.Words[stop].Before&Colon == 0 {
			stop++
		}
		c.Label = t.sites(l, stop)
		if c.Sides == 0 {
			c.Sides = t.sides(l, stop)
		}
	}
	return c
}

// state is whether a thing at [at, to) of sentence [a, b) is affirmed; clause is the end
// of its clause.
func (t *Text) state(at, to, a, b, clause int) (s State, limited bool) {
	limited = t.Has(to, min(clause, to+2), limiting) && t.Has(a, at, negators)
	for i := at - 1; i >= a; i-- {
		w := t.Words[i]
		if t.At(i, "rather", "than") {
			return Denied, true
		}
		if breakers[w.Low] && !t.At(i-1, "to") {
			break
		}
		if (negators[w.Low] || t.At(i, "w", "o")) && !t.denyingChange(i) {
			if t.uncertain(i, b) {
				return Unsure, false
			}
			return Denied, limited || t.Has(i, at, limiting)
		}
		if i+1 < at && t.Words[i+1].Before&(Semicolon|Dash) != 0 || t.Words[i+1].Before&Comma != 0 && asserting[t.Words[i+1].Low] {
			break
		}
	}
	if t.deniedAfter(to, min(clause, to+7)) {
		return Denied, limited || t.Has(max(a, at-3), at, limiting)
	}
	if t.Has(max(a, at-6), min(b, to+7), unsure) || t.asked(at, to) || t.Says(max(a, at-6), at, "r", "o") || t.Says(to, min(b, to+7), "not", "excluded") || t.Says(to, min(b, to+7), "not", "ruled") {
		return Unsure, false
	}
	return Affirmed, false
}

// denyingChange: "no change of", "not significantly", "not only".
func (t *Text) denyingChange(i int) bool {
	for k := i + 1; k <= i+2 && k < len(t.Words); k++ {
		if changes[t.Words[k].Low] {
			return true
		}
	}
	return t.At(i, "not", "only")
}

// uncertain: "not excluded", "cannot be excluded", "not ruled out".
func (t *Text) uncertain(i, end int) bool {
	if w := t.Words[i].Low; w == "excluded" || w == "exclude" {
		return t.Has(i-3, i, openly)
	}
	return t.At(i, "not", "excluded") || t.At(i, "not", "exclude") || t.At(i, "not", "ruled") || t.At(i, "nicht", "auszuschließen")
}

var (
	openly    = Set(`not cannot difficult nicht`)
	stillOpen = Set(`not cannot be`)
)

var gone = Set(`none nil negative absent excluded resolved ausgeschlossen`)

func (t *Text) deniedAfter(from, to int) bool {
	for i := from; i < to; i++ {
		switch w := t.Words[i].Low; {
		case breakersAfter[w]:
			return false
		case w == "not" && !t.denyingChange(i) && !t.uncertain(i, to), w == "nicht" && !t.uncertain(i, to):
			return !t.At(i+1, "excluded") && !t.At(i+1, "displaced") && !t.At(i+1, "be")
		case w == "no" && i == from && t.Words[i].Before&Colon != 0:
			return true
		case gone[w] && !t.Has(i-3, i, stillOpen):
			return true
		}
	}
	return false
}

var breakersAfter = Set(`but although with and involving without`)

// asked: "? pneumonia", "pneumonia?".
func (t *Text) asked(at, to int) bool {
	if end := t.Words[to-1].To; end < len(t.Raw) && t.Raw[end] == '?' {
		return true
	}
	from := t.Words[at].From
	for i := from - 1; i >= 0 && i > from-3; i-- {
		switch t.Raw[i] {
		case '?':
			return true
		case ' ':
			continue
		}
		return false
	}
	return false
}

func (t *Text) sides(from, to int) (s Sides) {
	for i := from; i < to; i++ {
		switch t.Words[i].Low {
		case "right", "rechts", "rechte", "rechten", "rechter":
			s |= Right
		case "left", "links", "linke", "linken", "linker":
			s |= Left
		case "both", "bilateral", "bilaterally", "beidseits":
			s |= Right | Left
		}
	}
	return s
}

func (t *Text) sites(from, to int) (s Sites) {
	for i := from; i < to; i++ {
		s |= siteWords[t.Words[i].Low]
	}
	return s
}

// Contradicts reports whether the two claims cannot both be true: one affirms what the
// other denies, of the same side and place as far as they are said.
func Contradicts(yes, no Claim) bool {
	if yes.Term.Name != no.Term.Name && yes.Term.Of != no.Term.Name && !thatKind(yes, no) || yes.State != Affirmed || no.State != Denied {
		return false
	}
	if no.Limited && (no.Kinds == 0 || no.Kinds&rest != 0 || yes.Kinds&no.Kinds == 0) {
		return false
	}
	if yes.Old && !yes.Acute || no.Acute && yes.Steady {
		return false
	}
	if no.Sides != 0 && yes.Sides&no.Sides == 0 {
		return false
	}
	if !no.Term.Sited {
		return true
	}
	where := yes.Sites | yes.Label
	where |= wider(where)
	if no.Sites&^directions&^where != 0 || no.Sites&directions != 0 && no.Sites&directions&where == 0 {
		return false
	}
	return no.Label == 0 || no.Sites&^directions != 0 || where == 0 || no.Label&where != 0
}

// narrow is the word just before a thing that limits what is said to a kind of it.
func (t *Text) narrow(at int) string {
	if at == 0 || t.Words[at-1].Sentence != t.Words[at].Sentence || t.Words[at].Before&(Comma|Colon|Semicolon) != 0 {
		return ""
	}
	w := t.Words[at-1].Low
	if len(w) < 5 || wide[w] || negators[w] || limiting[w] || asserting[w] || kindWords[w] != 0 || siteWords[w] != 0 || acute[w] || old[w] || w[0] <= '9' {
		return ""
	}
	return w
}

// wide are words before a thing that leave it as it is.
var wide = Set(`evidence focal definite right left bilateral pleural pulmonary intracranial convincing sign signs apparent acute simple solid
	nondisplaced undisplaced comminuted oblique transverse spiral buckle compression wedge patchy dense ill defined subtle known associated
	physiologic physiological reactive loculated layering complex calcified noncalcified appearing typical frank scattered numerous calculous lower upper
	common these those their other measuring showing sided early crescentic irregular rounded peripheral enhancing hypodense hyperdense acutely hypoechoic
	increasing decreasing diffuse mobile obstructive obstructing unobstructing nonobstructing adhesive partial complete full thickness intact through while about`)

// thatKind: what is affirmed is named by the wider word, and by its place is of the kind
// that is denied: a haemorrhage in the frontal lobe, an effusion of the knee's report.
func thatKind(yes, no Claim) bool {
	if yes.Term.Name != no.Term.Of {
		return false
	}
	switch no.Term.Name {
	case "parenchymal haemorrhage":
		return yes.Sites&(siteWords["frontal"]|siteWords["parietal"]|siteWords["temporal"]|siteWords["occipital"]) != 0
	case "pleural effusion":
		return yes.Sites&^(siteWords["lung"]|siteWords["pleura"]|directions) == 0
	case "joint effusion":
		return yes.Sites&(siteWords["pleura"]|siteWords["lung"]) == 0
	}
	return false
}

// Kinds of a thing that a denial may be limited to, as a set.
type Kinds uint16

const (
	fresh Kinds = 1 << iota
	residual
	recurrent
	large
	growing
	displaced
	active
	abnormal
	rest // another than those that were named
)

var kindWords = func() map[string]Kinds {
	m := map[string]Kinds{}
	for k, words := range map[Kinds]string{
		fresh: "new acute neu neue neuer akute akuter", residual: "residual", recurrent: "recurrent", large: "large massive sizeable sizable großer",
		growing: "enlarging growing", displaced: "displaced", active: "active", abnormal: "suspicious aggressive enlarged",
		rest: "further other additional elsewhere second third underlying weitere weiteren weiterer another",
	} {
		for w := range Set(words) {
			m[w] = k
		}
	}
	return m
}()

func (t *Text) kinds(from, to int) (k Kinds) {
	for i := from; i < to; i++ {
		k |= kindWords[t.Words[i].Low]
	}
	return k
}

// wider are the places that contain those of s: what is in the temporal bone is in the
// skull.
func wider(s Sites) (out Sites) {
	for _, w := range contains {
		if s&w.parts != 0 {
			out |= w.whole
		}
	}
	return out
}

var contains = func() (out []struct{ whole, parts Sites }) {
	for whole, parts := range map[string]string{
		"skull": "frontal parietal temporal occipital", "brain": "frontal parietal temporal occipital",
		"lung": "hilum", "ribs": "thoracic", "spine": "cervical thoracic lumbar sacrum", "pelvis": "hip sacrum bladder uterus ovary prostate",
		"foot": "malleolus", "wrist": "hand radius",
	} {
		var p Sites
		for w := range Set(parts) {
			p |= siteWords[w]
		}
		out = append(out, struct{ whole, parts Sites }{siteWords[whole], p})
	}
	return out
}()
