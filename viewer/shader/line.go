package shader

// Line is the text that draws every stroke: segments with round caps and an edge
// one pixel soft. custom holds, in pixels, the place along the segment, the
// distance from its axis, its length and half its width; color is premultiplied.
// The uniform Clip is the rectangle outside which nothing is painted: x, y, end
// x, end y of the destination.
func Line() []byte { return []byte(lineText) }

const lineText = `//kage:unit pixels
package main

var Clip vec4

func Fragment(dst vec4, src vec2, color vec4, custom vec4) vec4 {
	at := dst.xy - imageDstOrigin()
	if at.x < Clip.x || at.y < Clip.y || at.x >= Clip.z || at.y >= Clip.w {
		discard()
	}
	beyond := max(max(-custom.x, custom.x-custom.z), 0)
	return color * clamp(custom.w+0.5-length(vec2(beyond, custom.y)), 0, 1)
}
`
