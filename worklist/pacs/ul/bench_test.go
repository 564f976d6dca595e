package ul

import (
	"crypto/tls"
	"fmt"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// BenchmarkSlices512x512OverLoopback moves data sets of half a megabyte (a CT slice) over
// loopback, by what the reader takes at most.
func BenchmarkSlices512x512OverLoopback(b *testing.B) {
	const slice = 512 * 512 * 2
	data := make([]byte, slice)
	for _, most := range []uint32{16 << 10, 64 << 10, 128 << 10, 256 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("pdu=%dKiB", most>>10), func(b *testing.B) { move(b, most, data, Options{}, Options{}) })
	}
	ca := pacstest.NewAuthority(b, "CA")
	b.Run("tls", func(b *testing.B) {
		move(b, 128<<10, data, Options{TLS: believing(ca)}, Options{TLS: secured(ca.Issue(b, pacstest.Leaf{}), nil, tls.VersionTLS13)})
	})
}

func move(b *testing.B, most uint32, data []byte, o, acceptor Options) {
	r := echoRequest()
	r.MaxPDU = most
	ours, theirs, err, theirErr := pair(b, r, o, acceptor, all)
	if err != nil || theirErr != nil {
		b.Fatal(err, theirErr)
	}
	b.SetBytes(int64(len(data)))
	done := make(chan error, 1)
	go func() {
		var err error
		for n := 0; n < b.N && err == nil; n++ {
			err = theirs.Write(b.Context(), PDV{Context: 3, Last: true, Data: data})
		}
		done <- err
	}()
	for n := 0; n < b.N; {
		v, err := ours.Read(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if v.Last {
			n++
		}
	}
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
