package sr

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

const (
	personIdentification  dicom.Tag = 0x00401101
	institutionCode       dicom.Tag = 0x00080082
	observerKind          dicom.Tag = 0x0040A084
	participationType     dicom.Tag = 0x0040A080
	participationDateTime dicom.Tag = 0x0040A082
)

// schemeOfLogins is of the codes that logins are written as; codes hold 16 characters.
const (
	schemeOfLogins = "99NOCTURNE"
	mostOfACode    = 16
)

// people fills the header's persons (PS3.3 C.17.2): who verified it, who wrote it, and
// for a document that nobody verified who let it out and when, as an attestor, who has
// no legal authority to verify.
func (doc Document) people(d *dicom.Dataset) {
	if doc.Verified {
		d.SetSeq(dicom.VerifyingObserverSequence, doc.verifier())
	}
	var authors []*dicom.Dataset
	for _, o := range append([]Observer{doc.Observer}, doc.Authors...) {
		authors = append(authors, o.identified())
	}
	d.SetSeq(dicom.AuthorObserverSequence, authors...)
	if !doc.Verified && !doc.AttestedAt.IsZero() {
		a := doc.Observer.identified()
		a.SetStr(participationType, "ATTEST")
		a.SetStr(participationDateTime, dicom.FormatDT(doc.AttestedAt.Truncate(time.Second)))
		d.SetSeq(dicom.ParticipantSequence, a)
	}
}

func (doc Document) verifier() *dicom.Dataset {
	v := &dicom.Dataset{}
	v.SetStr(dicom.VerifyingOrganization, doc.Observer.Organization)
	v.SetStr(dicom.VerificationDateTime, dicom.FormatDT(doc.VerifiedAt.Truncate(time.Second)))
	v.SetStr(dicom.VerifyingObserverName, doc.Observer.Name)
	v.SetSeq(dicom.VerifyingObserverIdentificationCodeSequence, doc.Observer.login()...)
	return v
}

// identified is the Identified Person or Device macro (PS3.3 table C.17-3b).
func (o Observer) identified() *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(observerKind, "PSN")
	d.SetStr(dicom.PersonNameValue, o.Name)
	d.SetSeq(personIdentification, o.login()...)
	d.SetStr(dicom.InstitutionName)
	if o.Organization != "" {
		d.SetStr(dicom.InstitutionName, o.Organization)
	}
	d.SetSeq(institutionCode)
	return d
}

// login is the observer's login as a code; none where a code cannot hold it.
func (o Observer) login() []*dicom.Dataset {
	if o.ID == "" || len(o.ID) > mostOfACode {
		return nil
	}
	return []*dicom.Dataset{Code{o.ID, schemeOfLogins, dicom.ParsePN(o.Name).Display()}.Dataset()}
}

// readPeople reads authors besides the observer, and the attestation.
func (doc *Document) readPeople(d *dicom.Dataset, zone *time.Location) {
	for _, a := range d.Seq(dicom.AuthorObserverSequence) {
		o := Observer{Name: a.Str(dicom.PersonNameValue), ID: a.Item(personIdentification).Str(dicom.CodeValue), Organization: a.Str(dicom.InstitutionName)}
		if a.Str(observerKind) == "PSN" && o.Name != "" && o.Name != doc.Observer.Name {
			doc.Authors = append(doc.Authors, o)
		}
	}
	for _, p := range d.Seq(dicom.ParticipantSequence) {
		if p.Str(participationType) == "ATTEST" && p.Str(dicom.PersonNameValue) == doc.Observer.Name {
			doc.AttestedAt, _ = dicom.ParseDTIn(p.Str(participationDateTime), zone)
		}
	}
}
