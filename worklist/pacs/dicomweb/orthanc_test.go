package dicomweb_test

import (
	"context"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func TestOrthancPassesTheSuite(t *testing.T) {
	pacstest.Suite(t, func(t *testing.T) pacstest.Target {
		url, user, password := pacstest.StartOrthanc(t)
		return pacstest.Target{Archive: client(t, dicomweb.Config{
			BaseURL: url,
			Login: func(context.Context) (dicomweb.Login, error) {
				return dicomweb.Login{User: user, Password: password}, nil
			},
			Quirks: dicomweb.Quirks{PageSize: 2},
		}), Must: []string{pacstest.CanFrames, pacstest.CanRendered, pacstest.CanLossless}}
	})
}

// client is a client whose connections end with the test.
func client(t testing.TB, cfg dicomweb.Config) *dicomweb.Client {
	t.Helper()
	if cfg.Name == "" {
		cfg.Name = "NORTH"
	}
	c, err := dicomweb.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
