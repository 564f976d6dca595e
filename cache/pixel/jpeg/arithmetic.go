package jpeg

func (f *frame[T]) arithmeticScan(p *pass) error {
	return unsupported("JPEG with arithmetic coding")
}
