package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/bir"
	"github.com/nocturne/nocturne/viewer/link"
	"github.com/nocturne/nocturne/worklist/pacs/demo/phantom"
)

func birCommand(env *environment) *cobra.Command {
	var without bool
	c := &cobra.Command{
		Use: "bir", Short: "Do every function of IHE Basic Image Review and measure it", Args: noArgs,
		Long: "Opens cases of its own and the demo's phantoms, works them by keys, pointer and wheel, and reads back what\n" +
			"is shown, written and measured: pass, fail, or skip with the reason, and the figures. The items about the\n" +
			"real window need a display; those that turn a real wheel or read the screen need xdotool and import too.",
		RunE: func(c *cobra.Command, _ []string) error { return env.bir(c.Context(), without) },
	}
	c.Flags().BoolVar(&without, "no-window", false, "leave the real window out")
	return c
}

func (env *environment) bir(ctx context.Context, without bool) error {
	dir, err := os.MkdirTemp("", "nocturne-bir-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	studies, err := birStudies(dir, time.Now())
	if err != nil {
		return err
	}
	o := bir.Options{Dir: dir, Studies: studies, NoWindow: noWindow(env)}
	if without {
		o.NoWindow = "left out by --no-window"
	}
	if o.NoWindow == "" {
		o.Window = func(ctx context.Context) (viewer.Viewer, error) {
			return link.Start(ctx, link.Options{Env: []string{"NOCTURNE_HOME=" + dir}})
		}
	}
	var out findings
	for _, r := range bir.Run(ctx, o) {
		out.Results = append(out.Results, finding(r))
	}
	return env.printFindings(out)
}

// birCases are the phantoms of Basic Image Review by accession number: one of each
// modality.
var birCases = []string{"N26-0412", "N26-0416", "N26-0418", "N26-0419", "N26-0420", "N26-0421", "N26-0422"}

// Of each modality two series are made, of mammograms one, of each series the
// middle images: enough to show, and made in seconds.
const birSeries, birSlices = 2, 6

// birStudies writes the phantoms as files. Of the studies of several modalities
// each modality is a study to show.
func birStudies(dir string, now time.Time) (out []bir.Study, err error) {
	for _, st := range phantom.Studies(false, now) {
		for _, accession := range birCases {
			if st.Accession != accession {
				continue
			}
			by, err := birObjects(dir, st)
			if err != nil {
				return nil, err
			}
			for _, modality := range []string{"CT", "MR", "CR", "MG", "US", "XA", "PT"} {
				if len(by[modality]) > 0 {
					out = append(out, birStudy(st, modality, by[modality]))
				}
			}
		}
	}
	return out, nil
}

func birStudy(st phantom.Study, modality string, objects []viewer.Object) bir.Study {
	h := st.Header
	s := viewer.Study{UID: string(st.UID), Date: h.Str(dicom.StudyDate), Description: h.Str(dicom.StudyDescription), Accession: st.Accession, Modality: modality}
	return bir.Study{Name: st.Accession + " " + modality, Modality: modality, Objects: objects, Studies: []viewer.Study{s}, Order: viewer.Order{
		PatientName: h.Str(dicom.PatientName), PatientID: h.Str(dicom.PatientID), BirthDate: h.Str(dicom.PatientBirthDate),
		Sex: h.Str(dicom.PatientSex), Accession: st.Accession, Exam: s.Description, Modality: modality,
	}}
}

// birObjects writes the middle images of every series, by modality.
func birObjects(dir string, st phantom.Study) (map[string][]viewer.Object, error) {
	series := map[dicom.UID][]phantom.Instance{}
	var order []dicom.UID
	for _, in := range st.Instances {
		uid := dicom.UID(in.Header.Str(dicom.SeriesInstanceUID))
		if series[uid] == nil {
			order = append(order, uid)
		}
		series[uid] = append(series[uid], in)
	}
	out, made := map[string][]viewer.Object{}, map[string]int{"MG": birSeries - 1}
	for _, uid := range order {
		all := series[uid]
		kind := all[0].Header.Str(dicom.Modality)
		if made[kind]++; made[kind] > birSeries {
			continue
		}
		from := max(0, (len(all)-birSlices)/2)
		for _, in := range all[from:min(len(all), from+birSlices)] {
			o, err := birObject(dir, in)
			if err != nil {
				return nil, err
			}
			out[kind] = append(out[kind], o)
		}
	}
	return out, nil
}

func birObject(dir string, in phantom.Instance) (o viewer.Object, err error) {
	h := in.Header
	o = viewer.Object{StudyUID: h.Str(dicom.StudyInstanceUID), SeriesUID: h.Str(dicom.SeriesInstanceUID), SOPUID: h.Str(dicom.SOPInstanceUID)}
	o.Path = filepath.Join(dir, o.SOPUID)
	var px []byte
	if in.Render != nil {
		if px, err = in.Render(); err != nil {
			return o, fmt.Errorf("make a phantom: %w", err)
		}
	}
	b, err := dicom.Bytes(h, px)
	if err != nil {
		return o, fmt.Errorf("write a phantom: %w", err)
	}
	return o, os.WriteFile(o.Path, b, 0o600)
}
