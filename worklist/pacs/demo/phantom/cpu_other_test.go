//go:build !unix

package phantom

import "time"

func processorTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
