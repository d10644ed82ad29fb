package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

// The clients take this many turns, so that other load of the machine hits all of them.
var rounds = flag.Int("rounds", 1, "how often the clients take turns")

// contender is a client that is compared.
type contender struct {
	by   string
	call func(context.Context) error
}

// compare runs the contenders in turns, every other turn from last to first.
func compare(b *testing.B, name string, at int, contenders ...contender) {
	b.Helper()
	for round := range *rounds {
		turn := slices.Clone(contenders)
		if round%2 == 1 {
			slices.Reverse(turn)
		}
		for _, c := range turn {
			b.Run(fmt.Sprintf("%s/by=%s/round=%d", name, c.by, round), func(b *testing.B) {
				b.ReportAllocs()
				inParallel(b, at, c.call)
			})
		}
	}
}

// BenchmarkCall measures each call over loopback, one at a time and 64 at once, and the CPU time of this process. The server is
// another process: that of BENCH_SERVER, or one that is started with sample responses.
func BenchmarkCall(b *testing.B) {
	url := server(b)
	wrapper, err := byWrapper(url)
	if err != nil {
		b.Fatal(err)
	}
	raw, err := byRaw(url, transport())
	if err != nil {
		b.Fatal(err)
	}
	hand := byHand(url, transport())
	for _, c := range []client{wrapper, raw, hand} {
		calls(b, 128, 64, c.retrieve) // opens the connections
	}
	for _, op := range operations {
		for _, at := range []int{1, 64} {
			compare(b, fmt.Sprintf("op=%s/at=%d", op, at), at,
				contender{"hand", hand.of(op)}, contender{"raw", raw.of(op)}, contender{"wrapper", wrapper.of(op)})
		}
	}
}

// BenchmarkDecode measures the cost of a large response without the network: a whole call in memory, beside json.Unmarshal
// alone. A login is decoded into a struct without the orders, both by hand and with json.Unmarshal.
func BenchmarkDecode(b *testing.B) {
	bodies := recorded(b)
	wrapper, err := byWrapper("http://127.0.0.1", customers.WithHTTPClient(&http.Client{Transport: inMemory(bodies)}))
	if err != nil {
		b.Fatal(err)
	}
	hand := byHand("http://127.0.0.1", inMemory(bodies))
	login := withoutOrders()
	compare(b, "op=ListOrders", 1, contender{"unmarshal", unmarshalInto(reflect.TypeFor[customers.OrderPage](), bodies.ListOrders)},
		contender{"hand", hand.listOrders}, contender{"wrapper", wrapper.listOrders})
	compare(b, "op=Authenticate", 1, contender{"unmarshal", unmarshalInto(login, bodies.Authenticate)},
		contender{"hand", hand.authenticateInto(login)}, contender{"wrapper", wrapper.authenticate})
}

func unmarshalInto(model reflect.Type, body []byte) func(context.Context) error {
	return func(context.Context) error { return json.Unmarshal(body, reflect.New(model).Interface()) }
}

// recorded returns the responses in BENCH_RESPONSES, or else sample ones.
func recorded(b *testing.B) *responses.Bodies {
	b.Helper()
	dir := os.Getenv("BENCH_RESPONSES")
	if dir == "" {
		return responses.Sample()
	}
	a, err := responses.Read(dir)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkMillion has a million logged-in customers in one process, each with its own derived client, within GOMEMLIMIT if it is
// set.
func BenchmarkMillion(b *testing.B) {
	const n = 1_000_000
	shop, err := customers.New("http://shop.example.com", customers.WithoutSession(), customers.WithHTTPClient(&http.Client{Transport: inMemory(responses.Sample())}))
	if err != nil {
		b.Fatal(err)
	}
	first := shop.WithSession(new(customers.Session))
	if _, err := first.Auth.Authenticate(b.Context(), email, password); err != nil {
		b.Fatal(err)
	}
	text := first.Session().Encode()
	for range b.N {
		idle := make([]*customers.Client, n)
		before := live()
		for i := range idle {
			s, err := customers.DecodeSession(text)
			if err != nil {
				b.Fatal(err)
			}
			idle[i] = shop.WithSession(s)
		}
		after := live()
		runtime.KeepAlive(idle)
		b.ReportMetric(float64(after-before)/n, "live-B/customer")
		b.ReportMetric(float64(after), "live-B")
		if peak := peakRSS(b); peak > 0 {
			b.ReportMetric(float64(peak), "peak-B")
		}
	}
}

// peakRSS returns the largest amount of memory that this process has had, in bytes, or 0 if the system does not report it.
func peakRSS(b *testing.B) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	return 0
}

// inParallel makes b.N calls, n at once.
func inParallel(b *testing.B, n int, call func(context.Context) error) {
	b.Helper()
	before := cpu()
	calls(b, b.N, n, call)
	b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
}

func calls(b *testing.B, calls, atOnce int, call func(context.Context) error) {
	b.Helper()
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(calls))
	for range atOnce {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := call(b.Context()); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// cpu returns the CPU time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// server returns the URL of the server.
func server(b *testing.B) string {
	b.Helper()
	if url := os.Getenv("BENCH_SERVER"); url != "" {
		return url
	}
	bin := filepath.Join(b.TempDir(), "server")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", bin, "./server").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(b.Context(), bin)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}
