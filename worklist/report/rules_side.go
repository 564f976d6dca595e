package report

import (
	"slices"
	"strings"
)

// sideConflict: the order, or all images, are of one side, and the impression
// names the other (scenario 4). Both are quoted.
func sideConflict(d *Draft, f Facts) []Finding {
	want, ok := f.orderSide()
	if !ok {
		if want, ok = f.imageSide(); !ok {
			return nil
		}
	}
	return against(d, want, "the report names another side than the order", Impression, Addendum)
}

// sideElsewhere is the same for the sections in which the other side may well be
// spoken of, for comparison.
func sideElsewhere(d *Draft, f Facts) []Finding {
	want, ok := f.orderSide()
	if !ok {
		return nil
	}
	return against(d, want, "the other side than the order's is mentioned", Findings, Recommendation)
}

func against(d *Draft, want statedSide, hint string, sections ...Section) (out []Finding) {
	for _, s := range sections {
		text := d.Plain(s)
		ws := words(text)
		for _, h := range sidesIn(ws) {
			if h.side == want.side.other() {
				w := ws[h.at]
				out = append(out, Finding{Section: s, Hint: hint,
					Evidence: []string{want.words, string(s) + ": " + quote(text, w.from, w.to)}})
				break
			}
		}
	}
	return out
}

// sideOfImages: order and images disagree (N5).
func sideOfImages(_ *Draft, f Facts) []Finding {
	order, ok := f.orderSide()
	images, iok := f.imageSide()
	if !ok || !iok || order.side == images.side {
		return nil
	}
	return []Finding{{Evidence: []string{order.words, images.words}, Hint: "order and images name different sides"}}
}

// anatomy are nouns that have a side. Words before the noun that tell parts
// apart belong to what is compared: the upper lobe is not the lower.
var anatomy = wordSet(`lobe lung hilum hilar kidney kidneys ureter adrenal adrenals breast axilla ovary ovarian
	testis testicle femur femoral tibia tibial fibula humerus humeral radius radial ulna ulnar clavicle scapula
	hand wrist thumb finger hip knee ankle foot heel toe shoulder elbow forearm leg arm thigh calf
	hemisphere frontal parietal temporal occipital insula thalamus cerebellar cerebellum orbit maxillary mastoid
	rib ribs pleural effusion pneumothorax hemothorax carotid vertebral iliac renal jugular subclavian
	hydronephrosis nephrolithiasis adnexa adnexal tonsil parotid thyroid`)

var qualifiers = wordSet(`upper lower middle anterior posterior superior inferior medial lateral proximal distal
	first second third fourth fifth 1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th`)

func wordSet(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// sidedNouns maps "upper lobe" to the sides that text gives it, and where first.
// A noun belongs to a side word that stands at most three words before it in the
// same sentence, with no other side between.
func sidedNouns(text string) map[string]map[side]wordAt {
	out := map[string]map[side]wordAt{}
	ws := words(text)
	for _, h := range sidesIn(ws) {
		var key []string
		for i := h.at + 1; i < len(ws) && i <= h.at+3; i++ {
			w := strings.ToLower(ws[i].text)
			if sideWords[w] != "" || strings.ContainsAny(text[ws[i-1].to:ws[i].from], ".;:\n") {
				break
			}
			if qualifiers[w] {
				key = append(key, w)
			}
			if !anatomy[w] {
				continue
			}
			noun := strings.Join(append(key, w), " ")
			if out[noun] == nil {
				out[noun] = map[side]wordAt{}
			}
			if _, ok := out[noun][h.side]; !ok {
				out[noun][h.side] = wordAt{from: ws[h.at].from, to: ws[i].to}
			}
			break
		}
	}
	return out
}

// sideWithinReport: the impression gives something a side that the findings give
// only to the other.
func sideWithinReport(d *Draft, _ Facts) (out []Finding) {
	findings, impression := d.Plain(Findings), d.Plain(Impression)
	found := sidedNouns(findings)
	said := sidedNouns(impression)
	nouns := make([]string, 0, len(said))
	for noun := range said {
		nouns = append(nouns, noun)
	}
	slices.Sort(nouns)
	for _, noun := range nouns {
		for _, s := range []side{right, left} {
			at, ok := said[noun][s]
			there, other := found[noun][s.other()]
			_, same := found[noun][s]
			_, paired := found[noun][both]
			if ok && other && !same && !paired {
				out = append(out, Finding{Section: Impression, Hint: "findings and impression name different sides",
					Evidence: []string{"findings: " + quote(findings, there.from, there.to), "impression: " + quote(impression, at.from, at.to)}})
			}
		}
	}
	return out
}
