package audit

import "time"

// Whose is who a Trail speaks for.
type Whose struct {
	Source Source
	// Reader is who sits here now: the identifier as login@domain (A.5.2.1) and the name.
	Reader func() (id, name string)
	// Process is this program as the system's own logs name it, Application its name.
	Process, Application string
	Host                 string // this machine's name, the same in every message
	AETitles             string // as A.5.2.2 writes them, AETITLES=…; may be empty
	Now                  func() time.Time
}

// Complete fills in what the constructors leave to the Trail: the time, the source, who
// of us took part and on which machine. It leaves e as it was.
func (w Whose) Complete(e Event) Event {
	if e.At.IsZero() {
		e.At = time.Now()
		if w.Now != nil {
			e.At = w.Now()
		}
	}
	if e.Source == (Source{}) {
		e.Source = w.Source
	}
	active := make([]Participant, len(e.Active))
	for i, p := range e.Active {
		active[i] = w.name(p)
	}
	e.Active = active
	return e
}

func (w Whose) name(p Participant) Participant {
	switch p.Us {
	case Reader:
		if w.Reader != nil {
			p.UserID, p.Name = w.Reader()
		}
		if p.UserID == "" {
			p.UserID = "unknown"
		}
	case Program:
		p.UserID, p.Name, p.Alternative = w.Process, w.Application, w.AETitles
	default:
		return p
	}
	p.Us = Other
	if w.Host != "" {
		p.Address, p.AddressType = w.Host, 1
	}
	return p
}
