package demo

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// inlineLimit is the largest binary value that stands in metadata; what is
// longer is named by a BulkDataURI (PS3.18 F.2.2).
const inlineLimit = 1 << 10

// metadata sends headers of a study, a series or an instance as DICOM JSON
// (PS3.18 10.4.1.1.2).
func (a *Archive) metadata(w http.ResponseWriter, r *http.Request) error {
	if err := wantsJSON(r); err != nil {
		return err
	}
	found := a.target(r)
	if len(found) == 0 {
		return errNotFound
	}
	sets := make([]*dicom.Dataset, len(found))
	for i, in := range found {
		url := in.url(base(r)) + "/bulkdata/"
		sets[i] = outsource(in.header, url)
		if in.pixelTag != 0 {
			sets[i].Set(dicom.Element{Tag: in.pixelTag, VR: in.pixelVR, BulkDataURI: url + in.pixelTag.Hex()})
		}
	}
	return answerJSON(w, r, http.StatusOK, sets)
}

// outsource copies d with long binary values replaced by their address: the
// tag, and for one within a sequence the path of tags and item numbers from 0.
func outsource(d *dicom.Dataset, url string) *dicom.Dataset {
	out := d.Clone()
	for el := range d.All() {
		switch {
		case len(el.Bytes) > inlineLimit:
			out.Set(dicom.Element{Tag: el.Tag, VR: el.VR, BulkDataURI: url + el.Tag.Hex()})
		case len(el.Items) > 0:
			items := make([]*dicom.Dataset, len(el.Items))
			for i, it := range el.Items {
				items[i] = outsource(it, url+el.Tag.Hex()+"/"+strconv.Itoa(i)+"/")
			}
			out.SetSeq(el.Tag, items...)
		}
	}
	return out
}

// bulkdata sends one binary value (PS3.18 10.4.1.1.5), in a multipart or alone.
func (a *Archive) bulkdata(w http.ResponseWriter, r *http.Request) error {
	found := a.target(r)
	if len(found) == 0 {
		return errNotFound
	}
	path := strings.Split(r.PathValue("path"), "/")
	if found[0].pixelTag != 0 && strings.EqualFold(path[0], found[0].pixelTag.Hex()) && len(path) == 1 {
		return a.pixelData(w, r, found[0])
	}
	value, ok := bulkValue(found[0].header, path)
	if !ok {
		return errNotFound
	}
	return sendBinary(w, r, [][]byte{value}, octetStream, dicom.ExplicitVRLittleEndian)
}

// bulkValue follows the path that outsource wrote.
func bulkValue(d *dicom.Dataset, path []string) ([]byte, bool) {
	for len(path) >= 3 {
		t, err := dicom.ParseTag(path[0])
		n, err2 := strconv.Atoi(path[1])
		items := d.Seq(t)
		if err != nil || err2 != nil || n < 0 || n >= len(items) {
			return nil, false
		}
		d, path = items[n], path[2:]
	}
	if len(path) != 1 {
		return nil, false
	}
	t, err := dicom.ParseTag(path[0])
	if err != nil {
		return nil, false
	}
	el, _ := d.Get(t)
	return el.Bytes, el.Bytes != nil
}
