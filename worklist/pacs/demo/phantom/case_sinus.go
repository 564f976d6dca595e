package phantom

import "time"

// sinusCT is a normal examination of the sinuses with the gantry tilted along
// the orbits: the slices move along the table, not along their normal.
func sinusCT() []ctSeries {
	bone := ctSeries{
		key: "bone", number: 2, name: "Sinuses 2.0 bone", kernel: "H70h", top: 26, step: 2, thickness: 2, n: 64, tilt: 18,
		fov: 200, y: -22, shift: vec{0, -190, 64}, bodyPart: "HEAD", windows: [][2]int{{400, 2500}}, windowNames: []string{"BONE"},
		values: &hounsfield, grain: sharpGrain, sd: 22, sharpen: 0.4, edge: 0.6, wander: 2, texture: 6, draw: func(c *canvas) {
			c.paintAll(couch(104))
			theHead().draw(c)
		},
	}
	soft := bone
	soft.key, soft.number, soft.name, soft.kernel = "soft", 3, "Sinuses 4.0 soft", "H30s"
	soft.step, soft.thickness, soft.n, soft.layers = 4, 4, 32, 2
	soft.windows, soft.windowNames = [][2]int{{40, 300}}, []string{"SOFT"}
	soft.grain, soft.sd, soft.sharpen, soft.edge = softGrain, 5, 0, 0.8
	return []ctSeries{bone, soft}
}

func sinusStudies(now time.Time) []Study {
	e := exam{key: "ct-sinus", accession: "N26-0414", description: "CT paranasal sinuses", who: dalia,
		at: ago(now, 5*time.Hour), referrer: "MORETTI^LUCA^^DR"}
	e.order = brief(dalia, now, Order{
		Accession: e.accession, Priority: "LOW", DueAfter: 19 * time.Hour, ArrivedAgo: 280 * time.Minute,
		Label: "CT paranasal sinuses without contrast", Indication: "blocked nose and frontal headache for three months, polyps? before possible FESS",
		Requester: "MORETTI^LUCA^^DR", Callback: "+49 30 5550 3381", PatientClass: "OUTPATIENT", Bed: "ENT clinic",
		ProcedureCode: Code{Value: "CTSINUS"},
	})
	m := e.begin()
	scoutHead(m, 1)
	for _, s := range sinusCT() {
		s.addTo(m)
	}
	return []Study{m.Study}
}
