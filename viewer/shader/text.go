package shader

import (
	"strings"
	"text/template"
)

// Text is the Kage source of a mode. The image coordinate of a fragment arrives in
// custom.xy: columns and rows from the outer corner of the first pixel (PS3.3
// C.18.6.1.2), so that any affine view is four vertices. A fragment that lies on no
// pixel of Part is discarded. Image 0 is the pixels, image 1 the modality LUT, image
// 2 the VOI LUT; the uniforms are those of Numbers.
func (m Mode) Text() []byte {
	var b strings.Builder
	if err := image.Execute(&b, about(m)); err != nil {
		panic(err) // the template is a constant and fits every Mode: a test compiles them all
	}
	return []byte(b.String())
}

// facts are a mode as the template reads it.
type facts struct {
	Mode
	Type                     string // of a value: float, vec3, vec4
	Ramp, Sigmoid, Table     bool
	Nearest, Bilinear, Cubic bool
	Area                     bool
	Taps                     int
}

func about(m Mode) facts {
	f := facts{Mode: m, Type: "float", Taps: int(m.Sampling),
		Nearest: m.Sampling == Nearest, Bilinear: m.Sampling == Bilinear, Cubic: m.Sampling == Bicubic, Area: m.Sampling > Bicubic}
	if m.Color {
		f.Type, f.Padded = "vec3", false
		if m.Layer {
			f.Type = "vec4"
		}
		return f
	}
	f.Ramp, f.Sigmoid, f.Table = m.Function == Ramp, m.Function == Sigmoid, m.Function == Table
	return f
}

var image = template.Must(template.New("image").Parse(head + values + samplers + functions + fragment))

const head = `//kage:unit pixels
package main

var Size vec2    // columns and rows of the whole image
var Base vec2    // column and row of the first texel
var Part vec4    // columns and rows that may be painted: first x, y, end x, y
var Step vec2    // columns and rows one fragment covers
var Level vec2   // window centre, whole part and remainder
var Gain vec2    // per value, and the output at the centre
var Ends vec2    // last entry of the VOI LUT, and one over its full light
var Corner vec2  // of the picture on the screen
var Padding vec2 // first and last stored value that is padding
`

// The value of a pixel. Bytes are rounded one by one: samplers may deliver them in
// half precision, where k/255 is k only after rounding.
const values = `
{{- if .Layer}}
func value(at vec2) vec4 {
	return floor(imageSrc0UnsafeAt(at-Base+0.5+imageSrc0Origin())*255+0.5) / 255
}
{{else if .Color}}
func value(at vec2) vec3 {
	return floor(imageSrc0UnsafeAt(at-Base+0.5+imageSrc0Origin()).rgb*255+0.5) / 255
}
{{else}}
func stored(at vec2) float {
	p := at - Base
	pair := floor(p.x / 2)
	t := floor(imageSrc0UnsafeAt(vec2(pair, p.y)+0.5+imageSrc0Origin())*255 + 0.5)
	odd := p.x - 2*pair
	return mix(t.r+t.g*256, t.b+t.a*256, odd)
}

func integer(v float) float {
	return v {{- if .Signed}} - 65536*step(32768, v){{end}}
}

func value(at vec2) float {
{{- if .Modality}}
	n := stored(at)
	row := floor(n / 256)
	t := floor(imageSrc1UnsafeAtFromSrc0Pos(vec2(n-256*row, row)+0.5+imageSrc0Origin())*255 + 0.5)
	return t.r + t.g*256
{{- else}}
	return integer(stored(at))
{{- end}}
}
{{end}}
{{- if .Padded}}
func padding(at vec2) bool {
	v := integer(stored(at))
	return v >= Padding.x && v <= Padding.y
}
{{end}}
func inside(at vec2) vec2 {
	return clamp(at, vec2(0), Size-1)
}
`

