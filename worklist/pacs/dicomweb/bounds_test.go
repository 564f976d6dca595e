package dicomweb_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// endlessPart answers with a part that has no end; length, if not empty, is what its
// header says.
func endlessPart(length string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", `multipart/related; type="application/dicom"; boundary=b`)
		fmt.Fprintf(w, "\r\n--b\r\nContent-Type: application/dicom\r\n%s\r\n", length)
		junk := bytes.Repeat([]byte("pixels, pixels, "), 4096)
		for {
			if _, err := w.Write(junk); err != nil {
				return
			}
		}
	}
}

func TestPartsWithoutEndOnManyConnectionsShareOneBound(t *testing.T) {
	for _, length := range []string{"", "Content-Length: 20000000\r\n", "Content-Length: 99999999999\r\n"} {
		const most = 8 << 20
		arch := client(t, dicomweb.Config{BaseURL: serve(t, endlessPart(length))})
		arch.Limit(1<<20, 1<<30)
		arch.LimitBodies(most)
		before := heap()
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				err := arch.Retrieve(context.Background(), pacs.Ref{Study: "1.2.3"}, func(pacs.Object) error { return nil })
				if !errors.Is(err, pacs.ErrTooLarge) {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		all.Wait()
		if after := heap(); after > before+most || arch.Room() != most {
			t.Errorf("%q: %d kB more alive, %d of %d bytes free again", length, (after-before)>>10, arch.Room(), most)
		}
	}
}

func TestAConnectionWhoseLengthWasWrongIsNotUsedAgain(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	h := &honest{seed: pacstest.NewSeed(t)}
	st := h.seed.Studies[0]
	good := &bytes.Buffer{}
	kind := recordedStudy(t, h, st, good)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connections, second := 0, 0
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			connections++
			r := bufio.NewReader(conn)
			for n := 0; ; n++ {
				conn.SetReadDeadline(time.Now().Add(5 * time.Second))
				if _, err := http.ReadRequest(r); err != nil {
					break
				}
				if n > 0 {
					second++
				}
				fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", kind, good.Len()+500)
				conn.Write(good.Bytes())
			}
			conn.Close()
		}
	}()
	arch := client(t, dicomweb.Config{BaseURL: "http://" + l.Addr().String()})
	for range 2 {
		n, start := 0, time.Now()
		if err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n)); err != nil || n != len(st.Objects) || time.Since(start) > 3*time.Second {
			t.Errorf("%d objects in %v, %v", n, time.Since(start), err)
		}
	}
	arch.Close()
	l.Close()
	<-ended
	if connections != 2 || second != 0 {
		t.Errorf("%d connections, %d requests on one whose answer was short", connections, second)
	}
}

// recordedStudy writes an honest answer's body and returns its media type.
func recordedStudy(t *testing.T, h http.Handler, st pacstest.Study, to *bytes.Buffer) string {
	t.Helper()
	resp, err := http.Get(serve(t, h) + "/studies/" + string(st.UID))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := to.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.Header.Get("Content-Type")
}
