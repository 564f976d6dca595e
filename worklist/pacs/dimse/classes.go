package dimse

import "github.com/nocturne/nocturne/cache/dicom"

// SOP classes of services (PS3.4 A, C.3, J.3, K.6.1.4, CC.3).
const (
	studyFind, studyMove, studyGet       dicom.UID = "1.2.840.10008.5.1.4.1.2.2.1", "1.2.840.10008.5.1.4.1.2.2.2", "1.2.840.10008.5.1.4.1.2.2.3"
	patientFind, patientMove, patientGet dicom.UID = "1.2.840.10008.5.1.4.1.2.1.1", "1.2.840.10008.5.1.4.1.2.1.2", "1.2.840.10008.5.1.4.1.2.1.3"
	worklistFind                         dicom.UID = "1.2.840.10008.5.1.4.31"
	commitment, commitmentInstance       dicom.UID = "1.2.840.10008.1.20.1", "1.2.840.10008.1.20.1.1"
	upsPush, upsWatch, upsPull           dicom.UID = dicom.UPSPushSOPClass, "1.2.840.10008.5.1.4.34.6.2", "1.2.840.10008.5.1.4.34.6.3"
)

// plain are the transfer syntaxes without compression, by preference.
var plain = []dicom.UID{dicom.ExplicitVRLittleEndian, dicom.ImplicitVRLittleEndian}

// compressed are the transfer syntaxes that images are had in as they are stored, each
// in a presentation context of its own: a server then has one for whatever it holds. All
// can be decoded here.
var compressed = []dicom.UID{
	dicom.JPEGLSLossless, dicom.JPEG2000Lossless, dicom.JPEGLosslessSV1, dicom.HTJ2KLossless, dicom.RLELossless,
	dicom.JPEGBaseline, dicom.JPEG2000, dicom.JPEGLSNearLossless, dicom.JPEGExtended, dicom.JPEGLossless,
	dicom.HTJ2KLosslessRPCL, dicom.HTJ2K,
}

// usual are the storage classes asked for where nobody told which a study has, the
// most frequent first.
var usual = []dicom.UID{
	dicom.CTImageStorage, dicom.MRImageStorage, dicom.CRImageStorage, dicom.DXImageStorage, dicom.USImageStorage,
	dicom.USMultiframeImageStorage, dicom.SCImageStorage, dicom.PETImageStorage, dicom.MGImageStorage, dicom.XAImageStorage,
	dicom.XRFImageStorage, dicom.NMImageStorage, dicom.EnhancedCTImageStorage, dicom.EnhancedMRImageStorage,
	dicom.BreastTomosynthesisStorage, dicom.EnhancedPETImageStorage, dicom.EnhancedXAImageStorage,
	dicom.SCMultiframeBitStorage, dicom.SCMultiframeByteStorage, dicom.SCMultiframeWordStorage, dicom.SCMultiframeColorStorage,
	dicom.GSPSStorage, dicom.KeyObjectSelectionStorage, dicom.BasicTextSRStorage, dicom.EnhancedSRStorage,
	dicom.ComprehensiveSRStorage, dicom.Comprehensive3DSRStorage, dicom.RadiationDoseSRStorage, dicom.EncapsulatedPDFStorage,
	dicom.SegmentationStorage, dicom.RTImageStorage, dicom.RTDoseStorage, dicom.RTStructureSetStorage, dicom.RTPlanStorage,
	dicom.DXImageForProcessing, dicom.MGImageForProcessing, dicom.USMultiframeRetired, dicom.USImageRetired,
	dicom.EnhancedMRColorImageStorage, dicom.EnhancedUSVolumeStorage, dicom.ColorPresentationStorage, dicom.ExtensibleSRStorage,
	dicom.OphthalmicPhotography8Storage, dicom.OphthalmicPhotography16Storage,
	"1.2.840.10008.5.1.4.1.1.104.2",  // Encapsulated CDA
	"1.2.840.10008.5.1.4.1.1.9.1.1",  // 12-lead ECG Waveform
	"1.2.840.10008.5.1.4.1.1.9.1.2",  // General ECG Waveform
	"1.2.840.10008.5.1.4.1.1.66.1",   // Spatial Registration
	"1.2.840.10008.5.1.4.1.1.66.3",   // Deformable Spatial Registration
	"1.2.840.10008.5.1.4.1.1.77.1.4", // VL Photographic Image
	"1.2.840.10008.5.1.4.1.1.77.1.1", // VL Endoscopic Image
	"1.2.840.10008.5.1.4.1.1.88.50",  // Mammography CAD SR
	"1.2.840.10008.5.1.4.1.1.88.65",  // Chest CAD SR
	"1.2.840.10008.5.1.4.1.1.13.1.1", // X-Ray 3D Angiographic Image
	"1.2.840.10008.5.1.4.1.1.2.2",    // Legacy Converted Enhanced CT Image
	"1.2.840.10008.5.1.4.1.1.4.4",    // Legacy Converted Enhanced MR Image
	"1.2.840.10008.5.1.4.1.1.30",     // Parametric Map
	"1.2.840.10008.5.1.4.1.1.67",     // Real World Value Mapping
	"1.2.840.10008.5.1.4.1.1.481.8",  // RT Ion Plan
	"1.2.840.10008.5.1.4.1.1.88.71",  // Acquisition Context SR
}

// ofModality are the classes that the images of a modality mostly have: enough to ask
// for the right ones where the classes themselves are not told.
var ofModality = map[string][]dicom.UID{
	"CT": {dicom.CTImageStorage, dicom.EnhancedCTImageStorage},
	"MR": {dicom.MRImageStorage, dicom.EnhancedMRImageStorage},
	"CR": {dicom.CRImageStorage}, "DX": {dicom.DXImageStorage}, "MG": {dicom.MGImageStorage, dicom.BreastTomosynthesisStorage},
	"US": {dicom.USImageStorage, dicom.USMultiframeImageStorage}, "PT": {dicom.PETImageStorage, dicom.EnhancedPETImageStorage},
	"NM": {dicom.NMImageStorage}, "XA": {dicom.XAImageStorage, dicom.EnhancedXAImageStorage}, "RF": {dicom.XRFImageStorage},
	"OT": {dicom.SCImageStorage}, "SC": {dicom.SCImageStorage}, "RTIMAGE": {dicom.RTImageStorage},
}
