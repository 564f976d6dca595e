package main

import (
	"bytes"
	"os"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/report"
)

// opened opens the home as the program does, and hands it over.
func (v *victim) opened(do func(h *house)) {
	v.t.Helper()
	env := &environment{Getenv: os.Getenv, Home: v.home, Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}
	h, err := env.open(v.t.Context())
	if err != nil {
		v.t.Fatalf("the home does not open: %v", err)
	}
	do(h)
	if err := h.Close(); err != nil {
		v.t.Errorf("close: %v", err)
	}
	env.closeRing()
}

// draft is the impression on disk.
func (v *victim) draft() (text string) {
	v.t.Helper()
	v.opened(func(h *house) { text = onDisk(v.t, h.room.Ledger, v.c.uid, report.Impression) })
	return text
}

// row reports whether the report is in the outbox.
func (v *victim) row() (ok bool) {
	v.t.Helper()
	v.opened(func(h *house) {
		rows, err := h.room.Ledger.OutboxOf(v.t.Context(), v.c.uid)
		ok = err == nil && len(rows) > 0
	})
	return ok
}

// check holds the home against what was promised.
func (v *victim) check(after string) {
	v.t.Helper()
	v.opened(func(h *house) {
		v.checkDraft(h, after)
		v.checkOutbox(h, after)
		v.checkStore(h, after)
		v.checkIndex(h, after)
		marks, err := h.room.Marks(v.t.Context(), v.c.uid)
		if err != nil || len(marks) < v.said.marks {
			v.t.Errorf("after %s %d marks, %d were promised: %v", after, len(marks), v.said.marks, err)
		}
		if _, ok, err := h.room.Ledger.ClaimByStudy(v.t.Context(), v.c.uid); err != nil || !ok && v.said.claimed {
			v.t.Errorf("after %s the claim is not on disk: %v", after, err)
		}
	})
	if v.t.Failed() {
		v.t.FailNow()
	}
}

func (v *victim) checkDraft(h *house, after string) {
	v.t.Helper()
	text := onDisk(v.t, h.room.Ledger, v.c.uid, report.Impression)
	if text != v.said.text && (v.said.perhaps == "" || text != v.said.perhaps) {
		v.t.Errorf("after %s the draft says %.30q (%d letters), promised was %.30q, perhaps %.30q", after, text, len(text), v.said.text, v.said.perhaps)
	}
}

// checkOutbox: a report is signed whole or not at all, and once.
func (v *victim) checkOutbox(h *house, after string) {
	v.t.Helper()
	rows, err := h.room.Ledger.OutboxOf(v.t.Context(), v.c.uid)
	if err != nil || len(rows) > 1 || len(rows) == 0 && v.said.signed {
		v.t.Errorf("after %s %d reports in the outbox, signed was promised: %v; %v", after, len(rows), v.said.signed, err)
		return
	}
	d, _, err := h.room.Ledger.Draft(v.t.Context(), v.c.uid)
	signedAs := ""
	for _, r := range rows {
		signedAs = r.Report
		if report.Digest(r.Object) != r.SHA256 {
			v.t.Errorf("after %s the bytes in the outbox are not those that were signed", after)
		}
		if v.said.delivered && r.State != ledger.Verified {
			v.t.Errorf("after %s the report is %v, promised was that it arrived", after, r.State)
		}
	}
	if err != nil || d.SignedAs != signedAs {
		v.t.Errorf("after %s the draft is signed as %q, the outbox has %q: %v", after, d.SignedAs, signedAs, err)
	}
}

// checkStore: what is held is whole and as the archive has it, and all of it once that
// was said; nothing that was held once goes.
func (v *victim) checkStore(h *house, after string) {
	v.t.Helper()
	entries, err := h.room.Store.Study(dicom.UID(v.c.uid))
	if v.said.evicting { // all of it or nothing, and nothing for good
		if n := len(entries); n > 0 && (n != 3 || v.said.evicted || v.known == nil) {
			v.t.Errorf("after %s %d objects of an erased study are readable: %v", after, n, err)
		} else if n == 0 {
			v.known = nil
		}
	} else if err != nil || len(entries) < len(v.known) || v.said.pulled && len(entries) != 3 {
		v.t.Errorf("after %s %d objects, %d were held before: %v", after, len(entries), len(v.known), err)
	}
	for _, e := range entries {
		b, err := h.room.Store.Read(e)
		if err != nil {
			v.t.Errorf("after %s an object cannot be read: %v", after, err)
			continue
		}
		f, err := dicom.Parse(b)
		if err != nil || f.Truncated || f.Dataset.Str(dicom.SOPInstanceUID) != string(e.SOP) {
			v.t.Errorf("after %s half an object is served: %v", after, err)
		}
		if was, ok := v.known[string(e.SOP)]; ok && was != report.Digest(b) {
			v.t.Errorf("after %s an object changed", after)
		}
		if v.known != nil {
			v.known[string(e.SOP)] = report.Digest(b)
		}
	}
}

// checkIndex: the list of what is cached agrees with what the store holds.
func (v *victim) checkIndex(h *house, after string) {
	v.t.Helper()
	x, err := h.cached(v.t.Context())
	if err != nil {
		v.t.Errorf("after %s the list of what is cached: %v", after, err)
		return
	}
	studies, err := x.Studies()
	held, err2 := h.room.Store.Studies()
	if err != nil || err2 != nil || len(studies) != len(held) {
		v.t.Errorf("after %s %d studies are listed and %d held: %v, %v", after, len(studies), len(held), err, err2)
	}
	for _, s := range studies {
		if entries, err := h.room.Store.Study(s.UID); err != nil || len(entries) != s.Instances {
			v.t.Errorf("after %s %d objects are listed and %d held: %v", after, s.Instances, len(entries), err)
		}
	}
}

// delivered: the archive has the report once, as it was signed, and the task is done.
func (v *victim) delivered() {
	v.t.Helper()
	stored := v.a.stored(v.t, v.c.uid)
	v.opened(func(h *house) {
		rows, err := h.room.Ledger.OutboxOf(v.t.Context(), v.c.uid)
		if err != nil || len(rows) != 1 || len(stored) != 1 || rows[0].Report != stored[0] {
			v.t.Fatalf("the outbox has %d reports, the archive %v: %v", len(rows), stored, err)
		}
		signed, err := dicom.Parse(rows[0].Object)
		if err != nil {
			v.t.Fatal(err)
		}
		series := signed.Dataset.Str(dicom.SeriesInstanceUID)
		held := datasets(v.t, v.a.DICOMweb+"/studies/"+v.c.uid+"/series/"+series+"/instances/"+stored[0]+"/metadata")
		if len(held) != 1 {
			v.t.Fatalf("the archive shows %d reports", len(held))
		}
		if other := deliver.Differences(signed.Dataset, held[0]); len(other) > 0 {
			v.t.Errorf("the archive's report differs in %v", other)
		}
	})
	if s := v.a.step(v.t, v.c.uid); s.state != "COMPLETED" {
		v.t.Errorf("the task is %s", s.state)
	}
	for _, proof := range [][]string{{"verify"}, {"audit", "verify"}} {
		if !has(proof) {
			continue
		}
		if out, code := nocturne(v.t, v.home, proof...); code != exitOK {
			v.t.Errorf("nocturne %v: exit %d: %s", proof, code, out)
		}
	}
}

// has reports whether the program has a subcommand.
func has(path []string) bool {
	at := rootCommand(&environment{Getenv: os.Getenv})
	for _, name := range path {
		if at, _, _ = at.Find([]string{name}); at == nil || at.Name() != name {
			return false
		}
	}
	return true
}
