package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/spf13/cobra"
)

func loginCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "login", Short: "Log in at a site that wants it (--site)", Args: noArgs,
		Long: "Shows an address and a code: open the one in a browser on any device and enter the other\n" +
			"(login = \"device\"), or an address to open on this machine (login = \"code\"). Waits until\n" +
			"somebody logged in, at most as long as the code is good. A running nocturne goes on by itself.\n" +
			"With --json: a line with what is to be shown, then one with the state. Exit 0: logged in;\n" +
			"1: refused, or nobody did in time.",
		RunE: func(c *cobra.Command, _ []string) error { return env.logIn(c.Context()) },
	}
}

func logoutCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: "End the login at a site and forget it (--site)", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return env.logOut(c.Context()) },
	}
}

// loginSite is the site named by --site, or the only one that has a login to make.
func (env *environment) loginSite() (SiteConfig, error) {
	config, err := env.configuration()
	if err != nil {
		return SiteConfig{}, err
	}
	var found []SiteConfig
	for _, s := range config.Sites {
		if s.Login == loginDevice || s.Login == loginCode {
			found = append(found, s)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return SiteConfig{}, usagef("several sites have a login: name one by --site")
	case env.Site != "":
		return SiteConfig{}, usagef("site %s has no login to make: login in config.toml is neither device nor code", env.Site)
	}
	return SiteConfig{}, usagef("no site has a login to make: login in config.toml is neither device nor code")
}

// login is the terminal's :login; nil where no site's login shows a code.
func (h *house) login(env *environment) func(context.Context, string, func(token.Prompt)) (string, error) {
	sites := map[string]SiteConfig{}
	only := ""
	for _, s := range h.config.Sites {
		if s.Login == loginDevice {
			sites[s.Name], only = s, s.Name
		}
	}
	if len(sites) == 0 {
		return nil
	}
	return func(ctx context.Context, name string, show func(token.Prompt)) (string, error) {
		if name == "" && len(sites) == 1 {
			name = only
		}
		s, ok := sites[name]
		if !ok {
			return name, errors.New(":login takes the name of a site whose login in config.toml is device")
		}
		src, err := env.source(s)
		if err != nil {
			return name, err
		}
		return name, src.Login(ctx, show)
	}
}

// invitation is what the reader is shown, and loginState how it ended.
type invitation struct {
	URL      string    `json:"verification_uri"`
	Complete string    `json:"verification_uri_complete,omitempty"`
	Code     string    `json:"user_code,omitempty"`
	Until    time.Time `json:"expires_at"`
}

type loginState struct {
	Site  string `json:"site"`
	State string `json:"state"`
	Told  *bool  `json:"server_told,omitempty"`
}

// loginSource is the site to log in at and where its tokens come from.
func (env *environment) loginSource() (SiteConfig, *token.Source, error) {
	s, err := env.loginSite()
	if err != nil {
		return s, nil, err
	}
	src, err := env.source(s)
	return s, src, err
}

func (env *environment) logIn(ctx context.Context) error {
	s, src, err := env.loginSource()
	if err != nil {
		return err
	}
	if err := src.Login(ctx, env.invite); err != nil {
		return fmt.Errorf("log in at %s: %w", s.Name, err)
	}
	if env.JSON {
		return env.jsonLine(loginState{Site: s.Name, State: "logged in"})
	}
	fmt.Fprintf(env.Out, "Logged in at %s.\n", s.Name)
	return nil
}

// invite shows where to log in. The address and the code were checked to be printable.
func (env *environment) invite(p token.Prompt) {
	if env.JSON {
		_ = env.jsonLine(invitation{URL: p.URL, Complete: p.Complete, Code: p.Code, Until: p.Until})
		return
	}
	if p.Code == "" {
		fmt.Fprintf(env.Out, "Open this in a browser on this machine:\n  %s\n", p.URL)
	} else {
		fmt.Fprintf(env.Out, "Open this in a browser on any device:\n  %s\nand enter the code:\n  %s\n", p.URL, p.Code)
	}
	if p.Complete != "" {
		fmt.Fprintf(env.Out, "or, with the code in it:\n  %s\n", p.Complete)
	}
	fmt.Fprintf(env.Out, "Waiting until %s. Ctrl+C gives up.\n", p.Until.Local().Format("15:04 MST"))
}

func (env *environment) logOut(ctx context.Context) error {
	s, src, err := env.loginSource()
	if err != nil {
		return err
	}
	was := src.LoggedIn()
	told, err := src.Logout(ctx)
	if err != nil {
		return err
	}
	if env.JSON {
		return env.jsonLine(loginState{Site: s.Name, State: "logged out", Told: &told})
	}
	switch {
	case !was:
		fmt.Fprintf(env.Out, "There was no login at %s.\n", s.Name)
	case told:
		fmt.Fprintf(env.Out, "Logged out at %s.\n", s.Name)
	default:
		fmt.Fprintf(env.Out, "The login at %s is forgotten here. The server could not be told: what it gave out stays good there until it expires.\n", s.Name)
	}
	return nil
}
