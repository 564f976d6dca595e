package medium

import "fmt"

// Notes are sentences, without a patient's data, on what of the medium is not as it
// should be, the most pressing first.
func (m *Medium) Notes() []string {
	c := m.Counts
	var out []string
	say := func(n int, one, many string) {
		switch {
		case n == 1:
			out = append(out, "1 "+one)
		case n > 1:
			out = append(out, fmt.Sprint(n, " ", many))
		}
	}
	say(c.Strange, "file carries a study's UID and another patient's data: it is not shown; open it alone", "files carry a study's UID and another patient's data: they are not shown; open them alone")
	say(c.Missing, "file that the DICOMDIR lists is missing", "files that the DICOMDIR lists are missing")
	say(c.Conflicting, "file has the UID of another image and other contents: the first by name is shown", "files have the UID of another image and other contents: the first by name is shown")
	say(c.Unreadable, "file cannot be read", "files cannot be read")
	say(c.Encrypted, "packed file is encrypted", "packed files are encrypted")
	if m.More {
		out = append(out, fmt.Sprintf("there are more files than the %d looked at: open a folder of it", c.Files))
	}
	if m.Broken {
		out = append(out, "the DICOMDIR is damaged: what it lists was taken in the order it stands in")
	}
	say(c.Anonymous, "DICOM file names no study, series or image: an image is shown by its folder", "DICOM files name no study, series or image: images are shown by their folder")
	say(c.Unlisted, "file is not in the DICOMDIR and is shown all the same", "files are not in the DICOMDIR and are shown all the same")
	say(c.Packed, "packed file is packed too deep or in an unknown way", "packed files are packed too deep or in an unknown way")
	say(c.Links, "link or device was not followed", "links or devices were not followed")
	say(c.Repeated, "file repeats an image", "files repeat images")
	say(c.Other, "other file was passed over", "other files were passed over")
	return out
}
