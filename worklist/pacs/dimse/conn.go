package dimse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// Transport is what a Conn needs of an association.
type Transport interface {
	Read(ctx context.Context) (ul.PDV, error)
	Write(ctx context.Context, p ...ul.PDV) error
}

// Message is a command and, where Command.HasData says so, its data set as a stream
// in the transfer syntax of the presentation context.
type Message struct {
	Context byte
	Command Command
	// Data is nil where there is no data set. A received one is read before the next
	// Receive; what is left is then passed over. It ends with io.EOF only after the
	// peer marked the end.
	Data io.Reader
}

// chunk is the most that is handed to the association at once; it cuts that to the
// peer's maximum length.
const chunk = 64 << 10

// Conn exchanges messages over an association. Send may be called by several
// goroutines and beside Receive; Receive by one.
type Conn struct {
	t Transport

	sending sync.Mutex

	pumped   *pump // not nil: it receives, and hands on; set before the first use
	canceled canceled

	handed *incoming // owned by whoever calls Receive: what the pump gave it last

	// Owned by whoever receives.
	open *incoming // the data set that is not read to its end
}

// NewConn speaks over t.
func NewConn(t Transport) *Conn { return &Conn{t: t} }

// Send writes a message whole. Command.HasData must be true exactly where there are
// Data: both are set by it. When Data fail, the message cannot be ended: the
// association is of no use any more, and must be aborted.
func (c *Conn) Send(ctx context.Context, m Message) error {
	m.Command.HasData = m.Data != nil
	c.sending.Lock()
	defer c.sending.Unlock()
	head := ul.PDV{Context: m.Context, Command: true, Last: true, Data: m.Command.Encode()}
	if m.Data == nil {
		return wrap("send "+m.Command.Field.String(), c.t.Write(ctx, head))
	}
	return wrap("send "+m.Command.Field.String(), c.stream(ctx, head, m.Data))
}

// sendBytes is Send for data that lie in memory: they are not copied.
func (c *Conn) sendBytes(ctx context.Context, id byte, cmd Command, data []byte) error {
	cmd.HasData = true
	c.sending.Lock()
	defer c.sending.Unlock()
	return wrap("send "+cmd.Field.String(), c.t.Write(ctx,
		ul.PDV{Context: id, Command: true, Last: true, Data: cmd.Encode()}, ul.PDV{Context: id, Last: true, Data: data}))
}

// stream writes the command and the data set, the first part of it in one go.
func (c *Conn) stream(ctx context.Context, head ul.PDV, data io.Reader) error {
	first := []ul.PDV{head}
	if b, ok := data.(*bytes.Reader); ok && b.Len() <= chunk {
		whole := make([]byte, b.Len())
		io.ReadFull(b, whole)
		return c.t.Write(ctx, append(first, ul.PDV{Context: head.Context, Last: true, Data: whole})...)
	}
	now, next := buffers.Get().(*[chunk]byte), buffers.Get().(*[chunk]byte)
	defer func() { buffers.Put(now); buffers.Put(next) }()
	n, err := io.ReadFull(data, now[:])
	for {
		more := 0
		if err == nil {
			more, err = io.ReadFull(data, next[:])
		}
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return fmt.Errorf("read what is to be sent: %w", err)
		}
		p := ul.PDV{Context: head.Context, Last: ended && more == 0, Data: now[:n]}
		if err2 := c.t.Write(ctx, append(first, p)...); err2 != nil || p.Last {
			return err2
		}
		first, now, next, n = nil, next, now, more
	}
}

var buffers = sync.Pool{New: func() any { return new([chunk]byte) }}

// Receive reads the next message up to its data set. io.EOF, as it is, says that the
// peer released the association in order.
func (c *Conn) Receive(ctx context.Context) (Message, error) {
	if c.pumped == nil {
		return c.receive(ctx)
	}
	if in := c.handed; in != nil { // nothing more comes until it is read
		c.handed = nil
		if _, err := in.WriteTo(io.Discard); err != nil {
			return Message{}, wrap("receive a message", err)
		}
	}
	m, err := c.pumped.take(ctx)
	c.handed, _ = m.Data.(*incoming)
	return m, err
}

