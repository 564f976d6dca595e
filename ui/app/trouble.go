package app

import (
	"github.com/nocturne/nocturne/ui/notice"
	"github.com/nocturne/nocturne/worklist/feed"
)

// tellTroubles says why a site does not answer, where the reader can do something about
// it (a login, a certificate, a network that wants a browser), when that began, and again
// when the list was asked for by hand; and that the site answers again. Work goes on with
// what is here meanwhile.
func (m *Model) tellTroubles(before []feed.SiteStatus, asked bool) {
	was := map[string]string{}
	for _, s := range before {
		was[s.Name] = trouble(s)
	}
	for _, s := range m.snapshot.Sites {
		switch now := trouble(s); {
		case now != "" && (now != was[s.Name] || asked):
			m.warn(now)
		case s.Err == nil && was[s.Name] != "":
			m.say(s.Name + " answers again.")
		}
	}
}

func trouble(s feed.SiteStatus) string {
	n, ok := notice.OfSite(s.Name, s.Err)
	if !ok {
		return ""
	}
	return n.Line()
}
