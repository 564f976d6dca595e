package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/ko"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/spf13/cobra"
)

func measurementsCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "measurements PATH…", Short: "List what reports, presentation states and key objects say of images",
		Long: "Reads structured reports (TID 1500 and older), softcopy presentation states and key\n" +
			"object selections: values with their units and codes, tracking UIDs, coordinates, and\n" +
			"the images and frames (from 1) that they are of. Points of images are column, row from\n" +
			"the outer corner of the first pixel; points of the patient are mm. Any other object is\n" +
			"listed with kind \"other\". Exits 1, after all files, when any failed.",
		Args: atLeast(1, "a file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			return eachFile(c.Context(), env, args, readMeasured, func(r measuredRow) { fmt.Fprint(env.Out, r.text()) })
		},
	}
}

// measuredRow is one object. Foreign text in it is cleaned.
type measuredRow struct {
	Path        string         `json:"path"`
	Kind        string         `json:"kind"` // report, presentation state, key objects or other
	SOPClassUID string         `json:"sop_class_uid"`
	SOPClass    string         `json:"sop_class"`
	SOPUID      string         `json:"sop_instance_uid"`
	StudyUID    string         `json:"study_instance_uid"`
	Title       string         `json:"title,omitempty"`
	Description string         `json:"description,omitempty"`
	Maker       string         `json:"manufacturer,omitempty"`
	Author      string         `json:"author,omitempty"`
	Made        string         `json:"made,omitempty"` // RFC 3339
	Groups      []groupRow     `json:"groups,omitempty"`
	Graphics    []graphicRow   `json:"graphics,omitempty"`
	Windows     []windowRow    `json:"windows,omitempty"`
	Images      []referenceRow `json:"images,omitempty"` // of a state, of a selection
}

type groupRow struct {
	TrackingID   string        `json:"tracking_identifier,omitempty"`
	TrackingUID  string        `json:"tracking_uid,omitempty"`
	Finding      *codeRow      `json:"finding,omitempty"`
	Site         *codeRow      `json:"finding_site,omitempty"`
	Side         *codeRow      `json:"laterality,omitempty"`
	Method       *codeRow      `json:"method,omitempty"`
	Comment      string        `json:"comment,omitempty"`
	Segmentation *referenceRow `json:"segmentation,omitempty"`
	Regions      []regionRow   `json:"regions,omitempty"`
	Values       []valueRow    `json:"values,omitempty"`
}

type valueRow struct {
	Name        string      `json:"name"`
	Concept     codeRow     `json:"concept"`
	Value       *float64    `json:"value"` // null: none, and Unit says why
	Unit        string      `json:"unit"`
	UnitCode    codeRow     `json:"unit_code"`
	Derivation  *codeRow    `json:"derivation,omitempty"`
	Method      *codeRow    `json:"method,omitempty"`
	Uncertainty float64     `json:"uncertainty,omitempty"`
	Regions     []regionRow `json:"regions,omitempty"`
}

type codeRow struct {
	Value   string `json:"code"`
	Scheme  string `json:"scheme"`
	Meaning string `json:"meaning"`
}

type regionRow struct {
	Graphic          string        `json:"graphic_type"`
	Purpose          *codeRow      `json:"purpose,omitempty"`
	Points           [][]float64   `json:"points"`
	FrameOfReference string        `json:"frame_of_reference,omitempty"` // of the patient's points
	Image            *referenceRow `json:"image,omitempty"`
}

type graphicRow struct {
	Layer  string         `json:"layer"`
	Type   string         `json:"graphic_type,omitempty"`
	Text   string         `json:"text,omitempty"`
	Units  string         `json:"units"`
	Points [][]float64    `json:"points"`
	Images []referenceRow `json:"images,omitempty"` // empty: all of the state
}

type windowRow struct {
	Center float64        `json:"center"`
	Width  float64        `json:"width"`
	Images []referenceRow `json:"images,omitempty"`
}

type referenceRow struct {
	Class    string `json:"sop_class_uid"`
	Instance string `json:"sop_instance_uid"`
	Frames   []int  `json:"frames,omitempty"`
	Segments []int  `json:"segments,omitempty"`
}

