package deliver

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// engineLiar is an HL7 interface engine that lies about what it took. It keeps messages
// by MSH-10, and so holds a message once however often it comes.
type engineLiar struct {
	*liars
	before string // the MSH-10 acknowledged last
}

var messageLies = []share{{"closed before reading", 8}, {"closed after commit", 12}, {"another's MSA-2 after commit", 8},
	{"the last acknowledgement again", 8}, {"acknowledged twice", 10}, {"AE 207", 8}, {"half an acknowledgement", 6}, {"AE 205 of what it has", 6}}

func newEngineLiar(t *testing.T, w *liars) (*engineLiar, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	e := &engineLiar{liars: w}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			e.serve(c) // one at a time, as engines do
		}
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	return e, "mllp://" + ln.Addr().String()
}

func (e *engineLiar) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(3 * time.Second))
	block, err := bufio.NewReader(c).ReadString(0x1C)
	if err != nil || !strings.HasPrefix(block, "\x0bMSH|") {
		return // the sender was killed
	}
	message := block[1 : len(block)-1]
	fields := strings.Split(strings.SplitN(message, "\r", 2)[0], "|")
	if len(fields) < 10 {
		return
	}
	id := fields[9]
	e.event(false)
	defer e.event(true)
	if e.once("message", id, "AR 200", 4) {
		answer(c, "AR", id, "200")
		return
	}
	switch lie := e.lie("message", id, messageLies); lie {
	case "closed before reading":
	case "AE 207":
		answer(c, "AE", id, "207")
	default:
		e.mu.Lock()
		known := len(e.arrived[id]) > 0
		e.mu.Unlock()
		e.took(id, report.Digest([]byte(message)))
		e.acknowledge(c, id, lie, known)
		e.before = id
	}
}

func (e *engineLiar) acknowledge(c net.Conn, id, lie string, known bool) {
	switch lie {
	case "closed after commit":
	case "another's MSA-2 after commit":
		answer(c, "AA", "X"+id[1:], "")
	case "the last acknowledgement again":
		answer(c, "AA", e.before+"0", "")
		answer(c, "AA", id, "")
	case "acknowledged twice":
		answer(c, "AA", id, "")
		answer(c, "AA", id, "")
	case "half an acknowledgement":
		_, _ = c.Write([]byte("\x0bMSH|^~\\&|E|H|N|N|20260301||ACK|1|P|2.5.1\rMSA|AA|" + id[:len(id)-1]))
	case "AE 205 of what it has":
		if known {
			answer(c, "AE", id, "205")
			return
		}
		answer(c, "AA", id, "")
	default:
		answer(c, "AA", id, "")
	}
}

func answer(c net.Conn, code, id, condition string) {
	ack := "\x0bMSH|^~\\&|E|H|N|N|20260301031200||ACK^R01^ACK|A" + id + "|P|2.5.1\rMSA|" + code + "|" + id + "\r"
	if condition != "" {
		ack += "ERR|||" + condition + "^^HL70357|E\r"
	}
	_, _ = c.Write([]byte(ack + "\x1c\r"))
}
