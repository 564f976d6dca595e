package screen

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"
)

// chosen is the monitor that the reader wants the window on, by number from 1 or by a
// part of its name; the main one where none is wanted, or it is not there: that is said
// on standard error. nil where there is none at all.
func chosen(want string) *ebiten.MonitorType {
	all := ebiten.AppendMonitors(nil)
	if len(all) == 0 {
		return ebiten.Monitor()
	}
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.Name()
	}
	at := monitorAt(names, want)
	if at < 0 {
		fmt.Fprintf(os.Stderr, "window.monitor in config.toml: there is no such monitor; the main one of %d is used\n", len(all))
		at = 0
	}
	return all[at]
}

// monitorAt is which monitor is wanted: "" the first, a number from 1, or the first
// whose name has the words; −1 where none is.
func monitorAt(names []string, want string) int {
	want = strings.ToLower(strings.TrimSpace(want))
	if want == "" {
		return 0
	}
	if n, err := strconv.Atoi(want); err == nil {
		if n < 1 || n > len(names) {
			return -1
		}
		return n - 1
	}
	for i, name := range names {
		if strings.Contains(strings.ToLower(name), want) {
			return i
		}
	}
	return -1
}
