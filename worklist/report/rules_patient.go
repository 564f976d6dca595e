package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/prose"
)

// wrongPatientText looks for another patient in the text: the name, ID or
// accession number of another row of the list, a number that calls itself an
// accession number or a record number and is not this case's, another birth date, or
// a name that calls itself the patient's.
func wrongPatientText(r *read) (out []Finding) {
	own := r.facts.ownNumbers(r.Draft)
	for _, s := range Order {
		if words := strangers(r.text(s), r.facts, own); len(words) > 0 {
			out = append(out, Finding{Section: s, Evidence: words, Hint: "the text names another patient or order", at: placeOf(r.text(s).Raw, words[0])})
		}
	}
	return out
}

func placeOf(text, what string) [2]int {
	if i := strings.Index(strings.ToLower(text), strings.ToLower(what)); i >= 0 {
		return [2]int{i, i + len(what)}
	}
	return [2]int{}
}

// ownNumbers are the identifiers that may stand in this report.
func (f Facts) ownNumbers(d *Draft) []string {
	own := []string{f.Patient.ID, f.Accession, d.Accession, f.Request.ProcedureID, f.Request.PlacerOrder, f.Request.FillerOrder}
	for _, p := range slices.Concat(f.Priors, f.Newer) {
		own = append(own, p.Accession)
	}
	return slices.DeleteFunc(own, func(s string) bool { return s == "" })
}

func strangers(t *prose.Text, f Facts, own []string) (out []string) {
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	low := strings.ToLower(t.Raw)
	for _, o := range f.Others {
		for _, id := range []string{o.ID, o.Accession} {
			if len(id) >= 4 && !containsFold(own, id) && hasIdentifier(low, id) {
				add(id)
			}
		}
		if name, ok := namedIn(t, o.Name); ok && !samePerson(o.Name, f.Patient.Name) {
			add(name)
		}
	}
	if strings.ContainsAny(low, "0123456789") {
		for _, m := range labelledIn(t) {
			if id := strings.Trim(m[1], ".,;:-"); strings.ContainsAny(id, "0123456789") && !containsFold(own, id) {
				add(id)
			}
		}
		for _, b := range otherBirth(t, f.Patient.Birth) {
			add(b)
		}
	}
	for _, n := range callsItselfPatient(t, f.Patient.Name) {
		add(n)
	}
	return out
}

// labelled is a number that says what it is.
var labelled = regexp.MustCompile(`(?i)\b(?:accession(?:[ \t]+(?:number|no\.?)[ \t:#])?|MRN|patient[ -]?(?:ID|number)|record number|Patienten-?ID|Fallnummer)[ \t]*[:#]?[ \t]*([A-Z0-9][A-Z0-9._/-]{3,})`)

var labels = prose.Set(`accession mrn id number record fallnummer patientenid patientid`)

// labelledIn runs the expression only where one of its words stands.
func labelledIn(t *prose.Text) (out [][]string) {
	done := 0
	for i, w := range t.Words {
		if !labels[w.Low] || w.From < done {
			continue
		}
		from, to := t.Words[max(0, i-2)].From, min(len(t.Raw), w.To+48)
		if m := labelled.FindStringSubmatch(t.Raw[from:to]); m != nil {
			out, done = append(out, m), w.To
		}
	}
	return out
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(o, s) })
}

// hasIdentifier finds id in lower-case text as a whole: not inside a longer number or
// word.
func hasIdentifier(low, id string) bool {
	id = strings.ToLower(id)
	for at := 0; ; {
		i := strings.Index(low[at:], id)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(id)
		if !wordByte(low, from-1) && !wordByte(low, to) {
			return true
		}
		at = from + 1
	}
}

func wordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}

// namedIn finds a person's family and given name side by side, in either order.
// A family name alone is too often a word: Small, Grant, Bell.
func namedIn(t *prose.Text, pn string) (string, bool) {
	g := dicom.ParsePN(pn).Alphabetic
	last, first := lastWord(g.Family), firstWord(g.Given)
	if last == "" || first == "" {
		return "", false
	}
	for i := 1; i < len(t.Words); i++ {
		a, b := t.Words[i-1], t.Words[i]
		if a.Low == last && b.Low == first || a.Low == first && b.Low == last {
			return t.Raw[a.From:a.To] + " " + t.Raw[b.From:b.To], true
		}
	}
	return "", false
}

func firstWord(s string) string {
	if ws := nameWords(s); len(ws) > 0 {
		return ws[0]
	}
	return ""
}

func lastWord(s string) string {
	if ws := nameWords(s); len(ws) > 0 {
		return ws[len(ws)-1]
	}
	return ""
}

func nameWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" -'’.,^", r) })
}

func samePerson(a, b string) bool {
	x, y := dicom.ParsePN(a).Alphabetic, dicom.ParsePN(b).Alphabetic
	return strings.EqualFold(x.Family, y.Family) && strings.EqualFold(x.Given, y.Given)
}

var born = prose.Set(`dob born geburtsdatum geb geboren birthdate`)

