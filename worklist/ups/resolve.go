package ups

import (
	"context"
	"errors"

	"github.com/nocturne/nocturne/cache/ledger"
)

// Change is what Resolve found out about one claim.
type Change struct {
	Was   ledger.ClaimState
	Claim ledger.Claim // as it is now
	Err   error        // *HeldError, *EndedError, *LostError; *AskingError when still unknown
}

// Resolve brings the ledger's claims of this site and the server together, at
// start and whenever a link comes back: it repeats what was asked without an
// answer, finishes what was being given back, and looks after what is held. It
// returns the claims that changed or failed. Err is the ledger's.
func (p *Performer) Resolve(ctx context.Context) ([]Change, error) {
	if p.Workitems == nil {
		return nil, nil
	}
	claims, err := p.Ledger.Claims(ctx, ledger.Asking, ledger.Releasing, ledger.Held)
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, c := range claims {
		if c.UPSURL != p.UPSURL {
			continue
		}
		if ch := p.resolve(ctx, c); ch.Err != nil || ch.Claim.State != ch.Was {
			out = append(out, ch)
		}
	}
	return out, nil
}

func (p *Performer) resolve(ctx context.Context, c ledger.Claim) Change {
	ch := Change{Was: c.State}
	switch c.State {
	case ledger.Asking:
		ch.Claim, ch.Err = p.ask(ctx, c)
	case ledger.Releasing:
		ch.Claim, ch.Err = p.finish(ctx, c)
	default:
		ch.Claim, _, ch.Err = p.check(ctx, c)
	}
	// Another program may have settled the claim meanwhile: the ledger's word stands.
	now, ok, err := p.Ledger.Claim(ctx, c.WorkitemUID)
	if err != nil {
		ch.Err = errors.Join(ch.Err, err)
	} else if ok {
		ch.Claim = now
	}
	return ch
}
