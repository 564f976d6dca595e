package hl7

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

const small = "MSH|^~\\&|A|B|C|D|20260301031200||ORU^R01^ORU_R01|%s|P|2.5.1\rPID|1||P1\r"

func message(id string) []byte { return fmt.Appendf(nil, small, id) }

// listen serves until the test ends and returns mllp://host:port.
func listen(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := s.Serve(ctx, l); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); done.Wait() })
	return "mllp://" + l.Addr().String()
}

func accept(m *Message) []byte { return m.Answer("AA", "", time.Now()) }

func TestAMessageIsAnswered(t *testing.T) {
	var got []string
	address := listen(t, &Server{Handle: func(m *Message) []byte { got = append(got, m.ControlID()); return accept(m) }})
	for _, id := range []string{"1", "2"} {
		a, err := Endpoint{Address: address}.Exchange(context.Background(), message(id), id)
		if err != nil || !a.Accepted() || a.ControlID != id || a.Code != "AA" {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	if strings.Join(got, " ") != "1 2" {
		t.Errorf("%q", got)
	}
}

func TestAnswersAreSorted(t *testing.T) {
	for _, c := range []struct{ code, condition string }{{"AE", "207"}, {"AR", "200"}, {"CE", ""}, {"CR", "101"}, {"CA", ""}, {"AE", "205"}} {
		address := listen(t, &Server{Handle: func(m *Message) []byte { return m.Answer(c.code, c.condition, time.Now()) }})
		a, err := Endpoint{Address: address}.Exchange(context.Background(), message("1"), "1")
		if err != nil || a.Code != c.code || a.Condition != c.condition || a.Accepted() != (c.code == "CA") {
			t.Errorf("%v: %+v, %v", c, a, err)
		}
	}
}

func TestConditionsOfOlderVersionsAreFound(t *testing.T) {
	for tail, want := range map[string]string{
		"MSA|AE|1||||207^Application internal error^HL70357": "207",
		"MSA|AE|1\rERR|PID^1^3^103&Table value not found":    "103",
		"MSA|AE|1|patient MILLER unknown\rERR|||MILLER":      "",
	} {
		a, err := ReadAck(parse(t, "MSH|^~\\&|A\r"+tail))
		if err != nil || a.Condition != want {
			t.Errorf("%q: %+v, %v", tail, a, err)
		}
	}
	for _, s := range []string{"MSH|^~\\&|A", "MSH|^~\\&|A\rMSA|", "MSH|^~\\&|A\rMSA|OK|1"} {
		if _, err := ReadAck(parse(t, s)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// raw runs script on each connection, on what a real server would not do.
func raw(t *testing.T, script func(net.Conn, *bufio.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { defer c.Close(); script(c, bufio.NewReader(c)) })
		}
	})
	t.Cleanup(func() { l.Close(); open.Wait() })
	return "mllp://" + l.Addr().String()
}

func ackOf(id string) string { return "MSH|^~\\&|C|D|A|B|||ACK|9|P|2.3\rMSA|AA|" + id + "\r" }

func TestWhatIsNotAnAcknowledgementOfOursIsNeverAccepted(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		is     error
	}{
		"another message's": {"\x0B" + ackOf("2") + "\x1C\r", ErrOtherMessage},
		"nobody's":          {"\x0B" + ackOf("") + "\x1C\r", ErrOtherMessage},
		"cut off":           {"\x0B" + ackOf("1"), io.ErrUnexpectedEOF},
		"nothing":           {"", io.EOF},
		"a web server":      {"HTTP/1.1 400 Bad Request\r\n\r\n", errNotMLLP},
		"no HL7":            {"\x0BOK\x1C\r", ErrInvalid},
		"line ends forever": {strings.Repeat("\r", 100), errNotMLLP},
		"a commit alone":    {"\x0B\x06\x1C\r", io.EOF},
		"two commits":       {"\x0B\x06\x1C\r\x0B\x06\x1C\r", ErrInvalid},
		"more than allowed": {"\x0B" + strings.Repeat("x", maxAck+2), errTooLarge},
	} {
		address := raw(t, func(conn net.Conn, r *bufio.Reader) {
			_, _ = readBlock(r, MaxMessage)
			_, _ = io.WriteString(conn, c.answer)
		})
		a, err := Endpoint{Address: address}.Exchange(context.Background(), message("1"), "1")
		if !errors.Is(err, ErrSent) || !errors.Is(err, c.is) || a.Accepted() {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestAnAcknowledgementIsReadHoweverItComes(t *testing.T) {
	whole := "\r\n\x0B" + strings.ReplaceAll(ackOf("1"), "\r", "\r\n") + "\x1C\r"
	for name, script := range map[string]func(net.Conn, *bufio.Reader){
		"byte by byte": func(c net.Conn, _ *bufio.Reader) {
			for i := range len(whole) {
				_, _ = c.Write([]byte{whole[i]})
				if i%16 == 0 {
					time.Sleep(time.Millisecond)
				}
			}
		},
		"without the last byte": func(c net.Conn, _ *bufio.Reader) { _, _ = io.WriteString(c, whole[:len(whole)-1]) },
		"after a commit":        func(c net.Conn, _ *bufio.Reader) { _, _ = io.WriteString(c, "\x0B\x06\x1C\r"+whole) },
	} {
		address := raw(t, func(c net.Conn, r *bufio.Reader) {
			_, _ = readBlock(r, MaxMessage)
			script(c, r)
			if name == "after a commit" {
				if b, err := readBlock(r, 10); err != nil || !bytes.Equal(b, []byte{commitAck}) {
					t.Errorf("our commit: %q, %v", b, err)
				}
			}
		})
		a, err := Endpoint{Address: address}.Exchange(context.Background(), message("1"), "1")
		if err != nil || !a.Accepted() {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestACommitIsAnAnswerOnlyWhereItIsAllThereIs(t *testing.T) {
	for answer, want := range map[string]string{"\x0B\x06\x1C\r": "CA", "\x0B\x15\x1C\r": "CE"} {
		address := raw(t, func(c net.Conn, r *bufio.Reader) {
			_, _ = readBlock(r, MaxMessage)
			_, _ = io.WriteString(c, answer)
		})
		a, err := Endpoint{Address: address, CommitOnly: true}.Exchange(context.Background(), message("1"), "1")
		if err != nil || a.Code != want || !a.Commit {
			t.Errorf("%q: %+v, %v", answer, a, err)
		}
	}
}

func TestASilentReceiverIsGivenUpInTime(t *testing.T) {
	hold := make(chan struct{})
	defer close(hold)
	address := raw(t, func(net.Conn, *bufio.Reader) { <-hold })
	start := time.Now()
	_, err := Endpoint{Address: address, Timeout: 100 * time.Millisecond}.Exchange(context.Background(), message("1"), "1")
	if !errors.Is(err, ErrSent) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestNobodyThereMeansNothingWasSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for _, e := range []Endpoint{{Address: "mllp://" + l.Addr().String()}, {Address: "http://127.0.0.1:1"}, {Address: "mllp://127.0.0.1"}, {Address: "mllps://u:p@127.0.0.1:1"}} {
		if _, err := e.Exchange(context.Background(), message("1"), "1"); err == nil || errors.Is(err, ErrSent) {
			t.Errorf("%v", err)
		}
	}
	if _, err := (Endpoint{Address: listen(t, &Server{Handle: accept})}).Exchange(context.Background(), []byte("MSH\x1C"), "1"); err == nil || errors.Is(err, ErrSent) {
		t.Errorf("a message that would end its own frame: %v", err)
	}
}

// Split frames and two in one write, as TCP may bring them.
func TestTheServerReadsFramesHoweverTheyCome(t *testing.T) {
	var mu sync.Mutex
	var got []string
	address := listen(t, &Server{Handle: func(m *Message) []byte {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, m.ControlID())
		return accept(m)
	}})
	c, err := net.Dial("tcp", strings.TrimPrefix(address, "mllp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	frame := func(id string) string { return "\x0B" + string(message(id)) + "\x1C\r" }
	two := frame("1") + frame("2")
	for _, chunk := range []string{two, frame("3")[:1], frame("3")[1:40], frame("3")[40 : len(frame("3"))-1], "\r" + frame("4")} {
		_, _ = io.WriteString(c, chunk)
		time.Sleep(5 * time.Millisecond)
	}
	r := bufio.NewReader(c)
	for _, id := range []string{"1", "2", "3", "4"} {
		b, err := readBlock(r, maxAck)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := ReadAck(parse(t, string(b))); err != nil || a.ControlID != id {
			t.Errorf("%+v, %v", a, err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if strings.Join(got, "") != "1234" {
		t.Errorf("%q", got)
	}
}

func TestTheServerEndsWhatIsNoMessageAndSaysSoWhereAsked(t *testing.T) {
	for _, refused := range []func() []byte{nil, func() []byte { return []byte(ackOf("")) }} {
		address := listen(t, &Server{Handle: accept, Refused: refused})
		c, err := net.Dial("tcp", strings.TrimPrefix(address, "mllp://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, "\x0Bgarbage\x1C\r")
		b, err := readBlock(bufio.NewReader(c), maxAck)
		if (refused == nil) != (err != nil) || refused != nil && string(b) != ackOf("") {
			t.Errorf("%q, %v", b, err)
		}
		c.Close()
	}
}

func FuzzReadBlock(f *testing.F) {
	f.Add([]byte("\x0B" + ackOf("1") + "\x1C\r\x0B\x06\x1C\r"))
	f.Add([]byte("\r\n\x0B\x1C\x1C\r\x0B"))
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 100
		r := bufio.NewReaderSize(bytes.NewReader(b), 16)
		for {
			block, err := readBlock(r, limit)
			if err != nil {
				return
			}
			if len(block) > limit || bytes.IndexByte(block, blockEnd) >= 0 {
				t.Fatalf("%q", block)
			}
			if bytes.IndexByte(block, blockStart) < 0 {
				var w bytes.Buffer
				if err := writeBlock(&w, block); err != nil {
					t.Fatal(err)
				}
				again, err := readBlock(bufio.NewReader(&w), limit)
				if err != nil || !bytes.Equal(again, block) {
					t.Fatalf("%q became %q, %v", block, again, err)
				}
			}
		}
	})
}
