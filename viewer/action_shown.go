package viewer

// Actions of cines, angiograms and objects shown over images.
const (
	RateSetName Action = "cine.rate.set"
)

// RateSet asks for cines at so many images a second; 0 is the images' own rate.
func RateSet(fps float64) Action { return withValues(RateSetName, fps) }
