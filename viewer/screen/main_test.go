package screen

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
)

// The test binary started again with this variable is the window itself.
const roleKey = "SCREEN_TEST_WINDOW"

// loop runs the tests within the engine's loop, because pixels can be read only
// there. It can be run once in a process.
type loop struct {
	m    *testing.M
	code int
}

func (l *loop) Update() error {
	l.code = l.m.Run()
	return ebiten.Termination
}

func (l *loop) Draw(*ebiten.Image)         {}
func (l *loop) Layout(w, h int) (int, int) { return w, h }

func TestMain(m *testing.M) {
	pixel.Decoders = all.Decoders()
	switch {
	case os.Getenv(roleKey) != "":
		if err := Run(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	case impossible(os.Getenv) != "":
		os.Exit(m.Run())
	}
	l := &loop{m: m, code: 1}
	ebiten.SetWindowVisible(false)
	if err := ebiten.RunGame(l); err != nil {
		fmt.Fprintln(os.Stderr, "run the engine:", err)
	}
	os.Exit(l.code)
}

// needDisplay skips where there is none; in CI that is a failure.
func needDisplay(t testing.TB) {
	t.Helper()
	if why := impossible(os.Getenv); why != "" {
		if os.Getenv("NOCTURNE_PEERS") == "require" {
			t.Fatal("a display is required here: " + why)
		}
		t.Skip("needs a display (Xvfb will do): " + why)
	}
}

// picture decodes an image of 16-bit cells through the same door as real ones.
func picture(t testing.TB, cols int, stored []uint16, set func(*dicom.Dataset)) *pixel.Image {
	t.Helper()
	var b []byte
	for _, v := range stored {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	d := &dicom.Dataset{}
	d.SetInt(dicom.Rows, len(stored)/cols)
	d.SetInt(dicom.Columns, cols)
	d.SetInt(dicom.SamplesPerPixel, 1)
	d.SetInt(dicom.BitsAllocated, 16)
	d.SetInt(dicom.BitsStored, 16)
	d.SetInt(dicom.HighBit, 15)
	d.SetInt(dicom.PixelRepresentation, 0)
	d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
	if set != nil {
		set(d)
	}
	return decoded(t, &dicom.File{Meta: &dicom.Dataset{}, Dataset: d, Pixel: dicom.PixelData{Tag: dicom.PixelDataTag, VR: "OW", Native: b}})
}

func decoded(t testing.TB, f *dicom.File) *pixel.Image {
	t.Helper()
	f.TransferSyntax = dicom.ExplicitVRLittleEndian
	im, err := pixel.Decode(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	return im
}
