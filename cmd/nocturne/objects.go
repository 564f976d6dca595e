package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/evidence"
	"github.com/spf13/cobra"
)

func objectsCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "objects", Short: "Write the marks of a case as DICOM objects", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return usagef("expected: objects export") }}
	c.AddCommand(&cobra.Command{
		Use: "export STUDY FOLDER", Short: "Write measurements, annotations and key images of a case",
		Long: "Writes what was marked on a case, as it is held here: a measurement report (sr.dcm, TID\n" +
			"1500), presentation states (pr-1.dcm …) and a key object selection (ko.dcm). Marks of\n" +
			"priors are in none of them. A file that is there already is not overwritten.",
		Args: exactly(2, "a STUDY and a FOLDER"),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			return h.export(c.Context(), env, args[0], args[1])
		},
	})
	return c
}

// exported is one object's line of `objects export --json`.
type exported struct {
	Path        string `json:"path"`
	SOPClassUID string `json:"sop_class_uid"`
	SOPClass    string `json:"sop_class"`
	SOPUID      string `json:"sop_instance_uid"`
}

func (h *house) export(ctx context.Context, env *environment, study, folder string) error {
	row, ok := h.local(ctx, study)
	if !ok {
		return errors.New("no image of this study is held here: nocturne pull STUDY fetches it")
	}
	if err := h.room.MayTakeOut(ctx, row, policy.Objects); err != nil {
		return err
	}
	marks, err := h.room.Marks(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	objects, err := h.objectsOf(ctx, row.StudyUID, marks, sr.Request{Accession: row.Accession, Description: row.Study})
	if err != nil {
		return err
	}
	if len(objects) == 0 {
		return errors.New("nothing is marked on this case")
	}
	if err := h.room.Exported(ctx, row, folder, "marks as DICOM objects"); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	var out []exported
	states := 0
	for _, d := range objects {
		name := map[string]string{"SR": "sr.dcm", "KO": "ko.dcm"}[d.Str(dicom.Modality)]
		if name == "" {
			states++
			name = fmt.Sprintf("pr-%d.dcm", states)
		}
		path := filepath.Join(folder, name)
		if err := writeNew(path, d); err != nil {
			return err
		}
		class := d.Str(dicom.SOPClassUID)
		out = append(out, exported{path, class, dicom.UID(class).Name(), d.Str(dicom.SOPInstanceUID)})
		if !env.JSON {
			fmt.Fprintf(env.Out, "%s  %s\n", path, dicom.UID(class).Name())
		}
	}
	return env.finish(out, false)
}

// objectsOf makes the objects of a study's marks: report, states, selection.
func (h *house) objectsOf(ctx context.Context, study string, marks []viewer.Mark, request sr.Request) ([]*dicom.Dataset, error) {
	images, err := h.headers(study)
	if err != nil {
		return nil, err
	}
	by := evidence.Author{
		Observer: sr.Observer{Name: h.room.Reader.Name, ID: h.room.Reader.ID, Organization: h.room.Reader.Organization},
		Now:      time.Now().Truncate(time.Second), Request: request,
	}
	report, _, err := evidence.Report(study, marks, images, by)
	if err != nil {
		return nil, err
	}
	states, err := evidence.States(study, marks, images, h.look(ctx, study), by)
	if err != nil {
		return nil, err
	}
	key, err := evidence.Selection(study, marks, images, by)
	if err != nil {
		return nil, err
	}
	var out []*dicom.Dataset
	for _, d := range append(append([]*dicom.Dataset{report}, states...), key) {
		if d != nil {
			out = append(out, d)
		}
	}
	return out, nil
}

// headers are those of the study's images, by SOP Instance UID.
func (h *house) headers(study string) (evidence.Images, error) {
	out := evidence.Images{}
	for _, o := range h.room.Objects(study) {
		f, err := o.Header()
		if err != nil {
			return nil, err
		}
		if f.Pixel.Present() {
			out[o.SOPUID] = f.Dataset
		}
	}
	return out, nil
}

// look is how the reader left the case, nil where nothing is kept.
func (h *house) look(ctx context.Context, study string) *viewer.State {
	kept, ok, err := h.room.Ledger.Capsule(ctx, study)
	if err != nil || !ok {
		return nil
	}
	var s viewer.State
	if json.Unmarshal(kept.Body, &s) != nil {
		return nil
	}
	return &s
}

// writeNew writes an object to a file that is not there yet.
func writeNew(path string, d *dicom.Dataset) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: name another folder", path)
	}
	if err != nil {
		return fmt.Errorf("write object: %w", err)
	}
	if err := errors.Join(dicom.Write(f, d, nil), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write object: %w", err), os.Remove(path))
	}
	return nil
}
