package dicom

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A C-FIND identifier, byte for byte after PS3.5 7.1.3 and 7.5.
func identifier() *Dataset {
	d, item := &Dataset{}, &Dataset{}
	d.SetStr(PatientName, "A^B")
	d.SetInt(Rows, 512)
	item.SetStr(ReferencedSOPInstanceUID, "1.2.3")
	d.SetSeq(ReferencedStudySequence, item)
	return d
}

const (
	implicitIdentifier = "\x08\x00\x10\x11\x16\x00\x00\x00" + "\xfe\xff\x00\xe0\x0e\x00\x00\x00" +
		"\x08\x00\x55\x11\x06\x00\x00\x001.2.3\x00" + "\x10\x00\x10\x00\x04\x00\x00\x00A^B " + "\x28\x00\x10\x00\x02\x00\x00\x00\x00\x02"
	explicitIdentifier = "\x08\x00\x10\x11SQ\x00\x00\x16\x00\x00\x00" + "\xfe\xff\x00\xe0\x0e\x00\x00\x00" +
		"\x08\x00\x55\x11UI\x06\x001.2.3\x00" + "\x10\x00\x10\x00PN\x04\x00A^B " + "\x28\x00\x10\x00US\x02\x00\x00\x02"
)

func TestADataSetWithoutPart10IsTheStandardsBytes(t *testing.T) {
	for ts, want := range map[UID]string{ImplicitVRLittleEndian: implicitIdentifier, ExplicitVRLittleEndian: explicitIdentifier} {
		got, err := EncodeDataset(identifier(), ts)
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\n%q\n%q", ts, err, got, want)
		}
		d, err := DecodeDataset([]byte(want), ts)
		if err != nil || d.Str(PatientName) != "A^B" || d.IntOr(Rows, 0) != 512 || d.Item(ReferencedStudySequence).Str(ReferencedSOPInstanceUID) != "1.2.3" {
			t.Errorf("%s: %v", ts, err)
		}
	}
	if _, err := EncodeDataset(identifier(), ExplicitVRBigEndian); !errors.As(err, new(*UnsupportedError)) {
		t.Errorf("big endian: %v", err)
	}
}

func TestADataSetWithoutPart10ComesBackAsItWas(t *testing.T) {
	for _, ts := range []UID{ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian} {
		d := sample()
		if ts == ImplicitVRLittleEndian {
			for e := range d.Clone().All() {
				if e.Tag.Private() {
					d.Delete(e.Tag) // their value representation is not sent
				}
			}
		}
		b, err := EncodeDataset(d, ts)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeDataset(b, ts)
		if err != nil || len(b)%2 != 0 {
			t.Fatalf("%s: %v, %d bytes", ts, err, len(b))
		}
		want, _ := json.Marshal(evened(own(d)))
		got, _ := json.Marshal(evened(back))
		if long, _ := d.Get(0x00091007); len(long.Text) > 0 {
			want, _ = json.Marshal(evened(own(without(d, 0x00091007))))
			got, _ = json.Marshal(evened(without(back, 0x00091007)))
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s:\n%s\n%s", ts, want, got)
		}
	}
}

func without(d *Dataset, t Tag) *Dataset {
	d = d.Clone()
	d.Delete(t)
	return d
}

func TestADataSetThatEndsEarlyIsRefused(t *testing.T) {
	for ts, b := range map[UID]string{ImplicitVRLittleEndian: implicitIdentifier, ExplicitVRLittleEndian: explicitIdentifier} {
		for n := 1; n < len(b); n++ {
			_, err := DecodeDataset([]byte(b[:n]), ts)
			first := len(b) - 10 - 12 // the sequence's end
			whole := n == first || n == first+12
			if (err == nil) != whole {
				t.Errorf("%s cut after %d of %d: %v", ts, n, len(b), err)
			}
		}
	}
	if d, err := DecodeDataset(nil, ImplicitVRLittleEndian); err != nil || d.Len() != 0 {
		t.Errorf("an empty data set: %v", err)
	}
}

func TestAFilesHeadLeadsToItsDataSet(t *testing.T) {
	file := written(t, sample(), []byte{1, 2})
	h, err := ReadHead(file)
	if err != nil || h.Class != SCImageStorage || h.Instance != "1.2.3.4" || h.Transfer != ExplicitVRLittleEndian {
		t.Fatalf("%+v %v", h, err)
	}
	head, err := h.Bytes("NORTH")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(append(head, file[h.Offset:]...))
	if err != nil || f.Truncated || len(f.Notes) > 0 || f.Meta.Str(SourceApplicationEntityTitle) != "NORTH" || !bytes.Equal(f.Pixel.Native, []byte{1, 2}) {
		t.Errorf("%v %+v", err, f)
	}
	if _, err := ReadHead(file[h.Offset:]); !errors.As(err, new(*InvalidError)) {
		t.Errorf("a data set without meta information: %v", err)
	}
}

func TestDCMTKReadsOurBareDataSets(t *testing.T) {
	dcmdump, err := exec.LookPath("dcmdump")
	if err != nil {
		t.Skip("dcmdump is not installed")
	}
	for ts, flag := range map[UID]string{ImplicitVRLittleEndian: "-ti", ExplicitVRLittleEndian: "-te"} {
		b, err := EncodeDataset(identifier(), ts)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "set")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(dcmdump, "-f", flag, path).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "[A^B]") || !strings.Contains(string(out), "US 512") || !strings.Contains(string(out), "[1.2.3]") {
			t.Errorf("%s: %v\n%s", ts, err, out)
		}
	}
}

func FuzzDecodeDataset(f *testing.F) {
	f.Add([]byte(implicitIdentifier), byte(0))
	f.Add([]byte(explicitIdentifier), byte(1))
	deflated, _ := EncodeDataset(identifier(), DeflatedExplicitVRLittleEndian)
	f.Add(deflated, byte(2))
	f.Fuzz(func(t *testing.T, b []byte, kind byte) {
		ts := []UID{ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian}[kind%3]
		d, err := DecodeDataset(b, ts)
		if err != nil {
			if !errors.As(err, new(*InvalidError)) && !errors.As(err, new(*UnsupportedError)) {
				t.Fatalf("error of a foreign type: %v", err)
			}
			return
		}
		once, err := EncodeDataset(d, ts)
		if err != nil {
			return // what cannot be written strictly is refused
		}
		twice := again(t, once, ts) // once may have lost a value representation that implicit VR does not send
		if more := again(t, twice, ts); len(once) < 1<<16 && !bytes.Equal(twice, more) {
			t.Fatalf("not stable\n%x\n%x", twice, more)
		}
	})
}

// again reads what was written and writes it.
func again(t *testing.T, b []byte, ts UID) []byte {
	d, err := DecodeDataset(b, ts)
	if err != nil {
		t.Fatalf("what was written is not clean: %v", err)
	}
	out, err := EncodeDataset(d, ts)
	if err != nil {
		t.Fatalf("what was written cannot be written: %v", err)
	}
	return out
}
