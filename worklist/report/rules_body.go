package report

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/worklist/prose"
)

var (
	femaleOrgans = prose.Set(`uterus uterine endometrium endometrial myometrium ovary ovaries ovarian adnexa adnexal fallopian vagina vaginal
		nabothian hysterectomy oophorectomy salpingectomy pregnancy pregnant gestational fetal fetus foetal iud postmenopausal
		premenopausal menstrual gebärmutter ovar ovarien adnexe schwangerschaft`)
	maleOrgans = prose.Set(`prostate prostatic prostatectomy testis testes testicle testicles testicular scrotum scrotal epididymis epididymal
		epididymitis penis penile hydrocele varicocele prostata hoden nebenhoden samenblasen`)
	relatives = prose.Set(`mother wife daughter sister family husband father son brother maternal`)
)

// otherSex finds organs of the other sex, present or absent: neither belongs there.
func otherSex(r *read) (out []Finding) {
	organs := femaleOrgans
	switch r.facts.Patient.Sex {
	case "M":
	case "F":
		organs = maleOrgans
	default:
		return nil
	}
	for _, s := range Order {
		t := r.text(s)
		for i, w := range t.Words {
			hit := organs[w.Low] || r.facts.Patient.Sex == "F" && t.At(i, "seminal", "vesicles")
			if !hit {
				continue
			}
			if from, to := t.Sentence(w.Sentence); t.Has(from, to, relatives) || t.Any(i+1, i+2, "origin", "type", "configuration", "variant", "pca", "circulation", "lobulation") {
				continue
			}
			out = append(out, r.word(s, i, "an organ of the other sex than the patient's", "patient: "+r.facts.Patient.Sex))
			break
		}
	}
	return out
}

// removed pairs an operation with the organ that it takes.
var removed = []struct {
	operations, organs map[string]bool
	name               string
}{
	{prose.Set("hysterectomy hysterektomie"), prose.Set("uterus endometrium myometrium"), "uterus"},
	{prose.Set("prostatectomy prostatektomie"), prose.Set("prostate"), "prostate"},
	{prose.Set("cholecystectomy cholezystektomie"), prose.Set("gallbladder gallenblase"), "gallbladder"},
	{prose.Set("splenectomy splenektomie"), prose.Set("spleen milz"), "spleen"},
	{prose.Set("appendectomy appendicectomy appendektomie"), prose.Set("appendix"), "appendix"},
}

var (
	planned = prose.Set(`planned before for plan consider considered recommended prior awaiting preoperative possible partial geplant vor`)
	present = prose.Set(`normal unremarkable measures enlarged intact retroverted anteverted thickened distended unauffällig regelrecht`)
	lacking = prose.Set(`absent removed resected not no post after status bed remnant surgically fossa previous nach accessory`)
)

// removedOrgans: the report says that an organ was taken out, and describes it.
func removedOrgans(r *read) (out []Finding) {
	for _, organ := range removed {
		where, at := operated(r, organ.operations)
		if where == "" {
			continue
		}
		t := r.text(Findings)
		for i, w := range t.Words {
			if !organ.organs[w.Low] {
				continue
			}
			from, to := t.Clause(i)
			a, b := t.Sentence(w.Sentence)
			if t.Has(from, to, present) && !t.Has(a, b, lacking) {
				f := r.word(Findings, i, "the "+organ.name+" is described and was removed")
				f.Evidence = append(f.Evidence, string(where)+": "+quote(r.text(where).Raw, r.text(where).Words[at].From, r.text(where).Words[at].To))
				out = append(out, f)
				break
			}
		}
	}
	return out
}

func operated(r *read, operations map[string]bool) (Section, int) {
	for _, s := range []Section{Indication, Findings, Impression} {
		t := r.text(s)
		for i, w := range t.Words {
			if operations[w.Low] && !t.Has(i-3, i+3, planned) && !t.Any(i-2, i, "no", "without") {
				return s, i
			}
		}
	}
	return "", 0
}

var (
	childWords = prose.Set(`newborn neonate neonatal infant infants infantile toddler paediatric pediatric fontanelle fontanelles synchondroses synchondrosis
		physis thymus myelination neugeborenes säugling kindlich`)
	childPhrases = [][]string{{"growth", "plates"}, {"growth", "plate"}, {"ossification", "centres"}, {"ossification", "centers"},
		{"for", "a", "child"}, {"in", "a", "child"}, {"open", "physes"}, {"physes", "open"}, {"physes", "unfused"}, {"unfused", "physes"}, {"thymic", "shadow"}, {"thymic", "silhouette"}, {"normal", "thymus"},
		{"secondary", "ossification"}, {"epiphyses", "are", "open"}, {"skeletally", "immature"}, {"physes", "are", "open"}}
	// youth is what is said of a grown body too.
	youth      = prose.Set(`closed fused scar residual hyperplasia no old mother hospital former unit`)
	elderWords = prose.Set(`degenerative atherosclerotic atherosclerosis postmenopausal osteoporosis osteoporotic senile senescent elderly
		arteriosclerosis spondylosis osteoarthritis altersentsprechend degenerativ degenerative`)
	elderPhrases = [][]string{{"small", "vessel"}, {"microvascular", "ischemic"}, {"age", "related"}, {"volume", "loss"}}
)

