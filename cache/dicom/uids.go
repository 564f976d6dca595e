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

// Transfer syntaxes (PS3.6 A).
const (
	ImplicitVRLittleEndian         UID = "1.2.840.10008.1.2"
	ExplicitVRLittleEndian         UID = "1.2.840.10008.1.2.1"
	DeflatedExplicitVRLittleEndian UID = "1.2.840.10008.1.2.1.99"
	ExplicitVRBigEndian            UID = "1.2.840.10008.1.2.2"
	JPEGBaseline                   UID = "1.2.840.10008.1.2.4.50"
	JPEGExtended                   UID = "1.2.840.10008.1.2.4.51"
	JPEGLossless                   UID = "1.2.840.10008.1.2.4.57"
	JPEGLosslessSV1                UID = "1.2.840.10008.1.2.4.70"
	JPEGLSLossless                 UID = "1.2.840.10008.1.2.4.80"
	JPEGLSNearLossless             UID = "1.2.840.10008.1.2.4.81"
	JPEG2000Lossless               UID = "1.2.840.10008.1.2.4.90"
	JPEG2000                       UID = "1.2.840.10008.1.2.4.91"
	MPEG2MPML                      UID = "1.2.840.10008.1.2.4.100"
	MPEG2MPHL                      UID = "1.2.840.10008.1.2.4.101"
	MPEG4HP41                      UID = "1.2.840.10008.1.2.4.102"
	MPEG4HP41BD                    UID = "1.2.840.10008.1.2.4.103"
	HEVCMP51                       UID = "1.2.840.10008.1.2.4.107"
	HTJ2KLossless                  UID = "1.2.840.10008.1.2.4.201"
	HTJ2KLosslessRPCL              UID = "1.2.840.10008.1.2.4.202"
	HTJ2K                          UID = "1.2.840.10008.1.2.4.203"
	RLELossless                    UID = "1.2.840.10008.1.2.5"

	gePrivateBigEndianPixels UID = "1.2.840.113619.5.2"
)

