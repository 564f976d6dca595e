package dimse

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// Config names one archive.
type Config struct {
	Name      string // the site's name
	Address   string // host:port
	CalledAE  string // its AE title
	CallingAE string // ours; empty: NOCTURNE
	// TLS is whom the archive must prove to be, and who we are (transit.Identity); nil:
	// no TLS.
	TLS *tls.Config
	// Identity is asked for every association who asks (PS3.7 D.3.3.7), so that no secret
	// is held here; nil: nobody says.
	Identity func(context.Context) (*ul.Identity, error)
	// Listener receives what the archive sends by associations of its own: C-MOVE's
	// objects, storage commitment. Nil: only C-GET, and commitment on our association.
	Listener *Listener
	Timeouts ul.Timeouts
	// Associations is how many may be open at once; 0: 6. An archive that accepts fewer
	// is asked for no more than it accepts.
	Associations int
	// Object is the most bytes of one object; 0: 2 GiB. What does not fit is refused.
	Object int64
	Quirks Quirks
	// Dial, for tests and tunnels, connects instead of the network.
	Dial func(ctx context.Context, address string) (net.Conn, error)
}

// Quirks is what one server does differently. The zero value suits every server met
// so far.
type Quirks struct {
	// Charset is what text is in that comes without Specific Character Set, or does not
	// fit it (PS3.3 C.12.1.1.2): {"ISO_IR 192"}, {"ISO_IR 100"}.
	Charset []string
	// Stored asks for compressed images alone first, and for uncompressed ones only where
	// that fails: for a server that decompresses what it holds as soon as an uncompressed
	// syntax is agreed on for the same SOP class in another context.
	Stored bool
	// Move retrieves by C-MOVE at once, where C-GET is known to be of no use.
	Move bool
	// PatientRoot queries and retrieves in the patient root information model alone.
	PatientRoot bool
	// Contexts is the most presentation contexts that an association proposes; 0: 128.
	Contexts int
	// Unnamed: C-STORE responses need not name the object (PS3.7 table 9.1-1 leaves it to
	// them); the message ID alone says which is meant.
	Unnamed bool
}

const (
	DefaultAE           = "NOCTURNE"
	defaultAssociations = 6
	defaultObject       = 2 << 30
	defaultContexts     = 128
)

// Client is one archive. It is safe for concurrent use.
type Client struct {
	cfg   Config
	pool  *pool
	hints hints
}

var (
	_ pacs.Archive = (*Client)(nil)

	errBadIdentifier = errors.New("not a UID")
	errAddress       = errors.New("the address must be host:port")
	errTitle         = errors.New("an AE title is 1 to 16 characters")
)

// New makes a client; it sends nothing.
func New(cfg Config) (*Client, error) {
	or := func(n *int, def int) {
		if *n <= 0 {
			*n = def
		}
	}
	or(&cfg.Associations, defaultAssociations)
	or(&cfg.Quirks.Contexts, defaultContexts)
	cfg.Quirks.Contexts = min(cfg.Quirks.Contexts, defaultContexts)
	if cfg.Object <= 0 {
		cfg.Object = defaultObject
	}
	if cfg.CallingAE == "" {
		cfg.CallingAE = DefaultAE
	}
	if _, err := Host(cfg.Address); err != nil {
		return nil, fmt.Errorf("archive %s: %w", cfg.Name, err)
	}
	if n := len(cfg.CalledAE); n == 0 || n > 16 || len(cfg.CallingAE) > 16 {
		return nil, fmt.Errorf("archive %s: %w", cfg.Name, errTitle)
	}
	c := &Client{cfg: cfg}
	c.pool = newPool(cfg.Associations, c.dial)
	return c, nil
}

// Host is the host of an address, which is host:port.
func Host(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return "", errAddress
	}
	return host, nil
}

// Name is the site's name.
func (c *Client) Name() string { return c.cfg.Name }

// Close releases the idle associations and waits for that. Calls in flight go on.
func (c *Client) Close() { c.pool.close() }

// dial asks for one association.
func (c *Client) dial(ctx context.Context, o offer) (*ul.Association, error) {
	r := ul.Request{CallingAE: c.cfg.CallingAE, CalledAE: c.cfg.CalledAE, Contexts: o.contexts, Extended: o.extended, Invoked: max(1, o.window), Performed: max(1, o.performed)}
	if c.cfg.Identity != nil {
		id, err := c.cfg.Identity(ctx)
		if err != nil {
			return nil, fmt.Errorf("log in: %w", err)
		}
		r.Identity = id
	}
	return ul.Dial(ctx, c.cfg.Address, r, ul.Options{TLS: c.cfg.TLS, Timeouts: c.cfg.Timeouts, Dial: c.cfg.Dial})
}

// options are how the archive's data sets are read.
func (c *Client) options() dicom.Options { return dicom.Options{Charset: c.cfg.Quirks.Charset} }

// Verify is a C-ECHO (PS3.4 A.4).
func (c *Client) Verify(ctx context.Context) error {
	const op = "verify"
	return c.on(ctx, op, c.queryOffer(), func(l *line) error {
		a, err := l.context(dicom.VerificationSOPClass)
		if err != nil {
			return err
		}
		m, err := l.ask(ctx, a, Command{Field: CEcho, Class: dicom.VerificationSOPClass}, nil)
		if err == nil && m.Command.Status != Success {
			err = refusal(op, m.Command)
		}
		return err
	})
}

// on lets do use an association of the pool. One that lay idle may have ended in the
// meantime without our knowing: where nothing at all was heard on it, what is asked is
// asked once more on a new one. do must be harmless when it is repeated.
func (c *Client) on(ctx context.Context, op string, o offer, do func(*line) error) error {
	for {
		l, err := c.pool.take(ctx, o)
		if err != nil {
			return wrap(op, err)
		}
		stale := l.used > 0
		l.heard = false
		err = do(l)
		c.pool.put(l)
		if err == nil || !stale || l.heard || !l.broken || ctx.Err() != nil {
			return wrap(op, err)
		}
	}
}

// wait is how long the end of a canceled request is waited for.
const wait = time.Second
