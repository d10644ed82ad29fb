package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/medusa-storefront/customers-go/test/bench/internal/clients"
	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

var (
	operations    = []string{"Retrieve", "Create", "ListOrders"}
	concurrencies = []int{1, 64}
)

// measured describes what a run has measured.
type measured struct {
	toolchains []string // their versions
	node       string   // its version, or "" if the JS client is not installed
	bodies     *responses.Bodies
}

// measure makes all calls and writes the raw results.
func measure(ctx context.Context, p *plan) (*measured, error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	out, err := os.Create(p.raw)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()

	recorded := ""
	if p.backend {
		recorded = dir
		if err := record(ctx, p, dir); err != nil {
			return nil, err
		}
	}
	m := new(measured)
	if m.bodies, err = responses.Read(recorded); err != nil {
		return nil, err
	}
	server, err := startServer(ctx, dir, recorded)
	if err != nil {
		return nil, err
	}
	defer server.stop()
	url, err := server.line()
	if err != nil {
		return nil, err
	}
	workers, err := startWorkers(ctx, p, m, dir, append(os.Environ(), "BENCH_SERVER="+url))
	defer func() {
		for _, w := range workers {
			w.stop()
		}
	}()
	if err != nil {
		return nil, err
	}
	for round := range p.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, p.rounds)
		fmt.Fprintf(out, "\nturn: %d\n", round)
		if err := takeTurns(workers, out); err != nil {
			return nil, err
		}
	}
	return m, out.Close()
}

// takeTurns has every client make every call once, in an order of its own at each call.
func takeTurns(workers []*worker, out io.Writer) error {
	for _, op := range operations {
		for _, at := range concurrencies {
			for _, i := range rand.Perm(len(workers)) {
				w := workers[i]
				if op == "Create" && !w.creates {
					continue
				}
				line, err := w.turn(op, at)
				if err != nil {
					return err
				}
				fmt.Fprintf(out, "\ntoolchain: %s\n%s\n", w.toolchain, line)
			}
		}
	}
	return nil
}

// record starts the real backend, writes some of its responses to dir and stops it.
func record(ctx context.Context, p *plan, dir string) error {
	binary := filepath.Join(dir, "record")
	if err := goCommand(ctx, "local", "build", "-o", binary, "./record").Run(); err != nil {
		return fmt.Errorf("building record: %w", err)
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(p.root, "test/e2e/backend/start.mjs"), "--exec", binary, dir)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("recording responses of the real backend: %w", err)
	}
	return nil
}

func startServer(ctx context.Context, dir, recorded string) (*process, error) {
	binary := filepath.Join(dir, "server")
	if err := goCommand(ctx, "local", "build", "-o", binary, "./server").Run(); err != nil {
		return nil, fmt.Errorf("building the server: %w", err)
	}
	return start(ctx, os.Environ(), binary, recorded)
}

// worker makes the calls of one client in a process of its own.
type worker struct {
	*process

	toolchain string // "" for the JS client, which all toolchains share
	creates   bool   // customers, which the clients of other APIs can't
}

// startWorkers starts the clients in Go with each toolchain, and the JS client if it is installed.
func startWorkers(ctx context.Context, p *plan, m *measured, dir string, env []string) ([]*worker, error) {
	var workers []*worker
	add := func(w worker, name string, args ...string) error {
		var err error
		if w.process, err = start(ctx, env, name, args...); err == nil {
			workers = append(workers, &w)
		}
		return err
	}
	for i, toolchain := range p.toolchains {
		binary := filepath.Join(dir, fmt.Sprintf("worker%d", i))
		if err := goCommand(ctx, toolchain, "build", "-o", binary, "./worker").Run(); err != nil {
			return workers, fmt.Errorf("building the clients with GOTOOLCHAIN=%s: %w", toolchain, err)
		}
		version, err := goCommand(ctx, toolchain, "env", "GOVERSION").Output()
		if err != nil {
			return workers, fmt.Errorf("the version of GOTOOLCHAIN=%s: %w", toolchain, err)
		}
		m.toolchains = append(m.toolchains, strings.TrimSpace(string(version)))
		for _, name := range clients.Names {
			medusa := !strings.HasPrefix(name, "github") && !strings.HasPrefix(name, "hcloud")
			if err := add(worker{toolchain: m.toolchains[i], creates: medusa}, binary, name); err != nil {
				return workers, err
			}
		}
	}
	if installed, _ := filepath.Glob(filepath.Join(p.root, "test/e2e/backend/node_modules/@medusajs/medusa-js")); installed == nil {
		fmt.Fprintln(os.Stderr, "without the JS client: make prepare installs it")
		return workers, nil
	}
	version, err := exec.CommandContext(ctx, "node", "--version").Output()
	m.node = strings.TrimSpace(string(version))
	return workers, cmp.Or(err, add(worker{creates: true}, "node", "js/bench.mjs"))
}

// turn has the client make a call over and over, so many at once.
func (w *worker) turn(op string, at int) (string, error) {
	ms := 150
	if op == "ListOrders" && at > 1 {
		ms = 300 // a few calls of each of them
	}
	if _, err := fmt.Fprintf(w.in, `{"op":%q,"at":%d,"ms":%d}`+"\n", op, at, ms); err != nil {
		return "", err
	}
	return w.line()
}
