package prose

import (
	"strconv"
	"strings"
)

// Quantity is a number with its unit where it stands, a side of "29 x 22 mm" too.
type Quantity struct {
	From, To int // bytes, with the unit
	Word     int // index of the word its number begins with
	Value    float64
	Unit     string // as written in lower case: mm, cm, ml, hu, %, °
	MM       float64
	Length   bool // mm, cm or m; MM is its size
	Group    int  // quantities of one "a x b x c" share it
}

// Quantities finds the numbers that have a unit.
func (t *Text) Quantities() (out []Quantity) {
	group := 0
	for i := 0; i < len(t.Words); {
		if c := t.Words[i].Low[0]; c < '0' || c > '9' {
			i++
			continue
		}
		set, next := t.product(i)
		for k := range set {
			set[k].Group = group
		}
		if len(set) > 0 && set[0].Unit != "" {
			out = append(out, set...)
			group++
		}
		i = max(next, i+1)
	}
	return out
}

// product reads "29 x 22 mm", "3.1 x 1.8 cm", "8 mm", "70-79%": all numbers get the
// unit behind them.
func (t *Text) product(i int) (set []Quantity, next int) {
	for i < len(t.Words) {
		q, after, ok := t.number(i)
		if !ok {
			break
		}
		set = append(set, q)
		q2, end := t.unit(q, after)
		if q2.Unit != "" {
			set[len(set)-1] = q2
			for k := range set {
				if set[k].Unit == "" {
					set[k].Unit, set[k].Length = q2.Unit, q2.Length
					set[k].MM = set[k].Value * scale[q2.Unit]
				}
			}
			i = end
		} else {
			i = after
		}
		if i >= len(t.Words) || !t.times(i) {
			return set, i
		}
		if l := t.Words[i].Low; l == "x" || l == "by" {
			i++
		}
	}
	return set, i
}

// times tells whether a product or a range goes on at word i.
func (t *Text) times(i int) bool {
	gap := strings.TrimSpace(t.Raw[t.Words[i-1].To:t.Words[i].From])
	l := t.Words[i].Low
	if (l == "x" || l == "by") && gap == "" && i+1 < len(t.Words) && t.Words[i+1].Low[0] >= '0' && t.Words[i+1].Low[0] <= '9' {
		return true
	}
	return (gap == "×" || gap == "-" || gap == "–") && l[0] >= '0' && l[0] <= '9'
}

// number reads "12", "3.1", "-95" and "12mm" at word i; after is the word behind it.
func (t *Text) number(i int) (q Quantity, after int, ok bool) {
	w := t.Words[i]
	digits := 0
	for digits < len(w.Low) && w.Low[digits] >= '0' && w.Low[digits] <= '9' {
		digits++
	}
	if digits == 0 {
		return q, i, false
	}
	text, end := w.Low[:digits], w.From+digits
	after = i + 1
	if digits == len(w.Low) && i+1 < len(t.Words) && w.To+1 == t.Words[i+1].From && (t.Raw[w.To] == '.' || t.Raw[w.To] == ',') {
		n := t.Words[i+1]
		d := 0
		for d < len(n.Low) && n.Low[d] >= '0' && n.Low[d] <= '9' {
			d++
		}
		if d > 0 {
			text, end, after = text+"."+n.Low[:d], n.From+d, i+2
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return q, i, false
	}
	from := w.From
	if from > 0 && (t.Raw[from-1] == '-') && (from == 1 || t.Raw[from-2] == ' ' || t.Raw[from-2] == '(') {
		v, from = -v, from-1
	}
	return Quantity{From: from, To: end, Word: i, Value: v}, after, true
}

var scale = map[string]float64{"mm": 1, "cm": 10, "m": 1000}

// unit reads the unit behind a number, which may be glued to it; next is the word
// behind the unit.
func (t *Text) unit(q Quantity, after int) (Quantity, int) {
	rest := t.Raw[q.To:]
	trimmed := strings.TrimLeft(rest, " ")
	skipped := len(rest) - len(trimmed)
	for _, sign := range []string{"%", "°"} {
		if strings.HasPrefix(trimmed, sign) {
			q.Unit, q.To = sign, q.To+skipped+len(sign)
			return q, after
		}
	}
	n := 0
	for n < len(trimmed) && (trimmed[n] >= 'a' && trimmed[n] <= 'z' || trimmed[n] >= 'A' && trimmed[n] <= 'Z') {
		n++
	}
	name := strings.ToLower(trimmed[:n])
	if !known[name] {
		return q, after
	}
	next := trimmed[n:]
	if strings.HasPrefix(next, "/") || strings.HasPrefix(next, "²") || strings.HasPrefix(next, "³") || strings.HasPrefix(next, "2") ||
		strings.HasPrefix(next, "3") || strings.HasPrefix(next, " Hg") || strings.HasPrefix(next, " hg") {
		name += "/" // a rate, an area, a volume, a pressure: no length
	}
	q.Unit, q.To = name, q.To+skipped+n
	q.MM, q.Length = q.Value*scale[name], scale[name] > 0
	for after < len(t.Words) && t.Words[after].From < q.To {
		after++
	}
	return q, after
}

var known = Set("mm cm m ml cc l hu percent bpm mci mbq kg g degrees months month weeks week years year")
