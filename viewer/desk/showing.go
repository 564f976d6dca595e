package desk

import "github.com/nocturne/nocturne/viewer"

// showing is what the reader can ask of cines.
func showing() map[viewer.Action]deed {
	return map[viewer.Action]deed{
		viewer.RateSetName: (*Desk).setRate,
	}
}
