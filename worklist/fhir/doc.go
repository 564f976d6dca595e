// Package fhir makes FHIR R4 (4.0.1) of a signed report and gives it to a server.
//
// What is made:
//
//	Report  one transaction Bundle of IHE IMR 1.1 (RAD-141): DiagnosticReport,
//	        ServiceRequest, ImagingStudy, each created only if the server has none
//	Events  another, with a Communication for each critical result (X1) and a Task
//	        for each recommended follow-up (X6); the IMR bundle is closed to them
//
//	Kind         DiagnosticReport.status
//	preliminary  preliminary
//	final        final
//	addendum     appended          extension diagnosticReport-addendumOf
//	correction   corrected         extension diagnosticReport-replaces
//	withdrawal   entered-in-error  extension diagnosticReport-replaces
//
// The report that a correction or a withdrawal replaces becomes entered-in-error where it
// stands (Client.Withdraw): RAD-141 creates resources and changes none, and the old text
// must not be read as final beside the new one.
//
// Patient, Organization and Practitioner are named by identifier and never created: a
// server's patients are not ours to add to. No resource is contained. The same release
// makes the same bytes; nothing but the DICOM UIDs and digests of them identifies it.
package fhir

// Identifier systems and profiles.
const (
	dicomUID      = "urn:dicom:uid"
	uuidSystem    = "urn:ietf:rfc:3986"
	loinc         = "http://loinc.org"
	snomed        = "http://snomed.info/sct"
	radlex        = "http://radlex.org"
	dicomCodes    = "http://dicom.nema.org/resources/ontology/DCM"
	identifiers   = "http://terminology.hl7.org/CodeSystem/v2-0203"
	services      = "http://terminology.hl7.org/CodeSystem/v2-0074"
	profileBase   = "https://profiles.ihe.net/RAD/IMR/StructureDefinition/"
	bundleProfile = profileBase + "imr-store-multimedia-report-bundle"
	extensionBase = "http://hl7.org/fhir/StructureDefinition/"
)
