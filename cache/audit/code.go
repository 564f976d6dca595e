package audit

// Code is a coded value: what the schema's CodedValueType holds (PS3.15 A.5.1).
type Code struct {
	Value   string // csd-code
	System  string // codeSystemName: DCM, or RFC-3881 for the schema's own numbers
	Meaning string // originalText and displayName
}

func dcm(value, meaning string) Code { return Code{value, "DCM", meaning} }
func rfc(value, meaning string) Code { return Code{value, "RFC-3881", meaning} }

// What happened (PS3.16 CID 400).
var (
	ApplicationActivity  = dcm("110100", "Application Activity")
	AuditLogUsed         = dcm("110101", "Audit Log Used")
	BeginTransferring    = dcm("110102", "Begin Transferring DICOM Instances")
	InstancesAccessed    = dcm("110103", "DICOM Instances Accessed")
	InstancesTransferred = dcm("110104", "DICOM Instances Transferred")
	StudyDeleted         = dcm("110105", "DICOM Study Deleted")
	Export               = dcm("110106", "Export")
	Import               = dcm("110107", "Import")
	PatientRecord        = dcm("110110", "Patient Record")
	ProcedureRecord      = dcm("110111", "Procedure Record")
	Query                = dcm("110112", "Query")
	SecurityAlert        = dcm("110113", "Security Alert")
	UserAuthentication   = dcm("110114", "User Authentication")
)

// Of which kind it was (PS3.16 CID 401, 403).
var (
	applicationStart     = dcm("110120", "Application Start")
	applicationStop      = dcm("110121", "Application Stop")
	login                = dcm("110122", "Login")
	logout               = dcm("110123", "Logout")
	nodeAuthentication   = dcm("110126", "Node Authentication")
	overrideStarted      = dcm("110127", "Emergency Override Started")
	securityConfigured   = dcm("110129", "Security Configuration")
	softwareConfigured   = dcm("110131", "Software Configuration")
	useRestricted        = dcm("110132", "Use of Restricted Function")
	recordingStopped     = dcm("110133", "Audit Recording Stopped")
	recordingStarted     = dcm("110134", "Audit Recording Started")
	objectSecurity       = dcm("110135", "Object Security Attributes Changed")
	overrideStopped      = dcm("110138", "Emergency Override Stopped")
	roleApplication      = dcm("110150", "Application")
	roleLauncher         = dcm("110151", "Application Launcher")
	roleDestination      = dcm("110152", "Destination Role ID")
	roleSource           = dcm("110153", "Source Role ID")
	roleDestinationMedia = dcm("110154", "Destination Media")
	roleSourceMedia      = dcm("110155", "Source Media")
)

// What data was written on or read from (PS3.16 CID 405).
var (
	USB   = dcm("110030", "USB Disk Emulation")
	CD    = dcm("110032", "CD")
	DVD   = dcm("110033", "DVD")
	URI   = dcm("110037", "URI")
	Paper = dcm("110038", "Paper Document")
)

// What a participant object's identifier is (PS3.15 A.5.1.2.4; PS3.16 CID 404).
var (
	PatientNumber    = rfc("2", "Patient Number")
	ReportNumber     = rfc("9", "Report Number")
	SearchCriteria   = rfc("10", "Search Criteria")
	UserIdentifier   = rfc("11", "User Identifier")
	ObjectURI        = rfc("12", "URI")
	StudyInstanceUID = dcm("110180", "Study Instance UID")
	SOPClassUID      = dcm("110181", "SOP Class UID")
	NodeID           = dcm("110182", "Node ID")
)
