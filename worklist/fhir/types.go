package fhir

// The data types of FHIR R4 2.24 that are used here, with the fields that are written.
// Their order is the order of the bytes.
type (
	meta struct {
		Profile []string `json:"profile,omitempty"`
	}
	narrative struct {
		Status string `json:"status"`
		Div    string `json:"div"`
	}
	coding struct {
		System  string `json:"system,omitempty"`
		Code    string `json:"code,omitempty"`
		Display string `json:"display,omitempty"`
	}
	concept struct {
		Coding []coding `json:"coding,omitempty"`
		Text   string   `json:"text,omitempty"`
	}
	identifier struct {
		Type   *concept `json:"type,omitempty"`
		System string   `json:"system,omitempty"`
		Value  string   `json:"value"`
	}
	reference struct {
		Reference  string      `json:"reference,omitempty"`
		Type       string      `json:"type,omitempty"`
		Identifier *identifier `json:"identifier,omitempty"`
		Display    string      `json:"display,omitempty"`
	}
	extension struct {
		URL   string     `json:"url"`
		Value *reference `json:"valueReference,omitempty"`
	}
	// attachment holds its data itself; hash is SHA-1 (R4 2.24.0.20) and size counts
	// the bytes before base64.
	attachment struct {
		ContentType string `json:"contentType"`
		Data        []byte `json:"data,omitempty"`
		Size        int    `json:"size"`
		Hash        []byte `json:"hash"`
		Title       string `json:"title,omitempty"`
		Creation    string `json:"creation,omitempty"`
	}
	period struct {
		Start string `json:"start,omitempty"`
		End   string `json:"end,omitempty"`
	}
)

// The resources.
type (
	bundle struct {
		ResourceType string     `json:"resourceType"`
		Meta         *meta      `json:"meta,omitempty"`
		Identifier   identifier `json:"identifier"`
		Type         string     `json:"type"`
		Timestamp    string     `json:"timestamp"`
		Entry        []entry    `json:"entry"`
	}
	entry struct {
		FullURL  string  `json:"fullUrl"`
		Resource any     `json:"resource"`
		Request  request `json:"request"`
	}
	request struct {
		Method      string `json:"method"`
		URL         string `json:"url"`
		IfNoneExist string `json:"ifNoneExist,omitempty"`
	}
	diagnosticReport struct {
		ResourceType       string       `json:"resourceType"`
		Meta               meta         `json:"meta"`
		Text               narrative    `json:"text"`
		Extension          []extension  `json:"extension,omitempty"`
		Identifier         []identifier `json:"identifier"`
		BasedOn            []reference  `json:"basedOn,omitempty"`
		Status             string       `json:"status"`
		Category           []concept    `json:"category"`
		Code               concept      `json:"code"`
		Subject            reference    `json:"subject"`
		Effective          string       `json:"effectiveDateTime,omitempty"`
		Issued             string       `json:"issued"`
		Performer          []reference  `json:"performer"`
		ResultsInterpreter []reference  `json:"resultsInterpreter"`
		ImagingStudy       []reference  `json:"imagingStudy"`
		Conclusion         string       `json:"conclusion,omitempty"`
		PresentedForm      []attachment `json:"presentedForm"`
	}
	serviceRequest struct {
		ResourceType string       `json:"resourceType"`
		Meta         meta         `json:"meta"`
		Identifier   []identifier `json:"identifier"`
		Status       string       `json:"status"`
		Intent       string       `json:"intent"`
		Category     []concept    `json:"category"`
		Priority     string       `json:"priority,omitempty"`
		Code         *concept     `json:"code,omitempty"`
		Subject      reference    `json:"subject"`
		Requester    *reference   `json:"requester,omitempty"`
		Reason       []concept    `json:"reasonCode,omitempty"`
	}
	imagingStudy struct {
		ResourceType string       `json:"resourceType"`
		Meta         meta         `json:"meta"`
		Identifier   []identifier `json:"identifier"`
		Status       string       `json:"status"`
		Modality     []coding     `json:"modality"`
		Subject      reference    `json:"subject"`
		Started      string       `json:"started,omitempty"`
		BasedOn      []reference  `json:"basedOn,omitempty"`
		Referrer     *reference   `json:"referrer,omitempty"`
		Endpoint     []reference  `json:"endpoint,omitempty"`
		NumSeries    int          `json:"numberOfSeries,omitempty"`
		NumInstances int          `json:"numberOfInstances,omitempty"`
		Procedure    []concept    `json:"procedureCode,omitempty"`
		Description  string       `json:"description,omitempty"`
		Series       []series     `json:"series,omitempty"`
	}
	series struct {
		UID          string `json:"uid"`
		Modality     coding `json:"modality"`
		NumInstances int    `json:"numberOfInstances"`
	}
	communication struct {
		ResourceType string       `json:"resourceType"`
		Identifier   []identifier `json:"identifier"`
		PartOf       []reference  `json:"partOf"`
		Status       string       `json:"status"`
		Category     []concept    `json:"category"`
		Priority     string       `json:"priority"`
		Medium       []concept    `json:"medium,omitempty"`
		Subject      reference    `json:"subject"`
		Topic        *concept     `json:"topic,omitempty"`
		About        []reference  `json:"about"`
		Sent         string       `json:"sent,omitempty"`
		Received     string       `json:"received,omitempty"`
		Recipient    []reference  `json:"recipient,omitempty"`
		Sender       *reference   `json:"sender,omitempty"`
		Payload      []payload    `json:"payload"`
	}
	payload struct {
		Content string `json:"contentString"`
	}
	task struct {
		ResourceType string       `json:"resourceType"`
		Identifier   []identifier `json:"identifier"`
		Status       string       `json:"status"`
		Intent       string       `json:"intent"`
		Priority     string       `json:"priority"`
		Description  string       `json:"description"`
		Focus        reference    `json:"focus"`
		For          reference    `json:"for"`
		AuthoredOn   string       `json:"authoredOn"`
		Requester    *reference   `json:"requester,omitempty"`
		Reason       *concept     `json:"reasonCode,omitempty"`
		Restriction  restriction  `json:"restriction"`
	}
	restriction struct {
		Period period `json:"period"`
	}
)
