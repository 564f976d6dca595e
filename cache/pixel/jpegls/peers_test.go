package jpegls_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/jpegls"
)

// tool runs another's program, or skips the test.
func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(oracle.Tool(t, name), args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", filepath.Base(name), args, err, out)
	}
}

// object is a data set of h with native pixels, or without any.
func object(t *testing.T, h pixel.Header, native []byte) []byte {
	t.Helper()
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.SCImageStorage))
	d.SetStr(dicom.SOPInstanceUID, "1.2.3.4")
	d.SetStr(dicom.StudyInstanceUID, "1.2.3.5")
	d.SetStr(dicom.SeriesInstanceUID, "1.2.3.6")
	d.SetStr(dicom.Modality, "OT")
	d.SetStr(dicom.PhotometricInterpretation, h.Photometric)
	d.SetInt(dicom.SamplesPerPixel, h.Samples)
	d.SetInt(dicom.Rows, h.Rows)
	d.SetInt(dicom.Columns, h.Cols)
	d.SetInt(dicom.BitsAllocated, h.Allocated)
	d.SetInt(dicom.BitsStored, h.Stored)
	d.SetInt(dicom.HighBit, h.HighBit)
	d.SetInt(dicom.PixelRepresentation, 0)
	if h.Signed {
		d.SetInt(dicom.PixelRepresentation, 1)
	}
	if h.Samples > 1 {
		d.SetInt(dicom.PlanarConfiguration, 0)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, native); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// encapsulated is an object of h around one codestream (PS3.5 A.4).
func encapsulated(t *testing.T, h pixel.Header, ts dicom.UID, stream []byte) []byte {
	t.Helper()
	b := object(t, h, nil)
	native, jls := []byte("\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\x00"), []byte("\x02\x00\x10\x00UI\x16\x00"+ts)
	if !bytes.Contains(b, native) {
		t.Fatal("no transfer syntax")
	}
	b = bytes.Replace(b, native, jls, 1)
	binary.LittleEndian.PutUint32(b[140:], binary.LittleEndian.Uint32(b[140:])+2) // group 0002's length
	if len(stream)%2 != 0 {
		stream = append(bytes.Clone(stream), 0)
	}
	b = append(b, "\xE0\x7F\x10\x00OB\x00\x00\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\x00\x00\x00\x00\xFE\xFF\x00\xE0"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(stream)))
	return append(append(b, stream...), "\xFE\xFF\xDD\xE0\x00\x00\x00\x00"...)
}

// header is what an object of an image says.
func header(h jpegls.Head) pixel.Header {
	out := pixel.Header{
		Rows: h.Height, Cols: h.Width, Samples: h.Components, Allocated: 8 * (1 + (h.Precision-1)/8),
		Stored: h.Precision, HighBit: h.Precision - 1, Photometric: "MONOCHROME2",
	}
	if h.Components == 3 {
		out.Photometric = "RGB"
	}
	return out
}

