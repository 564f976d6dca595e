package prose

import (
	"strconv"
	"strings"
)

// Term is a thing that reports affirm and deny.
type Term struct {
	Name  string
	Sited bool   // one place may have it and another not: a fracture, not a torsion
	Site  Sites  // the place that its name implies
	Of    string // the wider thing that it is a kind of
}

// Lexicon finds terms by their first word.
type Lexicon map[string][]phrase

type phrase struct {
	words []string
	term  *Term
}

// NewLexicon makes a lexicon of lines "name* < wider | phrase, phrase": the star marks
// what is sited. Longer phrases go before shorter ones.
func NewLexicon(lines string) Lexicon {
	lex := Lexicon{}
	for _, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		head, list, _ := strings.Cut(line, "|")
		head = strings.TrimSpace(head)
		head, of, _ := strings.Cut(head, " < ")
		t := &Term{Name: strings.TrimSuffix(head, "*"), Sited: strings.HasSuffix(head, "*"), Of: of}
		for _, p := range strings.Split(list, ",") {
			w := strings.Fields(p)
			if len(w) == 0 {
				continue
			}
			term := t
			if site := siteWords[w[0]]; len(w) == 1 && site != 0 && t.Sited {
				copied := *t
				copied.Site = site
				term = &copied
			}
			lex.put(phrase{w, term})
		}
	}
	return lex
}

func (lex Lexicon) put(p phrase) {
	list := lex[p.words[0]]
	at := 0
	for at < len(list) && len(list[at].words) >= len(p.words) {
		at++
	}
	list = append(list, phrase{})
	copy(list[at+1:], list[at:])
	list[at] = p
	lex[p.words[0]] = list
}

// Sites are places of a body, as a set.
type Sites uint64

// directions are no places of their own: of "the medial or posterior malleolus" one is
// enough.
var directions = siteWords["medial"] | siteWords["lateral"] | siteWords["posterior"] | siteWords["anterior"]

// siteWords gives a word's place; the words of a line name the same one.
var siteWords = func() map[string]Sites {
	m := map[string]Sites{}
	for i, line := range strings.Split(strings.TrimSpace(`
rib ribs costal rippe rippen
spine spinal vertebra vertebrae vertebral vertebral wirbelsäule
cervical
thoracic
lumbar
sacrum sacral
pelvis pelvic beckens becken
hip hips acetabulum acetabular
femur femoral oberschenkel
knee knees
patella patellar
tibia tibial
fibula fibular
ankle
malleolus malleolar malleoli
foot calcaneus talus tarsal metatarsal metatarsals
shoulder
humerus humeral
glenoid
clavicle clavicles
radius radial
ulna ulnar
wrist carpal scaphoid
hand metacarpal metacarpals phalanx finger thumb
skull calvarium calvarial
orbit orbital orbits nasal maxilla maxillary mandible zygomatic facial
lung lungs pulmonary lobe lingula
pleura pleural
mediastinum mediastinal
hilum hilar
axilla axillary
liver hepatic segment
gallbladder gallstone gallstones cholelithiasis cholecystolithiasis gallenblase
pancreas pancreatic
spleen splenic
kidney kidneys renal niere nieren
ureter ureteric vesicoureteric ureteral
bladder
adrenal adrenals
uterus uterine
ovary ovarian ovaries adnexal
prostate prostatic
bowel colon colonic ileum
aorta aortic
carotid
portal
calf
popliteal
joint
brain intracranial cerebral head subarachnoid subdural parenchymal
frontal
parietal
temporal
occipital
breast breasts
thyroid
medial
lateral
posterior
anterior
labrum labral bankart slap
supraspinatus infraspinatus subscapularis cuff rotator
meniscus menisci meniscal
cruciate collateral acl pcl mcl lcl`), "\n") {
		for _, w := range strings.Fields(line) {
			m[w] = 1 << i // at most 64 lines
		}
	}
	for letter, of := range map[string]struct {
		region string
		n      int
	}{"c": {"cervical", 7}, "t": {"thoracic", 12}, "l": {"lumbar", 5}} {
		for n := 1; n <= of.n; n++ {
			if letter != "t" || n > 3 { // T1 and T2 are sequences too
				m[letter+strconv.Itoa(n)] = m["spine"] | m[of.region]
			}
		}
	}
	return m
}()
