package seg

import "math"

// ours are the colours of segments that recommend none.
var ours = [][3]uint8{
	{240, 90, 80}, {90, 200, 120}, {90, 150, 240}, {240, 200, 70}, {200, 110, 220}, {80, 210, 210}, {240, 150, 70}, {170, 200, 90},
}

// SRGB is the colour of a CIELab value as DICOM writes it: each of 16 bits, L* from 0 to
// 100, a* and b* from −128 to 127, white D50 (PS3.3 C.10.7.1.1). Colours that no screen
// shows are clipped.
func SRGB(l, a, b float64) [3]uint8 {
	l, a, b = l/65535*100, a/65535*255-128, b/65535*255-128
	fy := (l + 16) / 116
	x, y, z := 0.9642*cube(fy+a/500), cube(fy), 0.8249*cube(fy-b/200)
	return [3]uint8{ // Bradford to D65, then the primaries of IEC 61966-2-1
		gamma(3.1338561*x - 1.6168667*y - 0.4906146*z),
		gamma(-0.9787684*x + 1.9161415*y + 0.0334540*z),
		gamma(0.0719453*x - 0.2289914*y + 1.4052427*z),
	}
}

func cube(f float64) float64 {
	if f > 6.0/29 {
		return f * f * f
	}
	return 3 * 36 / 841.0 * (f - 4.0/29)
}

func gamma(v float64) uint8 {
	if !(v > 0) {
		return 0
	}
	if v <= 0.0031308 {
		v *= 12.92
	} else {
		v = 1.055*math.Pow(v, 1/2.4) - 0.055
	}
	return uint8(min(1, v)*255 + 0.5)
}
