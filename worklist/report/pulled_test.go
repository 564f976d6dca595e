package report

import "testing"

func TestNumbersOfAPriorKeepTheirDate(t *testing.T) {
	for text, want := range map[string]string{
		"Nodule of 5.5 mm.":              "Nodule of 5.5 mm (prior, 2025-11-20).",
		"Mass 12 x 8 mm, 45 HU":          "Mass 12 x 8 mm (prior, 2025-11-20), 45 HU (prior, 2025-11-20)",
		"Grew to 8 mm, previously 5 mm.": "Grew to 8 mm (prior, 2025-11-20), previously 5 mm (earlier, said in the report of 2025-11-20).",
		"5.5 mm (prior, 2024-01-02)":     "5.5 mm (prior, 2024-01-02)",
		"C5/6 and L4, 3 lesions":         "C5/6 and L4, 3 lesions",
		"cyst, 3 cm³ in volume":          "cyst, 3 cm³ (prior, 2025-11-20) in volume",
		"stenosis of 50% of the lumen":   "stenosis of 50% (prior, 2025-11-20) of the lumen",
		"0.5 mm/year":                    "0.5 mm/year",
	} {
		d := New("1.2", "A1", "NORTH", someTime)
		framed, ok := d.Pull(text, Source{StudyUID: "1.3", Date: "20251120"})
		d.Edit(Findings, framed, someTime)
		if got := d.Plain(Findings); !ok || got != want {
			t.Errorf("%q reads %q", text, got)
		}
		if u := d.Unconfirmed(); len(u) != 1 || u[0].Kind != Pulled || u[0].Span.From.StudyUID != "1.3" {
			t.Errorf("%q is %+v", text, u)
		}
	}
	d := New("1.2", "A1", "NORTH", someTime)
	if _, ok := d.Pull(" \n", Source{}); ok {
		t.Error("nothing was pulled as something")
	}
}
