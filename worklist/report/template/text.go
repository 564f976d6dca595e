package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// Text writes the template as plain text that ParsePlain reads as the same.
func (t *Template) Text() string {
	var b strings.Builder
	put := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, value)
		}
	}
	texts, lists := t.texts(), t.Scope.lists()
	for _, key := range []string{"id", "title", "description", "language", "creator", "publisher", "rights", "license", "date", "status"} {
		put(key, *texts[key])
	}
	for _, key := range []string{"modality", "part", "words", "not", "code"} {
		put(key, strings.Join(*lists[key], ", "))
	}
	put("sex", t.Scope.Sex)
	put("age", t.Scope.Age.String())
	if t.Scope.Addendum {
		put("for", "addendum")
	}
	if t.Scope.Module {
		put("for", "module")
	}
	for _, c := range t.Terms {
		put("term", c.Scheme+":"+c.Value+" "+c.Meaning)
	}
	for _, s := range t.Sections {
		star := ""
		if s.Required {
			star = " *"
		}
		fmt.Fprintf(&b, "\n# %s%s\n%s\n", s.Name, star, s.Text())
	}
	return b.String()
}

// Text is the section's lines in the notation of ParsePlain.
func (s Section) Text() string {
	lines := make([]string, len(s.Lines))
	for i, l := range s.Lines {
		var b strings.Builder
		for _, a := range l.If.attrs() {
			switch {
			case a[1] == "":
			case a[0] == "sex":
				b.WriteString("@" + a[1] + " ")
			default:
				b.WriteString("@" + a[0] + "=" + strings.ReplaceAll(a[1], " ", "_") + " ")
			}
		}
		for n, p := range l.Pieces {
			text := p.notation()
			if b.Len() == 0 && n == 0 && (strings.HasPrefix(text, "@") || strings.HasPrefix(text, "#")) {
				text = `\` + text
			}
			b.WriteString(text)
		}
		lines[i] = b.String()
	}
	return strings.Join(lines, "\n")
}

var (
	escapeText  = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`)
	escapeField = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `|`, `\|`, `=`, `\=`, `:`, `\:`, `#`, `\#`, `+`, `\+`, `~`, `\~`, `?`, `\?`, `<`, `\<`)
)

// notation writes the piece as ParseText reads it.
func (p Piece) notation() string {
	switch p.Kind {
	case Literal:
		return escapeText.Replace(p.Text)
	case report.Normal:
		return "[[" + escapeText.Replace(p.Text) + "]]"
	case report.MergeField:
		return "{" + p.Name + "}"
	case Module:
		return "{>" + p.Name + "}"
	}
	name := escapeField.Replace(p.Name)
	if !p.Required {
		name += "?"
	}
	if p.Text != "" {
		name += "=" + escapeField.Replace(p.Text)
	}
	switch {
	case p.Kind == report.NumberField:
		name = "#" + name
		if p.Unit != "" {
			name += " " + p.Unit
		}
		if p.Min != p.Max {
			name += " " + strconv.FormatFloat(p.Min, 'g', -1, 64) + ".." + strconv.FormatFloat(p.Max, 'g', -1, 64)
		}
	case p.Kind == report.ChoiceField || len(p.Choices) > 0:
		name = p.choices(name)
	}
	if p.Fact != "" {
		name += " <-" + p.Fact
	}
	return "[" + name + "]"
}

func (p Piece) choices(name string) string {
	mark := ""
	if p.Kind == report.TextField {
		mark = "~"
	} else if p.Multiple {
		mark = "+"
	}
	out := slices.Clone(p.Choices)
	for i := range out {
		out[i] = escapeField.Replace(out[i])
	}
	if len(out) == 1 && mark == "" {
		out = append(out, "") // one choice is written with a bar, so that it is one
	}
	return mark + name + ": " + strings.Join(out, "|")
}
