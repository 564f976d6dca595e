// Package all is the list of compressed transfer syntaxes that are read. A new
// decoder is registered by a line here.
package all

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
	"github.com/nocturne/nocturne/cache/pixel/rle"
)

// Decoders is what pixel.Decoders is to be set to.
func Decoders() map[dicom.UID]pixel.Decoder {
	return map[dicom.UID]pixel.Decoder{
		dicom.RLELossless:  rle.Decoder{},
		dicom.JPEGBaseline: jpeg.Decoder{},
		dicom.JPEGExtended: jpeg.Decoder{},
	}
}
