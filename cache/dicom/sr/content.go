package sr

import (
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// root is the content tree by TID 2000: language (TID 1204), observer (TID
// 1002), then a container for each section that has text, in a report's order.
func (doc Document) root() Item {
	title := doc.Title
	if title.Value == "" {
		title = Title(doc.Study.Str(dicom.Modality), doc.Study.Str(dicom.BodyPartExamined))
	}
	root := Item{ValueType: "CONTAINER", Concept: title}
	add := func(it Item) { root.Children = append(root.Children, it) }
	add(Item{Relationship: "HAS CONCEPT MOD", ValueType: "CODE", Concept: language, Code: languageCode(doc.Language)})
	if doc.Request.Procedure.Value != "" {
		add(Item{Relationship: "HAS CONCEPT MOD", ValueType: "CODE", Concept: procedure, Code: doc.Request.Procedure})
	}
	root.Children = append(root.Children, doc.observer()...)
	for _, kind := range sections {
		for _, s := range doc.Sections {
			if s.Key == kind.key && strings.TrimSpace(s.Text) != "" {
				add(kind.item(s.Text))
			}
		}
	}
	return root
}

// observer is who reports (TID 1002, 1003).
func (doc Document) observer() []Item {
	out := []Item{
		{Relationship: "HAS OBS CONTEXT", ValueType: "CODE", Concept: observerType, Code: person},
		{Relationship: "HAS OBS CONTEXT", ValueType: "PNAME", Concept: observerName, Text: doc.Observer.Name},
	}
	if doc.Observer.ID != "" {
		out = append(out, Item{Relationship: "HAS OBS CONTEXT", ValueType: "TEXT", Concept: observerLogin, Text: doc.Observer.ID})
	}
	if doc.Observer.Organization != "" {
		out = append(out, Item{Relationship: "HAS OBS CONTEXT", ValueType: "TEXT", Concept: observerOrg, Text: doc.Observer.Organization})
	}
	return out
}

func (s section) item(text string) Item {
	return Item{Relationship: "CONTAINS", ValueType: "CONTAINER", Concept: s.heading, Children: []Item{
		{Relationship: "CONTAINS", ValueType: "TEXT", Concept: s.text, Text: text},
	}}
}

func languageCode(tag string) Code {
	switch tag {
	case "", "en":
		return Code{"en", "RFC5646", "English"}
	case "de":
		return Code{"de", "RFC5646", "German"}
	case "fr":
		return Code{"fr", "RFC5646", "French"}
	case "es":
		return Code{"es", "RFC5646", "Spanish"}
	}
	return Code{tag, "RFC5646", tag}
}

// wireText is text as UT takes it in an SR: CR LF between lines, no tab, form
// feed or other control character (PS3.5 6.1.3), nothing blank at the end.
func wireText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n", "\t", "    ").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r >= 0x7F && r <= 0x9F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.ReplaceAll(strings.TrimRight(s, " \n"), "\n", "\r\n")
}

// lines undoes the wire's line ends.
func lines(s string) string {
	return strings.TrimRight(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), " \n")
}
