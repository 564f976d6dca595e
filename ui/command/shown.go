package command

import (
	"fmt"

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
