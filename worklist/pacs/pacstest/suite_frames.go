package pacstest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	picture "image"
	_ "image/jpeg" // what a server draws in
	_ "image/png"
	"slices"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// The names of what a Target may promise in Must.
const (
	CanFrames   = "single frames"
	CanRendered = "a rendered preview"
	CanLossless = "lossless compression for the wire"
)

// lacks notes a server's refusal of a whole service as "no", with its status. It
// fails the test where the target promises the service. Any other error is not a
// lack but a failure.
func (s suite) lacks(t *testing.T, what string, err error) bool {
	t.Helper()
	var status *pacs.StatusError
	if !errors.As(err, &status) || !slices.Contains([]int{400, 404, 405, 406, 415, 501}, status.Code) {
		return false
	}
	if slices.Contains(s.Must, what) {
		t.Errorf("%s: promised, and refused: %v", what, err)
	}
	s.can(what, fmt.Sprintf("no (status %d)", status.Code))
	return true
}

// undeclared notes that the archive does not even try.
func (s suite) undeclared(t *testing.T, what string) {
	t.Helper()
	if slices.Contains(s.Must, what) {
		t.Errorf("%s: promised, and not implemented", what)
	}
	s.can(what, "no (not implemented)")
	t.Skip("this archive does not offer " + what)
}

