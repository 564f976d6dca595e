package app

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/token"
)

func TestALoginShowsWhereAndGoesOnByItself(t *testing.T) {
	n := newNight(t)
	n.m.run("login")
	if !strings.Contains(n.frame(), "No site has a login to make.") {
		t.Errorf("without one:\n%s", n.frame())
	}
	ended := make(chan error, 1)
	var asked string
	n.m.Login = func(ctx context.Context, site string, show func(token.Prompt)) (string, error) {
		asked = site
		show(token.Prompt{URL: "https://idp.example/device", Code: "WDJB-MJHT", Complete: "https://idp.example/device?user_code=WDJB-MJHT", Until: dusk})
		select {
		case err := <-ended:
			return "NORTH", err
		case <-ctx.Done():
			return "NORTH", ctx.Err()
		}
	}
	shown := func() bool {
		return strings.Contains(n.frame(), "    https://idp.example/device ") && strings.Contains(n.frame(), "WDJB-MJHT")
	}
	n.do(n.m.run("login NORTH"))
	n.until("where to log in", shown)
	ended <- nil
	n.until("the list again", func() bool { return n.m.page == onList && strings.Contains(n.frame(), "Logged in at NORTH.") })
	if asked != "NORTH" {
		t.Errorf("asked for %q", asked)
	}
	n.do(n.m.run("login"))
	n.until("where to log in", shown)
	n.key("esc")
	n.until("the list, after Esc", func() bool {
		return n.m.page == onList && n.m.login == nil && strings.Contains(n.frame(), "given up")
	})
	n.do(n.m.run("login"))
	n.until("where to log in", shown)
	n.key("f5") // leaves the page; the login goes on
	ended <- errors.New("nobody logged in in time")
	n.until("why not", func() bool { return strings.Contains(n.frame(), "Nobody logged in in time") })
}