// otherAge finds words of a child in a grown patient's report and of old age in a
// child's, and an age in words that is not the patient's.
func otherAge(r *read) (out []Finding) {
	age, ok := r.age()
	if !ok {
		return nil
	}
	for _, s := range Order {
		t := r.text(s)
		if i, said := statedAge(t); i >= 0 && (said < age-1 || said > age+1) {
			out = append(out, r.word(s, i, "the age in the text is not the patient's", fmt.Sprintf("patient: %d years", age)))
			continue
		}
		if s == Indication || s == Technique && age < 25 {
			continue
		}
		if i := ageWord(t, age); i >= 0 {
			out = append(out, r.word(s, i, "the word does not fit the patient's age", fmt.Sprintf("patient: %d years", age)))
		}
	}
	return out
}

func ageWord(t *prose.Text, age int) int {
	switch {
	case age >= 21:
		for i, w := range t.Words {
			from, to := t.Sentence(w.Sentence)
			if age < 45 && (w.Low == "elderly" || w.Low == "senile" || w.Low == "senescent") {
				return i
			}
			if (childWords[w.Low] && !(w.Low == "thymus" && age < 40) || starts(t, i, childPhrases)) && !t.Has(from, to, youth) {
				return i
			}
		}
	case age < 16:
		for i, w := range t.Words {
			if elderWords[w.Low] || starts(t, i, elderPhrases) && (age < 16 && !t.At(i, "volume") || t.Any(i-2, i, "related")) {
				if from, _ := t.Clause(i); !t.Any(from, i, "no", "not", "without") {
					return i
				}
			}
		}
	}
	return -1
}

func starts(t *prose.Text, i int, phrases [][]string) bool {
	for _, p := range phrases {
		if t.At(i, p...) {
			return true
		}
	}
	return false
}

// statedAge reads "72-year-old", "26 y/o", "86 year old", "aged 45"; −1 where none is.
func statedAge(t *prose.Text) (at, years int) {
	for i := range t.Words {
		if n, ok := agedSex(t, i); ok {
			return i, n
		}
		n, ok := smallNumber(t.Words[i].Low)
		if !ok {
			continue
		}
		year := t.At(i+1, "year", "old") || t.At(i+1, "yr", "old") || t.At(i+1, "y", "o") || t.At(i+1, "yo") || t.At(i+1, "jähriger") || t.At(i+1, "jährige") ||
			i > 0 && t.At(i-1, "aged") && !t.At(i+1, "months") && !t.At(i+1, "weeks") && !t.At(i+1, "days")
		from, to := t.Sentence(t.Words[i].Sentence)
		if year && !t.Has(from, to, relatives) && !t.Any(i+3, i+5, "fracture", "scar", "injury", "lesion", "surgery", "infarct") {
			return i, n
		}
	}
	return -1, 0
}

// agedSex reads "68F" and "13M" as the first word of a section.
func agedSex(t *prose.Text, i int) (years int, ok bool) {
	w := t.Words[i]
	n := len(w.Low) - 1
	if i != 0 || n < 1 || t.Raw[w.To-1] != 'M' && t.Raw[w.To-1] != 'F' {
		return 0, false
	}
	return smallNumber(w.Low[:n])
}

