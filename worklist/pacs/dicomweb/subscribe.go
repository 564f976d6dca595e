package dicomweb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// globalSubscription is the UPS Global Subscription SOP Instance UID (PS3.4 CC.2.3.1):
// all workitems that are and will be.
const globalSubscription = "1.2.840.10008.5.1.4.34.5"

// affectedSOPInstance is Affected SOP Instance UID (0000,1000), the workitem that an
// event report is about (PS3.18 11.13).
const affectedSOPInstance dicom.Tag = 0x00001000

// maxEvent bounds one event report; a state change takes a few hundred bytes.
const maxEvent = 1 << 20

var _ pacs.Watcher = (*Client)(nil)

// Watch subscribes to the worklist's events (PS3.18 11.10, 8.10.4); a server without
// them is asked for its log of changes (see changes.go). Every call subscribes anew,
// so that nothing is missed after a lost connection: the zero Change comes when the
// connection stands. A server that does not answer two pings in Quirks.Idle is given up.
// The subscription stays when Watch ends: another program of this home may use it.
func (c *Client) Watch(ctx context.Context, changed func(pacs.Change)) error {
	defer c.hears.Store("")
	err := pacs.ErrNoWatch
	if c.ups != "" {
		err = c.watchEvents(ctx, changed)
	}
	if errors.Is(err, pacs.ErrNoWatch) {
		err = c.watchChanges(ctx, changed)
	}
	return err
}

// Listening implements pacs.Listening.
func (c *Client) Listening() string {
	s, _ := c.hears.Load().(string)
	return s
}

func (c *Client) watchEvents(ctx context.Context, changed func(pacs.Change)) error {
	const op = "watch the worklist"
	address, err := c.subscribe(ctx, op)
	if err != nil {
		return err
	}
	ws, err := c.dialEvents(ctx, op, address)
	if err != nil {
		return err
	}
	defer ws.CloseNow()
	ws.SetReadLimit(maxEvent)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pinging := make(chan struct{})
	defer func() { cancel(nil); <-pinging }()
	go func() { defer close(pinging); c.keepAlive(ctx, ws, cancel) }()
	c.hears.Store("events")
	changed(pacs.Change{})
	for {
		_, b, err := ws.Read(ctx)
		if err != nil {
			return eventError(ctx, op, err)
		}
		changed(eventOf(b))
	}
}

// eventError names what became of the connection. The library's words may quote a
// server's; they are left out.
func eventError(ctx context.Context, op string, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), pacs.ErrStalled):
		return fmt.Errorf("%s: %w", op, pacs.ErrStalled)
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", op, ctx.Err())
	}
	if _, ok := pacs.Unreachable(err); ok {
		return linkError(ctx, op, err)
	}
	return fmt.Errorf("%s: %w", op, pacs.ErrTruncated)
}

// keepAlive pings until ctx ends, and ends it when no pong comes in time.
func (c *Client) keepAlive(ctx context.Context, ws *websocket.Conn, cancel context.CancelCauseFunc) {
	half := c.cfg.Quirks.Idle / 2
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(half):
		}
		pctx, done := context.WithTimeout(ctx, half)
		err := ws.Ping(pctx)
		late := pctx.Err() == context.DeadlineExceeded
		done()
		if err != nil && late && ctx.Err() == nil {
			cancel(pacs.ErrStalled)
			return
		}
	}
}

// subscribe subscribes to all workitems and returns where to listen (11.10).
func (c *Client) subscribe(ctx context.Context, op string) (address string, err error) {
	title := url.PathEscape(c.cfg.AETitle)
	r := request{op: op, method: http.MethodPost, accept: acceptJSON,
		url: c.ups + "/workitems/" + globalSubscription + "/subscribers/" + title}
	resp, err := c.do(ctx, r)
	if errors.Is(err, pacs.ErrTruncated) { // a kept connection that the server had ended; twice is harmless
		resp, err = c.do(ctx, r)
	}
	if err != nil {
		if resp != nil {
			drain(resp)
		}
		return "", noWatch(op, err)
	}
	drain(resp)
	if mediaTypeOf(resp.Header.Get("Content-Type")) == "text/html" {
		return "", &pacs.NotArchiveError{Op: op, Got: "text/html"}
	}
	return eventAddress(c.ups, title, resp.Header.Get("Content-Location")), nil
}

// eventAddress is where the answer says that events are sent, as long as that is the
// worklist's own host: a credential goes nowhere else, nor to a weaker scheme. Else it
// is where the standard has it (11.13): {ups}/subscribers/{aet}.
func eventAddress(ups, title, location string) string {
	normal := ups + "/subscribers/" + title
	base, err := url.Parse(normal)
	if err != nil || location == "" {
		return normal
	}
	u, err := base.Parse(location)
	if err != nil || !strings.EqualFold(u.Host, base.Host) || u.User != nil {
		return normal
	}
	switch u.Scheme {
	case "ws", "wss", "http", "https":
		u.Scheme, u.Fragment = base.Scheme, ""
		return u.String()
	}
	return normal
}

// dialEvents opens the notification connection (8.10.4), with the login and the TLS of
// every other request.
func (c *Client) dialEvents(ctx context.Context, op, address string) (*websocket.Conn, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, errBadAddress)
	}
	req.Header.Set("User-Agent", "Nocturne")
	login, err := c.login(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	login.Sign(req)
	// The handshake has its time; the connection has none.
	hctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.cfg.Quirks.Idle, func() { cancel(pacs.ErrStalled) })
	defer timer.Stop()
	ws, resp, err := websocket.Dial(hctx, address, &websocket.DialOptions{HTTPClient: c.json, HTTPHeader: req.Header})
	switch {
	case err == nil:
		return ws, nil
	case resp != nil && resp.StatusCode == http.StatusOK:
		return nil, fmt.Errorf("%s: %w", op, pacs.ErrNoWatch) // a page where a connection was asked for
	case resp != nil && resp.StatusCode != http.StatusSwitchingProtocols:
		return nil, noWatch(op, &pacs.StatusError{Code: resp.StatusCode, Op: op})
	}
	return nil, linkError(hctx, op, err)
}

// noWatch tells a server that has no such service from one that refuses or fails now.
func noWatch(op string, err error) error {
	var status *pacs.StatusError
	if errors.As(err, &status) {
		switch status.Code {
		case 400, 403, 404, 405, 406, 410, 415, 426, 501:
			return fmt.Errorf("%s: %w", op, pacs.ErrNoWatch)
		}
	}
	return err
}

// eventOf reads an event report. What cannot be read is the zero Change: something
// happened.
func eventOf(b []byte) pacs.Change {
	var ds dicom.Dataset
	if json.Unmarshal(b, &ds) != nil {
		return pacs.Change{}
	}
	u := dicom.UID(ds.Str(affectedSOPInstance))
	if _, err := segment(u); err != nil {
		return pacs.Change{}
	}
	return pacs.Change{Workitem: u}
}
