package all_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/deflate"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
	"github.com/nocturne/nocturne/cache/pixel/jpeg2000"
	"github.com/nocturne/nocturne/cache/pixel/jpegls"
	"github.com/nocturne/nocturne/cache/pixel/rle"
)

// codec is a row of the suite.
type codec struct {
	name    string
	uid     dicom.UID
	encode  func(t testing.TB, native []byte, h pixel.Header) []byte
	layouts []layout
	readers []reader // who else must read what our encoder wrote
	off     int      // how far a sample may be from what was encoded
	// headless: nothing in a stream says its size; a smaller frame is its start.
	headless bool
	// asStored: the frame comes as it would be stored, planes and all.
	asStored bool
	// layered: a stream that breaks off may be one of less quality.
	layered bool
}

type layout struct {
	name string
	pixel.Header
}

var (
	grey8  = layout{"8", pixel.Header{Rows: 37, Cols: 53, Samples: 1, Allocated: 8, Stored: 8, HighBit: 7, Photometric: "MONOCHROME2"}}
	grey12 = layout{"12", pixel.Header{Rows: 41, Cols: 64, Samples: 1, Allocated: 16, Stored: 12, HighBit: 11, Photometric: "MONOCHROME2"}}
	grey16 = layout{"16", pixel.Header{Rows: 64, Cols: 31, Samples: 1, Allocated: 16, Stored: 16, HighBit: 15, Photometric: "MONOCHROME2"}}
	signed = layout{"16s", pixel.Header{Rows: 33, Cols: 47, Samples: 1, Allocated: 16, Stored: 16, HighBit: 15, Signed: true, Photometric: "MONOCHROME2"}}
	rgb8   = layout{"3x8", pixel.Header{Rows: 35, Cols: 51, Samples: 3, Allocated: 8, Stored: 8, HighBit: 7, Photometric: "RGB"}}
	grey32 = layout{"32", pixel.Header{Rows: 35, Cols: 51, Samples: 1, Allocated: 32, Stored: 32, HighBit: 31, Photometric: "MONOCHROME2"}}
	bits1  = layout{"1", pixel.Header{Rows: 35, Cols: 51, Samples: 1, Allocated: 1, Stored: 1, Photometric: "MONOCHROME2"}}
)

// suite is what every codec passes. A new one is a line here.
var suite = []codec{
	{name: "rle", uid: dicom.RLELossless, encode: ownRLE, headless: true,
		layouts: []layout{grey8, grey12, grey16, signed, rgb8, grey32, bits1}, readers: []reader{gdcm, dcmdrle}},
	{name: "deflate", uid: dicom.DeflatedImageFrame, encode: ownDeflate, headless: true, asStored: true,
		layouts: []layout{grey8, grey12, grey16, signed, rgb8, grey32, bits1}},
	{name: "jpeg", uid: dicom.JPEGBaseline, encode: standardJPEG, off: 8, layouts: []layout{grey8}},
	{name: "jpeg-extended", uid: dicom.JPEGExtended, encode: byDCMTK("dcmcjpeg", "+ee", "+q", "98"), off: 60, layouts: []layout{grey12}},
	{name: "jpeg-lossless", uid: dicom.JPEGLosslessSV1, encode: ownJPEG(1),
		layouts: []layout{grey8, grey12, grey16, signed, rgb8}, readers: []reader{gdcm, dcmdjpeg}},
	{name: "jpeg-lossless-6", uid: dicom.JPEGLossless, encode: ownJPEG(6), layouts: []layout{grey8, grey12, grey16, signed}, readers: []reader{dcmdjpeg}},
	{name: "jpeg-lossless-dcmtk", uid: dicom.JPEGLossless, encode: byDCMTK("dcmcjpeg", "+el", "+sv", "4"), layouts: []layout{grey8, grey12, grey16, signed}},
	{name: "jpegls", uid: dicom.JPEGLSLossless, encode: ownJPEGLS(0, jpegls.Sample),
		layouts: []layout{grey8, grey12, grey16, signed, rgb8}, readers: []reader{gdcm, dcmdjpls}},
	{name: "jpegls-line", uid: dicom.JPEGLSLossless, encode: ownJPEGLS(0, jpegls.Line), layouts: []layout{rgb8}, readers: []reader{dcmdjpls}},
	{name: "jpegls-planes", uid: dicom.JPEGLSLossless, encode: ownJPEGLS(0, jpegls.None), layouts: []layout{rgb8}, readers: []reader{gdcm}},
	{name: "jpegls-near", uid: dicom.JPEGLSNearLossless, encode: ownJPEGLS(3, jpegls.Line), off: 3, layouts: []layout{grey8, grey12, rgb8}},
	{name: "jpegls-dcmtk", uid: dicom.JPEGLSLossless, encode: byDCMTK("dcmcjpls"), layouts: []layout{grey8, grey12, grey16, rgb8}},
	{name: "jpeg2000", uid: dicom.JPEG2000Lossless, encode: ownJPEG2000, layered: true,
		layouts: []layout{grey8, grey12, grey16, signed, rgb8}, readers: []reader{gdcm}},
	{name: "jpeg2000-gdcm", uid: dicom.JPEG2000Lossless, encode: byGDCM("--j2k"), layered: true, layouts: []layout{grey8, grey12, grey16, signed, rgb8}},
	{name: "htj2k", uid: dicom.HTJ2KLossless, encode: byOpenJPH, layered: true, layouts: []layout{grey8, grey12, grey16, rgb8}},
}

