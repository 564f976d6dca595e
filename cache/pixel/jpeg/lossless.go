package jpeg

// decodeLossless decodes a parsed lossless stream into dst, which has s.Size()
// samples of cell bytes.
func (s *stream) decodeLossless(dst []byte, cell int) error {
	return unsupported("JPEG lossless")
}
