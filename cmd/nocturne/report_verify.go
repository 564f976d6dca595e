package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/spf13/cobra"
)

// provedReport is one report's line of `report verify --json`.
type provedReport struct {
	SOPUID    string         `json:"sop_instance_uid"`
	Kind      string         `json:"kind,omitempty"`
	Reader    string         `json:"reader,omitempty"`
	Signed    time.Time      `json:"signed,omitzero"`
	Key       string         `json:"public_key,omitempty"`
	OwnKey    bool           `json:"key_of_this_home"`
	Shown     string         `json:"shown_sha256,omitempty"`
	Signature string         `json:"signature"` // valid, or why not
	Objects   []provedObject `json:"objects"`
	Holds     bool           `json:"holds"`
}

type provedObject struct {
	Kind    string `json:"kind"`
	Control string `json:"control_id"`
	SHA256  string `json:"sha256"`
	Here    string `json:"here"`              // same, or why not
	Archive string `json:"archive,omitempty"` // same, or why not; with --archive
}

const same = "same"

func reportVerifyCommand(env *environment) *cobra.Command {
	archive := false
	c := &cobra.Command{
		Use: "verify STUDY", Short: "Check the signatures of a study's reports", Args: exactly(1, "a STUDY"),
		Long: "Checks for every report signed here that the reader's signature is of exactly what was\n" +
			"sent and shown, and that nothing of it changed. With --archive the archive's copies are\n" +
			"read back and compared. Exit 1 when anything does not hold.",
		RunE: func(c *cobra.Command, args []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			study, err := h.signedStudy(c.Context(), args[0])
			if err != nil {
				return err
			}
			return h.verify(c.Context(), env, study, archive)
		},
	}
	c.Flags().BoolVar(&archive, "archive", false, "compare with what the archive holds")
	return c
}

// signedStudy is the study of that UID or accession number of which a report was signed
// here: no network is needed for it.
func (h *house) signedStudy(ctx context.Context, named string) (string, error) {
	rows, err := h.room.Ledger.Outbox(ctx)
	if err != nil {
		return "", err
	}
	study := ""
	for _, r := range rows {
		if r.StudyUID != named && (r.Accession != named || named == "") {
			continue
		}
		if study != "" && study != r.StudyUID {
			return "", errors.New("several studies have this number: name the study UID")
		}
		study = r.StudyUID
	}
	if study == "" {
		return "", errors.New("no report of this study was signed here")
	}
	return study, nil
}

func (h *house) verify(ctx context.Context, env *environment, study string, archive bool) error {
	proofs, err := h.room.Proofs(ctx, study)
	if err != nil {
		return err
	}
	ring, err := env.ring()
	if err != nil {
		return err
	}
	own, err := ring.ReaderKey()
	if err != nil {
		return err
	}
	out, failed := []provedReport{}, false
	for _, p := range proofs {
		r := provedOf(p)
		r.OwnKey = bytes.Equal(own.Public().(ed25519.PublicKey), p.Signature.PublicKey)
		for i := range p.Objects {
			if archive && p.Objects[i].Row.Channel == ledger.DICOM {
				if r.Objects[i].Archive = h.inArchive(ctx, env, p.Objects[i].Row); r.Objects[i].Archive != same {
					r.Holds = false
				}
			}
		}
		r.Holds = r.Holds && r.OwnKey
		failed = failed || !r.Holds
		out = append(out, r)
		if !env.JSON {
			fmt.Fprint(env.Out, dicom.Clean(r.words()))
		}
	}
	return env.finish(out, failed)
}

func provedOf(p reading.Proof) provedReport {
	r := provedReport{SOPUID: p.Report, Kind: string(p.Statement.Kind), Reader: dicom.ParsePN(p.Statement.Reader).Display(), Signed: p.Statement.At,
		Key: p.Signature.Fingerprint(), Shown: p.Statement.Shown, Signature: "valid", Holds: p.Holds(), Objects: []provedObject{}}
	if p.Err != nil {
		r.Signature = p.Err.Error()
	}
	for _, o := range p.Objects {
		at := provedObject{Kind: o.Kind, Control: o.Control, SHA256: o.SHA256, Here: same}
		if o.Err != nil {
			at.Here = o.Err.Error()
		}
		r.Objects = append(r.Objects, at)
	}
	return r
}

// inArchive reads the archive's copy back and compares it, as delivery does.
func (h *house) inArchive(ctx context.Context, env *environment, row ledger.OutboxRow) string {
	to, err := h.dial(env)(row)
	if err == nil {
		err = to.Channel.Confirm(ctx, row)
	}
	var other *deliver.ParkError
	switch {
	case err == nil:
		return same
	case errors.Is(err, deliver.ErrAbsent):
		return "not there"
	case errors.As(err, &other):
		return other.Reason
	}
	return sentence(err)
}

func (r provedReport) words() string {
	what := "HOLDS"
	if !r.Holds {
		what = "DOES NOT HOLD"
	}
	out := fmt.Sprintf("%s  %s %s\n  signature: %s", what, r.Kind, r.SOPUID, r.Signature)
	if r.Reader != "" {
		out += fmt.Sprintf(", by %s, %s", r.Reader, r.Signed.Format("2006-01-02 15:04:05 -0700"))
	}
	if !r.OwnKey && r.Key != "" {
		out += ", with a key that is not this home's"
	}
	for _, o := range r.Objects {
		out += fmt.Sprintf("\n  %-12s %s: here %s", o.Kind, o.Control, o.Here)
		if o.Archive != "" {
			out += ", in the archive " + o.Archive
		}
	}
	return out + "\n"
}
