package pacstest

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Orthanc is a real peer that can be killed and started again on what it holds.
type Orthanc struct {
	Host           string // host:port of HTTP
	User, Password string

	t              testing.TB
	binary, config string
	disk           string // where it keeps everything, once SmallDisk was called
	cmd            *exec.Cmd
	ended          chan error
}

// NewOrthanc starts an Orthanc as StartOrthanc does, on one port for all its lives.
func NewOrthanc(t testing.TB) *Orthanc {
	t.Helper()
	o := newOrthanc(t)
	o.Start()
	t.Cleanup(o.Kill)
	return o
}

// NewOrthancOnSmallDisk is NewOrthanc with a disk of so many MiB. It needs root; the
// test is skipped without.
func NewOrthancOnSmallDisk(t testing.TB, mib int) *Orthanc {
	t.Helper()
	o := newOrthanc(t)
	o.disk = filepath.Join(filepath.Dir(o.config), "db")
	if err := os.Mkdir(o.disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", mib), "tmpfs", o.disk).Run(); err != nil {
		t.Skip("a small disk can be mounted by root only")
	}
	t.Cleanup(func() { exec.Command("umount", "-l", o.disk).Run() })
	o.Start()
	t.Cleanup(o.Kill)
	return o
}

// Resize gives a small disk another size.
func (o *Orthanc) Resize(mib int) {
	o.t.Helper()
	if err := exec.Command("mount", "-o", fmt.Sprintf("remount,size=%dm", mib), o.disk).Run(); err != nil {
		o.t.Fatalf("resize the disk: %v", err)
	}
}

func newOrthanc(t testing.TB) *Orthanc {
	t.Helper()
	binary, plugin := orthancPaths()
	if binary == "" || plugin == "" {
		Missing(t, "Orthanc with its DICOMweb plugin is not installed")
	}
	port := freePort(t)
	o := &Orthanc{Host: fmt.Sprintf("127.0.0.1:%d", port), User: "reader", Password: "s3cret", t: t, binary: binary}
	o.config = orthancConfig(t, plugin, port, o.User, o.Password)
	return o
}

// Start starts it and waits until it answers.
func (o *Orthanc) Start() {
	o.t.Helper()
	o.cmd = exec.Command(o.binary, o.config)
	if err := o.cmd.Start(); err != nil {
		o.t.Fatalf("start Orthanc: %v", err)
	}
	o.ended = make(chan error, 1)
	go func(cmd *exec.Cmd, ended chan error) { ended <- cmd.Wait() }(o.cmd, o.ended)
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		if answers("http://"+o.Host+"/system", o.User, o.Password) {
			return
		}
	}
	o.t.Fatal("Orthanc does not answer")
}

// Kill ends it at once, as a power cut does (SIGKILL).
func (o *Orthanc) Kill() {
	if o.cmd == nil {
		return
	}
	o.cmd.Process.Kill()
	<-o.ended
	o.cmd = nil
}

// Slowed is the address of a relay to target that passes at most perSecond bytes a
// second of each connection to the client. It ends with the test.
func Slowed(t testing.TB, target string, perSecond int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { relay(c, target, perSecond) })
		}
	})
	return l.Addr().String()
}

func relay(client net.Conn, target string, perSecond int) {
	defer client.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	up := make(chan struct{})
	go func() {
		defer close(up)
		io.Copy(server, client)
		server.Close()
	}()
	const step = 10 * time.Millisecond
	for {
		if _, err := io.CopyN(client, server, max(1, int64(perSecond)/int64(time.Second/step))); err != nil {
			break
		}
		time.Sleep(step)
	}
	client.Close()
	<-up
}