// SOP classes (PS3.4 B.5, CC.2, PS3.6 A).
const (
	VerificationSOPClass           UID = "1.2.840.10008.1.1"
	MediaStorageDirectory          UID = "1.2.840.10008.1.3.10"
	CRImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.1"
	DXImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.1.1"
	DXImageForProcessing           UID = "1.2.840.10008.5.1.4.1.1.1.1.1"
	MGImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.1.2"
	MGImageForProcessing           UID = "1.2.840.10008.5.1.4.1.1.1.2.1"
	CTImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.2"
	EnhancedCTImageStorage         UID = "1.2.840.10008.5.1.4.1.1.2.1"
	USMultiframeRetired            UID = "1.2.840.10008.5.1.4.1.1.3"
	USMultiframeImageStorage       UID = "1.2.840.10008.5.1.4.1.1.3.1"
	MRImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.4"
	EnhancedMRImageStorage         UID = "1.2.840.10008.5.1.4.1.1.4.1"
	EnhancedMRColorImageStorage    UID = "1.2.840.10008.5.1.4.1.1.4.3"
	USImageRetired                 UID = "1.2.840.10008.5.1.4.1.1.6"
	USImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.6.1"
	EnhancedUSVolumeStorage        UID = "1.2.840.10008.5.1.4.1.1.6.2"
	SCImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.7"
	SCMultiframeBitStorage         UID = "1.2.840.10008.5.1.4.1.1.7.1"
	SCMultiframeByteStorage        UID = "1.2.840.10008.5.1.4.1.1.7.2"
	SCMultiframeWordStorage        UID = "1.2.840.10008.5.1.4.1.1.7.3"
	SCMultiframeColorStorage       UID = "1.2.840.10008.5.1.4.1.1.7.4"
	GSPSStorage                    UID = "1.2.840.10008.5.1.4.1.1.11.1"
	XAImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.12.1"
	EnhancedXAImageStorage         UID = "1.2.840.10008.5.1.4.1.1.12.1.1"
	XRFImageStorage                UID = "1.2.840.10008.5.1.4.1.1.12.2"
	BreastTomosynthesisStorage     UID = "1.2.840.10008.5.1.4.1.1.13.1.3"
	NMImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.20"
	SegmentationStorage            UID = "1.2.840.10008.5.1.4.1.1.66.4"
	OphthalmicPhotography8Storage  UID = "1.2.840.10008.5.1.4.1.1.77.1.5.1"
	OphthalmicPhotography16Storage UID = "1.2.840.10008.5.1.4.1.1.77.1.5.2"
	BasicTextSRStorage             UID = "1.2.840.10008.5.1.4.1.1.88.11"
	EnhancedSRStorage              UID = "1.2.840.10008.5.1.4.1.1.88.22"
	ComprehensiveSRStorage         UID = "1.2.840.10008.5.1.4.1.1.88.33"
	Comprehensive3DSRStorage       UID = "1.2.840.10008.5.1.4.1.1.88.34"
	ExtensibleSRStorage            UID = "1.2.840.10008.5.1.4.1.1.88.35"
	KeyObjectSelectionStorage      UID = "1.2.840.10008.5.1.4.1.1.88.59"
	RadiationDoseSRStorage         UID = "1.2.840.10008.5.1.4.1.1.88.67"
	EncapsulatedPDFStorage         UID = "1.2.840.10008.5.1.4.1.1.104.1"
	PETImageStorage                UID = "1.2.840.10008.5.1.4.1.1.128"
	EnhancedPETImageStorage        UID = "1.2.840.10008.5.1.4.1.1.130"
	RTImageStorage                 UID = "1.2.840.10008.5.1.4.1.1.481.1"
	RTDoseStorage                  UID = "1.2.840.10008.5.1.4.1.1.481.2"
	RTStructureSetStorage          UID = "1.2.840.10008.5.1.4.1.1.481.3"
	RTPlanStorage                  UID = "1.2.840.10008.5.1.4.1.1.481.5"
	UPSPushSOPClass                UID = "1.2.840.10008.5.1.4.34.6.1"
)

// imageClasses are the SOP classes whose instances are images to be looked at
// by themselves; segmentations and dose grids are not.
var imageClasses = map[UID]string{
	CRImageStorage:                 "Computed Radiography Image Storage",
	DXImageStorage:                 "Digital X-Ray Image Storage - For Presentation",
	DXImageForProcessing:           "Digital X-Ray Image Storage - For Processing",
	MGImageStorage:                 "Digital Mammography X-Ray Image Storage - For Presentation",
	MGImageForProcessing:           "Digital Mammography X-Ray Image Storage - For Processing",
	CTImageStorage:                 "CT Image Storage",
	EnhancedCTImageStorage:         "Enhanced CT Image Storage",
	USMultiframeRetired:            "Ultrasound Multi-frame Image Storage (Retired)",
	USMultiframeImageStorage:       "Ultrasound Multi-frame Image Storage",
	MRImageStorage:                 "MR Image Storage",
	EnhancedMRImageStorage:         "Enhanced MR Image Storage",
	EnhancedMRColorImageStorage:    "Enhanced MR Color Image Storage",
	USImageRetired:                 "Ultrasound Image Storage (Retired)",
	USImageStorage:                 "Ultrasound Image Storage",
	EnhancedUSVolumeStorage:        "Enhanced US Volume Storage",
	SCImageStorage:                 "Secondary Capture Image Storage",
	SCMultiframeBitStorage:         "Multi-frame Single Bit Secondary Capture Image Storage",
	SCMultiframeByteStorage:        "Multi-frame Grayscale Byte Secondary Capture Image Storage",
	SCMultiframeWordStorage:        "Multi-frame Grayscale Word Secondary Capture Image Storage",
	SCMultiframeColorStorage:       "Multi-frame True Color Secondary Capture Image Storage",
	XAImageStorage:                 "X-Ray Angiographic Image Storage",
	EnhancedXAImageStorage:         "Enhanced XA Image Storage",
	XRFImageStorage:                "X-Ray Radiofluoroscopic Image Storage",
	BreastTomosynthesisStorage:     "Breast Tomosynthesis Image Storage",
	NMImageStorage:                 "Nuclear Medicine Image Storage",
	OphthalmicPhotography8Storage:  "Ophthalmic Photography 8 Bit Image Storage",
	OphthalmicPhotography16Storage: "Ophthalmic Photography 16 Bit Image Storage",
	PETImageStorage:                "Positron Emission Tomography Image Storage",
	EnhancedPETImageStorage:        "Enhanced PET Image Storage",
	RTImageStorage:                 "RT Image Storage",
}

