// Command worker makes the calls of one client, in turns. Each line on standard input is a turn,
// {"op":"Retrieve","at":64,"ms":200}; its result is a line in the format of Go's benchmarks. BENCH_SERVER is the
// server.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/medusa-storefront/customers-go/test/bench/internal/clients"
)

func main() {
	if err := run(); err != nil {
		log.Fatal("worker: ", err)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: worker CLIENT")
	}
	by := os.Args[1]
	calls, err := clients.New(by, os.Getenv("BENCH_SERVER"))
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var t struct {
			Op string `json:"op"`
			At int    `json:"at"`
			MS int    `json:"ms"`
		}
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return err
		}
		d := time.Duration(t.MS) * time.Millisecond
		if _, err := turn(calls[t.Op], t.At, d/4); err != nil { // opens connections and fills pools
			return err
		}
		before, began := used(), time.Now()
		n, err := turn(calls[t.Op], t.At, d)
		if err != nil {
			return err
		}
		took, after := time.Since(began), used()
		per := func(total float64) float64 { return total / float64(n) }
		fmt.Printf("BenchmarkCall/op=%s/at=%d/by=%s %d %f ns/op %f cpu-ns/op %f allocs/op %f B/op\n", t.Op, t.At, by, n,
			per(float64(took)), per(float64(after.cpu-before.cpu)), per(float64(after.allocations-before.allocations)), per(float64(after.bytes-before.bytes)))
	}
	return nil
}

// turn makes calls for d, so many at once, and returns how many.
func turn(call func(context.Context) error, at int, d time.Duration) (int64, error) {
	var (
		n      atomic.Int64
		failed atomic.Pointer[error]
		end    = time.Now().Add(d)
		wg     sync.WaitGroup
	)
	for range at {
		wg.Go(func() {
			for again := true; again; again = time.Now().Before(end) {
				if err := call(context.Background()); err != nil {
					failed.Store(&err)
					return
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return n.Load(), nil
}

// usage is what this process has used.
type usage struct {
	cpu                time.Duration
	allocations, bytes uint64
}

func used() usage {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), m.Mallocs, m.TotalAlloc}
}
