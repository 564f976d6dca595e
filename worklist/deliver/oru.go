package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/hl7"
)

// ORU delivers an HL7 message over MLLP. It is a Channel whose far end cannot be asked:
// only an acknowledgement of our MSH-10 proves arrival (HL7 2.9).
//
//	AA CA                taken
//	AE CE, 206 207       waits: locked, or an error of the receiver's own
//	AE CE, 205           taken if these very bytes went out before and no answer came,
//	                     else parked: something of its own stands there under our key
//	AE CE, no condition  waits five times, then parked
//	AR CR, or another    parked with the code
//	another's MSA-2, no or a broken answer   sent again, the same bytes and MSH-10
type ORU struct{ Endpoint hl7.Endpoint }

// Answers that are kept with the row.
const (
	unanswered  = "sent, no answer" // the bytes left, whether they arrived is not known
	hadItBefore = "205 duplicate of what was sent before"
	untoldTries = 5
)

// Send implements Channel.
func (c ORU) Send(ctx context.Context, row ledger.OutboxRow) (answer string, err error) {
	a, err := c.Endpoint.Exchange(ctx, row.Object, row.Control)
	if err != nil {
		return "", c.noAnswer(row, err)
	}
	switch {
	case a.Accepted() && a.Commit:
		return a.Code + " by commit", nil
	case a.Accepted():
		return a.Code, nil
	case a.Condition == "205" && row.Answer == unanswered:
		return hadItBefore, nil
	case a.Condition == "205":
		return "", &ParkError{Reason: row.Site + " says that it has " + Noun(row.Kind) + " or another under this number already (205): ask there"}
	case strings.HasSuffix(a.Code, "E") && (a.Condition == "206" || a.Condition == "207" || a.Condition == "" && row.Tries < untoldTries):
		return "", &WaitError{Reason: fmt.Sprintf("%s cannot take %s now (%s)", row.Site, Noun(row.Kind), said(a))}
	}
	return "", &ParkError{Reason: fmt.Sprintf("%s refuses %s (%s)", row.Site, Noun(row.Kind), said(a))}
}

// noAnswer says why nothing is known, or that nothing was sent.
func (c ORU) noAnswer(row ledger.OutboxRow, err error) error {
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, hl7.ErrOtherMessage):
		return &WaitError{Reason: row.Site + " acknowledged another message than ours", Answer: unanswered, Err: err}
	case errors.Is(err, hl7.ErrSent):
		return &WaitError{Reason: row.Site + " did not acknowledge " + Noun(row.Kind), Answer: unanswered, Err: err}
	case errors.As(err, &cert):
		return &WaitError{Reason: "the certificate of " + row.Site + "'s HL7 receiver cannot be trusted", Err: err}
	case errors.Is(err, hl7.ErrInvalid):
		return &ParkError{Reason: Noun(row.Kind) + " on disk cannot be sent"}
	case c.Endpoint.Check() != nil:
		return errDial
	}
	return err
}

// said is the code, and what the condition means (table 0357).
func said(a hl7.Ack) string {
	if a.Condition == "" {
		return a.Code
	}
	if words, ok := conditions[a.Condition]; ok {
		return a.Code + " " + a.Condition + ", " + words
	}
	return a.Code + " " + a.Condition
}

var conditions = map[string]string{
	"100": "segment sequence", "101": "required field missing", "102": "data type", "103": "table value not found",
	"200": "unsupported message type", "201": "unsupported event", "202": "unsupported processing id",
	"203": "unsupported version", "204": "unknown key", "205": "duplicate key", "206": "record locked", "207": "internal error",
}

// Confirm implements Channel: the stored acknowledgement decides.
func (c ORU) Confirm(_ context.Context, row ledger.OutboxRow) error {
	if strings.HasPrefix(row.Answer, "AA") || strings.HasPrefix(row.Answer, "CA") || row.Answer == hadItBefore {
		return nil
	}
	return fmt.Errorf("acknowledgement: %w", ErrAbsent)
}
