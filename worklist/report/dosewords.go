package report

import (
	"fmt"
	"slices"
	"strings"
)

// DoseGiven is what the Radiation Dose SRs state, as a sentence: totals first, then
// each irradiation but localisers. "" when there is no such report.
func (f Facts) DoseGiven() string {
	var out []string
	for _, d := range f.Doses {
		if s := d.sentence(); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func (d Dose) sentence() string {
	var parts []string
	add := func(format string, v float64) {
		if v > 0 {
			parts = append(parts, fmt.Sprintf(format, amount(v, 4)))
		}
	}
	add("DLP %s mGy·cm in total", d.DLP)
	add("dose area product %s Gy·cm²", d.DAP)
	add("reference air kerma %s mGy", d.Kerma)
	for _, side := range []string{"R", "L", ""} {
		add("average glandular dose "+map[string]string{"R": "right ", "L": "left "}[side]+"%s mGy", d.AGD[side])
	}
	if d.Fluoroscopy > 0 {
		parts = append(parts, fmt.Sprintf("fluoroscopy %d:%02d min", int(d.Fluoroscopy+0.5)/60, int(d.Fluoroscopy+0.5)%60))
	}
	if each := d.each(); each != "" {
		parts = append(parts, each)
	}
	if len(parts) == 0 {
		return ""
	}
	return "Dose: " + strings.Join(parts, "; ") + "."
}

// each is "CTDIvol 10.2 mGy (Abdomen), 9.8 mGy (Chest)": what a CT states of its
// scans, localisers left out.
func (d Dose) each() string {
	var out []string
	for _, i := range d.Irradiations {
		if i.CTDIvol <= 0 || i.Localizer {
			continue
		}
		of := oneLine(i.Protocol)
		if of == "" {
			of = oneLine(i.Target)
		}
		text := amount(i.CTDIvol, 4) + " mGy"
		if of = strings.TrimSpace(of); of != "" {
			text += " (" + of + ")"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return ""
	}
	return "CTDIvol " + strings.Join(out, ", ")
}
