package demo

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
)

// zeros is so many bytes that nobody holds.
type zeros int64

func (z *zeros) Read(b []byte) (int, error) {
	if *z <= 0 {
		return 0, io.EOF
	}
	n := min(int(*z), len(b))
	clear(b[:n])
	*z -= zeros(n)
	return n, nil
}

// large is the data set of a CT of so many frames of 1 MiB, and what it is.
func large(frames int) (io.Reader, dimse.Command) {
	d := header(ctStudy, ctStudy+".6", 1, func(d *dicom.Dataset) {
		d.SetInt(dicom.Rows, 1024)
		d.SetInt(dicom.Columns, 512)
		d.SetInt(dicom.NumberOfFrames, frames)
	})
	b, _ := dicom.EncodeDataset(d, dicom.ExplicitVRLittleEndian)
	n := uint32(frames) << 20
	b = append(b, 0xE0, 0x7F, 0x10, 0, 'O', 'W', 0, 0, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	pixels := zeros(n)
	return io.MultiReader(bytes.NewReader(b), &pixels), dimse.Command{Field: dimse.CStore, ID: 1, Class: dicom.CTImageStorage, Instance: dicom.UID(d.Str(dicom.SOPInstanceUID))}
}

func (s *scu) storesStream(data io.Reader, c dimse.Command) uint16 {
	s.t.Helper()
	on, _ := s.assoc.Find(c.Class)
	if err := s.conn.Send(s.ctx, dimse.Message{Context: on.ID, Command: c, Data: data}); err != nil {
		s.t.Fatal(err)
	}
	rsp, _ := s.hears()
	return rsp.Status
}

func TestALargeObjectIsNeverInMemory(t *testing.T) {
	a, address := serveDIMSE(t, Options{StoreDir: t.TempDir()})
	s := associate(t, address, asking(plain(dicom.CTImageStorage)...))
	data, c := large(96)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if status := s.storesStream(data, c); status != 0 {
		t.Fatalf("status %04X", status)
	}
	runtime.ReadMemStats(&after)
	grew := after.TotalAlloc - before.TotalAlloc
	t.Logf("%d KiB were allocated", grew>>10)
	if grew > 16<<20 {
		t.Errorf("96 MiB were stored by allocating %d MiB", grew>>20)
	}
	if in := a.held.object(c.Instance); in == nil || in.content.size < 96<<20 {
		t.Error("it is not held whole")
	}
}

func TestAFullDiskIsOutOfResourcesAndLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "none", dir).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here: %s", bytes.TrimSpace(out))
	}
	t.Cleanup(func() { exec.Command("umount", dir).Run() })
	a, address := serveDIMSE(t, Options{StoreDir: dir})
	s := associate(t, address, asking(plain(dicom.CTImageStorage)...))
	data, c := large(8)
	if status := s.storesStream(data, c); status != 0xA700 {
		t.Errorf("8 MiB on a disk of 4: %04X", status)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "objects", "*")); len(left) > 0 || a.Studies() != 0 {
		t.Errorf("%d files and %d studies are left", len(left), a.Studies())
	}
	if hidden, _ := os.ReadDir(filepath.Join(dir, "objects")); len(hidden) > 0 {
		t.Errorf("%d files are left behind", len(hidden))
	}
	small := object(t, ctStudy, 1)
	if status := s.stores(identity(small), small); status != 0 {
		t.Errorf("one that fits: %04X", status)
	}
	a.Close() // before the disk goes
}
