package template

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestTheExamsWordsChoose(t *testing.T) {
	set := shipped(t)
	for _, c := range []struct{ exam, modality, sex, birth, want, reason string }{
		{"CT HEAD W/O CONTRAST", "CT", "F", "19700101", "ct-head", `CT + "head" in the exam's words`},
		{"CCT nativ", "CT", "F", "19700101", "ct-head", `"cct"`},
		{"CT Head Stroke protocol", "CT", "M", "19400101", "ct-head-stroke", `"stroke"`},
		{"CT head trauma", "CT", "M", "19900101", "ct-head-trauma", `"trauma"`},
		{"CTA head and neck", "CT", "F", "19700101", "cta-head-neck", ""},
		{"CT Angiography Carotids", "CT", "F", "19700101", "cta-head-neck", ""},
		{"CT NECK SOFT TISSUE", "CT", "F", "19700101", "ct-neck", ""},
		{"CT sinuses", "CT", "F", "19700101", "ct-sinuses", ""},
		{"CT CHEST", "CT", "M", "19500101", "ct-chest", ""},
		{"CT Chest PE protocol", "CT", "F", "19500101", "ct-chest-pe", ""},
		{"CT pulmonary angiogram", "CT", "F", "19500101", "ct-chest-pe", ""},
		{"CTPA", "CT", "F", "19500101", "ct-chest-pe", ""},
		{"LDCT lung cancer screening", "CT", "F", "19500101", "ct-lung-screening", ""},
		{"CT Abdomen/Pelvis with contrast", "CT", "F", "19500101", "ct-abdomen-pelvis", ""},
		{"CT chest abdomen pelvis", "CT", "F", "19500101", "ct-chest-abdomen-pelvis", ""},
		{"CT Thorax Abdomen Becken", "CT", "F", "19500101", "ct-chest-abdomen-pelvis", ""},
		{"CT KUB stone protocol", "CT", "F", "19500101", "ct-kub", ""},
		{"CT abdomen for renal colic", "CT", "F", "19500101", "ct-kub", ""},
		{"CT angiogram aorta, dissection", "CT", "M", "19500101", "cta-aorta", ""},
		{"CT whole body trauma", "CT", "M", "19900101", "ct-trauma", ""},
		{"Polytrauma CT", "CT", "M", "19900101", "ct-trauma", ""},
		{"CT C-spine", "CT", "M", "19900101", "ct-cervical-spine", ""},
		{"CT lumbar spine", "CT", "M", "19900101", "ct-lumbar-spine", ""},
		{"XR CHEST 1 VIEW", "CR", "M", "19900101", "cr-chest-1", ""},
		{"Chest PA/LAT", "DX", "M", "19900101", "cr-chest-2", ""},
		{"XR Hand left", "DX", "M", "19900101", "cr-hand", ""},
		{"XR Wrist right", "DX", "M", "20150101", "cr-wrist", ""},
		{"XR Elbow", "DX", "M", "20150101", "cr-elbow", ""},
		{"XR Shoulder", "DX", "M", "19900101", "cr-shoulder", ""},
		{"XR Ankle 3 views", "DX", "M", "19900101", "cr-ankle", ""},
		{"XR Foot", "DX", "M", "19900101", "cr-foot", ""},
		{"XR Knee 2 views", "CR", "M", "19900101", "cr-knee", ""},
		{"XR Pelvis", "CR", "M", "19400101", "cr-pelvis-hip", ""},
		{"XR Lumbar spine", "CR", "M", "19400101", "cr-spine", ""},
		{"XR Abdomen", "CR", "M", "19400101", "cr-abdomen", ""},
		{"MRI Brain w/wo", "MR", "M", "19400101", "mr-brain", ""},
		{"MRI brain stroke", "MR", "M", "19400101", "mr-brain-stroke", ""},
		{"MRI L-Spine", "MR", "M", "19400101", "mr-lumbar-spine", ""},
		{"MRI cervical spine", "MR", "M", "19400101", "mr-cervical-spine", ""},
		{"MRI Knee right", "MR", "M", "19900101", "mr-knee", ""},
		{"MRI Shoulder", "MR", "M", "19900101", "mr-shoulder", ""},
		{"MRI liver", "MR", "M", "19900101", "mr-abdomen", ""},
		{"MRI Prostate", "MR", "M", "19500101", "mr-prostate", ""},
		{"MRI Pelvis", "MR", "F", "19800101", "mr-pelvis-female", "female"},
		{"US Abdomen", "US", "F", "19800101", "us-abdomen", ""},
		{"US renal", "US", "F", "19800101", "us-kidneys-bladder", ""},
		{"US Pelvis transvaginal", "US", "F", "19800101", "us-pelvis", ""},
		{"US OB first trimester", "US", "F", "19950101", "us-obstetric-early", ""},
		{"US obstetric anatomy scan", "US", "F", "19950101", "us-obstetric", ""},
		{"US Thyroid", "US", "F", "19800101", "us-thyroid", ""},
		{"US lower extremity venous DVT", "US", "F", "19800101", "us-dvt", ""},
		{"US Scrotum", "US", "M", "19900101", "us-scrotum", ""},
		{"US carotid duplex", "US", "M", "19500101", "us-carotid", ""},
		{"Echocardiography", "US", "M", "19500101", "us-echo", ""},
		{"MG Screening bilateral", "MG", "F", "19700101", "mg-screening", ""},
		{"Mammography diagnostic", "MG", "F", "19700101", "mg-diagnostic", ""},
		{"PET/CT skull base to thigh", "PT", "F", "19700101", "petct", "PT"},
		{"Angiography leg left", "XA", "F", "19400101", "xa-angiography", ""},
		{"Barium swallow", "RF", "F", "19400101", "rf-swallow", ""},
		{"Bone densitometry", "OT", "F", "19400101", "general", "fits any"},
	} {
		got := set.Choose(draft(), factsFor(c.exam, c.modality, c.sex, c.birth, ""))
		if len(got) == 0 || got[0].Short() != c.want || !strings.Contains(got[0].Reason, c.reason) {
			var names []string
			for _, g := range got {
				names = append(names, g.Short()+" ("+g.Reason+")")
			}
			t.Errorf("%s: %s, want %s because of %s", c.exam, strings.Join(names, "; "), c.want, c.reason)
		}
	}
}

