// Package all is the list of compressed transfer syntaxes that are read. A new
// decoder is registered by a line here.
package all

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/deflate"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
	"github.com/nocturne/nocturne/cache/pixel/jpeg2000"
	"github.com/nocturne/nocturne/cache/pixel/jpegls"
	"github.com/nocturne/nocturne/cache/pixel/rle"
)

// Decoders is what pixel.Decoders is to be set to.
func Decoders() map[dicom.UID]pixel.Decoder {
	return map[dicom.UID]pixel.Decoder{
		dicom.DeflatedImageFrame:  deflate.Decoder{},
		dicom.RLELossless:         rle.Decoder{},
		dicom.JPEGBaseline:        jpeg.Decoder{}, // goes by the frame's marker, whatever
		dicom.JPEGExtended:        jpeg.Decoder{}, // the syntax
		dicom.JPEGExtended35:      jpeg.Decoder{},
		dicom.JPEGSpectral68:      jpeg.Decoder{},
		dicom.JPEGSpectral79:      jpeg.Decoder{},
		dicom.JPEGProgressive1012: jpeg.Decoder{},
		dicom.JPEGProgressive1113: jpeg.Decoder{},
		dicom.JPEGLossless:        jpeg.Decoder{},
		dicom.JPEGLosslessSV1:     jpeg.Decoder{},
		dicom.JPEGLossless15:      jpeg.Decoder{},
		dicom.JPEGLSLossless:      jpegls.Decoder{},
		dicom.JPEGLSNearLossless:  jpegls.Decoder{},
		dicom.JPEG2000Lossless:    jpeg2000.Decoder{}, // goes by the codestream's marks, too
		dicom.JPEG2000:            jpeg2000.Decoder{},
		dicom.HTJ2KLossless:       jpeg2000.Decoder{},
		dicom.HTJ2KLosslessRPCL:   jpeg2000.Decoder{},
		dicom.HTJ2K:               jpeg2000.Decoder{},
		// Hierarchical ones are refused by name where the frame is one.
		dicom.JPEGHierarchical1618: jpeg.Decoder{},
		dicom.JPEGHierarchical1719: jpeg.Decoder{},
		dicom.JPEGHierarchical2022: jpeg.Decoder{},
		dicom.JPEGHierarchical2123: jpeg.Decoder{},
		dicom.JPEGHierarchical2426: jpeg.Decoder{},
		dicom.JPEGHierarchical2527: jpeg.Decoder{},
		dicom.JPEGHierarchical28:   jpeg.Decoder{},
		dicom.JPEGHierarchical29:   jpeg.Decoder{},
	}
}