func (c *Conn) receive(ctx context.Context) (Message, error) {
	if err := c.drain(ctx); err != nil {
		return Message{}, err
	}
	var set []byte
	for {
		p, err := c.t.Read(ctx)
		if err != nil && errors.Is(err, io.EOF) && set == nil {
			return Message{}, io.EOF
		}
		switch {
		case err != nil:
			return Message{}, wrap("receive a message", cut(err))
		case !p.Command:
			return Message{}, broken("data where a command must stand")
		case len(set)+len(p.Data) > mostCommand:
			return Message{}, broken("a command set of more than %d bytes", mostCommand)
		}
		if set = append(set, p.Data...); !p.Last {
			continue
		}
		m := Message{Context: p.Context}
		if m.Command, err = DecodeCommand(set); err != nil {
			return Message{}, err
		}
		if m.Command.HasData {
			c.open = &incoming{c: c, ctx: ctx, id: p.Context}
			m.Data = c.open
		}
		return m, nil
	}
}

// drain passes over what is left of a data set.
func (c *Conn) drain(ctx context.Context) error {
	if c.open == nil {
		return nil
	}
	in := c.open
	in.ctx, in.rest = ctx, nil
	for c.open != nil {
		if err := in.next(); err != nil {
			return wrap("receive a message", err)
		}
	}
	return nil
}

// incoming is a data set as it comes.
type incoming struct {
	c    *Conn
	ctx  context.Context // of Receive: a reader has none of its own
	id   byte
	rest []byte // valid until the next read of the association
	last bool
	err  error
	read chan struct{} // not nil: closed when nothing more is to be read
}

// settle says, when nothing is left to be read, that the association is free for the
// next message.
func (in *incoming) settle() {
	if in.read != nil && (in.err != nil || in.last && len(in.rest) == 0) {
		close(in.read)
		in.read = nil
	}
}

// next reads one PDV.
func (in *incoming) next() error {
	if in.last || in.err != nil {
		return in.err
	}
	p, err := in.c.t.Read(in.ctx)
	switch {
	case err != nil:
		in.err = cut(err)
	case p.Command || p.Context != in.id:
		in.err = broken("another message begins within a data set")
	}
	if in.err == nil {
		in.rest, in.last = p.Data, p.Last
		if p.Last {
			in.c.open = nil
		}
	}
	in.settle()
	return in.err
}

// Read is io.Reader.
func (in *incoming) Read(b []byte) (int, error) {
	for len(in.rest) == 0 {
		if in.last {
			return 0, io.EOF
		}
		if err := in.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, in.rest)
	in.rest = in.rest[n:]
	in.settle()
	return n, nil
}

// WriteTo is io.WriterTo: without a copy between.
func (in *incoming) WriteTo(w io.Writer) (total int64, err error) {
	for {
		if len(in.rest) > 0 {
			n, err := w.Write(in.rest)
			total += int64(n)
			in.rest = in.rest[n:]
			in.settle()
			if err != nil {
				return total, err
			}
		}
		if in.last {
			return total, nil
		}
		if err := in.next(); err != nil {
			return total, err
		}
	}
}

// cut says of an association that ended in the midst of a message that it was cut
// off: an orderly release has no place there.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return pacs.ErrTruncated
	}
	return err
}

// wrap says what was being done; a refusal says that itself.
func wrap(what string, err error) error {
	if _, refused := err.(*pacs.StatusError); err == nil || refused {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

// mostDataset is the most bytes of an identifier or another data set that is read
// into memory: not of an object.
const mostDataset = 8 << 20

// SendDataset sends c with ds in transfer syntax ts; a nil ds is none.
func (c *Conn) SendDataset(ctx context.Context, id byte, cmd Command, ds *dicom.Dataset, ts dicom.UID) error {
	if ds == nil {
		return c.Send(ctx, Message{Context: id, Command: cmd})
	}
	b, err := dicom.EncodeDataset(ds, ts)
	if err != nil {
		return wrap("write "+cmd.Field.String(), err)
	}
	return c.sendBytes(ctx, id, cmd, b)
}

// Dataset reads the message's data set in transfer syntax ts; an empty one where there
// is none. More than 8 MB are pacs.ErrTooLarge: no identifier is as large.
func (m Message) Dataset(ts dicom.UID, o dicom.Options) (*dicom.Dataset, error) {
	if m.Data == nil {
		return &dicom.Dataset{}, nil
	}
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(m.Data, mostDataset+1))
	if err == nil && n > mostDataset {
		err = pacs.ErrTooLarge
	}
	if err != nil {
		return nil, wrap("read "+m.Command.Field.String(), err)
	}
	ds, err := o.DecodeDataset(b.Bytes(), ts)
	return ds, wrap("read "+m.Command.Field.String(), err)
}
