package hl7

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// maxText is where a paragraph is split, in bytes: half of what receivers of older
// versions take in a field.
const maxText = 32 << 10

// obx is one observation; set gives it its number.
type obx struct {
	kind, sub string
	what      wire
	value     wire
	abnormal  string
	state     string
}

// observations writes the results: which study and document it is (IHE RAD-128), then
// each paragraph of each section, then the PDF.
func observations(w *writer, r report.Release, o Options, st status) {
	list := []obx{ // O: order detail, no result
		{kind: "ST", what: "113014^DICOM Study^DCM", value: text(r.Signed.StudyUID), state: "O"},
		{kind: "ST", what: "^Series Instance UID", value: text(r.Signed.SeriesUID), state: "O"},
		{kind: "ST", what: "^SR Instance UID", value: text(r.Signed.SOPUID), state: "O"},
	}
	for _, p := range r.Body() {
		list = append(list, section(r, p, st)...)
	}
	if len(o.PDF) > 0 {
		list = append(list, obx{kind: "ED", what: "18748-4^Diagnostic imaging report^LN", state: st.result,
			value: wire("^Application^PDF^Base64^" + base64.StdEncoding.EncodeToString(o.PDF))})
	}
	list = slices.DeleteFunc(list, func(x obx) bool { return x.value == "" })
	for i, x := range list {
		fields := []wire{wire(strconv.Itoa(i + 1)), wire(x.kind), x.what, text(x.sub), x.value}
		fields = put(fields, 8, text(x.abnormal))
		fields = put(fields, 11, wire(x.state))
		if x.state != "O" {
			fields = put(fields, 14, stamp(r.Signed.At))
			fields = put(fields, 16, xcn(r.Reader.ID, r.Reader.Name))
			fields = put(fields, 23, text(cmp.Or(r.Facility, r.Reader.Organization)))
		}
		w.segment("OBX", fields...)
	}
}

// section makes an OBX of each paragraph, numbered in OBX-4 so that none takes
// another's place (7.4.2.4); no line break stands in a value, which receivers show in
// ways of their own. A critical result is flagged AA (table 0078).
func section(r report.Release, p report.Part, st status) (out []obx) {
	what := parts(p.Section.LOINC(), p.Title, "LN")
	if p.Section.LOINC() == "" {
		what = parts("", p.Title)
	}
	abnormal := ""
	if critical(r, p) {
		abnormal = "AA"
	}
	n := 0
	for line := range strings.SplitSeq(p.Text, "\n") {
		line = strings.TrimRight(line, " ")
		if strings.TrimSpace(line) == "" {
			continue
		}
		n++
		for _, piece := range pieces(line) {
			out = append(out, obx{kind: "TX", what: what, sub: strconv.Itoa(n), value: text(piece), abnormal: abnormal, state: st.result})
		}
	}
	return out
}

// critical: the section of critical results, or an addendum that tells one.
func critical(r report.Release, p report.Part) bool {
	return p.Section == report.Critical || p.Section == report.Addendum &&
		slices.ContainsFunc(r.Critical, func(c report.Communication) bool { return c.Finding != "" && strings.Contains(p.Text, c.Finding) })
}

// pieces splits a paragraph that is too long for one field at a blank, which stays at
// the end of its piece: the pieces together are the paragraph.
func pieces(s string) (out []string) {
	for len(s) > maxText {
		cut := strings.LastIndexByte(s[:maxText], ' ') + 1
		if cut <= maxText/2 {
			for cut = maxText; cut > 0 && s[cut]&0xC0 == 0x80; cut-- { // never within a character
			}
		}
		out = append(out, s[:cut])
		s = s[cut:]
	}
	return append(out, s)
}
