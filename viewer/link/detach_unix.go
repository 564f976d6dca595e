//go:build unix

package link

import (
	"os/exec"
	"syscall"
)

// detach keeps the terminal's signals (Ctrl+C, hang-up) from the window: it ends
// when its input does.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
