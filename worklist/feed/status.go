package feed

// Silent reports whether a site did not answer the last question, or answered none for
// a minute (N11). It asks nobody; a site that nobody asked yet is not silent.
func (f *Feed) Silent(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sites {
		if s.Name == name && !s.status.Asked.IsZero() {
			return s.status.Err != nil && !partial(s.status.Err) || s.status.Level(f.opt.Now()) != Fresh
		}
	}
	return false
}
