package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// quantity is a measured number in prose with its unit: "5.5 mm", "12 x 8 mm", "−35 HU".
var quantity = regexp.MustCompile(`(?i)[0-9]+(?:[.,][0-9]+)?(?:\s*(?:x|×|by|–|-|to)\s*[0-9]+(?:[.,][0-9]+)?)*\s*(?:mm|cm|ml|cc|cm3|mm3|cm2|mm2|HU|SUV|cm³|mm³|cm²|mm²|°|%)(?:[²³])?`)

// ofEarlier are words before a number that say it is not of that report's own study.
var ofEarlier = regexp.MustCompile(`(?i)\b(previously|formerly|prior|before|was|were|had been|from|compared (?:to|with))\W+(?:\w+\W+){0,3}$`)

// Pull frames the text of a prior's section as a proposal of where it is from. Every
// measurement in it keeps its date, so that none reads as one of today (N6); a number
// that the prior itself took from an earlier study is said to be that. ok is false
// when the draft has no rune left.
func (d *Draft) Pull(text string, from Source) (framed string, ok bool) {
	text = strings.TrimSpace(Foreign(text))
	if text == "" {
		return "", false
	}
	return d.Frame(Span{Kind: Pulled, Name: "prior", From: from}, dated(text, from.Date))
}

func dated(text, date string) string {
	day := dicom.ISODay(date)
	if day == "" {
		day = "date unknown"
	}
	hits := quantity.FindAllStringIndex(text, -1)
	for _, h := range slices.Backward(hits) {
		if len(text) > h[1] && (isWordByte(text[h[1]]) || strings.HasPrefix(strings.TrimLeft(text[h[1]:], " "), "(prior")) {
			continue
		}
		note := " (prior, " + day + ")"
		if ofEarlier.MatchString(sentenceBefore(text[:h[0]])) {
			note = " (earlier, said in the report of " + day + ")"
		}
		text = text[:h[1]] + note + text[h[1]:]
	}
	return text
}

// sentenceBefore is what stands before a number in its clause.
func sentenceBefore(text string) string {
	return text[strings.LastIndexAny(text, ".;,\n")+1:]
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/'
}
