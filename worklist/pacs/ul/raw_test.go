package ul

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// ac accepts the two contexts of echoRequest; typed from PS3.8 9.3.3, so that our
// writer is not asked.
func ac() []byte {
	items := "\x10\x00\x00\x15" + applicationContext +
		"\x21\x00\x00\x19\x01\x00\x00\x00\x40\x00\x00\x111.2.840.10008.1.2" +
		"\x21\x00\x00\x1b\x03\x00\x00\x00\x40\x00\x00\x131.2.840.10008.1.2.1" +
		"\x50\x00\x00\x08\x51\x00\x00\x04\x00\x00\x40\x00"
	fixed := append([]byte{0, 1, 0, 0}, make([]byte, 64)...)
	n := len(fixed) + len(items)
	return append(append([]byte{2, 0, 0, 0, byte(n >> 8), byte(n)}, fixed...), items...)
}

// script is a peer that plays bytes: it reads a PDU before each and tells what it
// read by its first byte.
func script(t *testing.T, play func(c net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(10 * time.Second))
		play(c)
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

// next reads one PDU.
func nextPDU(c net.Conn) (kind byte, body []byte) {
	var h [6]byte
	if _, err := io.ReadFull(c, h[:]); err != nil {
		return 0, nil
	}
	body = make([]byte, int(h[2])<<24|int(h[3])<<16|int(h[4])<<8|int(h[5]))
	io.ReadFull(c, body)
	return h[0], body
}

var (
	releaseRQ = []byte{5, 0, 0, 0, 0, 4, 0, 0, 0, 0}
	releaseRP = []byte{6, 0, 0, 0, 0, 4, 0, 0, 0, 0}
)

func TestAReleaseCollisionEndsInOrderOnTheRequestorsSide(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	order := make(chan []byte, 1)
	address := script(t, func(c net.Conn) {
		nextPDU(c)
		c.Write(ac())
		first, _ := nextPDU(c) // their A-RELEASE-RQ, crossed by ours
		c.Write(releaseRQ)
		second, _ := nextPDU(c) // PS3.8 9.2.2: the requestor answers first
		c.Write(releaseRP)
		third, _ := nextPDU(c)
		order <- []byte{first, second, third}
	})
	a, err := Dial(t.Context(), address, echoRequest(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if err := a.Release(t.Context()); err != nil {
		t.Errorf("releasing again: %v", err)
	}
	if got := <-order; string(got) != "\x05\x06\x00" {
		t.Errorf("%v came, not a request, an answer and the end", got)
	}
}

func TestAReleaseCollisionEndsInOrderWhenBothSidesAreOurs(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	for range 20 {
		ours, theirs := established(t, echoRequest())
		other := make(chan error, 1)
		go func() { other <- theirs.Release(t.Context()) }()
		if err := ours.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-other; err != nil {
			t.Fatal(err)
		}
	}
}

func TestDataMayStillComeWhileARelaseIsAsked(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	address := script(t, func(c net.Conn) {
		nextPDU(c)
		c.Write(ac())
		nextPDU(c)
		c.Write([]byte{4, 0, 0, 0, 0, 8, 0, 0, 0, 4, 1, 3, 'h', 'i'}) // AR-6
		c.Write(releaseRP)
		nextPDU(c)
	})
	a, err := Dial(t.Context(), address, echoRequest(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan PDV, 1)
	ended := make(chan error, 1)
	go func() {
		v, _ := a.Read(t.Context())
		read <- PDV{Context: v.Context, Command: v.Command, Last: v.Last, Data: append([]byte(nil), v.Data...)}
		_, err := a.Read(t.Context())
		ended <- err
	}()
	time.Sleep(10 * time.Millisecond)
	if err := a.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if v := <-read; v.Context != 1 || !v.Command || !v.Last || string(v.Data) != "hi" {
		t.Errorf("%+v", v)
	}
	if err := <-ended; err != io.EOF {
		t.Error(err)
	}
}

// TestWhatCannotComeIsAnsweredByAnAbortWithItsReason plays PDUs that may not come
// after an association was accepted, and hears what we answer (AA-8, Table 9-26).
func TestWhatCannotComeIsAnsweredByAnAbortWithItsReason(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	for name, c := range map[string]struct {
		send   []byte
		reason byte
	}{
		"an associate PDU":       {ac(), 2},
		"an unasked release":     {releaseRP, 2},
		"a rejection":            {[]byte{3, 0, 0, 0, 0, 4, 0, 1, 1, 1}, 2},
		"an unknown PDU":         {[]byte{8, 0, 0, 0, 0, 0}, 1},
		"no PDU at all":          {[]byte("hello\r\n"), 1},
		"a PDU too large":        {[]byte{4, 0, 0x40, 0, 0, 0}, 6},
		"a PDV over the end":     {[]byte{4, 0, 0, 0, 0, 6, 0, 0, 0, 9, 1, 0}, 6},
		"a PDV of length 1":      {[]byte{4, 0, 0, 0, 0, 6, 0, 0, 0, 1, 1, 0}, 6},
		"a PDV of no context":    {[]byte{4, 0, 0, 0, 0, 6, 0, 0, 0, 2, 9, 0}, 6},
		"an empty P-DATA-TF":     {[]byte{4, 0, 0, 0, 0, 0}, 6},
		"a release of 5 bytes":   {[]byte{5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0}, 6},
		"a cut PDV in its place": {[]byte{4, 0, 0, 0, 0, 3, 0, 0, 0}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard := make(chan []byte, 1)
			address := script(t, func(conn net.Conn) {
				nextPDU(conn)
				conn.Write(ac())
				conn.Write(c.send)
				_, body := nextPDU(conn)
				heard <- body
			})
			a, err := Dial(t.Context(), address, echoRequest(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var bad *ProtocolError
			if _, err := a.Read(t.Context()); !errors.As(err, &bad) || bad.Reason != c.reason {
				t.Errorf("read %v", err)
			}
			if got := <-heard; string(got) != string([]byte{0, 0, 2, c.reason}) {
				t.Errorf("the peer heard %v", got)
			}
		})
	}
}

func TestWhatIsNoArchiveIsSaidToBeNone(t *testing.T) {
	t.Parallel()
	for says, speak := range map[string]string{
		"it speaks HTTP, not DICOM":    "HTTP/1.1 400 Bad Request\r\n\r\n",
		"it speaks TLS, and we do not": "\x15\x03\x03\x00\x02\x02\x28",
		"it is no DICOM PDU":           "220 mail.example ESMTP\r\n",
	} {
		address := script(t, func(c net.Conn) { nextPDU(c); io.WriteString(c, speak); nextPDU(c) })
		_, err := Dial(t.Context(), address, echoRequest(), Options{})
		var other *pacs.NotArchiveError
		if !errors.As(err, &other) || other.Got != says {
			t.Errorf("%q: %v", speak, err)
		}
	}
}

func TestAnAcceptorMayNotAgreeToWhatWasNotProposed(t *testing.T) {
	t.Parallel()
	wrong := ac()
	for i := range wrong {
		if string(wrong[i:min(i+19, len(wrong))]) == string(dicom.ExplicitVRLittleEndian) {
			wrong[i+18] = '9'
		}
	}
	address := script(t, func(c net.Conn) { nextPDU(c); c.Write(wrong); nextPDU(c) })
	_, err := Dial(t.Context(), address, echoRequest(), Options{})
	var bad *ProtocolError
	if !errors.As(err, &bad) || bad.Reason != invalidParameter {
		t.Error(err)
	}
}

func netPipe(t *testing.T) (ours, theirs net.Conn) {
	ours, theirs = net.Pipe()
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	return ours, theirs
}
