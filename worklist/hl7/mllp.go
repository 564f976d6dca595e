package hl7

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Bytes of the minimal lower layer protocol (transport specification: MLLP, Release 1
// and 2).
const (
	blockStart  = 0x0B
	blockEnd    = 0x1C
	carriage    = 0x0D
	commitAck   = 0x06
	commitNak   = 0x15
	maxBetween  = 64 // bytes that are passed over before a block: line ends of loose senders
	readStep    = 64 << 10
	smallBuffer = 4 << 10
)

// Errors of a frame. What is wrong is never quoted.
var (
	errNotMLLP  = errors.New("something that is not MLLP answers")
	errTooLarge = errors.New("the block is larger than allowed")
)

// readBlock reads one block and returns what is in it. The end of the stream before a
// block is io.EOF, within one io.ErrUnexpectedEOF. Memory grows with what came, never
// with more than limit.
func readBlock(r *bufio.Reader, limit int) ([]byte, error) {
	if err := skipToStart(r); err != nil {
		return nil, err
	}
	var block bytes.Buffer
	for {
		chunk, err := r.ReadSlice(blockEnd)
		block.Write(chunk)
		switch {
		case block.Len() > limit+1:
			return nil, errTooLarge
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		return bytes.TrimSuffix(block.Bytes(), []byte{blockEnd}), nil // the 0D is passed over before the next
	}
}

// skipToStart passes over the 0D of the block before, and line ends.
func skipToStart(r *bufio.Reader) error {
	for range maxBetween {
		c, err := r.ReadByte()
		if err != nil {
			return err
		}
		switch c {
		case blockStart:
			return nil
		case carriage, '\n', ' ', 0:
		default:
			return errNotMLLP
		}
	}
	return errNotMLLP
}

// writeBlock writes it in one call, so that it leaves in as few packets as it can.
func writeBlock(w io.Writer, message []byte) error {
	if bytes.IndexByte(message, blockEnd) >= 0 || bytes.IndexByte(message, blockStart) >= 0 {
		return fmt.Errorf("write block: %w", ErrInvalid)
	}
	b := make([]byte, 0, len(message)+3)
	b = append(append(append(b, blockStart), message...), blockEnd, carriage)
	_, err := w.Write(b)
	return err
}

// commit is what a block of one control byte says (MLLP Release 2).
func commit(block []byte) (ack, nak bool) {
	if len(block) != 1 {
		return false, false
	}
	return block[0] == commitAck, block[0] == commitNak
}
