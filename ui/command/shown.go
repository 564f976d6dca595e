package command

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/viewer"
)

func rate(args []string) (viewer.Action, error) {
	n, err := numbers(args, 1)
	if err == nil && n[0] < 0 {
		err = fmt.Errorf("a rate is images a second")
	}
	if err != nil {
		return "", err
	}
	return viewer.RateSet(n[0]), nil
}

// shift takes pixels to the right and down.
func shift(args []string) (viewer.Action, error) {
	n, err := numbers(args, 2)
	if err != nil {
		return "", err
	}
	return viewer.ShiftSet(n[0], n[1]), nil
}

// calibrate takes a catheter in French, 6F, or millimetres, 20 or 20mm.
func calibrate(args []string) (viewer.Action, error) {
	word := strings.ToLower(strings.Join(args, ""))
	inFrench := strings.HasSuffix(word, "f") || strings.HasSuffix(word, "fr")
	n, err := numbers([]string{strings.TrimRight(word, "frm")}, 1)
	if err == nil && !(n[0] > 0) {
		err = fmt.Errorf("it is above 0")
	}
	if err != nil {
		return "", err
	}
	return viewer.Calibrate(n[0], inFrench), nil
}
