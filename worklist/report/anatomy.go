package report

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/prose"
)

// anatomy are nouns, and adjectives, that have a side; the words of a line are one.
var anatomy = func() map[string]string {
	m := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(`
lobe lobectomy
lung lungs pulmonary
hilum hilar
kidney kidneys renal nephrectomy niere
ureter ureteric ureteral ureterovesical vesicoureteric vuj uvj puj upj pelviureteric ureteropelvic hydroureter
adrenal adrenals
breast breasts mastectomy mamma
axilla axillary
ovary ovaries ovarian
adnexa adnexal tubal
testis testes testicle testicular
epididymis epididymal epididymitis
femur femoral
tibia tibial tibiaplateau tibiaplateaus tibiakopf tibiakopffraktur schienbein
fibula fibular
humerus humeral
radius radial
ulna ulnar
clavicle clavicular
scapula
hand
wrist
thumb
finger
hip hüfte
knee knie
ankle
foot calcaneus calcaneal
heel
toe
shoulder schulter
elbow
forearm
leg
arm
thigh
calf
patella patellar
hemisphere hemispheric
frontal
parietal
temporal
occipital
insula insular
convexity
precentral
postcentral
lentiform
thalamus thalamic
cerebellar cerebellum
orbit orbital
maxillary
mastoid
auditory intracanalicular vestibular
rib ribs rippe rippen
effusion effusions pleural pleuraerguss erguss
pneumothorax
hemothorax haemothorax
carotid
vertebral
iliac
jugular
subclavian
mca m1 m2
aca
pca
ica cca eca
quadrant
fossa
para paraaortic paratracheal
chest
hemithorax
hemidiaphragm
atrium
hydronephrosis
nephrolithiasis
tonsil tonsillar
parotid
thyroid
pole
zone
root
foraminal
paracentral
recess
sacral sacrum
supraspinatus
labrum labral
meniscus
metacarpal
metatarsal
vein veins
extrusion
basal
disc
facet
scalp
zygomatic zygomaticomaxillary
cheek
duct intraductal ductal
gluteal
subareolar retroareolar
`), "\n") {
		ws := strings.Fields(line)
		for _, w := range ws {
			m[w] = ws[0]
		}
	}
	return m
}()

// qualifiers before a noun tell parts apart and belong to what is compared: the upper
// lobe is not the lower.
var qualifiers = prose.Set(`upper lower middle mid anterior posterior superior inferior medial lateral proximal distal
	first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
	1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th l1 l2 l3 l4 l5 s1 c2 c3 c4 c5 c6 c7 c8 common internal external superficial deep middle`)

// ends are the words after which a side means something else.
var ends = prose.Set(`and with is are was were in of on at to the but or from which`)

// sidedNoun is a noun that a text gives a side, with what qualifies it.
type sidedNoun struct {
	noun     string
	of       []string // "upper", "fifth"
	side     side
	from, to int  // bytes
	normal   bool // all is well there, or it is not there
	idle     bool // it is only compared with, or was not examined
}

// partOf: the two may be the same part: one is qualified no further than the other.
func (n sidedNoun) partOf(o sidedNoun) bool {
	return n.noun == o.noun && (within(n.of, o.of) || within(o.of, n.of))
}

func within(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// sidedNouns finds the nouns that text gives a side. A noun belongs to a side word that
// stands at most five words before it in the same clause with no other side between, or,
// with none behind it, just before it: "Pleuraerguss rechts", "effusion on the left".
func sidedNouns(t *prose.Text) (out []sidedNoun) {
	for _, h := range sidesIn(t) {
		a, b := t.Clause(h.at)
		for i := h.at + 1; i < b; i++ {
			if t.Any(i, i+1, "without", "with", "but") {
				b = i
			}
		}
		n := sidedNoun{side: h.side, normal: t.Has(max(a, h.at-4), min(b, h.at+7), wellWords) || wellLater(t, h), idle: inComparison(t, h.at)}
		before := len(out)
		out = n.nounsAfter(out, t, h.at)
		if len(out) > before {
			continue
		}
		if noun, at := nounBefore(t, h.at); noun != "" {
			n.noun, n.from, n.to = noun, t.Words[at].From, t.Words[h.at].To
			out = append(out, n)
		}
	}
	return out
}

// wellLater: "left MCA, both ACAs and the vertebral arteries are patent".
func wellLater(t *prose.Text, h sideHit) bool {
	_, to := t.Sentence(t.Words[h.at].Sentence)
	for i := h.at + 1; i < to; i++ {
		w := t.Words[i].Low
		if sideWords[w] == h.side.other() && h.side != both || t.Words[i].Before&(prose.Semicolon|prose.Colon) != 0 || w == "but" || w == "with" || w[0] <= '9' {
			return false
		}
		if plainlyWell[w] && t.Any(i-3, i, "is", "are", "appear", "appears", "remain", "remains", "both") {
			return true
		}
	}
	return false
}

var wellWords = prose.Set(`no not normal unremarkable without clear kein keine intact patent free preserved symmetric regelrecht unauffällig`)

func (n sidedNoun) nounsAfter(out []sidedNoun, t *prose.Text, at int) []sidedNoun {
	_, end := t.Clause(at)
	named := false
	for i := at + 1; i < end && i <= at+5; i++ {
		w := t.Words[i].Low
		if sideWords[w] != "" || ends[w] && w != "to" || t.Words[i].Before&prose.Colon != 0 {
			break
		}
		if qualifiers[w] {
			n.of = append(n.of[:len(n.of):len(n.of)], w)
			continue
		}
		if anatomy[w] == "" {
			continue
		}
		n.noun, n.from, n.to = anatomy[w], t.Words[at].From, t.Words[i].To
		out = append(out, n)
		named = true
	}
	if i := at + 1; !named && i < end && unlisted(t.Words[i]) {
		n.noun, n.of, n.from, n.to = t.Words[i].Low, nil, t.Words[at].From, t.Words[i].To
		out = append(out, n)
	}
	return out
}

// unlisted: a word right behind a side that may well be a part of the body that the list
// lacks: long enough, and no word of every report.
func unlisted(w prose.Word) bool {
	return len(w.Low) >= 7 && w.Low[0] > '9' && w.Before&(prose.Comma|prose.Colon|prose.Semicolon) == 0 && !everyday[w.Low] && !common[w.Low] && !qualifiers[w.Low] && !ends[w.Low]
}

var everyday = prose.Set(`greater measuring involving extending without showing including changes findings appearances lateral medially laterally posteriorly
	anteriorly chronic multiple several complete partial suspicious enlarged another dominant residual probable possible moderate minimal extensive
	lesions masses nodules fracture fractures effusion effusions opacity opacities abnormality examination radiograph ultrasound mammogram
	fractured measures demonstrates compared dilated because through between`)

func nounBefore(t *prose.Text, at int) (noun string, where int) {
	from, _ := t.Clause(at)
	for i := at - 1; i >= from && i >= at-4; i-- {
		w := t.Words[i].Low
		if sideWords[w] != "" {
			return "", 0
		}
		if anatomy[w] != "" {
			return anatomy[w], i
		}
	}
	return "", 0
}
