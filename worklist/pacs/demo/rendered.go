package demo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// maxRendered bounds the side of a rendered image.
const maxRendered = 8192

// rendered sends one frame as an image to look at (PS3.18 10.4.1.1.3): frame 1
// unless the path names one. It is not for diagnosis.
func (a *Archive) rendered(w http.ResponseWriter, r *http.Request) error {
	found := a.target(r)
	if len(found) == 0 || found[0].pixelTag == 0 {
		return errNotFound
	}
	list := r.PathValue("frames")
	if list == "" {
		list = "1"
	}
	numbers, err := frameList(list, found[0].header)
	if err != nil {
		return err
	}
	if len(numbers) != 1 {
		return badRequest("one frame is rendered at a time")
	}
	kind, err := imageType(r)
	if err != nil {
		return err
	}
	f, err := a.openFrames(found[0])
	if err != nil {
		return err
	}
	defer f.Close()
	im, err := pixel.Decode(f, numbers[0]-1)
	var unsupported *dicom.UnsupportedError
	if errors.As(err, &unsupported) {
		return notAcceptable("stored frames: these cannot be decoded here, so")
	}
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return sendImage(w, r, im, kind)
}

// imageType chooses by Accept; PNG when the client does not care.
func imageType(r *http.Request) (string, error) {
	for _, m := range acceptable(r) {
		switch {
		case m.name == "image/jpeg":
			return "image/jpeg", nil
		case m.covers("image/png"):
			return "image/png", nil
		}
	}
	return "", notAcceptable("image/png and image/jpeg")
}

func sendImage(w http.ResponseWriter, r *http.Request, im *pixel.Image, kind string) error {
	values := r.URL.Query()
	win, err := windowParam(values.Get("window"), im)
	if err != nil {
		return err
	}
	size, err := viewportParam(values.Get("viewport"), im)
	if err != nil {
		return err
	}
	quality := 90
	if q := values.Get("quality"); q != "" {
		if quality, err = strconv.Atoi(q); err != nil || quality < 1 || quality > 100 {
			return badRequest("quality is 1 to 100")
		}
	}
	dst := image.NewRGBA(image.Rectangle{Max: size})
	view := im.Place(pixel.View{Zoom: im.FitZoom(0, size)}, size)
	im.Render(win, false, dst, view, pixel.Area)
	var b bytes.Buffer
	if kind == "image/jpeg" {
		err = jpeg.Encode(&b, dst, &jpeg.Options{Quality: quality})
	} else {
		err = png.Encode(&b, dst)
	}
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.Header().Add("Vary", "Accept")
	if r.Method != http.MethodHead {
		w.Write(b.Bytes())
	}
	return nil
}

// windowParam reads window=center,width,function (PS3.18 8.3.5.1.4).
func windowParam(s string, im *pixel.Image) (pixel.Window, error) {
	if s == "" {
		return im.DefaultWindow(), nil
	}
	parts := strings.Split(s, ",")
	functions := map[string]string{"linear": pixel.Linear, "linear-exact": pixel.LinearExact, "sigmoid": pixel.Sigmoid}
	win := pixel.Window{Function: pixel.Linear}
	if len(parts) == 3 {
		win.Function = functions[parts[2]]
	}
	if len(parts) < 2 || len(parts) > 3 || win.Function == "" {
		return win, badRequest("window is center,width,linear|linear-exact|sigmoid")
	}
	var err1, err2 error
	win.Center, err1 = strconv.ParseFloat(parts[0], 64)
	win.Width, err2 = strconv.ParseFloat(parts[1], 64)
	if err1 != nil || err2 != nil || math.IsNaN(win.Center+win.Width) || math.IsInf(win.Center+win.Width, 0) || win.Width < 1 {
		return win, badRequest("window's center and width are numbers, the width at least 1")
	}
	return win, nil
}

// viewportParam reads viewport=width,height: the image fits into it, its aspect
// kept (PS3.18 8.3.5.1.3). Source regions are not supported.
func viewportParam(s string, im *pixel.Image) (image.Point, error) {
	natural := image.Pt(im.Cols, max(1, int(math.Round(float64(im.Rows)*im.Aspect))))
	if s == "" {
		return shrink(natural, maxRendered, maxRendered), nil
	}
	parts := strings.Split(s, ",")
	if len(parts) != 2 {
		return natural, badRequest("viewport is width,height; source regions are not supported")
	}
	wide, err1 := strconv.Atoi(parts[0])
	high, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil || wide < 1 || high < 1 || wide > maxRendered || high > maxRendered {
		return natural, badRequest("viewport's sides are 1 to %d", maxRendered)
	}
	return scale(natural, wide, high), nil
}

// scale fits p into a box, enlarging too.
func scale(p image.Point, wide, high int) image.Point {
	f := min(float64(wide)/float64(p.X), float64(high)/float64(p.Y))
	return image.Pt(max(1, int(math.Round(float64(p.X)*f))), max(1, int(math.Round(float64(p.Y)*f))))
}

func shrink(p image.Point, wide, high int) image.Point {
	if p.X <= wide && p.Y <= high {
		return p
	}
	return scale(p, wide, high)
}
