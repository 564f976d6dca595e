package bir

import (
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

type dataset = dicom.Dataset

// scrollItems are about going through a set.
func scrollItems(Options) []item {
	return []item{
		{"BIR_SCROLL", "Wheel and keys go through a set and every image is drawn", scrolling},
		{"BIR_ORDER", "Images stand in the order of their positions, head first", byPosition},
		{"BIR_MISSING", "A missing image is black, said and counted", missing},
		{"BIR_CINE", "A cine runs at its rate, drops no frame and stops", cine},
	}
}

func scrolling(s *session, t *trial) {
	k := stack{n: 60}
	s.show(k)
	x, y := s.middle(0)
	at, drawn := 0, 0
	for i := range 120 {
		by := 1
		if i%7 == 3 || i%11 == 5 {
			by = -1
		}
		s.d.Wheel(x, y, by)
		at = max(0, min(59, at+by))
		s.now = s.now.Add(33 * time.Millisecond)
		if s.shown(0).Key == k.sop(at)+"/0" {
			drawn++
		}
	}
	t.want(drawn == 120, "120 notches at 30 a second with reversals: %d pictures each the right one, the last is image %d of 60", drawn, s.slice())
	s.press("home")
	first := s.slice()
	s.press("pgdown", "down", "up", "j", "k")
	ten := s.slice()
	s.press("end")
	t.want(first == 1 && ten == 11 && s.slice() == 60, "Home %d, PgDn %d, End %d", first, ten, s.slice())
}

func byPosition(s *session, t *trial) {
	k := stack{n: 12, step: 2.5}
	s.show(k) // written last first, numbered from the feet
	right := 0
	for i := range 12 {
		if s.tile(0).SOPUID == k.sop(i) {
			right++
		}
		s.press("down")
	}
	t.want(right == 12, "%d of 12 images in the order of their positions; their numbers say the reverse", right)
}

func missing(s *session, t *trial) {
	k := stack{n: 20, leave: map[int]bool{8: true, 9: true}}
	st := current
	st.Expected = 20
	s.open(order, []viewer.Study{st}, k.write(s.dir)...)
	s.d.Do(viewer.SliceSet(9))
	s.wait(100 * time.Millisecond)
	t.want(len(s.scene().Tiles) == 0 && s.says("this slice is not here"), "image 9 of %d is black and says that it is not here", s.tile(0).Slices)
	t.want(s.says("18/20 here"), "18/20 here")
	s.press("down", "down")
	t.want(s.shown(0).Key == k.sop(10)+"/0", "the image behind the hole is image 11")
}

func cine(s *session, t *trial) {
	k := stack{n: 1, modality: "US", frames: 24, colour: func(int, int) [3]byte { return [3]byte{9, 9, 9} },
		edit: func(d *dataset, _ int) { d.SetFloat(dicom.FrameTime, 40) }}
	s.show(k)
	s.press("c")
	begin, seen := s.now, []string{}
	for range 120 {
		s.wait(20 * time.Millisecond)
		if key := s.shown(0).Key; len(seen) == 0 || seen[len(seen)-1] != key {
			seen = append(seen, key)
		}
	}
	skipped := 0
	for i := 1; i < len(seen); i++ {
		if frame(seen[i]) != (frame(seen[i-1])+1)%24 {
			skipped++
		}
	}
	t.near("frames a second", float64(len(seen))/s.now.Sub(begin).Seconds(), 25, 1)
	t.want(skipped == 0, "%d frames drawn, %d left out", len(seen), skipped)
	s.press("c")
	at := s.slice()
	s.wait(time.Second)
	t.want(s.slice() == at, "c stops it at frame %d", at)
	stack3 := stack{n: 5, number: 7, edit: func(d *dataset, _ int) { d.SetFloat(dicom.RecommendedDisplayFrameRate, 10) }}
	s.show(stack3)
	s.press("c")
	s.wait(2 * time.Second)
	t.want(s.tile(0).Cine, "a stack of slices plays too")
}

// frame is the frame of a picture's key.
func frame(key string) (n int) {
	_, f, _ := strings.Cut(key, "/")
	fmt.Sscan(f, &n)
	return n
}
