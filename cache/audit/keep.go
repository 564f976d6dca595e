package audit

import (
	"context"
	"time"
)

// keepSoon has a head kept elsewhere, in place of an older one that still waits. It is
// called by who holds l.file, before the channel is
// closed.
func (l *Log) keepSoon(h Head) {
	if l.opt.Heads == nil {
		return
	}
	for {
		select {
		case l.heads <- h:
			return
		default:
		}
		select {
		case <-l.heads:
		default:
		}
	}
}

// keepHeads keeps heads elsewhere, one after another, until Close.
func (l *Log) keepHeads() {
	for h := range l.heads {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err := l.opt.Heads.KeepHead(ctx, h.Log, h.Note, h.Size)
		cancel()
		if err != nil && l.opt.Failed != nil {
			l.opt.Failed(err)
		}
	}
}

// kept are the heads that are kept elsewhere, by log.
func (l *Log) kept() (map[string]Head, error) {
	out := map[string]Head{}
	if l.opt.Heads == nil {
		return out, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	notes, err := l.opt.Heads.Heads(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		if h, ok := readHead(n); ok && h.Size >= out[h.Log].Size {
			out[h.Log] = h
		}
	}
	return out, nil
}
