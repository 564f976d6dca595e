package audit

// Opened: a case is put before the reader (A.5.3.6).
func Opened(s Study) Event { return accessed(Read, s, Used) }

// Claimed: the reader took a task on (A.5.3.15).
func Claimed(s Study) Event { return procedure(s, "claimed") }

// Released: the reader gave a task back, and why.
func Released(s Study, why string) Event { return procedure(s, "given back: "+why) }

// Completed: a task was reported to its site as done.
func Completed(s Study) Event { return procedure(s, "completed") }

// Signed: the reader signed a report; report is its identifier, which the report
// carries wherever it goes.
func Signed(s Study, report string) Event { return reported(s, report, Verified, "signed") }

// Amended: as Signed, of an addendum, a correction or a withdrawal; how says which.
func Amended(s Study, report, how string) Event { return reported(s, report, Amendment, how) }

// Recalled: a signed report was called back before it was sent.
func Recalled(s Study, report string) Event { return reported(s, report, Amendment, "recalled") }

// Overridden: the reader did what a check warns of; the reason is what was typed.
func Overridden(s Study, what, reason string) Event {
	e := accessed(Read, s, Used)
	e.ID, e.Action, e.Type = SecurityAlert, Execute, []Code{useRestricted}
	e.Active = []Participant{us(Reader, true), us(Program, false)}
	e.Objects = append([]Object{alert("nocturne:checks", what+": "+reason)}, e.Objects...)
	return e
}

// Evicted: a study's key and then its objects were erased here (A.5.3.8); why says by
// which rule, or that the reader asked.
func Evicted(s Study, why string) Event {
	e := accessed(Delete, s, Erased)
	e.ID, e.Why = StudyDeleted, why
	return e
}

func accessed(a Action, s Study, l LifeCycle) Event {
	return Event{ID: InstancesAccessed, Action: a, Active: both(), Objects: objects(l, s)}
}

func procedure(s Study, how string) Event {
	e := Event{ID: ProcedureRecord, Action: Update, Active: both(), Objects: objects(0, s)}
	e.Objects[0].Detail = []Detail{{"Task", how}}
	return e
}

func reported(s Study, report string, l LifeCycle, how string) Event {
	o := Object{Type: 2, Role: 3, Life: l, IDType: ReportNumber, ID: report, Name: how}
	if s.UID != "" {
		o.Contains = []string{s.UID}
	}
	if s.Accession != "" {
		o.Accession = []string{s.Accession}
	}
	return Event{ID: PatientRecord, Action: Update, Active: both(), Objects: append([]Object{patient(s)}, o)}
}

// both are the person and the process: where both are known both are stated.
func both() []Participant { return []Participant{us(Reader, true), us(Program, false)} }

func us(who Us, requestor bool, roles ...Code) Participant {
	return Participant{Us: who, Requestor: requestor, Role: roles}
}

// objects are the studies and then their patients, each once.
func objects(l LifeCycle, all ...Study) (out []Object) {
	for _, s := range all {
		o := Object{Type: 2, Role: 3, Life: l, IDType: StudyInstanceUID, ID: s.UID, Classes: s.Classes}
		if s.Accession != "" {
			o.Accession = []string{s.Accession}
		}
		out = append(out, o)
	}
	seen := map[string]bool{}
	for _, s := range all {
		if !seen[s.PatientID+"\x00"+s.PatientName] {
			seen[s.PatientID+"\x00"+s.PatientName] = true
			out = append(out, patient(s))
		}
	}
	return out
}

func patient(s Study) Object {
	return Object{Type: 1, Role: 1, IDType: PatientNumber, ID: s.PatientID, Name: s.PatientName}
}
