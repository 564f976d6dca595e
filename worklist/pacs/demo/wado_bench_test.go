package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// benchStudy is 300 slices of 512×512 in a folder.
const (
	benchStudy  = "1.2.3.70"
	benchSlices = 300
	benchSize   = 512 * 512 * 2
)

func benchMade() made {
	noise := make([]byte, benchSize)
	for i := range noise {
		noise[i] = byte(i * 31 >> 3)
	}
	var st Study
	for n := range benchSlices {
		h := header(benchStudy, benchStudy+".1", n+1, func(d *dicom.Dataset) { d.SetInt(dicom.Rows, 512); d.SetInt(dicom.Columns, 512) })
		st.Instances = append(st.Instances, Instance{h, func() ([]byte, error) { return noise, nil }})
	}
	return made{st}
}

func benchFolder(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	for n, in := range benchMade()[0].Instances {
		file, err := part10(in.Header, in.Render)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, strconv.Itoa(n)+".dcm"), file, 0o600)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkWADO is a study by WADO-RS on loopback, as one multipart body and object
// by object over eight connections; the client throws away what it reads.
func BenchmarkWADO(b *testing.B) {
	b.Run("files", func(b *testing.B) { benchWADO(b, Options{Dirs: []string{benchFolder(b)}}) })
	b.Run("made", func(b *testing.B) { benchWADO(b, Options{Sources: []Source{benchMade()}}) })
}

func benchWADO(b *testing.B, o Options) {
	a, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	urls, err := a.Serve(context.Background(), "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8, ReadBufferSize: 256 << 10}}
	defer client.CloseIdleConnections()
	get := func(path string) {
		req, _ := http.NewRequest("GET", urls.DICOMweb+"/studies/"+benchStudy+path, nil)
		req.Header.Set("Accept", `multipart/related; type="application/dicom"; transfer-syntax=*`)
		resp, err := client.Do(req)
		if err != nil {
			b.Error(err)
			return
		}
		defer resp.Body.Close()
		if n, err := io.Copy(io.Discard, resp.Body); err != nil || n < benchSize || resp.StatusCode != 200 {
			b.Errorf("%d bytes, %s, %v", n, resp.Status, err)
		}
	}
	b.Run("study", func(b *testing.B) {
		b.SetBytes(benchSlices * benchSize)
		for b.Loop() {
			get("")
		}
	})
	b.Run("instances", func(b *testing.B) {
		b.SetBytes(benchSlices * benchSize)
		for b.Loop() {
			eachOfEight(func(n int) { get(fmt.Sprintf("/series/%s.1/instances/%s.1.%d", benchStudy, benchStudy, n)) })
		}
	})
	b.Run("frames", func(b *testing.B) {
		b.SetBytes(benchSize)
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s/studies/%s/series/%s.1/instances/%s.1.7/frames/1", urls.DICOMweb, benchStudy, benchStudy, benchStudy), nil)
		for b.Loop() {
			resp, err := client.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
}

// eachOfEight calls get for every slice, eight at a time.
func eachOfEight(get func(n int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range next {
				get(n)
			}
		})
	}
	for n := range benchSlices {
		next <- n + 1
	}
	close(next)
	all.Wait()
}
