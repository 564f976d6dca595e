package dicom

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// UID is a unique identifier (PS3.5 9): at most 64 characters of digits and dots.
type UID string

// NewUID makes a UID from a random UUID: "2.25." and its decimal value
// (PS3.5 B.2).
func NewUID() UID {
	var u [16]byte
	rand.Read(u[:])
	u[6] = u[6]&0x0F | 0x40 // version 4, RFC 9562 5.4
	u[8] = u[8]&0x3F | 0x80
	return UID("2.25." + new(big.Int).SetBytes(u[:]).String())
}

// ValidUID reports whether s is a UID by PS3.5 9.1: at most 64 characters,
// components of digits without leading zeros, separated by single dots.
func ValidUID(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for _, c := range strings.Split(s, ".") {
		if c == "" || len(c) > 1 && c[0] == '0' || strings.Trim(c, "0123456789") != "" {
			return false
		}
	}
	return true
}

// Name is the standard's name of a transfer syntax or SOP class that this house
// knows; for any other UID, the UID itself.
func (u UID) Name() string {
	if n, ok := imageClasses[u]; ok {
		return n
	}
	if n, ok := otherNames[u]; ok {
		return n
	}
	return string(u)
}
