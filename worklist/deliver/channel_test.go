package deliver

import (
	"errors"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// destination is a channel with its far end in the test's hands. A channel that
// cannot show a case leaves the field nil.
type destination struct {
	Channel
	row      ledger.OutboxRow
	blind    bool   // the far end cannot be asked: only its answer proves arrival
	loseNext func() // the next answer is lost after its effect
	alter    func() // the far end changes what it holds
	forget   func() // the far end loses what it holds
	away     func() // nobody answers any more
	refuse   func() // the far end refuses for good
	holds    func() int
}

func TestChannels(t *testing.T) {
	for name, open := range map[string]func(*testing.T) destination{"sr": openSR, "oru": openORU, "fhir": openFHIR} {
		t.Run(name, func(t *testing.T) { channelSuite(t, open) })
	}
}

// send sends and remembers the answer, as the runner does.
func send(t *testing.T, d *destination) {
	t.Helper()
	answer, err := d.Send(ctx, d.row)
	must(t, err)
	d.row.Answer = answer
}

func can(t *testing.T, far func()) {
	t.Helper()
	if far == nil {
		t.Skip("this channel's far end cannot show it")
	}
}

// channelSuite is what every Channel keeps.
func channelSuite(t *testing.T, open func(*testing.T) destination) {
	var park *ParkError
	t.Run("what was sent is confirmed", func(t *testing.T) {
		d := open(t)
		if err := d.Confirm(ctx, d.row); !errors.Is(err, ErrAbsent) {
			t.Errorf("before sending: %v", err)
		}
		send(t, &d)
		must(t, d.Confirm(ctx, d.row))
	})
	t.Run("sending again is harmless", func(t *testing.T) {
		d := open(t)
		send(t, &d)
		if _, err := d.Send(ctx, d.row); err != nil && !errors.Is(err, ErrUnsure) {
			t.Errorf("again: %v", err)
		}
		must(t, d.Confirm(ctx, d.row))
		if n := d.holds(); n != 1 {
			t.Errorf("the far end holds %d", n)
		}
	})
	t.Run("a lost answer is confirmed", func(t *testing.T) {
		d := open(t)
		d.loseNext()
		if _, err := d.Send(ctx, d.row); err == nil || errors.As(err, &park) {
			t.Errorf("send: %v", err)
		}
		if d.blind {
			if err := d.Confirm(ctx, d.row); !errors.Is(err, ErrAbsent) {
				t.Errorf("confirmed by nothing: %v", err)
			}
			send(t, &d)
		}
		must(t, d.Confirm(ctx, d.row))
		if n := d.holds(); n != 1 {
			t.Errorf("the far end holds %d", n)
		}
	})
	t.Run("other content is parked", func(t *testing.T) {
		d := open(t)
		can(t, d.alter)
		send(t, &d)
		d.alter()
		if err := d.Confirm(ctx, d.row); !errors.As(err, &park) || park.Reason == "" {
			t.Errorf("confirm: %v", err)
		}
	})
	t.Run("lost content is absent", func(t *testing.T) {
		d := open(t)
		can(t, d.forget)
		send(t, &d)
		d.forget()
		if err := d.Confirm(ctx, d.row); !errors.Is(err, ErrAbsent) {
			t.Errorf("confirm: %v", err)
		}
	})
	t.Run("silence says nothing", func(t *testing.T) {
		d := open(t)
		can(t, d.away)
		d.away()
		_, err := d.Send(ctx, d.row)
		said := []error{err}
		if !d.blind {
			said = append(said, d.Confirm(ctx, d.row))
		}
		for _, err := range said {
			if err == nil || errors.As(err, &park) || errors.Is(err, ErrAbsent) {
				t.Errorf("away: %v", err)
			}
		}
	})
	t.Run("a refusal for good is parked", func(t *testing.T) {
		d := open(t)
		can(t, d.refuse)
		d.refuse()
		if _, err := d.Send(ctx, d.row); !errors.As(err, &park) {
			t.Errorf("refused: %v", err)
		}
	})
}

func openSR(t *testing.T) destination {
	s, r := newSite(), row(t, "1.2.9.1")
	uid := dicom.UID(r.Control)
	return destination{Channel: DICOM{Archive: s}, row: r,
		loseNext: func() {
			s.fault = func(n int, after bool) error {
				if n == s.calls && after {
					s.fault = nil
					return errLink
				}
				return nil
			}
		},
		alter:  func() { s.held[uid] = object(t, string(uid), "Another text.") },
		forget: func() { delete(s.held, uid) },
		away:   func() { s.fault = func(int, bool) error { return errLink } },
		refuse: func() {
			s.answer = func(pacs.Stored) (pacs.Stored, error) {
				return pacs.Stored{Failed: map[dicom.UID]uint16{uid: 0x0122}}, nil
			}
		},
		holds: func() int { return len(s.held) },
	}
}

func TestHowAnArchivesAnswersAreSorted(t *testing.T) {
	const parked, unsure, again = "parked", "unsure", "again"
	status := func(code int) func(pacs.Stored) (pacs.Stored, error) {
		return func(pacs.Stored) (pacs.Stored, error) {
			return pacs.Stored{}, &pacs.StatusError{Code: code, Op: "store"}
		}
	}
	failed := func(why uint16) func(pacs.Stored) (pacs.Stored, error) {
		return func(pacs.Stored) (pacs.Stored, error) {
			return pacs.Stored{Failed: map[dicom.UID]uint16{"1.2.9.1": why}}, nil
		}
	}
	for name, c := range map[string]struct {
		answer func(pacs.Stored) (pacs.Stored, error)
		want   string
	}{
		"accepted without a list":    {func(pacs.Stored) (pacs.Stored, error) { return pacs.Stored{}, nil }, unsure},
		"accepted another instance":  {func(pacs.Stored) (pacs.Stored, error) { return pacs.Stored{OK: []dicom.UID{"1.9"}}, nil }, unsure},
		"409":                        {status(409), unsure},
		"400":                        {status(400), parked},
		"415":                        {status(415), parked},
		"401":                        {status(401), again},
		"503":                        {status(503), again},
		"507":                        {status(507), again},
		"duplicate":                  {failed(0x0111), unsure},
		"SOP class not supported":    {failed(0x0122), parked},
		"does not match SOP class":   {failed(0xA900), parked},
		"cannot understand":          {failed(0xC000), parked},
		"out of resources":           {failed(0xA700), again},
		"processing failure":         {failed(0x0110), again},
		"not authorized, for a time": {failed(0x0124), again},
	} {
		s, r := newSite(), row(t, "1.2.9.1")
		s.answer = c.answer
		_, err := DICOM{Archive: s}.Send(ctx, r)
		var park *ParkError
		got := again
		switch {
		case err == nil:
			got = "accepted"
		case errors.As(err, &park):
			got = parked
		case errors.Is(err, ErrUnsure):
			got = unsure
		}
		if got != c.want {
			t.Errorf("%s: %s (%v), want %s", name, got, err, c.want)
		}
	}
}
