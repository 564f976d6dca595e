package prose

import "strings"

// misheard are words that are words, and in these places never the ones that were meant:
// "word meant | before | behind", each a list of neighbours, empty for any.
var misheard = func() map[string][]heard {
	m := map[string][]heard{}
	for _, line := range strings.Split(strings.TrimSpace(`
know no | . there is are shows | acute focal evidence fracture fractures significant suspicious pleural pneumothorax effusion definite mass midline intracranial other new enlarged free hydronephrosis abnormal large consolidation
now no | . | evidence fracture fractures suspicious pleural pneumothorax effusion midline hydronephrosis
write right | | side sided lung lobe upper lower middle kidney breast hip knee shoulder ankle wrist ovary adrenal pleural lateral hemithorax hand foot
rite right | | side sided lung lobe upper lower middle kidney breast hip knee shoulder ankle wrist ovary adrenal pleural lateral
plural pleural | | effusion effusions thickening space spaces fluid based plaque plaques line surface disease
in intact | | tact
patient patent | is are remains remain but widely appears appear fully be airway |
patient patent | . | foramen ductus airway airways vessel vessels artery arteries vein veins portal graft stent trachea
patent patient | the this | is was has had presents presented with tolerated
affect effect | mass |
affects effects | mass |
lessons lesions | |
lesson lesion | |
humorous humerus | |
tortures tortuous | |
auxiliary axillary | | node nodes lymph lymphadenopathy adenopathy vein artery
vain vein | |
vains veins | |
bowl bowel | |
bowls bowels | |
public pubic | | ramus rami symphysis bone bones tubercle
ilium ileum | terminal distal proximal |
ileum ilium | wing left right | fracture bone
plain plane | fat |
plains planes | fat tissue fascial |
their there | . | is are was were has
heal heel | | pain spur
discreet discrete | |
course coarse | | calcification calcifications trabecula trabeculae trabecular echotexture reticulation
coarse course | the normal its their intramural | of
principle principal | |
perineal peroneal | | tendon tendons brevis longus
mucus mucous | | membrane membranes
mucous mucus | | plug plugs plugging
access axis | short long |
cite site | surgical fracture biopsy insertion operative |
sight site | surgical fracture biopsy insertion operative donor |
`), "\n") {
		f := strings.Split(line, "|")
		w := strings.Fields(f[0])
		m[w[0]] = append(m[w[0]], heard{w[1], Set(f[1]), Set(f[2])})
	}
	return m
}()

// heard is what was meant; before and behind are its neighbours, of which one has to be
// there where either list has words; "." before is the beginning of a sentence.
type heard struct {
	meant          string
	before, behind map[string]bool
}

func (t *Text) misheard() (out []Slip) {
	for i, w := range t.Words {
		for _, h := range misheard[w.Low] {
			if t.hears(i, h) {
				to := w.To
				if w.Low == "in" {
					to = t.Words[i+1].To
				}
				out = append(out, Slip{w.From, to, "spelling", h.meant})
				break
			}
		}
	}
	return out
}

func (t *Text) hears(i int, h heard) bool {
	w := t.Words[i]
	next := i+1 < len(t.Words) && t.Words[i+1].Sentence == w.Sentence
	behind := len(h.behind) == 0 || next && h.behind[t.Words[i+1].Low]
	first := i == 0 || t.Words[i-1].Sentence != w.Sentence
	before := len(h.before) == 0 || first && h.before["."] || !first && h.before[t.Words[i-1].Low]
	if len(h.behind) == 0 && len(h.before) > 0 && next && t.Words[i+1].Before&(Comma|Semicolon|Bracket) == 0 && w.Low == "patient" && !t.Any(i+1, i+2, "with", "and", "without", "throughout") {
		return false // "is patient reported", "the patient positioned"
	}
	return behind && before
}
