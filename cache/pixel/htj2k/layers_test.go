package htj2k_test

import (
	"encoding/binary"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel/htj2k"
	"github.com/nocturne/nocturne/cache/pixel/jpeg2000"
)

// OpenJPEG 2.5 and OpenJPH 0.9 read neither, so the codestream's reader is held
// against the block's.
func TestPassesInLayersAndAfterPlaceholdersAreReadAsOne(t *testing.T) {
	for i, layers := range [][]int{{1}, {2}, {3}, {1, 1}, {1, 2}, {2, 1}, {1, 1, 1}} {
		for sets := range 4 {
			stream, want, err := htj2k.Layered(uint64(i*10+sets), 64, 48, layers, sets, sets&1 == 1)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := jpeg2000.Decode(nil, stream, 2)
			if err != nil {
				t.Errorf("layers %v after %d sets: %v", layers, sets, err)
				continue
			}
			for k, v := range want {
				if s := int32(binary.LittleEndian.Uint16(got[2*k:])) - 32768; s != v {
					t.Errorf("layers %v after %d sets: sample %d is %d, not %d", layers, sets, k, s, v)
					break
				}
			}
		}
	}
}
