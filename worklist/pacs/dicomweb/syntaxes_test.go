package dicomweb_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// transcoder keeps every object in one transfer syntax and sends it in others. What
// it says to each transfer syntax is a status, or the syntax of what it sends.
type transcoder struct {
	t      *testing.T
	object pacstest.Object
	stored dicom.UID
	lossy  string // Lossy Image Compression of what is stored
	says   map[string]int
	sends  map[string]dicom.UID
	lists  bool
	asked  []string
}

var syntaxParam = regexp.MustCompile(`transfer-syntax=([0-9.*]+)`)

func (x *transcoder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var all []string
	for _, m := range syntaxParam.FindAllStringSubmatch(r.Header.Get("Accept"), -1) {
		all = append(all, m[1])
	}
	if len(all) == 0 {
		all = []string{""}
	}
	x.asked = append(x.asked, strings.Join(all, ","))
	if !x.lists {
		all = all[:1]
	}
	for i, s := range all {
		status := x.says[s]
		if status == -1 {
			panic(http.ErrAbortHandler) // it dies of it
		}
		if status == 0 {
			x.send(w, s)
			return
		}
		if i == len(all)-1 {
			w.WriteHeader(status)
		}
	}
}

func (x *transcoder) send(w http.ResponseWriter, asked string) {
	syntax := dicom.UID(asked)
	switch {
	case x.sends[asked] != "":
		syntax = x.sends[asked]
	case asked == "*":
		syntax = x.stored
	case asked == "":
		syntax = dicom.ExplicitVRLittleEndian
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	p, _ := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/dicom"}})
	p.Write(x.in(syntax))
	m.Close()
	w.Header().Set("Content-Type", `multipart/related; type="application/dicom"; boundary=`+m.Boundary())
	w.Write(b.Bytes())
}

// in is the object in a transfer syntax; what its pixels are does not matter here.
func (x *transcoder) in(syntax dicom.UID) []byte {
	f, err := dicom.Parse(x.object.Bytes)
	if err != nil {
		x.t.Fatal(err)
	}
	if x.lossy != "" {
		f.Dataset.SetStr(dicom.LossyImageCompression, x.lossy)
	}
	if syntax == dicom.ExplicitVRLittleEndian {
		b, err := dicom.Bytes(f.Dataset, f.Pixel.Native)
		if err != nil {
			x.t.Fatal(err)
		}
		return b
	}
	var b bytes.Buffer
	if err := dicom.WriteEncapsulated(&b, f.Dataset, syntax, [][]byte{[]byte("frame")}); err != nil {
		x.t.Fatal(err)
	}
	return b.Bytes()
}

const (
	jls   = "1.2.840.10008.1.2.4.80"
	htj2k = "1.2.840.10008.1.2.4.201"
	j2k   = "1.2.840.10008.1.2.4.90"
)

func TestTheRightTransferSyntaxIsAskedFor(t *testing.T) {
	const explicit = dicom.ExplicitVRLittleEndian
	for _, c := range []struct {
		name  string
		x     transcoder
		wire  pacs.Wire
		cfg   dicomweb.Config
		asked []string // by three retrievals of one series
		came  []dicom.UID
		// compact: net/http repeats a request whose connection was closed unanswered
		compact bool
	}{
		{name: "stored raw, line fast", x: transcoder{stored: explicit}, asked: []string{"*", "*", "*"}, came: []dicom.UID{explicit, explicit, explicit}},
		{name: "stored raw, line slow", x: transcoder{stored: explicit}, wire: pacs.Lossless,
			asked: []string{"*", jls, jls}, came: []dicom.UID{explicit, jls, jls}},
		{name: "stored compressed, line slow", x: transcoder{stored: j2k}, wire: pacs.Lossless, asked: []string{"*", "*", "*"}, came: []dicom.UID{j2k, j2k, j2k}},
		{name: "stored with loss, line slow", x: transcoder{stored: dicom.JPEGBaseline, lossy: "01"}, wire: pacs.Lossless, asked: []string{"*", "*", "*"},
			came: []dicom.UID{dicom.JPEGBaseline, dicom.JPEGBaseline, dicom.JPEGBaseline}},
		{name: "no JPEG-LS, no HTJ2K", x: transcoder{stored: explicit, says: map[string]int{jls: 500, htj2k: 400}}, wire: pacs.Lossless,
			asked: []string{"*", jls, htj2k, j2k, j2k}, came: []dicom.UID{explicit, j2k, j2k}},
		{name: "compresses nothing", x: transcoder{stored: explicit, says: map[string]int{jls: 406, htj2k: 406, j2k: 501}}, wire: pacs.Lossless,
			asked: []string{"*", jls, htj2k, j2k, "*", "*"}, came: []dicom.UID{explicit, explicit, explicit}},
		{name: "dies of JPEG-LS", x: transcoder{stored: explicit, says: map[string]int{jls: -1}}, wire: pacs.Lossless,
			asked: []string{"*", jls, htj2k}, compact: true, came: []dicom.UID{explicit, htj2k, htj2k}},
		{name: "answers with loss", x: transcoder{stored: explicit, sends: map[string]dicom.UID{jls: dicom.JPEGLSNearLossless}}, wire: pacs.Lossless,
			asked: []string{"*", jls, htj2k, "*"}, came: []dicom.UID{explicit, htj2k, explicit}},
		{name: "raw that lost before", x: transcoder{stored: explicit, lossy: "01"}, wire: pacs.Lossless, asked: nil, came: []dicom.UID{explicit, explicit, explicit}},
		{name: "no as-stored", x: transcoder{stored: explicit, says: map[string]int{"*": 406}}, asked: []string{"*", "", "", ""}, came: []dicom.UID{explicit, explicit, explicit}},
		{name: "stored as a film we cannot show", x: transcoder{stored: dicom.MPEG2MPML}, cfg: dicomweb.Config{Decodes: func(dicom.UID) bool { return false }},
			asked: []string{"*", "", "", ""}, came: []dicom.UID{explicit, explicit, explicit}},
		{name: "a film, and nothing else to be had", x: transcoder{stored: dicom.MPEG2MPML, says: map[string]int{"": 500}},
			cfg: dicomweb.Config{Decodes: func(dicom.UID) bool { return false }}, asked: nil, came: []dicom.UID{dicom.MPEG2MPML, dicom.MPEG2MPML, dicom.MPEG2MPML}},
		{name: "lists are understood", x: transcoder{stored: explicit, lists: true, says: map[string]int{jls: 406}}, wire: pacs.Lossless,
			cfg:   dicomweb.Config{Found: dicomweb.Found{Rows: map[string]string{"accept lists": "yes"}}},
			asked: []string{"*", strings.Join([]string{jls, htj2k, j2k, "*"}, ","), strings.Join([]string{jls, htj2k, j2k, "*"}, ",")}, came: []dicom.UID{explicit, htj2k, htj2k}},
		{name: "no JPEG-LS decoder here", x: transcoder{stored: explicit}, wire: pacs.Lossless,
			cfg: dicomweb.Config{Decodes: func(u dicom.UID) bool { return u != jls }}, asked: []string{"*", htj2k, htj2k}, came: []dicom.UID{explicit, htj2k, htj2k}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := pacstest.NewSeed(t).Frames // its values fit its Bits Stored
			x := c.x
			x.t, x.object = t, st.Objects[0]
			c.cfg.BaseURL = serve(t, &x)
			arch := client(t, c.cfg)
			var came []dicom.UID
			for range 3 {
				ref := pacs.Ref{Study: st.UID, Series: x.object.Series, Instance: x.object.SOP}
				err := arch.RetrieveAs(context.Background(), ref, c.wire, func(o pacs.Object) error {
					f, err := dicom.Parse(o.Bytes)
					if err == nil {
						came = append(came, f.TransferSyntax)
					}
					return err
				})
				if err != nil {
					t.Errorf("retrieve: %v", err)
				}
			}
			if c.compact {
				x.asked = slices.Compact(x.asked)
			}
			if c.asked != nil && !slices.Equal(x.asked, c.asked) {
				t.Errorf("asked for %q, want %q", x.asked, c.asked)
			}
			if c.came != nil && !slices.Equal(came, c.came) || len(came) != 3 {
				t.Errorf("came in %v, want %v", came, c.came)
			}
			for _, lossy := range []string{".4.81", ".4.91", ".4.203", ".4.50", ".4.51"} {
				if strings.Contains(strings.Join(x.asked, ","), lossy) || slices.ContainsFunc(came, func(u dicom.UID) bool { return strings.HasSuffix(string(u), lossy) && u != x.stored }) {
					t.Errorf("lossy compression: asked for %q, came in %v", x.asked, came)
				}
			}
		})
	}
}

func TestAFilmBehindImagesLeavesTheStreamWhole(t *testing.T) {
	st := pacstest.NewSeed(t).Frames
	x := &transcoder{t: t, object: st.Objects[0], stored: dicom.ExplicitVRLittleEndian}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for _, syntax := range []dicom.UID{dicom.ExplicitVRLittleEndian, dicom.MPEG2MPML, dicom.ExplicitVRLittleEndian} {
			p, _ := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/dicom"}})
			p.Write(x.in(syntax))
		}
		m.Close()
		w.Header().Set("Content-Type", `multipart/related; type="application/dicom"; boundary=`+m.Boundary())
		w.Write(b.Bytes())
	})
	arch := client(t, dicomweb.Config{BaseURL: serve(t, h), Decodes: func(dicom.UID) bool { return false }})
	n := 0
	if err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, func(pacs.Object) error { n++; return nil }); err != nil || n != 3 {
		t.Errorf("%d objects of 3, %v", n, err)
	}
}
