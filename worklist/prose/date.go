package prose

import (
	"strconv"
	"strings"
)

// Date is a day, or a month where Day is 0, as a text writes it.
type Date struct {
	From, To   int // bytes
	Word, Stop int // words
	Readings   [][3]int
}

var months = func() map[string]int {
	m := map[string]int{}
	for i, line := range strings.Split(`jan january januar jänner
feb february februar
mar march märz mrz
apr april
may mai
jun june juni
jul july juli
aug august
sep sept september
oct october oktober okt
nov november
dec december dezember dez`, "\n") {
		for _, w := range strings.Fields(line) {
			m[w] = i + 1
		}
	}
	return m
}()

// Dates finds the days and months that the text names. 5/6/2025 has two readings.
func (t *Text) Dates() (out []Date) {
	for i := 0; i < len(t.Words); {
		d, n := t.dateAt(i)
		if n == 0 {
			i++
			continue
		}
		d.Word, d.Stop = i, i+n
		d.From, d.To = t.Words[i].From, t.Words[i+n-1].To
		out = append(out, d)
		i += n
	}
	return out
}

func (t *Text) dateAt(i int) (Date, int) {
	a, aok := t.digits(i)
	if m := months[t.word(i)]; m != 0 {
		return t.monthFirst(i, m)
	}
	if !aok {
		return Date{}, 0
	}
	if m := months[t.word(i+1)]; m != 0 { // 20 February 2025
		if y, ok := t.year(i + 2); ok && a >= 1 && a <= 31 {
			return Date{Readings: [][3]int{{y, m, a}}}, 3
		}
		return Date{}, 0
	}
	return t.numeric(i, a)
}

// monthFirst reads "February 20, 2025" and "March 2026".
func (t *Text) monthFirst(i, m int) (Date, int) {
	if day, ok := t.digits(i + 1); ok && day >= 1 && day <= 31 {
		if y, ok := t.year(i + 2); ok {
			return Date{Readings: [][3]int{{y, m, day}}}, 3
		}
	}
	if y, ok := t.year(i + 1); ok && y > 1900 {
		return Date{Readings: [][3]int{{y, m, 0}}}, 2
	}
	return Date{}, 0
}

// numeric reads 2025-02-20, 20.02.2025, 2/20/2025 and 20/02/25.
func (t *Text) numeric(i, a int) (Date, int) {
	b, bok := t.digits(i + 1)
	c, cok := t.digits(i + 2)
	if !bok || !cok || i+2 >= len(t.Words) {
		return Date{}, 0
	}
	s1, s2 := t.Raw[t.Words[i].To:t.Words[i+1].From], t.Raw[t.Words[i+1].To:t.Words[i+2].From]
	if s1 != s2 || s1 != "-" && s1 != "/" && s1 != "." {
		return Date{}, 0
	}
	if a > 1900 && valid(b, c) {
		return Date{Readings: [][3]int{{a, b, c}}}, 3
	}
	if len(t.Words[i+2].Low) == 2 {
		c += 2000
	}
	if c < 1900 || c > 2100 {
		return Date{}, 0
	}
	var d Date
	if valid(b, a) {
		d.Readings = append(d.Readings, [3]int{c, b, a})
	}
	if s1 == "/" && valid(a, b) && a != b {
		d.Readings = append(d.Readings, [3]int{c, a, b})
	}
	if d.Readings == nil {
		return Date{}, 0
	}
	return d, 3
}

func valid(month, day int) bool { return month >= 1 && month <= 12 && day >= 1 && day <= 31 }

func (t *Text) word(i int) string {
	if i < 0 || i >= len(t.Words) {
		return ""
	}
	return t.Words[i].Low
}

func (t *Text) digits(i int) (int, bool) {
	w := t.word(i)
	if w == "" || w[0] > '9' || len(w) > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}

func (t *Text) year(i int) (int, bool) {
	y, ok := t.digits(i)
	return y, ok && y > 1900 && y < 2100
}

// Day is a reading's days and months as an eight-digit DA; "" where it has no day.
func Day(r [3]int) string {
	if r[2] == 0 {
		return ""
	}
	return pad(r[0], 4) + pad(r[1], 2) + pad(r[2], 2)
}

// Month is a reading's year and month as six digits.
func Month(r [3]int) string { return pad(r[0], 4) + pad(r[1], 2) }

func pad(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, width-len(s))) + s
}
