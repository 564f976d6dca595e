package ul

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// Write sends values, each cut into as many P-DATA-TFs as the other side's maximum
// asks for; only the last of them has Last. Nothing of another Write comes between.
// It returns when the system took the bytes. An error, that of ctx included,
// leaves no association behind, unless nothing had been sent.
func (a *Association) Write(ctx context.Context, values ...PDV) error {
	if err := hold(ctx, a.writing); err != nil {
		return fmt.Errorf("write PDU: %w", err)
	}
	defer free(a.writing)
	begun := false
	err := a.link.pdvs(ctx, values, a.fragment, func() error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if a.happens(evtWrite, false) == none { // DT-1, AR-7
			return a.why()
		}
		begun = true
		return nil
	})
	if err != nil {
		if begun {
			err = a.broken(ctx, err)
		}
		return fmt.Errorf("write PDU: %w", err)
	}
	if n := len(values); n > 0 && values[n-1].Last {
		a.link.patient.Store(true)
	}
	return nil
}

// broken ends an association in whose middle writing failed. The other side may
// have said why before it went.
func (a *Association) broken(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		select {
		case a.reading <- struct{}{}:
			short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			for a.open() && short.Err() == nil {
				a.rest = nil
				a.step(short)
			}
			cancel()
			free(a.reading)
		default: // whoever reads will know
		}
	}
	a.end(err)
	var said *AbortError
	if why := a.why(); errors.As(why, &said) || errors.Is(err, net.ErrClosed) {
		return why
	}
	return err
}
