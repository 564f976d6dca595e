package dicom

// FrameGroup returns the first item of a functional group macro for one frame
// (0-based): the per-frame one, else the shared one, else an empty data set, so
// that look-ups through it find nothing (PS3.3 C.7.6.16).
func (d *Dataset) FrameGroup(frame int, macro Tag) *Dataset {
	if per := d.Seq(PerFrameFunctionalGroupsSequence); frame >= 0 && frame < len(per) && per[frame].Has(macro) {
		return per[frame].Item(macro)
	}
	return d.Item(SharedFunctionalGroupsSequence).Item(macro)
}
