package audit

// Node is another machine or program that data goes to or comes from.
type Node struct {
	Name    string // what it is called here: the site's name, an AE title
	Address string // host, IP address or URI; may be empty
}

// Sent: objects of a report or of the reader's were stored by another node, whose
// acknowledgement is here (A.5.3.7).
func Sent(to Node, s Study) Event { return transferred(Create, Program, to, s) }

// Received: a study's objects came from another node and are kept here.
func Received(from Node, s Study) Event {
	e := Event{ID: InstancesTransferred, Action: Create, Objects: objects(Copied, s)}
	e.Active = []Participant{from.as(false, roleSource), us(Program, false, roleDestination), us(Reader, true)}
	return e
}

func transferred(a Action, who Us, to Node, s Study) Event {
	e := Event{ID: InstancesTransferred, Action: a, Objects: objects(Copied, s)}
	e.Active = []Participant{us(who, false, roleSource), to.as(false, roleDestination), us(Reader, true)}
	return e
}

// Medium is what is written to leave the house, or was brought.
type Medium struct {
	Type  Code   // USB, CD, DVD, URI, Paper
	Label string // URI, volume label or place: A.5.2.1 on media
}

// Exported: what of studies leaves the house's control: a file, a page, a print, the
// clipboard; what says which (A.5.3.4).
func Exported(to Medium, what string, all ...Study) Event {
	e := Event{ID: Export, Action: Read, Objects: objects(ExportedL, all...)}
	e.Active = []Participant{us(Reader, true, roleSource), us(Program, false, roleSource), to.as(roleDestinationMedia)}
	if len(e.Objects) > 0 {
		e.Objects[0].Detail = []Detail{{"What", what}}
	}
	return e
}

// ExportedTo is Exported to another's program over a network, such as an ORU message or
// a FHIR resource.
func ExportedTo(to Node, what string, all ...Study) Event {
	e := Exported(Medium{URI, to.Address}, what, all...)
	p := &e.Active[2]
	p.Name, p.Address, p.AddressType = to.Name, to.Address, addressType(to.Address)
	e.Active = append(e.Active, to.as(false, roleDestination))
	return e
}

// Imported: what somebody brought was looked at or taken in (A.5.3.5).
func Imported(from Medium, all ...Study) Event {
	e := Event{ID: Import, Action: Create, Objects: objects(Copied, all...)}
	e.Active = []Participant{us(Reader, true, roleDestination), us(Program, false, roleDestination), from.as(roleSourceMedia)}
	return e
}

// Searched: a query was sent to a node (A.5.3.10, its note 2: not of a DICOM dataset).
// query is what was asked, in the form of the protocol that asked it. The object's role
// is 3, as the table says; IHE's own messages have 24 there.
func Searched(at Node, query string) Event {
	return Event{ID: Query, Action: Execute,
		Active: []Participant{us(Program, false, roleSource), at.as(false, roleDestination), us(Reader, true)},
		Objects: []Object{{Type: 2, Role: 3, IDType: SearchCriteria, ID: "query", Query: []byte(query),
			Detail: []Detail{{"QueryEncoding", "UTF-8"}}}}}
}

func (n Node) as(requestor bool, role Code) Participant {
	id := n.Name
	if id == "" {
		id = n.Address
	}
	return Participant{UserID: id, Name: n.Name, Requestor: requestor, Role: []Code{role}, Address: n.Address, AddressType: addressType(n.Address)}
}

func (m Medium) as(role Code) Participant {
	return Participant{UserID: m.Label, Role: []Code{role}, Media: m.Type}
}