func TestNoTemplateOfTheOtherSexIsOffered(t *testing.T) {
	set := shipped(t)
	for _, c := range []struct{ exam, modality, sex, not string }{
		{"US Pelvis", "US", "M", "us-pelvis"}, {"MRI prostate", "MR", "F", "mr-prostate"}, {"US obstetric", "US", "", "us-obstetric"},
	} {
		for _, r := range set.Choose(draft(), factsFor(c.exam, c.modality, c.sex, "19800101", "")) {
			if r.Short() == c.not {
				t.Errorf("%s is offered for sex %q", c.not, c.sex)
			}
		}
	}
}

func TestTheBodyPartChoosesWhereTheWordsSayNothing(t *testing.T) {
	f := factsFor("Examination 7", "CT", "M", "19700101", "")
	f.Study.SetStr(dicom.BodyPartExamined, "HEAD")
	got := shipped(t).Choose(draft(), f)[0]
	if got.Short() != "ct-head" || got.Reason != "CT + body part HEAD" {
		t.Errorf("%s because of %s", got.Short(), got.Reason)
	}
}

func TestTheReadersOwnAndTheProcedureCodeComeFirst(t *testing.T) {
	own := plainTemplate(t, "title: My head\nid: my-head\nmodality: CT\npart: head\n# Findings\n[findings]\n")
	own.Own = true
	byCode := plainTemplate(t, "title: By code\nid: by-code\ncode: 99LOCAL:HEAD7\n# Findings\n[findings]\n")
	set := NewSet(append(shipped(t).All(), own, byCode)...)
	f := factsFor("CT head", "CT", "M", "19700101", "")
	if got := set.Choose(draft(), f)[0]; got.ID != "my-head" || !strings.HasSuffix(got.Reason, "your own") {
		t.Errorf("%s because of %s", got.ID, got.Reason)
	}
	f.Request.Procedure = sr.Code{Value: "HEAD7", Scheme: "99LOCAL"}
	if got := set.Choose(draft(), f)[0]; got.ID != "by-code" {
		t.Errorf("%s because of %s", got.ID, got.Reason)
	}
}

func TestAnOwnTemplateOfTheSameIdentifierTakesThePlace(t *testing.T) {
	own := plainTemplate(t, "title: CT head, mine\nid: urn:nocturne:template:ct-head\nmodality: CT\npart: head\n# Findings\n[findings]\n")
	set := NewSet(append(shipped(t).All(), own)...)
	if got := set.Find("ct-head"); got == nil || got.Title != "CT head, mine" {
		t.Errorf("%+v", got)
	}
}

func TestAnAddendumHasItsOwnDefault(t *testing.T) {
	d := draft().Addend(report.Document{SOPUID: "1.2"}, "more", now)
	if got := shipped(t).Choose(d, factsFor("CT head", "CT", "M", "19700101", "")); len(got) != 1 || got[0].Short() != "addendum" {
		t.Errorf("%+v", got)
	}
}
