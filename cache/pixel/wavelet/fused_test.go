package wavelet

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestNothingIsFusedOnArm64(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"tool", "compile", "-p", "wavelet", "-S", "-o", os.DevNull}
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			args = append(args, f)
		}
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOARCH=arm64")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("compile for arm64: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "FMULS") {
		t.Fatal("the listing names no multiplication at all")
	}
	if fused := regexp.MustCompile(`\([^()]*\)\tFN?M(ADD|SUB)[SD]`).FindAllString(string(out), -1); fused != nil {
		t.Errorf("fused multiply-add, which other machines round differently: %q", fused)
	}
}