func readMeasured(path string) (measuredRow, error) {
	f, err := dicom.ReadHeader(path)
	if err != nil {
		return measuredRow{}, err
	}
	d := f.Dataset
	class := oneLine(d.Str(dicom.SOPClassUID))
	r := measuredRow{Path: path, Kind: "other", SOPClassUID: class, SOPClass: dicom.UID(class).Name(),
		SOPUID: oneLine(d.Str(dicom.SOPInstanceUID)), StudyUID: oneLine(d.Str(dicom.StudyInstanceUID)), Maker: oneLine(d.Str(dicom.Manufacturer))}
	switch d.Str(dicom.Modality) {
	case "SR":
		err = r.report(d)
	case "PR":
		err = r.state(d)
	case "KO":
		err = r.selection(d)
	}
	return r, err
}

func made(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func (r *measuredRow) report(d *dicom.Dataset) error {
	m, err := sr.ReadMeasurements(d)
	if err != nil {
		return err
	}
	r.Kind, r.Title, r.Author, r.Made = "report", oneLine(m.Title.Meaning), oneLine(dicom.ParsePN(m.Observer.Name).Display()), made(m.Content)
	r.Description = oneLine(m.Series)
	for _, g := range m.Groups {
		row := groupRow{
			TrackingID: oneLine(g.TrackingID), TrackingUID: oneLine(string(g.TrackingUID)), Finding: code(g.Finding), Site: code(g.Site),
			Side: code(g.Side), Method: code(g.Method), Comment: oneLine(g.Comment), Regions: regions(g.Regions),
		}
		if g.SegmentedBy.Instance != "" {
			row.Segmentation = referenceOf(g.SegmentedBy)
		}
		for _, n := range g.Numbers {
			row.Values = append(row.Values, value(n))
		}
		r.Groups = append(r.Groups, row)
	}
	return nil
}

func value(n sr.Number) valueRow {
	v := valueRow{
		Name: oneLine(n.Concept.Meaning), Concept: *orEmpty(code(n.Concept)), Unit: oneLine(n.Unit.Value), UnitCode: *orEmpty(code(n.Unit)),
		Derivation: code(n.Derivation), Method: code(n.Method), Uncertainty: n.Uncertainty, Regions: regions(n.Regions),
	}
	if n.Unit.Scheme != "UCUM" || n.Unit.Value == "1" {
		v.Unit = oneLine(n.Unit.Meaning)
	}
	if !math.IsNaN(n.Value) {
		v.Value = &n.Value
	}
	return v
}

func code(c sr.Code) *codeRow {
	if c == (sr.Code{}) {
		return nil
	}
	return &codeRow{oneLine(c.Value), oneLine(c.Scheme), oneLine(c.Meaning)}
}

func orEmpty(c *codeRow) *codeRow {
	if c == nil {
		return &codeRow{}
	}
	return c
}

func referenceOf(r sr.Ref) *referenceRow {
	return &referenceRow{Class: oneLine(string(r.Class)), Instance: oneLine(string(r.Instance)), Frames: r.Frames, Segments: r.Segments}
}

func regions(in []sr.Region) []regionRow {
	var out []regionRow
	for _, r := range in {
		row := regionRow{Graphic: r.Graphic, Purpose: code(r.Purpose), FrameOfReference: oneLine(string(r.FrameOfReference))}
		for _, p := range r.Image {
			row.Points = append(row.Points, p[:])
		}
		for _, p := range r.Patient {
			row.Points = append(row.Points, p[:])
		}
		if r.Source.Instance != "" {
			row.Image = referenceOf(r.Source)
		}
		out = append(out, row)
	}
	return out
}

func (r *measuredRow) state(d *dicom.Dataset) error {
	s, err := pr.Read(d)
	if err != nil {
		return err
	}
	images := func(in []pr.Image) (out []referenceRow) {
		for _, im := range in {
			out = append(out, *referenceOf(sr.Ref{Class: im.Class, Instance: im.Instance, Frames: im.Frames}))
		}
		return out
	}
	r.Kind, r.Title, r.Description, r.Author, r.Made = "presentation state", oneLine(s.Label), oneLine(s.Description), oneLine(dicom.ParsePN(s.Creator).Display()), made(s.Created)
	r.Images = images(s.Images)
	for _, l := range s.Looks {
		r.Windows = append(r.Windows, windowRow{l.Center, l.Width, images(l.Images)})
	}
	for _, a := range s.Annotations {
		for _, g := range a.Graphics {
			row := graphicRow{Layer: oneLine(a.Layer), Type: g.Type, Units: g.Units, Images: images(a.Images)}
			for _, p := range g.Points {
				row.Points = append(row.Points, p[:])
			}
			r.Graphics = append(r.Graphics, row)
		}
		for _, t := range a.Texts {
			row := graphicRow{Layer: oneLine(a.Layer), Text: dicom.Clean(t.Value), Units: t.BoxUnits, Images: images(a.Images)}
			if t.Box != nil {
				row.Points = [][]float64{t.Box[0][:], t.Box[1][:]}
			} else {
				row.Points, row.Units = [][]float64{t.Anchor[:]}, t.AnchorUnits
			}
			r.Graphics = append(r.Graphics, row)
		}
	}
	return nil
}

func (r *measuredRow) selection(d *dicom.Dataset) error {
	s, err := ko.Read(d)
	if err != nil {
		return err
	}
	r.Kind, r.Title, r.Description, r.Author, r.Made = "key objects", oneLine(s.Title.Meaning), oneLine(s.Description), oneLine(dicom.ParsePN(s.Observer).Display()), made(s.Content)
	for _, im := range s.Images {
		r.Images = append(r.Images, *referenceOf(sr.Ref{Class: im.Class, Instance: im.Instance, Frames: im.Frames}))
	}
	return nil
}

// text is the object for a reader: a line each value, graphic and image.
func (r measuredRow) text() string {
	if r.Kind == "other" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n", oneLine(r.Path), strings.Join(withoutEmpty([]string{r.Kind, r.Title, r.Description, r.Maker, r.Author, r.Made}), " · "))
	for _, g := range r.Groups {
		words := []string{g.TrackingID, meaningOf(g.Finding), strings.TrimSpace(meaningOf(g.Side) + " " + meaningOf(g.Site)), g.Comment, g.TrackingUID}
		if words = withoutEmpty(words); len(words) > 0 {
			fmt.Fprintf(&b, "  %s\n", strings.Join(words, " · "))
		}
		for _, v := range g.Values {
			fmt.Fprintf(&b, "    %s\n", strings.Join(withoutEmpty([]string{v.words(), meaningOf(v.Method), places(v.Regions)}), " · "))
		}
		if len(g.Regions) > 0 {
			fmt.Fprintf(&b, "    %s\n", places(g.Regions))
		}
	}
	for _, g := range r.Graphics {
		fmt.Fprintf(&b, "  %s\n", strings.Join(withoutEmpty([]string{g.Layer, g.Type, oneLine(g.Text), points(g.Points)}), " · "))
	}
	for _, w := range r.Windows {
		fmt.Fprintf(&b, "  W %g L %g\n", w.Width, w.Center)
	}
	for _, im := range r.Images {
		fmt.Fprintf(&b, "  image %s\n", im.words())
	}
	return b.String()
}

func meaningOf(c *codeRow) string {
	if c == nil {
		return ""
	}
	return c.Meaning
}

func (v valueRow) words() string {
	name := strings.TrimSpace(v.Name + " " + strings.ToLower(meaningOf(v.Derivation)))
	if v.Value == nil {
		return name + ": none"
	}
	s := fmt.Sprintf("%s %.6g", name, *v.Value)
	if v.Uncertainty > 0 {
		s += fmt.Sprintf(" ± %.2g", v.Uncertainty)
	}
	return strings.TrimSpace(s + " " + v.Unit)
}

func (r referenceRow) words() string {
	s := r.Instance
	if len(r.Frames) > 0 {
		s += fmt.Sprintf(" frame %s", strings.Trim(fmt.Sprint(r.Frames), "[]"))
	}
	return s
}

func places(in []regionRow) string {
	var out []string
	for _, r := range in {
		s := r.Graphic + " " + points(r.Points)
		if r.Image != nil {
			s += " on " + r.Image.words()
		} else if r.FrameOfReference != "" {
			s += " mm in " + r.FrameOfReference
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// points are the first few, and how many there are.
func points(p [][]float64) string {
	var out []string
	for i, q := range p {
		if i == 6 {
			out = append(out, fmt.Sprintf("… (%d points)", len(p)))
			break
		}
		var n []string
		for _, v := range q {
			n = append(n, fmt.Sprintf("%.2f", v))
		}
		out = append(out, strings.Join(n, ","))
	}
	return strings.Join(out, " ")
}
