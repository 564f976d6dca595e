package dicom

import "testing"

func TestPixelBytesCountWhatIsClaimedAndBelieveNoNonsense(t *testing.T) {
	d := new(Dataset)
	if PixelBytes(d) != 0 {
		t.Error("no image has pixels")
	}
	for tag, v := range map[Tag]int{Rows: 512, Columns: 256, SamplesPerPixel: 3, BitsAllocated: 8} {
		d.SetInt(tag, v)
	}
	if n := PixelBytes(d); n != 512*256*3 {
		t.Error(n)
	}
	d.SetInt(NumberOfFrames, 10)
	d.SetInt(BitsAllocated, 1)
	if n := PixelBytes(d); n != 512*256*3*10/8 {
		t.Error(n)
	}
	d.SetStr(NumberOfFrames, "2147483647")
	if n := PixelBytes(d); n != 0 {
		t.Errorf("%d bytes are believed", n)
	}
}
