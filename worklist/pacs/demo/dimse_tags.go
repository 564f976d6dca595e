package demo

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// SOP classes of the services here (PS3.4 C, J, K, CC).
const (
	patientRootFind   dicom.UID = "1.2.840.10008.5.1.4.1.2.1.1"
	patientRootMove   dicom.UID = "1.2.840.10008.5.1.4.1.2.1.2"
	patientRootGet    dicom.UID = "1.2.840.10008.5.1.4.1.2.1.3"
	studyRootFind     dicom.UID = "1.2.840.10008.5.1.4.1.2.2.1"
	studyRootMove     dicom.UID = "1.2.840.10008.5.1.4.1.2.2.2"
	studyRootGet      dicom.UID = "1.2.840.10008.5.1.4.1.2.2.3"
	modalityWorklist  dicom.UID = "1.2.840.10008.5.1.4.31"
	storageCommitment dicom.UID = "1.2.840.10008.1.20.1"
	commitInstance    dicom.UID = "1.2.840.10008.1.20.1.1"
	upsWatch          dicom.UID = "1.2.840.10008.5.1.4.34.6.2"
	upsPull           dicom.UID = "1.2.840.10008.5.1.4.34.6.3"
	upsEvent          dicom.UID = "1.2.840.10008.5.1.4.34.6.4"
	upsQuery          dicom.UID = "1.2.840.10008.5.1.4.34.6.5"
)

// Attributes that only DIMSE has a use for.
const (
	queryRetrieveLevel dicom.Tag = 0x00080052
	queryRetrieveView  dicom.Tag = 0x00080053
	failedInstanceList dicom.Tag = 0x00080058
	patientStudies     dicom.Tag = 0x00201200
	patientSeries      dicom.Tag = 0x00201202
	patientInstances   dicom.Tag = 0x00201204
	scheduledStep      dicom.Tag = 0x00400100 // Scheduled Procedure Step Sequence
	stationAETitle     dicom.Tag = 0x00400001
	stepStartDate      dicom.Tag = 0x00400002
	stepStartTime      dicom.Tag = 0x00400003
	stepPhysician      dicom.Tag = 0x00400006
	stepDescription    dicom.Tag = 0x00400007
	stepProtocolCode   dicom.Tag = 0x00400008
	stepID             dicom.Tag = 0x00400009
	stepStationName    dicom.Tag = 0x00400010
	stepLocation       dicom.Tag = 0x00400011
	stepPremedication  dicom.Tag = 0x00400012
	referencedStudies  dicom.Tag = 0x00081110
	requestedPriority  dicom.Tag = 0x00401003
	transportation     dicom.Tag = 0x00401004
	confidentiality    dicom.Tag = 0x00403001
	receivingAE        dicom.Tag = 0x00741234
	deletionLock       dicom.Tag = 0x00741230
)

// isStorage reports whether a SOP class is stored: all below the standard's root of
// storage, those that stand elsewhere (PS3.6 A), and whatever is none of the
// standard's: private classes are storage, as for STOW-RS.
func isStorage(u dicom.UID) bool {
	return strings.HasPrefix(string(u), "1.2.840.10008.5.1.4.1.1.") || slices.Contains(storedElsewhere, u) ||
		!strings.HasPrefix(string(u), "1.2.840.10008.")
}

// storedElsewhere are the storage classes of other roots: RT beams delivery instruction
// and brachy application, hanging protocol, colour palette, implants.
var storedElsewhere = []dicom.UID{
	"1.2.840.10008.5.1.4.34.7", "1.2.840.10008.5.1.4.34.10", "1.2.840.10008.5.1.4.38.1", "1.2.840.10008.5.1.4.39.1",
	"1.2.840.10008.5.1.4.43.1", "1.2.840.10008.5.1.4.44.1", "1.2.840.10008.5.1.4.45.1",
}
