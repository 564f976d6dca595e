package app

import (
	"encoding/base64"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/feed"
)

// askResend queues a parked row again after a yes.
func (m *Model) askResend() tea.Cmd {
	row, ok := m.sent.chosen()
	switch {
	case !ok:
		return nil
	case m.inConflict():
		return m.openConflict(nil)
	case row.State == ledger.Parked && row.SHA256 == "":
		m.say("It could not be made when the report was signed; there is nothing to send. " + m.phone(row.Site))
		return nil
	case row.State != ledger.Parked:
		m.say("Only what is PARKED is sent again by hand; the rest is tried by itself.")
		return nil
	}
	label := fmt.Sprintf("send %s of %s again?"+yesNo, deliver.Noun(row.Kind), row.Accession)
	if deliver.Later(m.rows, row) {
		label = "A LATER report is there. Send this OLDER one after it?" + yesNo
	}
	m.askYes(label, func(m *Model) tea.Cmd {
		led, ctx, wake := m.Room.Ledger, m.ctx, m.Outbox.Wake
		m.say("Sending again …")
		return tea.Batch(func() tea.Msg {
			if err := led.Unpark(ctx, row.ID); err != nil {
				return failedMsg{err: fmt.Errorf("it is not parked any more: %w", err)}
			}
			wake()
			return nil
		}, m.lookAtOutbox(quickLook, false))
	})
	return nil
}

// yesNo ends a question; with it the question is seen whole in 80 columns.
const yesNo = " y Enter yes · Esc no "

// askYes asks a question that only y answers with yes.
func (m *Model) askYes(label string, do func(*Model) tea.Cmd) {
	m.ask(label, "", func(m *Model, answer string) tea.Cmd {
		if a := strings.ToLower(answer); a != "y" && a != "yes" {
			m.say("Nothing was done.")
			return nil
		}
		return do(m)
	})
}

// askCopy puts the report's text on the terminal's clipboard after a yes: whoever can
// read that clipboard can read the patient's name (N12).
func (m *Model) askCopy() tea.Cmd {
	row, ok := m.sent.chosen()
	if !ok || m.staysIn(row, policy.Clipboard) {
		return nil
	}
	m.askYes("copy "+row.Accession+" with the name to the clipboard?"+yesNo, func(m *Model) tea.Cmd {
		room, ctx, out := m.Room, m.ctx, m.Out
		return func() tea.Msg {
			if err := m.takenOut(row, policy.Clipboard); err != nil {
				return failedMsg{err: err}
			}
			h, err := room.Handout(ctx, row.Report)
			if err != nil {
				return failedMsg{err: err}
			}
			if out != nil {
				fmt.Fprintf(out, "\x1b]52;c;%s\x07", base64.StdEncoding.EncodeToString([]byte(h.Text)))
			}
			return keptMsg{said: "Copied, where the terminal allows it: paste it to check."}
		}
	})
	return nil
}

// staysIn reports whether the site's policy keeps this kind of thing in the sealed home,
// and says so.
func (m *Model) staysIn(row ledger.OutboxRow, kind policy.Kind) bool {
	why := m.Room.StaysIn(row.Site, kind)
	if why != nil {
		m.warn(sentence(why))
	}
	return why != nil
}

// takenOut asks the policy once more, as it is on disk, of the study and this reader.
func (m *Model) takenOut(row ledger.OutboxRow, kind policy.Kind) error {
	return m.Room.MayTakeOut(m.ctx, feed.Row{Site: row.Site, StudyUID: row.StudyUID}, kind)
}

// askPaper writes the report's PDF to a folder of the home after a yes.
func (m *Model) askPaper() tea.Cmd {
	row, ok := m.sent.chosen()
	if !ok || m.Paper == "" || m.staysIn(row, policy.Reports) {
		return nil
	}
	m.askYes("write "+row.Accession+" as a PDF into your home?"+yesNo, func(m *Model) tea.Cmd {
		room, ctx, folder := m.Room, m.ctx, m.Paper
		return func() tea.Msg {
			if err := m.takenOut(row, policy.Reports); err != nil {
				return failedMsg{err: err}
			}
			path, err := room.WriteHandout(ctx, row.Report, folder)
			if err != nil {
				return failedMsg{err: err}
			}
			return keptMsg{said: "Written, until you leave: " + path}
		}
	})
	return nil
}
