package pacstest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Misdeed is what a DIMSE peer does to an association.
type Misdeed int

// The misdeeds.
const (
	Behave    Misdeed = iota
	Hang              // goes on listening and says nothing more
	Deaf              // says nothing more and takes nothing more
	FIN               // ends the connection
	RST               // resets it
	Trickle           // goes on with N bytes a second
	SendAbort         // sends A-ABORT with the last two of Says, and ends
	Reject            // sends A-ASSOCIATE-RJ with Says, and ends
	Garbage           // sends bytes that are no PDU
	Oversize          // announces a P-DATA-TF of two gigabytes
)

// The PDUs at which a misdeed can begin (PS3.8 9.3.1).
const (
	AtOnce       byte = 0 // when a request came, before anything is said
	AssociateRQ  byte = 1
	AssociateAC  byte = 2
	DataTransfer byte = 4
	ReleaseRQ    byte = 5
	ReleaseRP    byte = 6
)

// AssociationFault is one misdeed and when it is done: at the Nth PDU (from 0) of a
// kind that the server sends, or that the client sends where FromClient is set, when
// Bytes of that PDU went through.
type AssociationFault struct {
	Do         Misdeed
	PDU        byte
	Nth        int
	Bytes      int
	FromClient bool
	N          int     // of Trickle
	Says       [3]byte // result, source, reason
}

// BadAssociation is a proxy before a good DIMSE server. It does to the associations
// it is asked for, in their order, what its script says; after that it is honest. What
// is asked of it in plain DIMSE it understands as far as the ends of PDUs.
type BadAssociation struct {
	// Only, where not empty, must stand in an A-ASSOCIATE-RQ (a UID of its contexts) for
	// the script to mean that association. Set it before the first.
	Only string

	l net.Listener

	mu     sync.Mutex
	good   string             // guarded by mu
	script []AssociationFault // guarded by mu
	asked  int                // guarded by mu
	open   map[net.Conn]bool  // guarded by mu; nil when the test is over
	all    sync.WaitGroup
}

// StartBadAssociation starts a proxy before good ("host:port") on a port of loopback.
// It ends with the test.
func StartBadAssociation(t testing.TB, good string, script ...AssociationFault) *BadAssociation {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &BadAssociation{l: l, good: good, script: script, open: map[net.Conn]bool{}}
	b.all.Add(1)
	go b.serve()
	t.Cleanup(b.close)
	return b
}

// Address is where the proxy listens.
func (b *BadAssociation) Address() string { return b.l.Addr().String() }

// Then appends faults to the script.
func (b *BadAssociation) Then(f ...AssociationFault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.script = append(b.script, f...)
}

// Before puts the proxy before another server.
func (b *BadAssociation) Before(good string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.good = good
}

// Asked is the number of associations so far that the script means.
func (b *BadAssociation) Asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked
}

func (b *BadAssociation) close() {
	b.l.Close()
	b.mu.Lock()
	for c := range b.open {
		c.Close()
	}
	b.open = nil
	b.mu.Unlock()
	b.all.Wait()
}

// keep closes c with the test; false when that is over.
func (b *BadAssociation) keep(c net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open == nil {
		c.Close()
		return false
	}
	b.open[c] = true
	return true
}

// next is the fault of an association that is asked for by rq.
func (b *BadAssociation) next(rq []byte) (f AssociationFault, good string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Only != "" && !bytes.Contains(rq, []byte(b.Only)) {
		return f, b.good
	}
	b.asked++
	if len(b.script) > 0 {
		f, b.script = b.script[0], b.script[1:]
	}
	return f, b.good
}

func (b *BadAssociation) serve() {
	defer b.all.Done()
	for {
		client, err := b.l.Accept()
		if err != nil {
			return
		}
		if b.keep(client) {
			b.all.Add(1)
			go b.begin(client.(*net.TCPConn))
		}
	}
}

// begin reads the request of an association and carries it on.
func (b *BadAssociation) begin(client *net.TCPConn) {
	defer b.all.Done()
	rq := make([]byte, 6)
	_, err := io.ReadFull(client, rq)
	if n := binary.BigEndian.Uint32(rq[2:]); err == nil && n < 1<<20 {
		rq = append(rq, make([]byte, n)...)
		_, err = io.ReadFull(client, rq[6:])
	}
	if err != nil {
		client.Close()
		return
	}
	fault, good := b.next(rq)
	server, err := net.Dial("tcp", good)
	if err != nil || !b.keep(server) {
		client.Close()
		return
	}
	x := &exchange{b: b, fault: fault, client: client, server: server.(*net.TCPConn)}
	b.all.Add(2)
	go x.run(io.MultiReader(bytes.NewReader(rq), client), x.server, true)
	go x.run(x.server, x.client, false)
}