// The value of a point. Between pixel centres padding beside the point counts as
// the pixel the point lies in; in an average, where each pixel weighs as much of it
// as the fragment covers, padding weighs nothing. A fragment is black where the
// pixel it lies in is padding, or half of what it covers.
const samplers = `
{{- if .Nearest}}
func sampled(p vec2) ({{.Type}}, bool) {
	at := inside(floor(p))
	return value(at), {{if .Padded}}padding(at){{else}}false{{end}}
}
{{else if or .Bilinear .Cubic}}
{{- if .Padded}}
func beside(at vec2, here float) float {
	if padding(at) {
		return here
	}
	return value(at)
}
{{end}}
{{- if .Cubic}}
func cubic(f float) vec4 {
	return vec4(f*(-0.5+f*(1-0.5*f)), 1+f*f*(-2.5+1.5*f), f*(0.5+f*(2-1.5*f)), f*f*(-0.5+0.5*f))
}

func sampled(p vec2) ({{.Type}}, bool) {
	q := p - 0.5
	low := floor(q)
	wx := cubic(q.x - low.x)
	wy := cubic(q.y - low.y)
{{- if .Padded}}
	center := inside(floor(p))
	here := value(center)
{{- end}}
	sum := {{.Type}}(0)
	for j := 0; j < 4; j++ {
		row := {{.Type}}(0)
		for i := 0; i < 4; i++ {
			at := inside(low + vec2(float(i)-1, float(j)-1))
			row += wx[i] * {{if .Padded}}beside(at, here){{else}}value(at){{end}}
		}
		sum += wy[j] * row
	}
	return {{if .Color}}clamp(sum, 0, 1){{else}}sum{{end}}, {{if .Padded}}padding(center){{else}}false{{end}}
}
{{else}}
func sampled(p vec2) ({{.Type}}, bool) {
	q := p - 0.5
	low := floor(q)
	f := q - low
	a := inside(low)
	b := inside(low + 1)
{{- if .Padded}}
	center := inside(floor(p))
	here := value(center)
	upper := mix(beside(a, here), beside(vec2(b.x, a.y), here), f.x)
	lower := mix(beside(vec2(a.x, b.y), here), beside(b, here), f.x)
	return mix(upper, lower, f.y), padding(center)
{{- else}}
	upper := mix(value(a), value(vec2(b.x, a.y)), f.x)
	lower := mix(value(vec2(a.x, b.y)), value(b), f.x)
	return mix(upper, lower, f.y), false
{{- end}}
}
{{end}}
{{else}}
func sampled(p vec2) ({{.Type}}, bool) {
	low := max(p-Step/2, vec2(0))
	high := min(p+Step/2, Size)
	first := floor(low)
	sum := {{.Type}}(0)
	weight := 0.0
	dark := 0.0
	for j := 0; j < {{.Taps}}; j++ {
		y := first.y + float(j)
		if y >= high.y {
			break
		}
		wy := min(y+1, high.y) - max(y, low.y)
		for i := 0; i < {{.Taps}}; i++ {
			x := first.x + float(i)
			if x >= high.x {
				break
			}
			w := wy * (min(x+1, high.x) - max(x, low.x))
{{- if .Padded}}
			if padding(vec2(x, y)) {
				dark += w
				continue
			}
{{- end}}
			sum += value(vec2(x, y)) * w
			weight += w
		}
	}
	return sum / max(weight, 1e-30), weight <= dark
}
{{end}}`

// The VOI functions (PS3.3 C.11.2.1.2, C.11.2.1.3). Subtracting the centre in two
// steps keeps full precision where values are large and windows narrow.
const functions = `
{{- if .Ramp}}
func shown(v float) float {
	return clamp(((v-Level.x)-Level.y)*Gain.x+Gain.y, 0, 1)
}
{{else if .Sigmoid}}
func shown(v float) float {
	return 1 / (1 + exp(clamp(((v-Level.x)-Level.y)*Gain.x, -80, 80)))
}
{{else if .Table}}
func entry(n float) float {
	row := floor(n / 256)
	t := floor(imageSrc2UnsafeAtFromSrc0Pos(vec2(n-256*row, row)+0.5+imageSrc0Origin())*255 + 0.5)
	return t.r + t.g*256
}

func shown(v float) float {
	at := clamp(v*Gain.x+Gain.y, 0, Ends.x)
	low := floor(at)
	y := entry(low)
	return min(mix(y, entry(min(low+1, Ends.x)), at-low)*Ends.y, 1)
}
{{end}}`

// The output is rounded to a byte here, as the reference rounds it, so that no
// driver does it otherwise.
const fragment = `
{{- if .Dither}}
func threshold(at vec2) float {
	a := floor(at)
	n := 0.0
	weight := 16.0
	for i := 0; i < 3; i++ {
		b := mod(a, 2)
		n += mod(2*b.x+3*b.y, 4) * weight
		weight /= 4
		a = floor(a / 2)
	}
	return (n + 0.5) / 64
}
{{end}}
func Fragment(dst vec4, src vec2, color vec4, custom vec4) vec4 {
	p := custom.xy
	low := p {{- if .Area}} + Step/2{{end}}
	high := p {{- if .Area}} - Step/2{{end}}
	if low.x < 0 || low.y < 0 || high.x >= Size.x || high.y >= Size.y {
		discard()
	}
	at := clamp(p, vec2(0), Size-0.5)
	if at.x < Part.x || at.y < Part.y || at.x >= Part.z || at.y >= Part.w {
		discard()
	}
	v, black := sampled(p)
	if black {
		return vec4(0, 0, 0, {{if .Layer}}0{{else}}1{{end}})
	}
{{- if .Layer}}
	return floor(v*255+0.5) / 255
{{- else}}
	light := {{if .Color}}v{{else}}shown(v){{end}}
{{- if .Invert}}
	light = 1 - light
{{- end}}
	light = floor(light*255+{{if .Dither}}threshold(dst.xy-imageDstOrigin()-Corner){{else}}0.5{{end}}) / 255
	return vec4({{if .Color}}light{{else}}vec3(light){{end}}, 1)
{{- end}}
}
`
