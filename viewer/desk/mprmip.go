package desk

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/volume"
)

// tooMany is how many samples a MIP of a whole series may take: about a second of one
// core. A PET has a hundredth of it, a thin CT more.
const tooMany = 30e6

// mipWhole shows the largest values of the whole series as they are seen from the
// front: the coronal plane as a slab through everything, alone on screen.
func (d *Desk) mipWhole() {
	if d.mpr == nil {
		if d.toggleMPR(); d.mpr == nil {
			return
		}
	}
	coronal := d.mpr.set.Plane(volume.Coronal)
	at := coronal.At(0)
	deep := coronal.Spacing() * float64(coronal.Slices())
	if n := float64(at.Rows*at.Cols) * deep / d.mpr.set.Volume.Finest(); n > tooMany {
		d.notice(fmt.Sprintf("A MIP through all %.0f mm of this series would take too long; :slab 50 makes a thinner one.", deep))
		return
	}
	d.mpr.set.Mode = volume.MIP
	d.mpr.set.Thicken(2 * deep) // seen from any slice, it reaches both ends
	d.activate(volume.Coronal)
	d.oneUp = true
	d.touch()
}