func smallNumber(s string) (n int, ok bool) {
	if len(s) == 0 || len(s) > 3 {
		return 0, false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, n < 120
}

// regions are the parts of a body that an exam is of, with the words that tell them and
// the nouns that belong nowhere else. Near are the regions that are partly in the images
// too.
var regions = []struct {
	name, exam, nouns, near string
}{
	{"head", "head brain skull cranial cerebral sinus sinuses orbits orbit pituitary sella facial iac iacs auditory temporal mandible schädel kopf nnh neurocranium",
		"intracranial ventricles sulci calvarium cerebellar cerebellum midline ganglia subarachnoid subdural lacune", "neck"},
	{"neck", "neck thyroid carotid soft larynx parotid hals schilddrüse cervical", "thyroid larynx hypopharynx epiglottis", "head chest spine"},
	{"chest", "chest thorax thoracic lung lungs pulmonary cardiac heart rib ribs sternum coronary röntgenthorax thoraxaufnahme",
		"cardiopulmonary cardiomediastinal costophrenic lungs", "abdomen neck spine shoulder"},
	{"abdomen", "abdomen abdominal liver renal kidney kidneys kub adrenal pancreas urinary bladder pelvis pelvic gallbladder quadrant aorta swallow barium bowel enterography prostate obstetric scrotum colon urogram cystogram mrcp abdomens becken ureter groin hernia testicular transvaginal trimester oberbauch",
		"liver gallbladder pancreas spleen kidneys appendix hydronephrosis bladder", "chest spine hip"},
	{"spine", "spine lumbar sacrum cervical sacroiliac lws hws bws wirbelsäule dxa scoliosis myelogram coccyx", "conus cauda ligamentum", "abdomen chest neck head hip"},
	{"shoulder", "shoulder clavicle scapula humerus acromioclavicular schulter", "supraspinatus infraspinatus subscapularis acromioclavicular glenoid rotator", "chest elbow neck"},
	{"elbow", "elbow forearm ellenbogen", "olecranon capitellum", "hand shoulder"},
	{"hand", "hand wrist finger fingers thumb scaphoid handgelenk", "scaphoid metacarpal metacarpals lunate", "elbow"},
	{"hip", "hip hips pelvis femur groin hüfte hüften", "acetabulum acetabular", "abdomen spine knee"},
	{"knee", "knee patella tibia knie femur leg fibula", "meniscus menisci patella cruciate patellofemoral", "hip foot"},
	{"foot", "foot ankle calcaneus heel toe tibia fibula fuß sprunggelenk leg", "talus calcaneus metatarsal metatarsals malleolus navicular talar", "knee"},
	{"breast", "breast mammogram mammography mamma tomosynthesis", "fibroglandular", "chest"},
}

var (
	examWords = partsOf(func(i int) string { return regions[i].exam })
	nounParts = partsOf(func(i int) string { return regions[i].nouns })
	nearParts = func() []uint {
		out := make([]uint, len(regions))
		for i, r := range regions {
			out[i] = 1 << i
			for k, o := range regions {
				if hasField(r.near, o.name) {
					out[i] |= 1 << k
				}
			}
		}
		return out
	}()
	// aside are sentences that speak of more than was examined.
	aside = prose.Set(`recommended recommend suggested suggest advised considered further evaluation correlation known history cancer carcinoma
		metastases metastatic metastasis primary referred separately see scout localizer reported tumour tumor lymphoma whole suspected`)
	everywhere = prose.Set(`whole pet body scan trauma skeletal survey runoff babygram obstetric obstetrics ob fetal foetal fetus pregnancy trimester`)
)

var limbOf = map[string]string{"hip": "lower", "knee": "lower", "foot": "lower", "shoulder": "upper", "elbow": "upper", "hand": "upper"}

func partsOf(list func(int) string) map[string]uint {
	m := map[string]uint{}
	for i := range regions {
		for _, w := range strings.Fields(list(i)) {
			m[w] |= 1 << i
		}
	}
	return m
}

func hasField(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if w == word {
			return true
		}
	}
	return false
}

// otherPart finds the organs of a part of the body that the exam is not of and does not
// border on.
func otherPart(r *read) []Finding {
	exam := prose.Parse(r.facts.Exam)
	if len(exam.Words) == 0 || exam.Has(0, len(exam.Words), everywhere) {
		return nil
	}
	var allowed uint
	for k, w := range exam.Words {
		for i := range regions {
			if examWords[w.Low]&(1<<i) != 0 || w.Low == "lower" && exam.Any(k+1, k+2, "extremity", "extremities", "limb", "limbs") && limbOf[regions[i].name] == "lower" ||
				w.Low == "upper" && exam.Any(k+1, k+2, "extremity", "extremities", "limb", "limbs") && limbOf[regions[i].name] == "upper" {
				allowed |= nearParts[i]
			}
		}
	}
	if allowed == 0 {
		return nil
	}
	for _, s := range []Section{Findings, Impression} {
		t := r.text(s)
		for i, w := range t.Words {
			parts := nounParts[w.Low]
			if t.At(i, "lumbar", "spine") {
				parts = examWords["lumbar"]
			}
			if parts == 0 || parts&allowed != 0 {
				continue
			}
			if from, to := t.Sentence(w.Sentence); t.Has(from, to, aside) {
				continue
			}
			return []Finding{r.word(s, i, "this is not a part of what was examined", "order: "+oneLine(r.facts.Exam))}
		}
	}
	return nil
}
