package main

import (
	"errors"

	"github.com/nocturne/nocturne/worklist/ahead"
)

// mostPrefetchPriors bounds the priors of a case: more are a patient's whole archive.
const mostPrefetchPriors = 20

func (c Config) checkPrefetch() error {
	switch ahead.Mode(c.Policy.Prefetch) {
	case ahead.All, ahead.Claimed, ahead.Off:
	default:
		return errors.New("config.toml: policy.prefetch is on, claimed or off")
	}
	if n := c.Policy.PrefetchPriors; n < 0 || n > mostPrefetchPriors {
		return errors.New("config.toml: policy.prefetch_priors must lie in 0…20")
	}
	if c.Limits.CacheGB < 0 || c.Limits.FreeGB < 0 || c.Limits.KeepDays < 0 {
		return errors.New("config.toml: limits.cache_gb and limits.free_gb cannot be below 0")
	}
	return nil
}
