package stack

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// privateB is where scanners write a b-value that have no (0018,9087): private
// creator, group, element within its block. The last of them adds multiples of 10⁹
// to the number.
var privateB = []struct {
	creator        string
	group, element uint32
}{{"SIEMENS MR HEADER", 0x0019, 0x0C}, {"Philips Imaging DD 001", 0x2001, 0x03}, {"GEMS_PARM_01", 0x0043, 0x39}}

// knowB takes a b-value that is told in a private attribute for Diffusion b-value
// (0018,9087), so that one word tells display sets apart.
func (i *Instance) knowB(from *dicom.Dataset) {
	if i.Header.Has(dicom.DiffusionBValue) || from.Str(dicom.Modality) != "MR" {
		return
	}
	for _, p := range privateB {
		for block := uint32(0x10); block <= 0xFF; block++ {
			if from.Str(dicom.Tag(p.group<<16|block)) != p.creator {
				continue
			}
			if e, ok := from.Get(dicom.Tag(p.group<<16 | block<<8 | p.element)); ok {
				i.takeB(from.Str(e.Tag), e.Bytes)
			}
			return
		}
	}
}

// takeB takes a value by its VR, or as it lies in a file that does not tell VRs: digits,
// of several values the first, or a single FL.
func (i *Instance) takeB(text string, bytes []byte) {
	if text == "" && len(bytes) == 4 && (string(bytes) == "\x00\x00\x00\x00" || bytes[3] >= 0x3F && bytes[3] < 0x48) {
		text = strconv.FormatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(bytes))), 'g', -1, 32)
	} else if text == "" {
		first, _, _ := strings.Cut(string(bytes), `\`)
		text = strings.Trim(first, " \x00")
	}
	b, err := strconv.ParseFloat(text, 64)
	for err == nil && b >= 1e9 && b < 1e15 {
		b -= 1e9 * float64(int64(b/1e9))
	}
	if err == nil && b >= 0 && b < 1e5 {
		i.Header.SetFloat(dicom.DiffusionBValue, b)
	}
}

// B is the b-value that all slices of a stack share by how it was split, −1 where none
// is told.
func (s *Stack) B() float64 {
	v, err := strconv.ParseFloat(s.First.says(s.Slots[0].Frame, dicom.MRDiffusionSequence, dicom.DiffusionBValue), 64)
	if err != nil || v < 0 {
		return -1
	}
	return v
}
