package sr

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// PS3.3 C.17.2: a preliminary report is COMPLETE and not VERIFIED, and has no verifying
// observer; who let it out attests it.
func TestAPreliminaryReportIsAttestedAndNotVerified(t *testing.T) {
	doc := report()
	doc.AttestedAt, doc.Verified, doc.Preliminary = doc.VerifiedAt, false, true
	doc.VerifiedAt = time.Time{}
	doc.Authors = []Observer{{Name: "YOUNG^DOC", ID: "young", Organization: "Demo Hospital"}}
	d := parsed(t, bytesOf(t, doc))
	if d.Str(dicom.PreliminaryFlag) != "PRELIMINARY" || d.Str(dicom.CompletionFlag) != "COMPLETE" ||
		d.Str(dicom.VerificationFlag) != "UNVERIFIED" || d.Has(dicom.VerifyingObserverSequence) {
		t.Errorf("flags %s %s %s", d.Str(dicom.PreliminaryFlag), d.Str(dicom.CompletionFlag), d.Str(dicom.VerificationFlag))
	}
	p := d.Item(dicom.ParticipantSequence)
	if p.Str(0x0040A080) != "ATTEST" || p.Str(0x0040A082) != "20251120033115+0100" || p.Str(0x0040A123) != "READER^DEMO" {
		t.Errorf("participant %s %s %s", p.Str(0x0040A080), p.Str(0x0040A082), p.Str(0x0040A123))
	}
	got, err := Read(d)
	if err != nil || !got.AttestedAt.Equal(doc.AttestedAt) || len(got.Authors) != 1 || got.Authors[0] != doc.Authors[0] || got.Verified || !got.Preliminary {
		t.Errorf("%v: read %+v", err, got)
	}
	text := Text(d)
	for _, want := range []string{"not verified, preliminary", "By READER, DEMO, Demo Hospital, 2025-11-20 03:31 +0100", "With YOUNG, DOC"} {
		if !strings.Contains(strings.ToUpper(text), strings.ToUpper(want)) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

func TestAVerifiedReportNamesItsAuthorsTheVerifierFirst(t *testing.T) {
	doc := report()
	doc.Authors = []Observer{{Name: "YOUNG^DOC"}}
	d := parsed(t, bytesOf(t, doc))
	authors := d.Seq(dicom.AuthorObserverSequence)
	if len(authors) != 2 || authors[0].Str(0x0040A123) != "READER^DEMO" || authors[1].Str(0x0040A123) != "YOUNG^DOC" || authors[1].Str(0x0040A084) != "PSN" {
		t.Errorf("%d authors", len(authors))
	}
	if len(d.Seq(dicom.VerifyingObserverSequence)) != 1 || d.Has(dicom.ParticipantSequence) {
		t.Error("who verified, or a participant who is none")
	}
	for name, spoil := range map[string]func(*Document){
		"author without a name": func(d *Document) { d.Authors[0].Name = "^" },
		"author with a line":    func(d *Document) { d.Authors[0].Name = "A\nB" },
		"verified and attested": func(d *Document) { d.AttestedAt = d.VerifiedAt },
	} {
		bad := report()
		bad.Authors = []Observer{{Name: "YOUNG^DOC"}}
		spoil(&bad)
		if _, err := BasicText(bad); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}