// otherBirth finds dates that call themselves the patient's birth date and are not.
func otherBirth(t *prose.Text, birth string) (out []string) {
	if len(birth) != 8 || !t.Has(0, len(t.Words), born) && !t.Says(0, len(t.Words), "date", "of", "birth") {
		return nil
	}
	for _, d := range t.Dates() {
		if d.Word == 0 || !t.Has(d.Word-2, d.Word, born) && !t.Says(d.Word-3, d.Word, "date", "of", "birth") {
			continue
		}
		if !slices.ContainsFunc(d.Readings, func(r [3]int) bool { return prose.Day(r) == birth }) {
			out = append(out, t.Raw[d.From:d.To])
		}
	}
	return out
}

var (
	titles = map[string]string{"mr": "M", "mrs": "F", "ms": "F", "miss": "F", "herr": "M", "herrn": "M", "frau": "F"}
	// staff stand before the title of one who is told, asked or refers: no patient.
	staff = prose.Set(`with to by from under of informed notified told consultant surgeon called for via an mit von durch`)
	// staffAfter follow a colleague's name.
	staffAfter = prose.Set(`frcs consultant surgeon registrar orthopaedics orthopaedic urology informed notified team fracs frcr`)
)

// callsItselfPatient finds names said to be the patient's and are not: "Patient name:
// X", "Dear Mr X", "Mr X has …".
func callsItselfPatient(t *prose.Text, pn string) (out []string) {
	g := dicom.ParsePN(pn).Alphabetic
	own := append(nameWords(g.Family), nameWords(g.Given)...)
	if len(own) == 0 {
		return nil
	}
	for i := 0; i+1 < len(t.Words); i++ {
		at, ok := nameAfter(t, i)
		if !ok || slices.Contains(own, t.Words[at].Low) || at+1 < len(t.Words) && slices.Contains(own, t.Words[at+1].Low) {
			continue
		}
		out = append(out, t.Raw[t.Words[i].From:t.Words[at].To])
	}
	return out
}

// nameAfter is where a patient's name begins if word i announces one.
func nameAfter(t *prose.Text, i int) (at int, ok bool) {
	w := t.Words[i].Low
	next := i + 1
	switch {
	case titles[w] != "" && asTitle(t, i):
		if t.Has(i-1, i, staff) && !t.At(i-1, "for") || t.Has(next+1, next+4, staffAfter) {
			return 0, false
		}
		return next, capitalised(t, next)
	case w == "patient" && t.At(next, "name"):
		if t.At(next+1, "is") {
			next++
		}
		return next + 1, next+1 < len(t.Words) && capitalised(t, next+1)
	case w == "name" || w == "patient":
		return next, t.Words[next].Before&prose.Colon != 0 && capitalised(t, next) && (w == "name" || next+1 < len(t.Words) && capitalised(t, next+1) && t.Words[next+1].Before&prose.Colon == 0) && lineStart(t, i)
	}
	return 0, false
}

func lineStart(t *prose.Text, i int) bool {
	return i == 0 || t.Words[i].Sentence != t.Words[i-1].Sentence || t.Words[i].Before&prose.Line != 0
}

// asTitle: "Mr" and "Ms", not the modality MR and multiple sclerosis.
func asTitle(t *prose.Text, i int) bool {
	w := t.Words[i]
	return capitalised(t, i) && t.Raw[w.From+1:w.To] == w.Low[1:]
}

func capitalised(t *prose.Text, i int) bool {
	c := t.Raw[t.Words[i].From]
	return c >= 'A' && c <= 'Z' || c >= 0xC3
}

var (
	male   = prose.Set(`he his him himself`)
	female = prose.Set(`she her hers herself`)
	men    = prose.Set(`boy gentleman`)
	women  = prose.Set(`girl lady`)
	// kin are others who are spoken of in a patient's report.
	kin = prose.Set(`mother father husband wife daughter son sister brother parents partner neighbour neighbor friend carer child`)
)

// pronouns finds "she" in a man's report and "Mr" in a woman's, outside sentences that
// speak of somebody else too.
func pronouns(r *read) []Finding {
	sex := r.facts.Patient.Sex
	if sex != "M" && sex != "F" {
		return nil
	}
	wrong, noun := female, women
	if sex == "F" {
		wrong, noun = male, men
	}
	for _, s := range Order {
		t := r.text(s)
		for i, w := range t.Words {
			title := titles[w.Low]
			if !wrong[w.Low] && !noun[w.Low] && (title == "" || title == sex || !asTitle(t, i)) {
				continue
			}
			from, to := t.Sentence(w.Sentence)
			if t.Has(from, to, kin) || title != "" && (t.Has(i-1, i, staff) || i+1 < len(t.Words) && t.Has(i+2, i+5, staffAfter)) {
				if !(sex == "M" && wrong[w.Low] || sex == "F" && wrong[w.Low]) || !kinOwned(t, i, to) {
					continue
				}
			}
			return []Finding{r.word(s, i, "the word is of the other sex than the patient's", "patient: "+sex)}
		}
	}
	return nil
}

// kinOwned: "his wife": the pronoun owns the relative, so it is the patient's.
func kinOwned(t *prose.Text, i, to int) bool {
	return i+1 < to && kin[t.Words[i+1].Low] && (i == 0 || t.Words[i-1].Sentence != t.Words[i].Sentence)
}
