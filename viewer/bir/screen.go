package bir

import "context"

func (o Options) window(context.Context) []Item { return nil }