// reader is another's program that makes a native object of a compressed one.
type reader struct {
	name    string
	options []string
}

var (
	gdcm     = reader{"gdcmconv", []string{"--raw", "-i"}}
	dcmdrle  = reader{"dcmdrle", nil}
	dcmdjpeg = reader{"dcmdjpeg", nil}
	dcmdjpls = reader{"dcmdjpls", nil}
)

// sample is a frame and its codestream.
type sample struct {
	h      pixel.Header
	native []byte
	stream []byte
}

// made keeps samples from test to test.
var made = map[string]sample{}

func (c codec) key(h pixel.Header) string { return fmt.Sprint(c.name, h) }

func (c codec) sample(t testing.TB, h pixel.Header) sample {
	t.Helper()
	key := c.key(h)
	s, ok := made[key]
	if !ok {
		s = sample{h: h, native: picture(h)}
		s.stream = c.encode(t, s.native, h)
		made[key] = s
	}
	return s
}

// picture is smooth with a little noise.
func picture(h pixel.Header) []byte {
	waves, falls := make([]float64, h.Cols*h.Samples), make([]float64, h.Rows)
	for i := range waves {
		waves[i] = 0.4 * math.Sin(float64(i/h.Samples)/17+float64(i%h.Samples))
	}
	for y := range falls {
		falls[y] = math.Cos(float64(y) / 23)
	}
	r := rand.New(rand.NewPCG(uint64(h.Rows), uint64(h.Cols)))
	n := h.Rows * h.Cols * h.Samples
	if h.Allocated == 1 {
		out := make([]byte, (n+7)/8)
		for i := range n {
			if i/17%3 == 0 || r.IntN(20) == 0 {
				out[i/8] |= 1 << (i % 8)
			}
		}
		return out
	}
	out := make([]byte, 0, n*h.Allocated/8)
	full := math.Ldexp(1, h.Stored) - 1
	for i := range n {
		v := full * (0.5 + waves[i%len(waves)]*falls[i/len(waves)] + 0.004*r.Float64())
		switch {
		case h.Signed:
			v -= full / 2
		case i == 0: // all of the range is used: dcmcjpeg stretches what is not
			v = 0
		case i == n-1:
			v = full
		}
		cell := uint64(int64(v))
		for k := range h.Allocated / 8 {
			out = append(out, byte(cell>>(8*k)))
		}
	}
	return out
}

// cells are the samples of a frame; of 1 bit and of 32, its bytes.
func cells(b []byte, h pixel.Header) []int {
	var out []int
	for i := 0; i < len(b); i++ {
		v := int(b[i])
		if h.Allocated == 16 {
			v = int(binary.LittleEndian.Uint16(b[i:]))
			if h.Signed {
				v = int(int16(v))
			}
			i++
		}
		out = append(out, v)
	}
	return out
}

func ownRLE(t testing.TB, native []byte, h pixel.Header) []byte {
	return must(rle.Encode(nil, native, h))(t)
}

func ownDeflate(t testing.TB, native []byte, _ pixel.Header) []byte {
	return must(deflate.Encode(nil, native))(t)
}

// ownJPEG is our lossless encoder. Signed samples are coded as they stand in the
// cell.
func ownJPEG(predictor int) func(t testing.TB, native []byte, h pixel.Header) []byte {
	return func(t testing.TB, native []byte, h pixel.Header) []byte {
		head := jpeg.Head{Width: h.Cols, Height: h.Rows, Components: h.Samples, Precision: h.Stored, Colour: jpeg.ColourRGB}
		return must(jpeg.EncodeLossless(nil, native, head, predictor))(t)
	}
}

