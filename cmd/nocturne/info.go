package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// infoRow is the summary of one object. Foreign text in it is cleaned.
type infoRow struct {
	Path               string     `json:"path"`
	SOPClassUID        string     `json:"sop_class_uid"`
	SOPClass           string     `json:"sop_class"`
	TransferSyntax     string     `json:"transfer_syntax"`
	TransferSyntaxName string     `json:"transfer_syntax_name"`
	PatientName        string     `json:"patient_name"`
	PatientID          string     `json:"patient_id"`
	BirthDate          string     `json:"patient_birth_date"`
	Sex                string     `json:"patient_sex"`
	StudyUID           string     `json:"study_instance_uid"`
	SeriesUID          string     `json:"series_instance_uid"`
	SOPUID             string     `json:"sop_instance_uid"`
	AccessionNumber    string     `json:"accession_number"`
	StudyDate          string     `json:"study_date"`
	StudyTime          string     `json:"study_time"`
	StudyDescription   string     `json:"study_description"`
	SeriesNumber       string     `json:"series_number"`
	SeriesDescription  string     `json:"series_description"`
	InstanceNumber     string     `json:"instance_number"`
	Modality           string     `json:"modality"`
	BodyPart           string     `json:"body_part"`
	Laterality         string     `json:"laterality"`
	Image              *imageInfo `json:"image,omitempty"`
	Notes              []string   `json:"notes,omitempty"` // what was tolerated while reading
}

// imageInfo is present where there is pixel data.
type imageInfo struct {
	Rows          int     `json:"rows"`
	Columns       int     `json:"columns"`
	Frames        int     `json:"frames"`
	Samples       int     `json:"samples"`
	Photometric   string  `json:"photometric"`
	BitsAllocated int     `json:"bits_allocated"`
	BitsStored    int     `json:"bits_stored"`
	Signed        bool    `json:"signed"`
	RowMM         float64 `json:"row_spacing_mm,omitempty"`
	ColMM         float64 `json:"column_spacing_mm,omitempty"`
	Calibration   string  `json:"calibration,omitempty"`
	Orientation   string  `json:"orientation"` // letters at the left, top, right and bottom edge; or "unknown"
	Position      string  `json:"patient_position,omitempty"`
	Window        string  `json:"window,omitempty"` // "W 400 L 40", the first
}

func infoCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "info PATH…", Short: "Summarise the headers of DICOM files",
		Long: "Prints what each file, or each file in a folder, is: object, patient, study, image geometry.\n" +
			"Exits 1, after all files, when any failed.",
		Args: atLeast(1, "a file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			return eachFile(c.Context(), env, args, readInfo, func(r infoRow) { fmt.Fprint(env.Out, r.text()) })
		},
	}
}

func readInfo(path string) (infoRow, error) {
	f, err := dicom.ReadHeader(path)
	if err != nil {
		return infoRow{}, err
	}
	d := f.Dataset
	str := func(t dicom.Tag) string { return oneLine(strings.Join(d.Strs(t), `\`)) }
	class := str(dicom.SOPClassUID)
	r := infoRow{
		Path: path, SOPClassUID: class, SOPClass: dicom.UID(class).Name(),
		TransferSyntax: string(f.TransferSyntax), TransferSyntaxName: f.TransferSyntax.Name(),
		PatientName: str(dicom.PatientName), PatientID: str(dicom.PatientID), BirthDate: str(dicom.PatientBirthDate), Sex: str(dicom.PatientSex),
		StudyUID: str(dicom.StudyInstanceUID), SeriesUID: str(dicom.SeriesInstanceUID), SOPUID: str(dicom.SOPInstanceUID),
		AccessionNumber: str(dicom.AccessionNumber), StudyDate: str(dicom.StudyDate), StudyTime: str(dicom.StudyTime),
		StudyDescription: str(dicom.StudyDescription), SeriesNumber: str(dicom.SeriesNumber), SeriesDescription: str(dicom.SeriesDescription),
		InstanceNumber: str(dicom.InstanceNumber), Modality: str(dicom.Modality), BodyPart: str(dicom.BodyPartExamined),
		Laterality: str(dicom.ImageLaterality), Notes: f.Notes,
	}
	if r.Laterality == "" {
		r.Laterality = str(dicom.Laterality)
	}
	if f.Pixel.Present() {
		r.Image = readImageInfo(f)
	}
	return r, nil
}

func readImageInfo(f *dicom.File) *imageInfo {
	d := f.Dataset
	im := &imageInfo{
		Rows: d.IntOr(dicom.Rows, 0), Columns: d.IntOr(dicom.Columns, 0), Frames: dicom.Frames(f),
		Samples: d.IntOr(dicom.SamplesPerPixel, 1), Photometric: oneLine(d.Str(dicom.PhotometricInterpretation)),
		BitsAllocated: d.IntOr(dicom.BitsAllocated, 0), BitsStored: d.IntOr(dicom.BitsStored, 0),
		Signed: d.IntOr(dicom.PixelRepresentation, 0) == 1, Orientation: "unknown", Position: space.Position(d),
	}
	if c := space.CalibrationOf(d, 0); c.Source != "" {
		im.RowMM, im.ColMM, im.Calibration = c.RowMM, c.ColMM, c.Source
	}
	if e, ok := space.Orientation(d, 0); ok {
		im.Orientation = strings.Join([]string{e.Left, e.Top, e.Right, e.Bottom}, " ")
	}
	voi := d.FrameGroup(0, dicom.FrameVOILUTSequence)
	if !voi.Has(dicom.WindowCenter) {
		voi = d
	}
	center, okC := voi.Float(dicom.WindowCenter)
	width, okW := voi.Float(dicom.WindowWidth)
	if okC && okW {
		im.Window = fmt.Sprintf("W %g L %g", width, center)
	}
	return im
}

// text is the summary for a reader: what is empty is left out.
func (r infoRow) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", oneLine(r.Path))
	put := func(name string, parts ...string) {
		parts = withoutEmpty(parts)
		if len(parts) > 0 {
			fmt.Fprintf(&b, "  %-12s %s\n", name, strings.Join(parts, " · "))
		}
	}
	put("object", r.SOPClass, r.TransferSyntaxName)
	put("patient", r.PatientName, r.PatientID, r.BirthDate, r.Sex)
	put("study", r.StudyDate, r.StudyTime, r.StudyDescription, labelled("accession ", r.AccessionNumber))
	put("series", r.Modality, labelled("number ", r.SeriesNumber), r.SeriesDescription, r.BodyPart, labelled("laterality ", r.Laterality))
	if im := r.Image; im != nil {
		put("image", fmt.Sprintf("%d × %d", im.Columns, im.Rows), fmt.Sprintf("%d frames", im.Frames), im.Photometric,
			fmt.Sprintf("%d of %d bits", im.BitsStored, im.BitsAllocated), im.Window)
		if im.Calibration != "" {
			put("spacing", fmt.Sprintf("%g mm between rows, %g mm between columns", im.RowMM, im.ColMM), im.Calibration)
		}
		put("orientation", im.Orientation, im.Position)
	}
	put("uids", r.StudyUID, r.SeriesUID, r.SOPUID)
	put("notes", r.Notes...)
	return b.String()
}

func labelled(label, s string) string {
	if s == "" {
		return ""
	}
	return label + s
}

func withoutEmpty(parts []string) (out []string) {
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// oneLine is foreign text for one line of a terminal.
func oneLine(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(dicom.Clean(s)))
}
