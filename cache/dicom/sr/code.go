package sr

import "strings"

// Codes of TID 2000 and what it includes (PS3.16).
var (
	language       = Code{"121049", "DCM", "Language of Content Item and Descendants"}
	observerType   = Code{"121005", "DCM", "Observer Type"}
	person         = Code{"121006", "DCM", "Person"}
	observerName   = Code{"121008", "DCM", "Person Observer Name"}
	observerOrg    = Code{"121009", "DCM", "Person Observer's Organization Name"}
	observerLogin  = Code{"128774", "DCM", "Person Observer's Login Name"}
	procedure      = Code{"121058", "DCM", "Procedure reported"}
	finding        = Code{"121071", "DCM", "Finding"}
	impression     = Code{"121073", "DCM", "Impression"}
	recommendation = Code{"121075", "DCM", "Recommendation"}
	previous       = Code{"121069", "DCM", "Previous Finding"}
	description    = Code{"121065", "DCM", "Procedure Description"}
	history        = Code{"11329-0", "LN", "History"}
)

// Purposes of reference to an earlier document (CID 7009).
var (
	Addended    = Code{"121361", "DCM", "Addended report"}
	Replaced    = Code{"121360", "DCM", "Replaced report"}
	Preliminary = Code{"121362", "DCM", "Preliminary report"}
)

// section says how a section of the report is coded: its heading (CID 7001),
// the concept of its text (CID 7002), and the heading of older writers.
type section struct {
	key, name         string
	heading, text     Code
	former, formerAlt string // DCM
}

// sections stand in the order of a report.
var sections = []section{
	{"indication", "Indication", Code{"18785-6", "LN", "Indications for Procedure"}, history, "121109", "121060"},
	{"technique", "Technique", Code{"55111-9", "LN", "Current Procedure Descriptions"}, description, "121064", ""},
	{"comparison", "Comparison", Code{"55114-3", "LN", "Prior Procedure Descriptions"}, previous, "121066", "121068"},
	{"findings", "Findings", Code{"59776-5", "LN", "Findings"}, finding, "121070", ""},
	{"impression", "Impression", Code{"19005-8", "LN", "Impressions"}, impression, "121072", "121076"},
	{"recommendation", "Recommendation", Code{"18783-1", "LN", "Recommendations"}, recommendation, "121074", ""},
	{"critical", "Communication of critical results", Code{"73568-8", "LN", "Communication of Critical Results"}, finding, "", ""},
	{"addendum", "Addendum", Code{"55107-7", "LN", "Addendum"}, finding, "121078", ""},
}

func byKey(key string) (section, bool) {
	for _, s := range sections {
		if s.key == key {
			return s, true
		}
	}
	return section{}, false
}

// byHeading finds the section that a heading's code stands for.
func byHeading(c Code) (section, bool) {
	for _, s := range sections {
		if s.heading.Is(c) || c.Scheme == "DCM" && c.Value != "" && (c.Value == s.former || c.Value == s.formerAlt) {
			return s, true
		}
	}
	return section{}, false
}

// Title is the document title for a modality and a body part as Body Part
// Examined has it (CID 7000). Where none fits closely, the general one.
func Title(modality, bodyPart string) Code {
	part := strings.ToUpper(bodyPart)
	switch modality {
	case "CT":
		switch part {
		case "CHEST", "THORAX":
			return Code{"24627-2", "LN", "CT Chest Report"}
		case "HEAD", "BRAIN", "SKULL":
			return Code{"24725-4", "LN", "CT Head Report"}
		case "ABDOMEN":
			return Code{"41806-1", "LN", "CT Abdomen Report"}
		}
		return Code{"25045-6", "LN", "CT Report"}
	case "MR":
		switch part {
		case "HEAD", "BRAIN":
			return Code{"24590-2", "LN", "MRI Head Report"}
		case "SPINE", "CSPINE", "TSPINE", "LSPINE":
			return Code{"18756-7", "LN", "MRI Spine Report"}
		}
		return Code{"25056-3", "LN", "MRI Report"}
	}
	if c, ok := titles[modality]; ok {
		return c
	}
	return Code{"18748-4", "LN", "Diagnostic Imaging Report"}
}

var titles = map[string]Code{
	"CR": {"43468-8", "LN", "X-Ray Report"},
	"DX": {"43468-8", "LN", "X-Ray Report"},
	"US": {"25061-3", "LN", "Ultrasound Report"},
	"PT": {"44136-0", "LN", "PET Scan Report"},
	"NM": {"49118-3", "LN", "Nuclear Medicine Report"},
	"RF": {"49512-7", "LN", "Fluoroscopy Study Report"},
	"MG": {"111400", "DCM", "Breast Imaging Report"},
}
