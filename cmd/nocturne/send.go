package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/medium"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/send"
	"github.com/spf13/cobra"
)

// sendFlags are the flags of `nocturne send`.
type sendFlags struct {
	yes, dry bool
	compare  string
}

func sendCommand(env *environment) *cobra.Command {
	var f sendFlags
	c := &cobra.Command{
		Use: "send PATH…", Short: "Send a folder, a ZIP file or files to an archive and prove that it holds them",
		Long: "Sends what is named to the archive of --site, as it is: nothing is renamed or taken out.\n" +
			"First it lists whose images these are; it sends after a yes, or with --yes. An object\n" +
			"counts when the archive named it, lists it and gave it back as it was sent: of each study\n" +
			"a sample, or with --compare all every object. What the archive holds already is read back\n" +
			"and never sent over. Begun again after whatever ended it, it sends what is missing.\n\n" +
			"Exit 0 only when every object was confirmed; else a table says which was not, and why.",
		Args: atLeast(1, "a folder, a ZIP file, a DICOMDIR or DICOM files"),
		RunE: func(c *cobra.Command, args []string) error {
			if f.compare != "sample" && f.compare != "all" {
				return usagef("--compare is sample or all")
			}
			return runSend(c.Context(), env, args, f)
		},
	}
	c.Flags().BoolVar(&f.yes, "yes", false, "these are the right patients: send without asking")
	c.Flags().BoolVar(&f.dry, "dry-run", false, "list what would be sent and what the archive holds of it, and send nothing")
	c.Flags().StringVar(&f.compare, "compare", "sample", "read back a sample of each study, or all")
	return c
}

func runSend(ctx context.Context, env *environment, paths []string, f sendFlags) error {
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	name, site, err := h.only()
	if err != nil {
		return err
	}
	medium.Sweep(env.mediumFolder())
	m, err := medium.Open(ctx, paths, medium.Options{Temp: env.mediumFolder(), Progress: env.counting()})
	if env.terminal() {
		fmt.Fprint(env.Err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	if f.dry {
		return errors.Join(dryRun(ctx, env, site.Archive, m), m.Close())
	}
	return errors.Join(h.sendMedium(ctx, env, name, site, m, f), m.Close())
}

// only is the one site that a command is about.
func (h *house) only() (string, reading.Site, error) {
	if len(h.room.Sites) == 0 {
		return "", reading.Site{}, errNoSite
	}
	if len(h.room.Sites) > 1 {
		return "", reading.Site{}, usagef("several sites are configured: say which by --site")
	}
	for name, s := range h.room.Sites {
		return name, s, nil
	}
	return "", reading.Site{}, errNoSite
}

// sendMedium asks whether these are the right patients, sends and says what came of it.
func (h *house) sendMedium(ctx context.Context, env *environment, name string, site reading.Site, m *medium.Medium, f sendFlags) error {
	if !env.JSON {
		printMedium(env, m)
	}
	if err := agreed(env, name, m, f.yes); err != nil {
		return err
	}
	studies := toSend(m)
	ring, err := env.ring()
	if err != nil {
		return err
	}
	journal, err := send.OpenJournal(filepath.Join(env.Home, "sent"), name+"\x00"+site.DICOMwebURL, ring.Key("files"), studies)
	if err != nil {
		return err
	}
	defer journal.Close()
	for _, s := range onMedium(m) {
		if err := h.room.Record(ctx, audit.Sent(audit.Node{Name: name, Address: site.DICOMwebURL}, s)); err != nil {
			return err
		}
	}
	s := send.Sender{Archive: site.Archive, Site: name, Journal: journal, CompareAll: f.compare == "all"}
	r, err := s.Send(ctx, studies, env.sending())
	if env.terminal() {
		fmt.Fprint(env.Err, "\r\x1b[K")
	}
	if shown := showSent(env, name, m, r, err == nil); shown != nil && err == nil {
		return shown
	}
	return err
}

func toSend(m *medium.Medium) []send.Study {
	var out []send.Study
	for _, s := range m.Studies {
		st := send.Study{UID: s.UID, Patient: s.Patient}
		for _, o := range s.Objects {
			st.Objects = append(st.Objects, send.Object{Series: o.Series, SOP: o.SOP, Path: o.Path, Key: o.Key})
		}
		if len(st.Objects) > 0 {
			out = append(out, st)
		}
	}
	return out
}

// agreed is a person's yes to the patients that were listed.
func agreed(env *environment, name string, m *medium.Medium, yes bool) error {
	if yes {
		return nil
	}
	if !env.terminal() || env.JSON {
		return usagef("nothing was sent: --yes says that these are the right patients")
	}
	fmt.Fprintf(env.Out, "Send %s to %s? Type yes: ", amount(m), name)
	line, _ := bufio.NewReader(env.In).ReadString('\n')
	if !strings.EqualFold(strings.TrimSpace(line), "yes") {
		return errors.New("nothing was sent")
	}
	return nil
}

func amount(m *medium.Medium) string {
	patients, objects := map[string]bool{}, 0
	for _, s := range m.Studies {
		patients[s.Patient.Name+"\x00"+s.Patient.ID+"\x00"+s.Patient.Birth] = true
		objects += len(s.Objects)
	}
	return fmt.Sprintf("%s of %s in %s", counted(objects, "object"), counted(len(patients), "patient"), counted(len(m.Studies), "study"))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if s, ok := strings.CutSuffix(what, "y"); ok {
		return fmt.Sprintf("%d %sies", n, s)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// dryStudy is one study of `send --dry-run --json`.
type dryStudy struct {
	mediumStudy
	There int `json:"there_already"`
}

// dryRun says what would be sent, and how much of it the archive lists.
func dryRun(ctx context.Context, env *environment, a pacs.Archive, m *medium.Medium) error {
	d := describe(m)
	out := make([]dryStudy, 0, len(m.Studies))
	for i, s := range m.Studies {
		mine, there := map[string]bool{}, 0
		for _, o := range s.Objects {
			mine[string(o.SOP)] = true
		}
		err := a.Search(ctx, pacs.Query{Level: pacs.InstanceLevel, Study: s.UID}, func(ds *dicom.Dataset) error {
			if u := ds.Str(dicom.SOPInstanceUID); mine[u] {
				delete(mine, u)
				there++
			}
			return nil
		})
		if why, ok := pacs.ReasonOf(err); err != nil && !(ok && why == pacs.NotFound) {
			return err
		}
		out = append(out, dryStudy{d.Studies[i], there})
	}
	if env.JSON {
		return env.printJSON(map[string]any{"studies": out, "files": d.Files, "notes": d.Notes})
	}
	printMedium(env, m)
	there, all := 0, 0
	for _, s := range out {
		there, all = there+s.There, all+s.Objects
	}
	fmt.Fprintf(env.Out, "Nothing was sent. The archive lists %d of the %d objects already.\n", there, all)
	return nil
}
