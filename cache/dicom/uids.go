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

// deflated reports whether data sets of this transfer syntax are deflated (PS3.5
// A.5, A.7, A.11).
func (u UID) deflated() bool {
	return u == DeflatedExplicitVRLittleEndian || u == JPIPReferencedDeflate || u == JPIPHTJ2KReferencedDeflate
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
	JPEGExtended35                 UID = "1.2.840.10008.1.2.4.52"
	JPEGSpectral68                 UID = "1.2.840.10008.1.2.4.53"
	JPEGSpectral79                 UID = "1.2.840.10008.1.2.4.54"
	JPEGProgressive1012            UID = "1.2.840.10008.1.2.4.55"
	JPEGProgressive1113            UID = "1.2.840.10008.1.2.4.56"
	JPEGLossless15                 UID = "1.2.840.10008.1.2.4.58"
	JPEGHierarchical1618           UID = "1.2.840.10008.1.2.4.59"
	JPEGHierarchical1719           UID = "1.2.840.10008.1.2.4.60"
	JPEGHierarchical2022           UID = "1.2.840.10008.1.2.4.61"
	JPEGHierarchical2123           UID = "1.2.840.10008.1.2.4.62"
	JPEGHierarchical2426           UID = "1.2.840.10008.1.2.4.63"
	JPEGHierarchical2527           UID = "1.2.840.10008.1.2.4.64"
	JPEGHierarchical28             UID = "1.2.840.10008.1.2.4.65"
	JPEGHierarchical29             UID = "1.2.840.10008.1.2.4.66"
	JPEG2000Part2Lossless          UID = "1.2.840.10008.1.2.4.92"
	JPEG2000Part2                  UID = "1.2.840.10008.1.2.4.93"
	JPIPReferenced                 UID = "1.2.840.10008.1.2.4.94"
	JPIPReferencedDeflate          UID = "1.2.840.10008.1.2.4.95"
	MPEG2MPMLFragmentable          UID = "1.2.840.10008.1.2.4.100.1"
	MPEG2MPHLFragmentable          UID = "1.2.840.10008.1.2.4.101.1"
	MPEG4HP41Fragmentable          UID = "1.2.840.10008.1.2.4.102.1"
	MPEG4HP41BDFragmentable        UID = "1.2.840.10008.1.2.4.103.1"
	MPEG4HP42For2D                 UID = "1.2.840.10008.1.2.4.104"
	MPEG4HP42For2DFragmentable     UID = "1.2.840.10008.1.2.4.104.1"
	MPEG4HP42For3D                 UID = "1.2.840.10008.1.2.4.105"
	MPEG4HP42For3DFragmentable     UID = "1.2.840.10008.1.2.4.105.1"
	MPEG4StereoHP42                UID = "1.2.840.10008.1.2.4.106"
	MPEG4StereoHP42Fragmentable    UID = "1.2.840.10008.1.2.4.106.1"
	HEVCM10P51                     UID = "1.2.840.10008.1.2.4.108"
	JPEGXLLossless                 UID = "1.2.840.10008.1.2.4.110"
	JPEGXLRecompression            UID = "1.2.840.10008.1.2.4.111"
	JPEGXL                         UID = "1.2.840.10008.1.2.4.112"
	JPIPHTJ2KReferenced            UID = "1.2.840.10008.1.2.4.204"
	JPIPHTJ2KReferencedDeflate     UID = "1.2.840.10008.1.2.4.205"
	SMPTEProgressiveVideo          UID = "1.2.840.10008.1.2.7.1"
	SMPTEInterlacedVideo           UID = "1.2.840.10008.1.2.7.2"
	SMPTEPCMAudio                  UID = "1.2.840.10008.1.2.7.3"
	DeflatedImageFrame             UID = "1.2.840.10008.1.2.8.1"

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
	ColorPresentationStorage       UID = "1.2.840.10008.5.1.4.1.1.11.2"
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
	JPEGExtended35:                 "JPEG Extended (Process 3 & 5) (Retired)",
	JPEGSpectral68:                 "JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8) (Retired)",
	JPEGSpectral79:                 "JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9) (Retired)",
	JPEGProgressive1012:            "JPEG Full Progression, Non-Hierarchical (Process 10 & 12) (Retired)",
	JPEGProgressive1113:            "JPEG Full Progression, Non-Hierarchical (Process 11 & 13) (Retired)",
	JPEGLossless15:                 "JPEG Lossless, Non-Hierarchical (Process 15) (Retired)",
	JPEGHierarchical1618:           "JPEG Extended, Hierarchical (Process 16 & 18) (Retired)",
	JPEGHierarchical1719:           "JPEG Extended, Hierarchical (Process 17 & 19) (Retired)",
	JPEGHierarchical2022:           "JPEG Spectral Selection, Hierarchical (Process 20 & 22) (Retired)",
	JPEGHierarchical2123:           "JPEG Spectral Selection, Hierarchical (Process 21 & 23) (Retired)",
	JPEGHierarchical2426:           "JPEG Full Progression, Hierarchical (Process 24 & 26) (Retired)",
	JPEGHierarchical2527:           "JPEG Full Progression, Hierarchical (Process 25 & 27) (Retired)",
	JPEGHierarchical28:             "JPEG Lossless, Hierarchical (Process 28) (Retired)",
	JPEGHierarchical29:             "JPEG Lossless, Hierarchical (Process 29) (Retired)",
	JPEG2000Part2Lossless:          "JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)",
	JPEG2000Part2:                  "JPEG 2000 Part 2 Multi-component Image Compression",
	JPIPReferenced:                 "JPIP Referenced",
	JPIPReferencedDeflate:          "JPIP Referenced Deflate",
	MPEG2MPMLFragmentable:          "Fragmentable MPEG2 Main Profile / Main Level",
	MPEG2MPHLFragmentable:          "Fragmentable MPEG2 Main Profile / High Level",
	MPEG4HP41Fragmentable:          "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1",
	MPEG4HP41BDFragmentable:        "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1",
	MPEG4HP42For2D:                 "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video",
	MPEG4HP42For2DFragmentable:     "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video",
	MPEG4HP42For3D:                 "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video",
	MPEG4HP42For3DFragmentable:     "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video",
	MPEG4StereoHP42:                "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2",
	MPEG4StereoHP42Fragmentable:    "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2",
	HEVCM10P51:                     "HEVC/H.265 Main 10 Profile / Level 5.1",
	JPEGXLLossless:                 "JPEG XL Lossless",
	JPEGXLRecompression:            "JPEG XL JPEG Recompression",
	JPEGXL:                         "JPEG XL",
	JPIPHTJ2KReferenced:            "JPIP HTJ2K Referenced",
	JPIPHTJ2KReferencedDeflate:     "JPIP HTJ2K Referenced Deflate",
	SMPTEProgressiveVideo:          "SMPTE ST 2110-20 Uncompressed Progressive Active Video",
	SMPTEInterlacedVideo:           "SMPTE ST 2110-20 Uncompressed Interlaced Active Video",
	SMPTEPCMAudio:                  "SMPTE ST 2110-30 PCM Digital Audio",
	DeflatedImageFrame:             "Deflated Image Frame Compression",
	gePrivateBigEndianPixels:       "GE Private Implicit VR Big Endian",
	VerificationSOPClass:           "Verification SOP Class",
	MediaStorageDirectory:          "Media Storage Directory Storage",
	GSPSStorage:                    "Grayscale Softcopy Presentation State Storage",
	ColorPresentationStorage:       "Color Softcopy Presentation State Storage",
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
