package bench

import (
	"bytes"
	"context"
	"net/http"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

// These counts do not depend on the machine. The bounds are the counts that were measured with Go 1.26, and a little for
// another toolchain. When a count falls, lower its bound.

// wrapperInMemory makes the wrapper's calls without a network.
func wrapperInMemory(t *testing.T, a *responses.Bodies) client {
	t.Helper()
	c, err := byWrapper("http://shop.example.com", customers.WithHTTPClient(&http.Client{Transport: inMemory(a)}))
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

func TestCallsAllocateLessThanByHand(t *testing.T) {
	a := responses.Sample()
	wrapper, hand := wrapperInMemory(t, a), byHand("http://shop.example.com", inMemory(a))
	for op, bound := range map[string]struct{ allocations, bytes int }{
		"Retrieve":   {-49, 500},
		"ListOrders": {-6560, 0},
		"Create":     {-37, 1250},
	} {
		t.Run(op, func(t *testing.T) {
			allocations, size := cost(t, wrapper.of(op))
			handAllocations, handSize := cost(t, hand.of(op))
			t.Logf("by hand %d allocations and %d bytes, the wrapper %+d and %+d", handAllocations, handSize, allocations-handAllocations, size-handSize)
			if more := allocations - handAllocations; more > bound.allocations {
				t.Errorf("%d allocations more than by hand, want %d at most", more, bound.allocations)
			}
			if more := size - handSize; more > bound.bytes {
				t.Errorf("%d bytes more than by hand, want %d at most", more, bound.bytes)
			}
		})
	}
}

func TestAPageIsDecodedFromOneCopyOfItsBody(t *testing.T) {
	a := responses.Sample()
	allocations, size := cost(t, wrapperInMemory(t, a).listOrders)
	plainAllocations, plainSize := cost(t, unmarshalInto(reflect.TypeFor[customers.OrderPage](), a.ListOrders))
	t.Logf("json.Unmarshal %d allocations and %d bytes for a body of %d, the call %+d and %+d",
		plainAllocations, plainSize, len(a.ListOrders), allocations-plainAllocations, size-plainSize)
	if more := allocations - plainAllocations; more > -6500 {
		t.Errorf("%d allocations more than json.Unmarshal, want 6500 fewer", more)
	}
	if more := size - plainSize; more > len(a.ListOrders) {
		t.Errorf("%d bytes more than json.Unmarshal, want one body of %d and a call", more, len(a.ListOrders))
	}
}

func TestALoginDoesNotPayForOrders(t *testing.T) {
	var first int
	for i, n := range []int{1, 60, 500} {
		a := responses.Sample()
		a.Authenticate = responses.Login(n)
		allocations, _ := cost(t, wrapperInMemory(t, a).authenticate)
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
	const bound = 320
	a := responses.Sample()
	a.Authenticate = a.Create // which is smaller
	shop, err := customers.New("http://shop.example.com", customers.WithoutSession(), customers.WithHTTPClient(&http.Client{Transport: inMemory(a)}))
	if err != nil {
		t.Fatal(err)
	}
	idle := make([]*customers.Client, 10_000)
	login := func() *customers.Client {
		c := shop.WithSession(new(customers.Session))
		if _, err := c.Auth.Authenticate(t.Context(), email, password); err != nil {
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

// TestWhatIsNotCalledIsNotLinked checks that a program has only the operation that it calls, and the logout that ends a
// superseded login.
func TestWhatIsNotCalledIsNotLinked(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "retrieve")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./importing/retrieve").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	symbols, err := exec.CommandContext(t.Context(), "go", "tool", "nm", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	var requests []string
	for _, found := range regexp.MustCompile(`customers-go/api\.(New\w+|\(\*ClientWithResponses\)\.\w+)`).FindAllSubmatch(symbols, -1) {
		requests = append(requests, string(found[1]))
	}
	slices.Sort(requests)
	if want := []string{"NewDeleteSessionRequest", "NewRetrieveCustomerRequest"}; !slices.Equal(requests, want) {
		t.Errorf("a program that calls Retrieve has %v, want %v", requests, want)
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
