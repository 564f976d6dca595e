package screen

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
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

// display is where windows under test are shown: an Xvfb of our own where it is
// installed, so that no test takes anybody's focus; else the display there is.
var display string

func TestMain(m *testing.M) {
	pixel.Decoders = all.Decoders()
	if os.Getenv(roleKey) != "" {
		if err := Run(context.Background(), os.Stdin, os.Stdout, nil, os.Getenv("NOCTURNE_MONITOR")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	display = os.Getenv("DISPLAY")
	stop := func() {}
	if own, end, err := xvfb(); err == nil {
		display, stop = own, end
		if os.Getenv("DISPLAY") == "" {
			os.Setenv("DISPLAY", own)
		}
	}
	code := runTests(m)
	stop()
	os.Exit(code)
}

func runTests(m *testing.M) int {
	if impossible(os.Getenv) != "" {
		return m.Run()
	}
	l := &loop{m: m, code: 1}
	ebiten.SetWindowVisible(false)
	if err := ebiten.RunGame(l); err != nil {
		fmt.Fprintln(os.Stderr, "run the engine:", err)
	}
	return l.code
}

// xserver is the process of our own display.
var xserver int

// xvfb starts a display of our own, of the size in SCREEN_TEST_SIZE.
func xvfb() (display string, stop func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", cmp.Or(os.Getenv("SCREEN_TEST_SIZE"), "1280x1024")+"x24", "-noreset", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		w.Close()
		return "", nil, err
	}
	w.Close()
	xserver = cmd.Process.Pid
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	var n int
	if _, err := fmt.Fscan(r, &n); err != nil {
		stop()
		return "", nil, err
	}
	return fmt.Sprintf(":%d", n), stop, nil
}

// needDisplay skips where there is none; in CI that is a failure.
func needDisplay(t testing.TB) {
	t.Helper()
	if why := impossible(os.Getenv); why != "" {
		if os.Getenv("NOCTURNE_PEERS") == "require" {
			t.Fatal("a display is required here: " + why)
		}
		t.Skip("needs a display, or Xvfb to be installed: " + why)
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

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
