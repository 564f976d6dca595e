package raster

import (
	"image"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// asks is what a terminal is asked, once, in raw mode, before Bubble Tea starts: a
// kitty query, the size of a cell, and DA1, which every terminal answers and which
// so ends the waiting.
const asks = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\" + "\x1b[16t" + "\x1b[c"

var (
	primary  = regexp.MustCompile(`\x1b\[\?([0-9;]*)c`)
	cellSize = regexp.MustCompile(`\x1b\[6;(\d{1,4});(\d{1,4})t`)
)

// Probe asks the terminal what pictures it takes. in must be in raw mode. It reads
// until DA1 answers or wait (200 ms) is over; late answers would be typed into
// whatever comes next, so read on in the same goroutine is not possible after a
// time-out: the caller then drains in before it starts the program.
func Probe(in io.Reader, out io.Writer, wait time.Duration) Screen {
	if _, err := io.WriteString(out, asks); err != nil {
		return Screen{}
	}
	answer := make(chan []byte, 64)
	stop := make(chan struct{})
	go listen(in, answer, stop)
	defer close(stop)
	var got []byte
	timeout := time.After(wait)
	for !primary.Match(got) && len(got) < 1<<12 {
		select {
		case b, ok := <-answer:
			if !ok {
				return read(got)
			}
			got = append(got, b...)
		case <-timeout:
			return read(got)
		}
	}
	return read(got)
}

func listen(in io.Reader, answer chan<- []byte, stop <-chan struct{}) {
	defer close(answer)
	for {
		buf := make([]byte, 256)
		n, err := in.Read(buf)
		if n > 0 {
			select {
			case answer <- buf[:n]:
			case <-stop:
				return
			}
			if primary.Match(buf[:n]) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func read(answer []byte) Screen {
	var s Screen
	if m := primary.FindSubmatch(answer); m != nil {
		for _, attribute := range strings.Split(string(m[1]), ";") {
			if attribute == "4" {
				s.Protocol = Sixel
			}
		}
	}
	if strings.Contains(string(answer), "\x1b_Gi=31;OK") {
		s.Protocol = Kitty
	}
	if m := cellSize.FindSubmatch(answer); m != nil {
		h, _ := strconv.Atoi(string(m[1]))
		w, _ := strconv.Atoi(string(m[2]))
		s.Cell = image.Pt(w, h)
	}
	return s
}
