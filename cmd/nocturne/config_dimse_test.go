package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
)

func TestASitesDIMSEKeysAreHeldToWhatTheyMean(t *testing.T) {
	for _, c := range []struct {
		keys string
		want error
	}{
		{"dimse = \"pacs:104\"\ncalled_ae = \"NORTH\"", nil},
		{"dimse = \"pacs:104\"", errDIMSETitle},
		{"dimse = \"pacs\"\ncalled_ae = \"NORTH\"", errDIMSEAddress},
		{"dimse = \"pacs:104\"\ncalled_ae = \"A TITLE THAT IS TOO LONG\"", errDIMSETitle},
		{"dimse = \"pacs:104\"\ncalled_ae = \"NORTH\"\ndimse_login = true", errDIMSELogin},
		{"dimse = \"pacs:104\"\ncalled_ae = \"NORTH\"\nretrieve_by_move = true", errDIMSEMove},
		{"mwl = \"ris:105\"\nmwl_ae = \"RIS\"\ncharset = [\"ISO_IR 192\"]", nil},
		{"mwl = \"ris:105\"", errDIMSETitle},
	} {
		home := t.TempDir()
		text := "[[site]]\nname = \"NORTH\"\n" + c.keys + "\n"
		if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(home); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%q: %v, want %v", c.keys, err, c.want)
		}
	}
}

func TestASiteIsReachedByDIMSEAsItIsConfigured(t *testing.T) {
	a, err := demo.New(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	at, err := a.ServeDIMSE(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	env := &environment{Getenv: os.Getenv}
	s := SiteConfig{Name: "NORTH", DIMSEConfig: DIMSEConfig{DIMSE: at.DIMSE, CalledAE: at.AE, MWL: at.DIMSE}}
	c, err := env.dimseClient(s)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Verify(ctx); err != nil {
		t.Error(err)
	}
	w, err := env.orders(s)
	if err != nil || w == nil {
		t.Fatal(err)
	}
	defer w.(*dimse.Client).Close()
	if err := w.SearchOrders(ctx, pacs.OrderQuery{}, func(pacs.Order) error { return nil }); err != nil {
		t.Error(err)
	}
	if none, err := env.orders(SiteConfig{Name: "SOUTH"}); none != nil || err != nil {
		t.Errorf("a site without a worklist: %v", err)
	}
}
