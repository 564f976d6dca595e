package main

import (
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"
)

// /proc/PID of a process that is not dumpable is root's (proc(5)); who is root already
// sees only the limit.
func TestTheProgramLeavesNoCoreFileAndIsNobodysToLookInto(t *testing.T) {
	cmd := program(t, t.TempDir(), "archive") // it stays until it is ended
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	none := regexp.MustCompile(`(?m)^Max core file size +0 +0 +bytes`)
	eventually(t, 10*time.Second, "the limit of core files", func() bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", cmd.Process.Pid))
		return err == nil && none.Match(b) || os.IsPermission(err)
	})
	if os.Getuid() == 0 {
		return
	}
	if _, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", cmd.Process.Pid)); !os.IsPermission(err) {
		t.Errorf("its memory can be looked into: %v", err)
	}
}
