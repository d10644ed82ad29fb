// Package process runs the programs that the suite needs beside Chromium.
package process

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// patience is how long a program may take to start or stop.
const patience = time.Minute

// A Process is a program that serves.
type Process struct {
	Addr string // host:port, or the URL that it has printed

	cmd  *exec.Cmd
	done chan struct{}
	err  error // why it ended, after done

	mu  sync.Mutex
	out bytes.Buffer
}

// attempts is how often a program is started. Another program may take the port between its choice and its use.
const attempts = 3

// Redis starts a Redis server that stores nothing.
func Redis(dir string) (*Process, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errors.New("there is no redis-server: run tools/install-browser.sh")
	}
	for range attempts {
		var p *Process
		var addr string
		if addr, err = FreeAddr(); err != nil {
			return nil, err
		}
		host, port, _ := strings.Cut(addr, ":")
		p, err = Start("Ready to accept connections", path, "--bind", host, "--port", port, "--save", "", "--appendonly", "no", "--dir", dir)
		if err == nil {
			p.Addr = addr
			return p, nil
		}
	}
	return nil, err
}

// FreeAddr returns an address of the loopback interface that is free now.
func FreeAddr() (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Start starts a program and waits for a line of its output that contains ready. Addr is the rest of that line.
func Start(ready, path string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.CommandContext(context.Background(), path, args...), done: make(chan struct{})}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stdout, p.cmd.Stderr = w, w
	err = p.cmd.Start()
	_ = w.Close() // the program has its own
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	found := make(chan string, 1)
	go p.read(r, ready, found)
	select {
	case p.Addr = <-found:
		return p, nil
	case <-p.done:
		return nil, fmt.Errorf("%s ended: %w\n%s", path, p.err, p.Output())
	case <-time.After(patience):
		return nil, errors.Join(fmt.Errorf("%s does not start\n%s", path, p.Output()), p.Stop())
	}
}

// read reads the output until the program has ended.
func (p *Process) read(r io.ReadCloser, ready string, found chan<- string) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.mu.Lock()
		fmt.Fprintln(&p.out, lines.Text())
		p.mu.Unlock()
		if _, rest, ok := strings.Cut(lines.Text(), ready); ok {
			select {
			case found <- strings.TrimSpace(rest):
			default:
			}
		}
	}
	_ = r.Close()
	p.err = p.cmd.Wait()
	close(p.done)
}

// Output returns what the program has printed.
func (p *Process) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// Stop asks the program to end, and returns an error if it does not or fails.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		return p.err
	case <-time.After(patience):
		_ = p.cmd.Process.Kill() // it may have ended now
		<-p.done
		return errors.New("it did not stop when it was asked to")
	}
}
