package pr

import (
	"encoding/binary"
	"math"
)

// profile is an ICC input profile of sRGB's primaries with a gamma of 2.2 (ICC.1:2010,
// version 2.1): a color state must name the colours that its values mean (PS3.3
// C.11.15).
func profile() []byte {
	xyz := func(x, y, z float64) []byte {
		b := append([]byte("XYZ "), 0, 0, 0, 0)
		for _, v := range []float64{x, y, z} {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
		}
		return b
	}
	name := "sRGB primaries, gamma 2.2"
	desc := binary.BigEndian.AppendUint32(append([]byte("desc"), 0, 0, 0, 0), uint32(len(name)+1))
	desc = append(append(desc, name...), make([]byte, 1+4+4+2+1+67)...)
	curve := append([]byte("curv"), 0, 0, 0, 0, 0, 0, 0, 1, 2, 0x33) // one entry: gamma in u8Fixed8
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", desc}, {"cprt", append(append([]byte("text"), 0, 0, 0, 0), "No copyright\x00"...)},
		{"wtpt", xyz(0.9642, 1, 0.8249)},
		{"rXYZ", xyz(0.4360747, 0.2225045, 0.0139322)}, {"gXYZ", xyz(0.3850649, 0.7168786, 0.0971045)},
		{"bXYZ", xyz(0.1430804, 0.0606169, 0.7141733)}, {"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	for _, t := range tags {
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(128+4+12*len(tags)+len(body)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
		body = append(body, t.data...)
		body = append(body, make([]byte, (4-len(body)%4)%4)...)
	}
	head := make([]byte, 128)
	binary.BigEndian.PutUint32(head, uint32(128+len(table)+len(body)))
	copy(head[8:], []byte{2, 0x10, 0, 0})
	copy(head[12:], "scnrRGB XYZ ")
	copy(head[24:], []byte{0x07, 0xEA, 0, 1, 0, 1}) // 2026-01-01
	copy(head[36:], "acsp")
	copy(head[68:], []byte{0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D}) // D50
	return append(append(head, table...), body...)
}
