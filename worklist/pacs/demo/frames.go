package demo

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// maxFrames bounds one frame list.
const maxFrames = 4096

// frames sends stored frames in the order asked for (PS3.18 10.4.1.1.6).
func (a *Archive) frames(w http.ResponseWriter, r *http.Request) error {
	found := a.target(r)
	if len(found) == 0 || found[0].pixelTag == 0 {
		return errNotFound
	}
	numbers, err := frameList(r.PathValue("frames"), found[0].header)
	if err != nil {
		return err
	}
	f, err := a.openFrames(found[0])
	if err != nil {
		return err
	}
	defer f.Close()
	out := make([][]byte, len(numbers))
	for i, n := range numbers {
		if out[i], err = f.Frame(n - 1); err != nil {
			return fmt.Errorf("cut frame: %w", err)
		}
	}
	return sendPixels(w, r, f, out)
}

// frameList reads "1,2,3"; each number must name a frame the object has.
func frameList(s string, h *dicom.Dataset) ([]int, error) {
	fields := strings.Split(s, ",")
	if len(fields) > maxFrames {
		return nil, badRequest("more than %d frames", maxFrames)
	}
	have := max(1, h.IntOr(dicom.NumberOfFrames, 1))
	out := make([]int, len(fields))
	for i, f := range fields {
		n, err := strconv.Atoi(f)
		if err != nil || n < 1 {
			return nil, badRequest("frames are numbers from 1")
		}
		if n > have {
			return nil, &refusal{status: http.StatusNotFound, text: "there is no such frame"}
		}
		out[i] = n
	}
	return out, nil
}

// openFrames gives an object whose frames are read one by one: of a file, no more than
// those asked for.
func (a *Archive) openFrames(in *instance) (*dicom.File, error) {
	if in.content.path == "" {
		return a.parse(in)
	}
	info, err := os.Stat(in.content.path)
	if err == nil && in.content.key == nil && info.Size() != in.content.size {
		err = errFileChanged
	}
	if err != nil {
		return nil, fmt.Errorf("open object: %w", err)
	}
	return in.framed()
}

// parse reads an object whole.
func (a *Archive) parse(in *instance) (*dicom.File, error) {
	b, err := a.bytes(in)
	if err != nil {
		return nil, err
	}
	f, err := dicom.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return f, nil
}

// pixelData sends Pixel Data as bulk data: native in one part, encapsulated
// with a part a frame (PS3.18 8.7.3.3).
func (a *Archive) pixelData(w http.ResponseWriter, r *http.Request, in *instance) error {
	f, err := a.parse(in)
	if err != nil {
		return err
	}
	parts := [][]byte{f.Pixel.Native}
	if f.Pixel.Encapsulated {
		parts = parts[:0]
		for i := range dicom.Frames(f) {
			b, err := f.Frame(i)
			if err != nil {
				return fmt.Errorf("cut frame: %w", err)
			}
			parts = append(parts, b)
		}
	}
	return sendPixels(w, r, f, parts)
}

// sendPixels sends stored pixels under the media type of their transfer syntax.
func sendPixels(w http.ResponseWriter, r *http.Request, f *dicom.File, parts [][]byte) error {
	if f.BigEndian {
		return notAcceptable("whole objects: these pixels are stored big endian, which no media type names;")
	}
	syntax := f.TransferSyntax
	if !f.Pixel.Encapsulated {
		syntax = dicom.ExplicitVRLittleEndian // the pixels are the same in every native syntax
	}
	return sendBinary(w, r, parts, frameType(syntax), syntax)
}

// frameType is the media type of one frame (PS3.18 table 8.7.3-5).
func frameType(syntax dicom.UID) string {
	switch syntax {
	case dicom.JPEGBaseline, dicom.JPEGExtended, dicom.JPEGLossless, dicom.JPEGLosslessSV1:
		return "image/jpeg"
	case dicom.JPEGLSLossless, dicom.JPEGLSNearLossless:
		return "image/jls"
	case dicom.JPEG2000Lossless, dicom.JPEG2000:
		return "image/jp2"
	case dicom.HTJ2KLossless, dicom.HTJ2KLosslessRPCL, dicom.HTJ2K:
		return "image/jphc"
	case dicom.RLELossless:
		return "image/dicom-rle"
	}
	return octetStream
}

var errEmptyPart = errors.New("nothing to send")

// sendBinary sends parts of one media type, as multipart or, when there is one
// part and the client asks for it, alone.
func sendBinary(w http.ResponseWriter, r *http.Request, parts [][]byte, kind string, syntax dicom.UID) error {
	if len(parts) == 0 {
		return errEmptyPart
	}
	w.Header().Add("Vary", "Accept")
	for _, m := range acceptable(r) {
		name, want, multi := m.inner()
		fits := want == "" || want == "*" || want == string(syntax)
		switch {
		case multi && fits && (name == "" || name == kind || name == "*/*" || name == octetStream && want == "*"):
			return sendParts(w, r, kind, binaryParts(parts, kind, syntax))
		case !multi && len(parts) == 1 && m.covers(kind):
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Length", strconv.Itoa(len(parts[0])))
			w.Write(parts[0])
			return nil
		}
	}
	return notAcceptable(fmt.Sprintf("%s; type=%q in transfer syntax %s", multipart, kind, syntax))
}

func binaryParts(blobs [][]byte, kind string, syntax dicom.UID) []part {
	head := "Content-Type: " + kind + "\r\n"
	if syntax != dicom.ExplicitVRLittleEndian {
		head = "Content-Type: " + kind + "; transfer-syntax=" + string(syntax) + "\r\n"
	}
	out := make([]part, len(blobs))
	for i, b := range blobs {
		out[i] = part{header: head, size: int64(len(b)), open: func() (body, error) { return inMemory(b), nil }}
	}
	return out
}
