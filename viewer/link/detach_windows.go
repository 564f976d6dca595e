package link

import (
	"os/exec"
	"syscall"
)

// detach keeps the console's signals (Ctrl+C) from the window and opens no console
// for it: it ends when its input does.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}
