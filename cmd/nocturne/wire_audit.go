package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/ledger"
)

// openAudit opens the home's audit log: for a house inside another, such as a medium's,
// the other's. Its heads are kept in the ledger, where there is one.
func (env *environment) openAudit(config Config, led *ledger.Ledger, fail func(error)) (*audit.Log, error) {
	if env.outer != nil {
		return env.outer.openAudit(config, nil, fail)
	}
	ring, err := env.ring()
	if err != nil {
		return nil, err
	}
	o := audit.Options{Whose: config.whose(), Failed: fail}
	if led != nil {
		o.Heads = led
	}
	return audit.Open(filepath.Join(env.Home, "audit"), ring.Key("audit"), o)
}

// whose is how this program, its machine and its reader stand in events: the reader as
// identifier@machine, the program by its process number (PS3.15 A.5.2.1).
func (c Config) whose() audit.Whose {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "unknown"
	}
	return audit.Whose{
		Source: audit.Source{ID: host, Site: c.Reader.Organization}, Host: host,
		Process: strconv.Itoa(os.Getpid()), Application: "nocturne", Now: time.Now,
		Reader: func() (id, name string) {
			id = c.Reader.ID
			if id == "" {
				id = systemReader()
			}
			return id + "@" + host, c.Reader.Name
		},
	}
}

// session records that the program runs, until done: its start and stop, which sites'
// lists it asks again and again, and the clock being moved.
func (h *house) session(ctx context.Context) (done func(), err error) {
	if err := h.room.Record(ctx, audit.Started()); err != nil {
		return nil, err
	}
	for name, s := range h.room.Sites {
		if s.Medium != nil {
			continue
		}
		every := fmt.Sprintf("worklist, asked again every %d s", max(1, h.config.Policy.PollSeconds))
		if err := h.room.Searched(ctx, name, every); err != nil {
			return nil, err
		}
	}
	return func() { h.room.Record(context.WithoutCancel(ctx), audit.Stopped()) }, nil
}

// clockStep is from which difference on a clock counts as moved: more than what NTP
// slews in a look's time (500 ppm), and what a busy machine is late by.
const clockStep = 2 * time.Second

// watchClock records when the machine's clock is moved against the one that only runs
// forward, until ctx ends. A machine that slept is told apart where its forward clock
// runs on in sleep; elsewhere waking counts as a step.
func (h *house) watchClock(ctx context.Context) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		if by := stepped(last, now); by.Abs() >= clockStep {
			if err := h.room.Record(ctx, audit.ClockStepped(by)); err != nil {
				h.fail(err)
			}
		}
		last = now
	}
}

// stepped is by how much the wall clock went on more than the forward clock between two
// readings.
func stepped(a, b time.Time) time.Duration { return b.Round(0).Sub(a.Round(0)) - b.Sub(a) }
