package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// measureImport builds a program without and one with package customers, and writes how long it took and how large the
// program is, without symbols. The standard library is compiled before.
func measureImport(ctx context.Context, dir string, out io.Writer) error {
	build := func(program, ldflags string) (time.Duration, int64, error) {
		binary := filepath.Join(dir, "import-"+program)
		cmd := goCommand(ctx, "local", "build", "-o", binary, "-ldflags=-s -w "+ldflags, "./importing/"+program)
		cmd.Env = append(cmd.Env, "GOCACHE="+filepath.Join(dir, "gocache"))
		began := time.Now()
		if err := cmd.Run(); err != nil {
			return 0, 0, err
		}
		took := time.Since(began)
		info, err := os.Stat(binary)
		if err != nil {
			return 0, 0, err
		}
		return took, info.Size(), nil
	}
	if _, _, err := build("plain", ""); err != nil {
		return err
	}
	for _, program := range []string{"plain", "retrieve"} {
		took, size, err := build(program, "-X main.again=yes") // so that plain is linked once more
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "BenchmarkImport/by=%s 1 %f build-sec %d binary-B\n", program, took.Seconds(), size)
	}
	return nil
}
