package link

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Times of a child's life.
const (
	helloWait = 15 * time.Second // from start to hello; a cold machine loads its graphics libraries meanwhile
	closeWait = 2 * time.Second  // from the end of its input to its own end
)

// process is one running window.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    *outbox
	lines  *lines
	joined sync.WaitGroup // writer and stderr reader
	killed sync.Once
}

// spawn starts a window and shakes hands with it. log gets its standard error,
// line by line. A refusal is an *UnableError.
func spawn(ctx context.Context, o Options, log func(string)) (*process, error) {
	command := o.Command
	if len(command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find the program itself: %w", err)
		}
		command = []string{self, "view"}
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), o.Env...)
	detach(cmd)
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	stderr, err3 := cmd.StderrPipe()
	if err := errors.Join(err1, err2, err3, cmd.Start()); err != nil {
		return nil, fmt.Errorf("start the image window: %w", err)
	}
	p := &process{cmd: cmd, stdin: stdin, out: newOutbox(), lines: newLines(stdout)}
	p.joined.Go(p.write)
	p.joined.Go(func() { drain(stderr, log) })
	if err := p.greet(ctx); err != nil {
		p.kill()
		_ = p.wait()
		return nil, err
	}
	return p, nil
}

// UnableError says that there can be no window here, however often it is started.
type UnableError struct{ Reason string }

func (e *UnableError) Error() string { return "image window: " + e.Reason }

// greet exchanges hellos.
func (p *process) greet(ctx context.Context) error {
	hello, err := Encode(Message{Kind: Hello, Protocol: Protocol})
	if err != nil {
		return err
	}
	p.out.put(hello)
	ctx, cancel := context.WithTimeout(ctx, helloWait)
	defer cancel()
	defer context.AfterFunc(ctx, p.kill)()
	m, err := p.lines.next()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("wait for the image window: %w", ctx.Err())
	case err != nil:
		return fmt.Errorf("greet the image window: %w", err)
	case m.Kind == Unable:
		return &UnableError{m.Text}
	case m.Kind != Hello || m.Protocol != Protocol:
		return &UnableError{fmt.Sprintf("it speaks protocol %d, this program %d", m.Protocol, Protocol)}
	}
	return nil
}

// write moves the outbox into the pipe until either is closed.
func (p *process) write() {
	defer p.stdin.Close()
	for {
		batch, ok := p.out.take()
		if !ok {
			return
		}
		for _, line := range batch {
			_, err := p.stdin.Write(line)
			clear(line) // it may have held keys
			if err != nil {
				p.out.close()
				return
			}
		}
	}
}

// drain reads standard error to its end, so that the window never blocks on it.
func drain(r io.Reader, log func(string)) {
	b := bufio.NewReaderSize(r, 4096)
	for {
		line, _, err := b.ReadLine() // what does not fit arrives as further lines
		if len(line) > 0 && log != nil {
			log(string(line))
		}
		if err != nil {
			return
		}
	}
}

// kill ends the process at once.
func (p *process) kill() {
	p.killed.Do(func() { _ = p.cmd.Process.Kill() })
}

// wait reaps the process after its output ended and joins its goroutines.
func (p *process) wait() error {
	p.out.close()
	p.joined.Wait()
	return p.cmd.Wait()
}