// exchange is one association on its way through the proxy.
type exchange struct {
	b              *BadAssociation
	fault          AssociationFault
	client, server *net.TCPConn
	count          int // PDUs of the fault's kind; owned by the direction of the fault
	mu             sync.Mutex
	done           bool // guarded by mu: the misdeed is done, nothing more goes to the client
}

// run carries PDUs one way until the connection ends or the misdeed is done.
func (x *exchange) run(from io.Reader, to *net.TCPConn, fromClient bool) {
	defer x.b.all.Done()
	mine := x.fault.Do != Behave && x.fault.FromClient == fromClient
	if mine && x.fault.PDU == AtOnce {
		x.misbehave(from, to)
		return
	}
	head := make([]byte, 6)
	for {
		if _, err := io.ReadFull(from, head); err != nil {
			x.passEnd(to, fromClient)
			return
		}
		left := int64(binary.BigEndian.Uint32(head[2:]))
		if mine && head[0] == x.fault.PDU {
			if x.count++; x.count > x.fault.Nth {
				x.part(from, to, head, left)
				x.misbehave(from, to)
				return
			}
		}
		if !x.pass(from, to, head, left, fromClient) {
			return
		}
	}
}

// pass forwards a PDU, whole, unless it goes to a client to whom nothing more is said.
func (x *exchange) pass(from io.Reader, to *net.TCPConn, head []byte, left int64, fromClient bool) bool {
	if !fromClient {
		x.mu.Lock()
		defer x.mu.Unlock()
		if x.done {
			return false
		}
	}
	_, err := to.Write(head)
	if err == nil {
		_, err = io.CopyN(to, from, left)
	}
	if err != nil && (fromClient || !x.done) {
		to.CloseWrite()
	}
	return err == nil
}

// passEnd tells the other side that this one ended.
func (x *exchange) passEnd(to *net.TCPConn, fromClient bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if fromClient {
		x.server.Close() // whatever it still had to say, nobody listens
	} else if !x.done {
		to.CloseWrite()
	}
}

// part forwards the bytes of a PDU that come before the misdeed.
func (x *exchange) part(from io.Reader, to *net.TCPConn, head []byte, left int64) {
	n := min(x.fault.Bytes, len(head))
	to.Write(head[:n])
	if more := int64(x.fault.Bytes - n); more > 0 {
		io.CopyN(to, from, min(more, left))
	}
}

// misbehave does the misdeed to the client. Of what is still to come one way, from, the
// rest is dropped.
func (x *exchange) misbehave(from io.Reader, to *net.TCPConn) {
	x.mu.Lock()
	x.done = true
	x.mu.Unlock()
	f := x.fault
	switch f.Do {
	case Hang:
		x.server.Close() // is of no more use
		io.Copy(io.Discard, x.client)
	case Deaf:
		x.server.Close()
		return // the client's bytes pile up until the test ends
	case RST:
		x.client.SetLinger(0)
	case Trickle:
		x.trickle(from, to)
	case SendAbort:
		x.client.Write([]byte{7, 0, 0, 0, 0, 4, 0, 0, f.Says[1], f.Says[2]})
		x.drain()
	case Reject:
		x.client.Write([]byte{3, 0, 0, 0, 0, 4, 0, f.Says[0], f.Says[1], f.Says[2]})
		x.drain()
	case Garbage:
		x.client.Write([]byte("\x2a\x2a what is this \x00\xff"))
		x.drain()
	case Oversize:
		x.client.Write([]byte{4, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 2, 1, 0})
		x.drain()
	}
	x.client.Close()
	x.server.Close()
}

// drain gives the client time to read before the connection ends.
func (x *exchange) drain() {
	x.client.CloseWrite()
	x.client.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	io.Copy(io.Discard, x.client)
}

// trickle carries the rest at N bytes a second.
func (x *exchange) trickle(from io.Reader, to *net.TCPConn) {
	one := make([]byte, 1)
	for {
		if _, err := from.Read(one); err != nil {
			return
		}
		if _, err := to.Write(one); err != nil {
			return
		}
		time.Sleep(time.Second / time.Duration(max(x.fault.N, 1)))
	}
}
