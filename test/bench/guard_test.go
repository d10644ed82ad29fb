package bench

import (
	"bytes"
	"context"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/bench/internal/clients"
	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

// These counts do not depend on the machine. The bounds are the counts that were measured with Go 1.26, and a little for
// another toolchain. When a count falls, lower its bound.

// wrapperInMemory makes the wrapper's calls without a network.
func wrapperInMemory(t *testing.T, a *responses.Bodies) clients.Calls {
	t.Helper()
	c, err := clients.Customers("http://shop.example.com", customers.WithHTTPClient(&http.Client{Transport: inMemory(a)}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// cost returns how many allocations and bytes a call allocates.
func cost(t *testing.T, call func(context.Context) error) (allocations, size int) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties pools
	const runs = 100
	run := func() {
		if err := call(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	run() // allocates the things that are allocated once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		run()
	}
	runtime.ReadMemStats(&after)
	return int((after.Mallocs - before.Mallocs) / runs), int((after.TotalAlloc - before.TotalAlloc) / runs)
}

// A page is decoded from one copy of its body: the body and the models are all that ListOrders allocates.
func TestCallsAllocateLessThanByHand(t *testing.T) {
	a := responses.Sample()
	wrapper, hand := wrapperInMemory(t, a), clients.Hand("http://shop.example.com", inMemory(a))
	for op, bound := range map[string]struct{ allocations, bytes int }{
		"Retrieve":   {36, 6400},
		"ListOrders": {1315, 747_000},
		"Create":     {58, 7700},
	} {
		t.Run(op, func(t *testing.T) {
			allocations, size := cost(t, wrapper[op])
			handAllocations, handSize := cost(t, hand[op])
			t.Logf("%d allocations and %d bytes, by hand %d and %d", allocations, size, handAllocations, handSize)
			if allocations > bound.allocations || size > bound.bytes {
				t.Errorf("%d allocations and %d bytes, want %d and %d at most", allocations, size, bound.allocations, bound.bytes)
			}
			if allocations > handAllocations {
				t.Errorf("%d allocations, by hand %d", allocations, handAllocations)
			}
		})
	}
}

func TestALoginDoesNotPayForOrders(t *testing.T) {
	var first int
	for i, n := range []int{1, 60, 500} {
		a := responses.Sample()
		a.Authenticate = responses.Login(n)
		allocations, _ := cost(t, wrapperInMemory(t, a)["Authenticate"])
		t.Logf("%d orders: %d allocations", n, allocations)
		if i == 0 {
			first = allocations
		} else if allocations > first {
			t.Errorf("with %d orders a login makes %d allocations, with one %d", n, allocations, first)
		}
	}
}

// TestIdleCustomersAreSmall measures idle customers: a session, its cookie and a derived client for each.
func TestIdleCustomersAreSmall(t *testing.T) {
	const bound = 336
	a := responses.Sample()
	a.Authenticate = a.Create // which is smaller
	shop, err := customers.New("http://shop.example.com", customers.WithoutSession(), customers.WithHTTPClient(&http.Client{Transport: inMemory(a)}))
	if err != nil {
		t.Fatal(err)
	}
	idle := make([]*customers.Client, 10_000)
	login := func() *customers.Client {
		c := shop.WithSession(new(customers.Session))
		if _, err := c.Auth.Authenticate(t.Context(), clients.Email, clients.Password); err != nil {
			t.Fatal(err)
		}
		return c
	}
	login() // allocates the things that are allocated once
	before := live()
	for i := range idle {
		idle[i] = login()
	}
	each := (live() - before) / len(idle)
	runtime.KeepAlive(idle)
	t.Logf("%d bytes of live heap for each logged-in customer", each)
	if each > bound {
		t.Errorf("%d bytes for each logged-in customer, want %d at most", each, bound)
	}
}

// live returns the size of the heap that is in use, in bytes.
func live() int {
	runtime.GC()
	runtime.GC() // collects the objects that finalizers and pools released
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestWhatIsNotCalledIsNotLinked checks that a program has only the method that it calls, and the decoders of its response.
func TestWhatIsNotCalledIsNotLinked(t *testing.T) {
	// Without inlining, each builder is a symbol.
	binary := filepath.Join(t.TempDir(), "retrieve")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-gcflags=github.com/medusa-storefront/customers-go/api=-l", "-o", binary, "./importing/retrieve").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	symbols, err := exec.CommandContext(t.Context(), "go", "tool", "nm", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	var methods []string
	for _, found := range regexp.MustCompile(`customers-go/customers\.\(\*(?:Client|\w+Service)\)\.(\w+)`).FindAllSubmatch(symbols, -1) {
		methods = append(methods, string(found[1]))
	}
	if want := []string{"Retrieve"}; !slices.Equal(methods, want) {
		t.Errorf("a program that calls Retrieve has the methods %v, want %v", methods, want)
	}
	var decoders []string
	for _, found := range regexp.MustCompile(`customers-go/api\.decode([A-Z]\w+)`).FindAllSubmatch(symbols, -1) {
		decoders = append(decoders, string(found[1]))
	}
	slices.Sort(decoders)
	if want := []string{"Address", "Country", "Customer", "CustomerEnvelope"}; !slices.Equal(decoders, want) {
		t.Errorf("a program that calls Retrieve has the decoders %v, want %v", decoders, want)
	}
}

// What a body becomes in memory is bounded by its size, in every shape. Package api tests more of them.
func TestHeapIsBoundedByTheBody(t *testing.T) {
	order := bytes.TrimSuffix(bytes.TrimPrefix(responses.Page(1), []byte(`{"orders":[`)), []byte(`],"count":1,"offset":0,"limit":1}`))
	many := func(element string) []byte { return []byte("[" + strings.Repeat(element+",", 1<<17) + element + "]") }
	inOrder := func(property string, value []byte) []byte {
		return slices.Concat([]byte(`{"orders":[`), order[:len(order)-1], []byte(`,"`+property+`":`), value, []byte(`}],"count":1,"offset":0,"limit":1}`))
	}
	for name, shape := range map[string]struct {
		body   []byte
		factor float64
	}{
		"orders as they are": {responses.Page(200), 3},
		"orders {}":          {slices.Concat([]byte(`{"orders":`), many(`{}`), []byte(`,"count":1,"offset":0,"limit":0}`)), 4},
		"orders null":        {slices.Concat([]byte(`{"orders":`), many(`null`), []byte(`,"count":1,"offset":0,"limit":0}`)), 4},
		"orders with an id":  {slices.Concat([]byte(`{"orders":`), many(`{"id":"o","created_at":"2024-01-02T03:04:05.678Z"}`), []byte(`,"count":1,"offset":0,"limit":0}`)), 11}, // with what the list outgrew: of it and its next size, no more than 8 is live
		"items {}":           {inOrder("items", many(`{}`)), 8},
		"items null":         {inOrder("items", many(`null`)), 8},
		"discounts {}":       {inOrder("discounts", many(`{}`)), 8},
		"metadata [0,…]":     {inOrder("metadata", many(`0`)), 3},
	} {
		a := responses.Sample()
		a.ListOrders = shape.body
		c, err := customers.New("http://shop.example.com", customers.WithoutSession(), customers.WithBearerToken("t"), customers.WithHTTPClient(&http.Client{Transport: inMemory(a)}))
		if err != nil {
			t.Fatal(err)
		}
		for _, params := range []*customers.ListOrdersParams{{Limit: new(0)}, {Limit: new(0), Expand: []string{"items"}}} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := c.ListOrders(t.Context(), params)
			runtime.ReadMemStats(&after)
			factor := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(shape.body))
			t.Logf("%-20s expand %v: %.2f × the body of %d bytes; %v", name, params.Expand, factor, len(shape.body), err)
			if factor > shape.factor+2 { // the body itself as it is read, and what is not its size
				t.Errorf("%s: %.2f × the body, want %.2f at most", name, factor, shape.factor+2)
			}
		}
	}
}
