package app

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestVimIsAnOptionAndStrayTextIsNoCommand(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.m.run("set editor vim")
	n.key("f3", "i")
	n.write("no acute finding")
	n.key("esc", "0")
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("dw")})
	if got := n.section(report.Findings); got != "acute finding" {
		t.Errorf("dw left %q", got)
	}
	n.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("dddd and more")})
	if got := n.section(report.Findings); got != "dddd and moreacute finding" {
		t.Errorf("dictated text was executed: %q", got)
	}
	n.key(":")
	if !n.m.prompt.Open {
		t.Error("no command line")
	}
	n.write("set editor plain")
	n.key("enter", "x")
	if got := n.section(report.Findings); got != "dddd and morexacute finding" {
		t.Errorf("plain again: %q", got)
	}
}
