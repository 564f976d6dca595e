package dicomweb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the two formats whose size is read before anything is decoded
	_ "image/png"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// Limits on a picture: its bytes, and its sides, for whoever decodes it needs
// four bytes a pixel (8192 × 8192 is 256 MiB, and no screen is larger).
const (
	maxPicture     = 16 << 20
	maxPictureSide = 8192
	previewQuality = 75 // of JPEG: a picture to look at while the diagnostic one comes
)

var errPicture = errors.New("the picture cannot be used")

// Rendered asks the server to draw frame number frame, from 1, into a square of
// side pixels, its aspect kept (PS3.18 10.4.1.1.3, 8.3.5.1); 0 lets the server
// choose the frame of the instance, series or study that ref names. A server that
// does not draw single frames is asked for the instance when its first one is
// wanted. The picture came whole, is a JPEG or PNG by its own bytes and not larger
// than 16 MiB; a server that ignores the size asked for may send a larger picture
// than side, but none beyond 8192 pixels.
func (c *Client) Rendered(ctx context.Context, ref pacs.Ref, frame, side int) (pacs.Preview, error) {
	const op = "render"
	path, err := refPath(ref)
	if err == nil && (side < 1 || frame < 0 || frame > 0 && ref.Instance == "") {
		err = errors.New("no such picture")
	}
	if err != nil {
		return pacs.Preview{}, fmt.Errorf("%s: %w", op, err)
	}
	if v := c.found.get(rowRendered); v == no || v == "status 404" || v == "status 501" {
		return pacs.Preview{}, &pacs.StatusError{Code: http.StatusNotImplemented, Op: op} // the probe asked, and a preview is not worth asking twice
	}
	query := fmt.Sprintf("/rendered?viewport=%d,%d&quality=%d", side, side, previewQuality)
	if frame == 0 || frame == 1 && c.found.get(rowRenderedFrame) == no {
		return c.picture(ctx, op, path+query)
	}
	p, err := c.picture(ctx, op, path+"/frames/"+strconv.Itoa(frame)+query)
	if frame > 1 || !noSuchService(err) {
		return p, err
	}
	p, again := c.picture(ctx, op, path+query)
	if again == nil {
		c.found.set(rowRenderedFrame, no)
		return p, nil
	}
	return p, err
}

// noSuchService takes the answers of servers that do not know an address.
func noSuchService(err error) bool {
	var s *pacs.StatusError
	return errors.As(err, &s) && slices.Contains([]int{400, 404, 405, 406, 500, 501}, s.Code)
}

// picture asks for JPEG, which is the smallest, and for PNG where that is refused:
// servers that take one media type refuse a list of two.
func (c *Client) picture(ctx context.Context, op, path string) (pacs.Preview, error) {
	p, err := c.pictureAs(ctx, op, path, "image/jpeg")
	var s *pacs.StatusError
	if errors.As(err, &s) && s.Code == http.StatusNotAcceptable {
		return c.pictureAs(ctx, op, path, "image/png")
	}
	return p, err
}

func (c *Client) pictureAs(ctx context.Context, op, path, accept string) (pacs.Preview, error) {
	resp, err := c.do(ctx, request{op: op, method: http.MethodGet, url: c.base + "/" + path, accept: accept, pixels: true})
	if err != nil {
		return pacs.Preview{}, err
	}
	defer drain(resp)
	b, err := c.wholePicture(resp)
	if err == nil {
		var p pacs.Preview
		if p, err = preview(b); err == nil {
			return p, nil
		}
		if mt := mediaTypeOf(resp.Header.Get("Content-Type")); mt != "image/jpeg" && mt != "image/png" && mt != "multipart/related" {
			return p, &pacs.NotArchiveError{Op: op, Got: gotType(resp.Header)}
		}
	}
	return pacs.Preview{}, fmt.Errorf("%s: %w", op, err)
}

// wholePicture reads the body, or the one part of it.
func (c *Client) wholePicture(resp *http.Response) ([]byte, error) {
	if mediaTypeOf(resp.Header.Get("Content-Type")) != "multipart/related" {
		return wholeBody(resp, maxPicture)
	}
	p, err := c.partsOf(resp, maxPicture)
	if err != nil {
		return nil, err
	}
	defer p.free()
	pt, err := p.next()
	if err == io.EOF {
		err = pacs.ErrTruncated
	}
	return pt.body, err
}

// preview goes by the picture's own first bytes: servers name PNG what is JPEG.
func preview(b []byte) (pacs.Preview, error) {
	cfg, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxPictureSide || cfg.Height > maxPictureSide {
		return pacs.Preview{}, errPicture
	}
	return pacs.Preview{MediaType: "image/" + format, Bytes: b}, nil
}
