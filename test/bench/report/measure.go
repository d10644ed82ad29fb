package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const innerRounds = 3 // turns of the Go clients within one of their process

// measure runs all benchmarks and writes the raw results.
func measure(ctx context.Context, p *plan) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	out, err := os.Create(p.raw)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()

	binaries := make([]string, len(p.toolchains))
	for i, toolchain := range p.toolchains {
		binaries[i] = filepath.Join(dir, fmt.Sprintf("bench%d.test", i))
		if err := build(ctx, toolchain, "test", "-c", "-o", binaries[i], "."); err != nil {
			return err
		}
		if p.toolchains[i], err = version(ctx, toolchain); err != nil {
			return err
		}
	}
	serverBinary := filepath.Join(dir, "server")
	if err := build(ctx, "local", "build", "-o", serverBinary, "./server"); err != nil {
		return err
	}
	var args []string
	env := os.Environ()
	if p.backend {
		if err := record(ctx, p, dir); err != nil {
			return err
		}
		args = append(args, dir)
		env = append(env, "BENCH_RESPONSES="+dir)
	}
	server, err := start(ctx, env, serverBinary, args...)
	if err != nil {
		return err
	}
	defer server.stop()
	url, err := server.line()
	if err != nil {
		return err
	}
	env = append(env, "BENCH_SERVER="+url)
	js, err := start(ctx, env, "node", "js/bench.mjs")
	if err != nil {
		return err
	}
	defer js.stop()

	first := func() { fmt.Fprintf(out, "\ntoolchain: %s\n", p.toolchains[0]) }
	if p.document {
		fmt.Fprintln(os.Stderr, "what importing costs, and a million customers")
		first()
		if err := measureImport(ctx, dir, out); err != nil {
			return err
		}
		million := bencher{binary: binaries[0], env: append(slices.Clone(env), "GOMEMLIMIT=370MiB"), out: out}
		if err := million.run(ctx, "-test.bench=Million", "-test.benchtime=1x"); err != nil {
			return err
		}
	}
	for round := range p.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, p.rounds)
		fmt.Fprintf(out, "\nturn: %d\n", round)
		for i, toolchain := range p.toolchains {
			what := "Decode"
			if i == 0 {
				what = "Call|Decode"
			}
			fmt.Fprintf(out, "\ntoolchain: %s\n", toolchain)
			b := bencher{binary: binaries[i], env: env, out: out}
			if err := b.run(ctx, "-test.bench="+what, "-test.benchtime="+p.benchtime, fmt.Sprintf("-rounds=%d", innerRounds)); err != nil {
				return err
			}
		}
		first()
		if err := js.turns(out); err != nil {
			return err
		}
	}
	return out.Close()
}

// record starts the real backend, writes some of its responses to dir and stops it.
func record(ctx context.Context, p *plan, dir string) error {
	binary := filepath.Join(dir, "record")
	if err := build(ctx, "local", "build", "-o", binary, "./record"); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(p.root, "test/e2e/backend/start.mjs"), "--exec", binary, dir)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("recording responses of the real backend: %w", err)
	}
	return nil
}

// goCommand returns the go command of a toolchain.
func goCommand(ctx context.Context, toolchain string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	name, experiment, _ := strings.Cut(toolchain, "+")
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+name, "GOEXPERIMENT="+experiment)
	cmd.Stderr = os.Stderr
	return cmd
}

func build(ctx context.Context, toolchain string, args ...string) error {
	if err := goCommand(ctx, toolchain, args...).Run(); err != nil {
		return fmt.Errorf("GOTOOLCHAIN=%s go %s: %w", toolchain, strings.Join(args, " "), err)
	}
	return nil
}

// version returns the name of a toolchain in the document.
func version(ctx context.Context, toolchain string) (string, error) {
	out, err := goCommand(ctx, toolchain, "env", "GOVERSION").Output()
	name, _, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if _, experiment, ok := strings.Cut(toolchain, "+"); ok {
		name += " with " + experiment
	}
	return name, err
}

// bencher runs benchmarks of a compiled test.
type bencher struct {
	binary string
	env    []string
	out    io.Writer
}

func (b bencher) run(ctx context.Context, arguments ...string) error {
	cmd := exec.CommandContext(ctx, b.binary, append([]string{"-test.run=^$"}, arguments...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = b.env, b.out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the benchmarks failed, see the raw results: %w", err)
	}
	return nil
}

// process responds to a line with a line, and ends when its standard input does.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func start(ctx context.Context, env []string, name string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Stderr = env, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &process{cmd, in, bufio.NewReader(out)}, nil
}

func (p *process) line() (string, error) {
	line, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s: %w", p.cmd.Path, err)
	}
	return strings.TrimSpace(line), nil
}

func (p *process) stop() {
	_ = p.in.Close()
	_ = p.cmd.Wait()
}

// turns runs each call of the JS client once.
func (p *process) turns(out io.Writer) error {
	for _, op := range operations {
		for _, at := range concurrencies {
			if err := json.NewEncoder(p.in).Encode(map[string]any{"op": op, "at": at, "ms": 250, "round": 0}); err != nil {
				return err
			}
			line, err := p.line()
			if err != nil {
				return err
			}
			fmt.Fprintln(out, line)
		}
	}
	return nil
}