// frame reads the first frame of a file, as stored.
func frame(t *testing.T, path string) (*dicom.File, []byte) {
	t.Helper()
	f, err := dicom.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Frame(0)
	if err != nil {
		t.Fatal(err)
	}
	return f, b
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// images are one of each kind that DICOM has.
func images() (out []jpegls.Head) {
	for _, precision := range []int{8, 10, 12, 15, 16} {
		out = append(out, jpegls.Head{Width: 61, Height: 43, Components: 1, Precision: precision})
	}
	for _, precision := range []int{8, 16} {
		out = append(out, jpegls.Head{Width: 37, Height: 29, Components: 3, Precision: precision})
	}
	return out
}

func TestOurStreamsAreReadAlikeByDCMTKAndGDCM(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, h := range images() {
		for how := jpegls.None; how <= jpegls.Sample && (how == 0 || h.Components > 1); how++ {
			for _, near := range []int{0, 2, 9} {
				h.Interleave, h.Near = how, near
				in := picture(r, h, 1<<h.Precision-1, r.IntN(kinds))
				stream := roundTrip(t, h, in)
				ours, _, _ := jpegls.Decode(nil, stream, 0)
				ts := dicom.JPEGLSLossless
				if near > 0 {
					ts = dicom.JPEGLSNearLossless
				}
				path := write(t, "in.dcm", encapsulated(t, header(h), ts, stream))
				for _, peer := range [][]string{{"dcmdjpls", "+px", path}, {"gdcmconv", "--raw", path}} {
					out := filepath.Join(t.TempDir(), "out.dcm")
					tool(t, peer[0], append(peer[1:], out)...)
					theirs := byPixel(t, out)
					if len(theirs) < len(ours) || !bytes.Equal(theirs[:len(ours)], ours) {
						t.Errorf("%s reads %+v otherwise", peer[0], h)
					}
				}
			}
		}
	}
}

// byPixel is the first frame of a native file, the samples of a pixel side by
// side.
func byPixel(t *testing.T, path string) []byte {
	t.Helper()
	f, b := frame(t, path)
	h, err := pixel.HeaderOf(f)
	if err != nil {
		t.Fatal(err)
	}
	if !h.Planar || h.Samples == 1 {
		return b
	}
	cell, plane := h.Allocated/8, len(b)/3
	out := make([]byte, 0, len(b))
	for i := 0; i+cell <= plane; i += cell {
		for c := range 3 {
			out = append(out, b[c*plane+i:][:cell]...)
		}
	}
	return out
}

func TestStreamsOfDCMTKAreReadAsOthersReadThem(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, options := range [][]string{
		{"+el"}, {"+el", "+pc"}, {"+el", "+t1", "5", "+t2", "9", "+t3", "30", "+rs", "32"},
		{"+en", "+md", "1"}, {"+en", "+md", "3"}, {"+en", "+md", "40"},
	} {
		for _, h := range images() {
			for _, how := range []string{"+in", "+il", "+is"} {
				if h.Components == 1 && how != "+in" || how == "+is" && len(options) > 6 {
					continue // CharLS takes no other reset with sample interleaving
				}
				t.Run(fmt.Sprint(options, h.Components, "x", h.Precision, how), func(t *testing.T) {
					readAsOthers(t, h, picture(r, h, 1<<h.Precision-1, r.IntN(kinds)), append([]string{how, "+un"}, options...))
				})
			}
		}
	}
}

// readAsOthers lets dcmcjpls encode and compares what we and they make of it.
// dcmdjpls cannot read what dcmcjpls writes where coding parameters stand in front
// of each of several scans; gdcmconv can.
func readAsOthers(t *testing.T, h jpegls.Head, in []byte, options []string) {
	t.Helper()
	from := write(t, "in.dcm", object(t, header(h), in))
	jls, back := filepath.Join(t.TempDir(), "jls.dcm"), filepath.Join(t.TempDir(), "back.dcm")
	tool(t, "dcmcjpls", append(options, from, jls)...)
	f, stream := frame(t, jls)
	layout, err := pixel.HeaderOf(f)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := jpegls.Decoder{}.Decode(nil, stream, &layout)
	if err != nil {
		t.Fatal(err)
	}
	head, err := jpegls.ReadHead(stream)
	if err != nil {
		t.Fatal(err)
	}
	if head.Components > 1 && head.Interleave == jpegls.None {
		tool(t, "gdcmconv", "--raw", jls, back)
	} else {
		tool(t, "dcmdjpls", "+px", jls, back)
	}
	if theirs := byPixel(t, back); len(theirs) < len(ours) || !bytes.Equal(theirs[:len(ours)], ours) {
		t.Error("read otherwise")
	}
	if off := furthest(in, ours, h.Precision); off > head.Near && !slices.Contains(options, "+pc") {
		t.Errorf("a sample is off by %d of %d", off, head.Near) // +pc: dcmcjpls renders first
	}
}

// gdcmconv encodes by CharLS.
func TestStreamsOfGDCMComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for _, h := range images() {
		in := picture(r, h, 1<<h.Precision-1, flats)
		out := filepath.Join(t.TempDir(), "out.dcm")
		tool(t, "gdcmconv", "--jpegls", write(t, "in.dcm", object(t, header(h), in)), out)
		f, stream := frame(t, out)
		layout, err := pixel.HeaderOf(f)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := jpegls.Decoder{}.Decode(nil, stream, &layout)
		if err != nil || !bytes.Equal(ours, in) {
			t.Errorf("%+v: %v, equal %v", h, err, bytes.Equal(ours, in))
		}
	}
}
