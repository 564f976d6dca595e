package ul

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// echoRQ is a C-ECHO-RQ typed from PS3.7 9.3.5.1: group length, affected SOP class,
// command field 0030H, message ID 1, no data set.
var echoRQ = []byte("\x00\x00\x00\x00\x04\x00\x00\x00\x38\x00\x00\x00" +
	"\x00\x00\x02\x00\x12\x00\x00\x001.2.840.10008.1.1\x00" +
	"\x00\x00\x00\x01\x02\x00\x00\x00\x30\x00" +
	"\x00\x00\x10\x01\x02\x00\x00\x00\x01\x00" +
	"\x00\x00\x00\x08\x02\x00\x00\x00\x01\x01")

// echoed is the C-ECHO-RSP to it: 8030H, responded to 1, success.
var echoed = []byte("\x00\x00\x00\x00\x04\x00\x00\x00\x42\x00\x00\x00" +
	"\x00\x00\x02\x00\x12\x00\x00\x001.2.840.10008.1.1\x00" +
	"\x00\x00\x00\x01\x02\x00\x00\x00\x30\x80" +
	"\x00\x00\x20\x01\x02\x00\x00\x00\x01\x00" +
	"\x00\x00\x00\x08\x02\x00\x00\x00\x01\x01" +
	"\x00\x00\x00\x09\x02\x00\x00\x00\x00\x00")

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		pacstest.Missing(t, name+" (DCMTK) is not installed")
	}
	return path
}

// started runs a DCMTK server until the test ends and waits until it listens.
func started(t *testing.T, name string, args ...string) (address string) {
	t.Helper()
	path := tool(t, name)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	cmd := exec.Command(path, append(args, strconv.Itoa(port))...)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "TCP_NODELAY=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			return address
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// echo sends a C-ECHO and wants success; the response's other elements are the peer's affair.
func echo(t *testing.T, a *Association) {
	t.Helper()
	k, ok := a.Find(verification)
	if !ok {
		t.Fatal("verification was not accepted")
	}
	if err := a.Write(t.Context(), PDV{Context: k.ID, Command: true, Last: true, Data: echoRQ}); err != nil {
		t.Fatal(err)
	}
	v, err := a.Read(t.Context())
	if err != nil || !v.Command || !v.Last || !bytes.HasSuffix(v.Data, echoed[len(echoed)-10:]) {
		t.Fatalf("%+v, %v", v, err)
	}
}

func TestDCMTKsStorescpAnswersUs(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	a, err := Dial(t.Context(), started(t, "storescp"), echoRequest(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	echo(t, a)
	echo(t, a)
	if k, ok := a.Find(ctStorage); !ok || k.Transfer != dicom.ExplicitVRLittleEndian {
		t.Errorf("%+v", a.Accepted())
	}
	if p := a.Peer(); !strings.HasPrefix(p.Version, "OFFIS_DCMTK") || p.MaxPDU == 0 {
		t.Errorf("%+v", p)
	}
	if err := a.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDCMTKsFaultsAreNamed(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	_, err := Dial(t.Context(), started(t, "storescp", "--refuse"), echoRequest(), Options{})
	var rejected *RejectError
	if !errors.As(err, &rejected) {
		t.Errorf("refused: %v", err)
	}
	config := filepath.Join(t.TempDir(), "cfg")
	os.WriteFile(config, []byte("MaxPDUSize = 16384\nMaxAssociations = 4\nHostTable BEGIN\nHostTable END\nVendorTable BEGIN\nVendorTable END\nAETable BEGIN\nOTHER "+t.TempDir()+" RW (9,9mb) ANY\nAETable END\n"), 0o600)
	_, err = Dial(t.Context(), started(t, "dcmqrscp", "-c", config), echoRequest(), Options{})
	if !errors.Is(err, ErrCalledAE) {
		t.Errorf("called by another name: %v", err)
	}
}

// TestDCMTKsEchoscuIsAnswered holds our acceptor against DCMTK, with every context
// it can propose and both ways in which it may go.
func TestDCMTKsEchoscuIsAnswered(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	path := tool(t, "echoscu")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	for _, c := range []struct {
		args []string
		ends error
	}{
		{[]string{"--repeat", "3", "-pts", "38", "--propose-pc", "128"}, io.EOF},
		{[]string{"--abort"}, &AbortError{}},
	} {
		served := make(chan error, 1)
		go func() { served <- serveEchoes(t, l) }()
		out, err := exec.Command(path, append(c.args, "-aet", "TECH", "-aec", "NOCTURNE", "127.0.0.1", port)...).CombinedOutput()
		if err != nil {
			t.Errorf("echoscu %v: %v\n%s", c.args, err, out)
		}
		if err := <-served; !errors.Is(err, c.ends) {
			t.Errorf("echoscu %v left with %v", c.args, err)
		}
	}
}

func serveEchoes(t *testing.T, l net.Listener) error {
	c, err := l.Accept()
	if err != nil {
		return err
	}
	a, err := Accept(t.Context(), c, Options{}, func(r *Request) (Answer, *RejectError) {
		if r.CalledAE != "NOCTURNE" || r.CallingAE != "TECH" {
			t.Errorf("%q calls %q", r.CallingAE, r.CalledAE)
		}
		return all(r)
	})
	if err != nil {
		return err
	}
	defer a.Abort()
	for {
		v, err := a.Read(t.Context())
		if err != nil {
			return err
		}
		answer := bytes.Clone(echoed)
		copy(answer[56:58], messageID(v.Data))
		if err := a.Write(t.Context(), PDV{Context: v.Context, Command: true, Last: true, Data: answer}); err != nil {
			return err
		}
	}
}

// messageID is the value of (0000,0110).
func messageID(command []byte) []byte {
	i := bytes.Index(command, []byte("\x00\x00\x10\x01\x02\x00\x00\x00"))
	return command[i+8 : i+10]
}
