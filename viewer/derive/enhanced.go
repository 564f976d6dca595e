package derive

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/pixel"
)

// EnhancedWords are on a tile whose picture is not the acquired one.
func EnhancedWords(e pixel.Enhancement) string {
	return map[pixel.Enhancement]string{
		pixel.Sharpened: "SHARPENED", pixel.Denoised: "DENOISED", pixel.Equalised: "CONTRAST EQUALISED (CLAHE)",
	}[e]
}

// Enhanced are the pictures made last, so that scrolling back and redrawing make
// none again.
type Enhanced struct {
	of   [madeKept]*pixel.Image
	key  [madeKept]string
	made [madeKept]*pixel.Image
	next int
}

// madeKept is how many: of a mammogram 27 MB each, of a CT slice half a megabyte.
const madeKept = 12

// Of is a picture enhanced as it is seen in a window, and what tells it from
// others of that picture.
func (c *Enhanced) Of(of *pixel.Image, e pixel.Enhancement, w pixel.Window) (im *pixel.Image, key string) {
	key = fmt.Sprintf("enhanced %d", e)
	if e == pixel.Equalised {
		key += fmt.Sprintf(" %g %g %s %p", w.Center, w.Width, w.Function, w.LUT)
	}
	if im = c.find(of, key); im == nil {
		im = of.Enhanced(e, w)
		c.add(of, key, im)
	}
	return im, key
}

func (c *Enhanced) find(of *pixel.Image, key string) *pixel.Image {
	for i := range c.of {
		if c.of[i] == of && c.key[i] == key {
			return c.made[i]
		}
	}
	return nil
}

func (c *Enhanced) add(of *pixel.Image, key string, made *pixel.Image) {
	c.of[c.next], c.key[c.next], c.made[c.next] = of, key, made
	c.next = (c.next + 1) % madeKept
}
