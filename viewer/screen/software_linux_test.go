package screen

import (
	"os"
	"os/exec"
	"testing"
)

// Without a graphics device the engine draws with the processor; what EGL says of it
// is known for what it is. It is asked in a process of its own, as in the window.
func TestSoftwareIsKnownForWhatItIs(t *testing.T) {
	needDisplay(t)
	if os.Getenv("SCREEN_TEST_EGL") == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), "SCREEN_TEST_EGL=1", "DISPLAY="+display)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	name, err := glRenderer()
	if err != nil {
		t.Skip("EGL cannot be asked here: " + err.Error())
	}
	t.Log(name, device(), software(os.Getenv))
	if !device() && !softwareName(name) {
		t.Errorf("without a graphics device %q draws", name)
	}
	if device() && (software(os.Getenv) != "") != softwareName(name) {
		t.Errorf("%q, and software says %q", name, software(os.Getenv))
	}
	for name, want := range map[string]bool{"llvmpipe (LLVM 15.0.6, 256 bits)": true, "softpipe": true, "Mesa Intel(R) UHD Graphics 620 (KBL GT2)": false,
		"NVIDIA GeForce RTX 3080/PCIe/SSE2": false, "AMD Radeon RX 6600 (radeonsi, navi23, LLVM 15.0.7, DRM 3.49)": false, "Software Rasterizer": true} {
		if softwareName(name) != want {
			t.Errorf("%q: software %v", name, !want)
		}
	}
}