func ownJPEGLS(near int, by jpegls.Interleave) func(t testing.TB, native []byte, h pixel.Header) []byte {
	return func(t testing.TB, native []byte, h pixel.Header) []byte {
		head := jpegls.Head{Width: h.Cols, Height: h.Rows, Components: h.Samples, Precision: h.Stored, Near: near, Interleave: by}
		return must(jpegls.Encode(nil, native, head, h.Allocated/8))(t)
	}
}

func ownJPEG2000(t testing.TB, native []byte, h pixel.Header) []byte {
	head := jpeg2000.Head{Width: h.Cols, Height: h.Rows, Components: h.Samples, Precision: h.Stored, Signed: h.Signed}
	return must(jpeg2000.Encode(nil, native, head, h.Samples == 3))(t)
}

func must(b []byte, err error) func(t testing.TB) []byte {
	return func(t testing.TB) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// standardJPEG is Go's own encoder: baseline, 8 bits.
func standardJPEG(t testing.TB, native []byte, h pixel.Header) []byte {
	var out bytes.Buffer
	err := stdjpeg.Encode(&out, &image.Gray{Pix: native, Stride: h.Cols, Rect: image.Rect(0, 0, h.Cols, h.Rows)}, &stdjpeg.Options{Quality: 98})
	return must(out.Bytes(), err)(t)
}

// tool runs another's program, or skips.
func tool(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(oracle.Tool(t, name), args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// byDCMTK encodes by a tool that takes options, an input and an output.
func byDCMTK(name string, options ...string) func(t testing.TB, native []byte, h pixel.Header) []byte {
	return func(t testing.TB, native []byte, h pixel.Header) []byte {
		in, out := part10(t, native, h), filepath.Join(t.TempDir(), "out.dcm")
		tool(t, name, append(append([]string{}, options...), in, out)...)
		return frameOf(t, out)
	}
}

func byGDCM(options ...string) func(t testing.TB, native []byte, h pixel.Header) []byte {
	return func(t testing.TB, native []byte, h pixel.Header) []byte {
		in, out := part10(t, native, h), filepath.Join(t.TempDir(), "out.dcm")
		tool(t, "gdcmconv", append(append([]string{}, options...), "-i", in, "-o", out)...)
		return frameOf(t, out)
	}
}

// byOpenJPH encodes through a PGM or PPM.
func byOpenJPH(t testing.TB, native []byte, h pixel.Header) []byte {
	kind, ext := "P5", ".pgm"
	if h.Samples == 3 {
		kind, ext = "P6", ".ppm"
	}
	pnm := fmt.Appendf(nil, "%s\n%d %d\n%d\n", kind, h.Cols, h.Rows, 1<<h.Stored-1)
	for i := 0; i < len(native); i += h.Allocated / 8 {
		if h.Allocated == 16 {
			pnm = append(pnm, native[i+1])
		}
		pnm = append(pnm, native[i])
	}
	in, out := filepath.Join(t.TempDir(), "in"+ext), filepath.Join(t.TempDir(), "out.j2c")
	if err := os.WriteFile(in, pnm, 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "ojph_compress", "-i", in, "-o", out, "-reversible", "true", "-num_decomps", "5")
	return must(os.ReadFile(out))(t)
}

// part10 writes a native object.
func part10(t testing.TB, native []byte, h pixel.Header) string {
	t.Helper()
	var b bytes.Buffer
	if err := dicom.Write(&b, dataset(h), native); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "in.dcm")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func dataset(h pixel.Header) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.SCImageStorage))
	d.SetStr(dicom.SOPInstanceUID, "1.2.3.4")
	d.SetStr(dicom.StudyInstanceUID, "1.2.3.5")
	d.SetStr(dicom.SeriesInstanceUID, "1.2.3.6")
	d.SetStr(dicom.Modality, "OT")
	d.SetStr(dicom.PhotometricInterpretation, h.Photometric)
	for tag, v := range map[dicom.Tag]int{dicom.SamplesPerPixel: h.Samples, dicom.Rows: h.Rows, dicom.Columns: h.Cols,
		dicom.BitsAllocated: h.Allocated, dicom.BitsStored: h.Stored, dicom.HighBit: h.HighBit, dicom.PixelRepresentation: 0} {
		d.SetInt(tag, v)
	}
	if h.Signed {
		d.SetInt(dicom.PixelRepresentation, 1)
	}
	if h.Samples == 3 {
		d.SetInt(dicom.PlanarConfiguration, 0)
	}
	return d
}

func frameOf(t testing.TB, path string) []byte {
	t.Helper()
	f, err := dicom.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return must(f.Frame(0))(t)
}
