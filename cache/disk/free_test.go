package disk

import "testing"

func TestFreeIsSomethingHereAndNothingIsSaidOfWhatIsNotThere(t *testing.T) {
	if n, err := Free(t.TempDir()); err != nil || n <= 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n, err := Free(t.TempDir() + "/none"); err == nil || n != 0 {
		t.Errorf("%d bytes where there is nothing", n)
	}
}
