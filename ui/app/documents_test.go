package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// shelve puts an object of a study beside its images on disk.
func (n *night) shelve(d *dicom.Dataset) {
	n.Helper()
	var b bytes.Buffer
	if err := dicom.Write(&b, d, nil); err != nil {
		n.Fatal(err)
	}
	if _, _, err := n.m.Room.Store.Put(b.Bytes()); err != nil {
		n.Fatal(err)
	}
}

// outside is an Encapsulated PDF of a patient's study.
func outside(p patient, title string) *dicom.Dataset {
	d := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: string(dicom.EncapsulatedPDFStorage), dicom.SOPInstanceUID: uid(p.accession, 8, 1), dicom.StudyInstanceUID: uid(p.accession),
		dicom.SeriesInstanceUID: uid(p.accession, 8), dicom.Modality: "DOC", dicom.PatientName: p.name, dicom.PatientID: p.id,
		dicom.DocumentTitle: title, dicom.MIMETypeOfEncapsulatedDocument: "application/pdf", dicom.ContentDate: "20261101", dicom.ContentTime: "101500",
		dicom.InstitutionName: "WEST CLINIC",
	} {
		d.SetStr(t, v)
	}
	d.Set(dicom.Element{Tag: dicom.EncapsulatedDocument, VR: "OB", Bytes: []byte("%PDF-1.4 of tests")})
	return d
}

// priorReport is a signed report of a patient's study with so many lines.
func (n *night) priorReport(p patient, lines int) *dicom.Dataset {
	n.Helper()
	text := "No nodule in the left lung."
	for range lines {
		text += "\nA line more."
	}
	d, err := sr.BasicText(sr.Document{Study: p.header(0), SOPUID: dicom.UID(uid(p.accession, 9, 1)), SeriesUID: dicom.UID(uid(p.accession, 9)), Content: dusk,
		Observer: sr.Observer{Name: "OLD^READER"}, Sections: []sr.Section{{Key: "impression", Name: "Impression", Text: text + "\nThe last line."}}})
	if err != nil {
		n.Fatal(err)
	}
	return d
}

// programs puts scripts in the place of pdftotext and pdftoppm.
func programs(t *testing.T, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs sh")
	}
	dir := t.TempDir()
	for _, name := range []string{"pdftotext", "pdftoppm"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
}

func (n *night) documents() {
	n.Helper()
	n.write(":documents")
	n.key("enter")
	n.until("the documents", func() bool { d := n.m.open.documents; return d != nil && d.Listed })
}

func (n *night) shows(text string) {
	n.Helper()
	if !strings.Contains(n.frame(), text) {
		n.Errorf("%q is not on screen:\n%s", text, n.frame())
	}
}

func TestDocumentsOfTheCaseAndItsPriorsAreReadAsText(t *testing.T) {
	programs(t, "cat >/dev/null; printf 'Outside: no mass.\\f'")
	n := newNight(t)
	n.shelve(outside(patients[0], "Outside report"))
	n.shelve(n.priorReport(patients[3], 60))
	n.read("A1")
	n.documents()
	n.shows("PDF  2026-11-01 10:15  current")
	n.shows("prior 2025-11-20")
	n.shows("WEST CLINIC")
	n.shows("ANNA") // whose they are
	n.key("enter")
	n.until("the PDF's text", func() bool { return strings.Contains(n.frame(), "Outside: no mass.") })
	n.key("esc", "down", "enter")
	n.until("the report", func() bool { return strings.Contains(n.frame(), "No nodule in the left lung.") })
	n.exact("a document", [2]int{80, 24})
	for range 10 {
		n.key("space")
	}
	n.shows("The last line.")
	n.key("esc", "esc")
	if n.m.page != onCase || n.m.open.documents != nil {
		t.Errorf("Esc left page %d", n.m.page)
	}
}

func TestThePaletteFindsTheDocuments(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.send(tea.KeyMsg{Type: tea.KeyCtrlP})
	n.write("reports")
	n.key("enter")
	if n.m.page != onDocuments {
		t.Errorf("page %d:\n%s", n.m.page, n.frame())
	}
}

func TestAMissingProgramIsSaidWithItsPackage(t *testing.T) {
	n := newNight(t)
	n.shelve(outside(patients[0], "Outside report"))
	n.read("A1")
	t.Setenv("PATH", t.TempDir())
	n.documents()
	n.key("enter")
	n.until("what to install", func() bool { return strings.Contains(n.frame(), "poppler-utils") })
	n.key("p")
	n.until("it for pages too", func() bool { return strings.Contains(n.frame(), "pdftoppm is not installed") })
}

func TestADocumentOfAnotherPatientIsSaidInTheList(t *testing.T) {
	n := newNight(t)
	d := outside(patients[0], "Outside report")
	d.SetStr(dicom.PatientID, "P9")
	n.shelve(d)
	n.read("A1")
	n.documents()
	n.shows("OTHER PATIENT ID")
}

func TestWhatReadsADocumentEndsWithItsCase(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "pid")
	programs(t, "echo $$ >"+mark+"; exec sleep 60")
	n := newNight(t)
	n.shelve(outside(patients[0], "Outside report"))
	n.read("A1")
	n.documents()
	n.key("enter")
	n.until("the program", func() bool { b, err := os.ReadFile(mark); return err == nil && len(b) > 1 })
	ctx := n.m.open.ctx
	n.key("f6")
	n.until("another case", func() bool { return n.m.open.row.Accession != "A1" })
	if ctx.Err() != context.Canceled || n.m.page != onCase || n.m.open.documents != nil {
		t.Errorf("the case left and its documents stay: %v, page %d", ctx.Err(), n.m.page)
	}
	b, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	n.until("its end", func() bool {
		_, err := os.Stat("/proc/" + strings.TrimSpace(string(b)))
		return err != nil || runtime.GOOS != "linux"
	})
	if strings.Contains(n.frame(), "DOCUMENTS") {
		t.Error("documents of the case before are on screen")
	}
}

func TestALateDocumentOfACaseBeforeIsDropped(t *testing.T) {
	programs(t, "cat >/dev/null; printf 'Text of Anna'")
	n := newNight(t)
	n.shelve(outside(patients[0], "Outside report"))
	n.read("A1")
	n.documents()
	cmd := n.m.readDocument()
	late := cmd()
	n.key("f6")
	n.until("another case", func() bool { return n.m.open.row.Accession != "A1" && n.m.open.begun })
	n.pass(time.Second)
	n.documents()
	n.send(late)
	if strings.Contains(n.frame(), "Anna") || n.m.open.documents.Open != nil {
		t.Errorf("text of another patient:\n%s", n.frame())
	}
}

func TestDictationAmongDocumentsIsHeldForTheReport(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.documents()
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("no effusion")})
	n.says("F3 puts it into the report")
	n.pass(time.Second)
	n.key("f3")
	n.settle(20 * time.Millisecond)
	if n.m.page != onCase || !n.m.open.page.Typing || !strings.Contains(n.frame(), "no effusion") {
		t.Errorf("page %d:\n%s", n.m.page, n.frame())
	}
}