// frames wants the pixels that were stored, frame by frame in the order asked for.
func (s suite) frames(t *testing.T) {
	r, ok := s.Archive.(pacs.FrameReader)
	if !ok {
		s.undeclared(t, CanFrames)
	}
	st, o := s.seed.Frames, s.seed.Frames.Objects[0]
	if got, err := s.Archive.Store(call(t), st.UID, o.Bytes); err != nil || !slices.Contains(got.OK, o.SOP) {
		t.Fatalf("store a multi-frame object: %v", err)
	}
	ref := pacs.Ref{Study: st.UID, Series: o.Series, Instance: o.SOP}
	f, err := dicom.Parse(o.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	size := len(f.Pixel.Native) / seedFrames
	for _, numbers := range [][]int{{1}, {seedFrames}, {3, 1, 2}} {
		var got []int
		err := r.Frames(call(t), ref, numbers, func(fr pacs.Frame) error {
			got = append(got, fr.Number)
			if want := f.Pixel.Native[(fr.Number-1)*size:][:size]; fr.Syntax != dicom.ExplicitVRLittleEndian || !bytes.Equal(fr.Bytes, want) {
				t.Errorf("frame %d of %v came as %d other bytes in %s", fr.Number, numbers, len(fr.Bytes), fr.Syntax.Name())
			}
			return nil
		})
		if err != nil && s.lacks(t, CanFrames, err) {
			return
		}
		if err != nil || !slices.Equal(got, numbers) {
			t.Fatalf("frames %v came as %v: %v", numbers, got, err)
		}
	}
	enough := errors.New("enough")
	if err := r.Frames(call(t), ref, []int{1, 2}, func(pacs.Frame) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("after an error of each: %v", err)
	}
	none := func(pacs.Frame) error { t.Error("a frame that is not there"); return nil }
	if err := r.Frames(call(t), ref, []int{seedFrames + 1}, none); err == nil {
		t.Error("a frame beyond the last: no error")
	}
	s.can(CanFrames, "yes")
}

// rendered wants a picture that fits the square and shows the frame: the left half
// of every seed frame is black and the right half white.
func (s suite) rendered(t *testing.T) {
	r, ok := s.Archive.(pacs.Renderer)
	if !ok {
		s.undeclared(t, CanRendered)
	}
	o := s.seed.Frames.Objects[0]
	ref := pacs.Ref{Study: s.seed.Frames.UID, Series: o.Series, Instance: o.SOP}
	if got, err := s.Archive.Store(call(t), s.seed.Frames.UID, o.Bytes); err != nil || !slices.Contains(got.OK, o.SOP) {
		t.Fatalf("store a multi-frame object: %v", err)
	}
	for _, frame := range []int{0, 1, seedFrames} {
		p, err := r.Rendered(call(t), ref, frame, 64)
		if err != nil && s.lacks(t, CanRendered, err) {
			return
		}
		if err != nil {
			t.Fatalf("frame %d: %v", frame, err)
		}
		im, format, err := picture.Decode(bytes.NewReader(p.Bytes))
		if err != nil || "image/"+format != p.MediaType {
			t.Fatalf("frame %d is %s and decodes as %q: %v", frame, p.MediaType, format, err)
		}
		b := im.Bounds()
		left, _, _, _ := im.At(b.Dx()/4, b.Dy()/4).RGBA()
		right, _, _, _ := im.At(3*b.Dx()/4, b.Dy()/4).RGBA()
		if max(b.Dx(), b.Dy()) != 64 || left > 0x4000 || right < 0xC000 {
			t.Errorf("frame %d: %v, left %#x, right %#x", frame, b, left, right)
		}
	}
	if _, err := r.Rendered(call(t), pacs.Ref{Study: dicom.NewUID(), Series: "1.2", Instance: "1.3"}, 1, 64); err == nil {
		t.Error("a picture of nothing")
	}
	s.can(CanRendered, "yes")
}

// lossless wants the same pixels whichever way they travelled.
func (s suite) lossless(t *testing.T) {
	r, ok := s.Archive.(pacs.Transcoder)
	if !ok {
		s.undeclared(t, CanLossless)
	}
	answer := "no"
	st, o := s.seed.Frames, s.seed.Frames.Objects[0]
	if got, err := s.Archive.Store(call(t), st.UID, o.Bytes); err != nil || !slices.Contains(got.OK, o.SOP) {
		t.Fatalf("store a multi-frame object: %v", err)
	}
	for range 2 { // how the server keeps it is known after the first
		n := 0
		err := r.RetrieveAs(call(t), pacs.Ref{Study: st.UID, Series: o.Series, Instance: o.SOP}, pacs.Lossless, func(got pacs.Object) error {
			n++
			f, err := dicom.Parse(got.Bytes)
			if err != nil {
				return err
			}
			if f.Pixel.Encapsulated {
				answer = "yes (" + f.TransferSyntax.Name() + ")"
			}
			return samePixels(f, o.Bytes)
		})
		if err != nil || n != 1 {
			t.Errorf("%d objects: %v", n, err)
		}
	}
	if answer == "no" && slices.Contains(s.Must, CanLossless) {
		t.Errorf("%s: promised, and nothing came compressed", CanLossless)
	}
	s.can(CanLossless, answer)
}

// decoders are registered once: the tests of a package share them.
var decoders = sync.OnceFunc(func() { pixel.Decoders = all.Decoders() })

func samePixels(got *dicom.File, sent []byte) error {
	decoders()
	f, err := dicom.Parse(sent)
	if err != nil {
		return err
	}
	want, err := pixel.StoredSHA256(f)
	if err != nil {
		return err
	}
	if sum, err := pixel.StoredSHA256(got); err != nil || sum != want {
		return fmt.Errorf("pixels in %s are not those that were stored: %v", got.TransferSyntax.Name(), err)
	}
	return nil
}

// multiframeWord is Multi-frame Grayscale Word Secondary Capture (PS3.4 B.5).
const multiframeWord dicom.UID = "1.2.840.10008.5.1.4.1.1.7.3"

// seedFrames is the number of frames of the seed's multi-frame object.
const seedFrames = 3

// multiframe is a study of one object of seedFrames frames, each black in its left
// half and white in its right one, and each with another value in its corner.
func (s Seed) multiframe(t testing.TB) Study {
	t.Helper()
	st := Study{UID: dicom.NewUID(), Name: s.Family + "^FRAMES", Accession: s.Token + "F", Date: "20240101", Modality: "OT"}
	o := Object{Series: dicom.NewUID(), SOP: dicom.NewUID()}
	ds := image(multiframeWord, o, 0)
	s.describe(ds, st, 8)
	ds.SetInt(dicom.NumberOfFrames, seedFrames)
	pixel := make([]byte, 0, seedFrames*seedRows*seedRows*2)
	for f := range seedFrames {
		for i := range seedRows * seedRows {
			v := uint16(0)
			if i%seedRows >= seedRows/2 {
				v = 4095
			}
			if i == 0 {
				v = uint16(f + 1)
			}
			pixel = binary.LittleEndian.AppendUint16(pixel, v)
		}
	}
	b, err := dicom.Bytes(ds, pixel)
	if err != nil {
		t.Fatalf("write a multi-frame object: %v", err)
	}
	o.Bytes = b
	st.Objects = []Object{o}
	return st
}
