package main

import (
	"time"

	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/demo/phantom"
)

// phantoms gives the phantom cases to an archive. The phantoms know nothing of
// archives, and the archive nothing of phantoms.
type phantoms struct {
	all bool
	now time.Time
}

// Studies implements demo.Source.
func (p phantoms) Studies() []demo.Study {
	made := phantom.Studies(p.all, p.now)
	out := make([]demo.Study, len(made))
	for i, st := range made {
		out[i] = demo.Study{Instances: make([]demo.Instance, len(st.Instances)), LateInstances: st.LateInstances}
		for k, in := range st.Instances {
			out[i].Instances[k] = demo.Instance{Header: in.Header, Render: in.Render}
		}
		if st.Order != nil {
			out[i].Order = phantomOrder(st.Order)
		}
	}
	return out
}

func phantomOrder(o *phantom.Order) *demo.Order {
	return &demo.Order{
		WorkitemUID: o.WorkitemUID, Accession: o.Accession, Priority: o.Priority, Stat: o.Stat,
		ArrivedAgo: o.ArrivedAgo, DueAfter: o.DueAfter, Label: o.Label, Indication: o.Indication,
		Requester: o.Requester, Callback: o.Callback, PatientClass: o.PatientClass, Bed: o.Bed,
		Procedure: demo.Code(o.ProcedureCode),
	}
}