// otherNames are the names of all UIDs above that are no image classes.
var otherNames = map[UID]string{
	ImplicitVRLittleEndian:         "Implicit VR Little Endian",
	ExplicitVRLittleEndian:         "Explicit VR Little Endian",
	DeflatedExplicitVRLittleEndian: "Deflated Explicit VR Little Endian",
	ExplicitVRBigEndian:            "Explicit VR Big Endian",
	JPEGBaseline:                   "JPEG Baseline (Process 1)",
	JPEGExtended:                   "JPEG Extended (Process 2 & 4)",
	JPEGLossless:                   "JPEG Lossless (Process 14)",
	JPEGLosslessSV1:                "JPEG Lossless (Process 14, Selection Value 1)",
	JPEGLSLossless:                 "JPEG-LS Lossless",
	JPEGLSNearLossless:             "JPEG-LS Near-lossless",
	JPEG2000Lossless:               "JPEG 2000 (Lossless Only)",
	JPEG2000:                       "JPEG 2000",
	MPEG2MPML:                      "MPEG2 Main Profile / Main Level",
	MPEG2MPHL:                      "MPEG2 Main Profile / High Level",
	MPEG4HP41:                      "MPEG-4 AVC/H.264 High Profile / Level 4.1",
	MPEG4HP41BD:                    "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1",
	HEVCMP51:                       "HEVC/H.265 Main Profile / Level 5.1",
	HTJ2KLossless:                  "High-Throughput JPEG 2000 (Lossless Only)",
	HTJ2KLosslessRPCL:              "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)",
	HTJ2K:                          "High-Throughput JPEG 2000",
	RLELossless:                    "RLE Lossless",
	gePrivateBigEndianPixels:       "GE Private Implicit VR Big Endian",
	VerificationSOPClass:           "Verification SOP Class",
	MediaStorageDirectory:          "Media Storage Directory Storage",
	GSPSStorage:                    "Grayscale Softcopy Presentation State Storage",
	SegmentationStorage:            "Segmentation Storage",
	BasicTextSRStorage:             "Basic Text SR Storage",
	EnhancedSRStorage:              "Enhanced SR Storage",
	ComprehensiveSRStorage:         "Comprehensive SR Storage",
	Comprehensive3DSRStorage:       "Comprehensive 3D SR Storage",
	ExtensibleSRStorage:            "Extensible SR Storage",
	KeyObjectSelectionStorage:      "Key Object Selection Document Storage",
	RadiationDoseSRStorage:         "X-Ray Radiation Dose SR Storage",
	EncapsulatedPDFStorage:         "Encapsulated PDF Storage",
	RTDoseStorage:                  "RT Dose Storage",
	RTStructureSetStorage:          "RT Structure Set Storage",
	RTPlanStorage:                  "RT Plan Storage",
	UPSPushSOPClass:                "Unified Procedure Step - Push SOP Class",
}

// IsImageSOPClass reports whether instances of u are images to be displayed. An
// unknown class is none; look for pixel data to be sure.
func IsImageSOPClass(u UID) bool { _, ok := imageClasses[u]; return ok }
