package screen

import "testing"

func TestTheMonitorIsFoundByNumberOrName(t *testing.T) {
	names := []string{"LG HDR 4K", "EIZO RX560", "EIZO RX560"}
	for want, at := range map[string]int{"": 0, "1": 0, "3": 2, "0": -1, "4": -1, "-1": -1, "eizo": 1, " RX560 ": 1, "hdr": 0, "barco": -1} {
		if got := monitorAt(names, want); got != at {
			t.Errorf("%q is monitor %d, want %d", want, got, at)
		}
	}
}
