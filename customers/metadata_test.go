package customers

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
)

type failingJSON struct{}

func (failingJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("hush") }

type textKey int

func (k textKey) MarshalText() ([]byte, error) { return []byte("same"), nil }

// nested returns an array in an array, n deep.
func nested(n int) json.RawMessage {
	return json.RawMessage(strings.Repeat("[", n) + strings.Repeat("]", n))
}

// TestMetadataThatWouldChangeOnItsWayIsRefused sends each value as metadata, and inside of it, by every method that has
// metadata.
func TestMetadataThatWouldChangeOnItsWayIsRefused(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := f.loggedIn(t)
	ctx := t.Context()
	refused := map[string]any{
		"a number beyond float64":           json.Number("1e400"),
		"a negative one":                    json.Number("-1e309"),
		"a number that would be 0":          json.Number("1e-400"),
		"an integer beyond 2^53":            int64(1<<53 + 1),
		"the largest integer":               int64(math.MaxInt64),
		"an unsigned one":                   uint64(math.MaxUint64),
		"a big one":                         new(big.Int).Lsh(big.NewInt(3), 100),
		"too many decimals":                 json.Number("3.14159265358979323846"),
		"too many decimals with an e":       json.Number("314159265358979323846e-20"),
		"a raw number":                      json.RawMessage("1e400"),
		"NaN":                               math.NaN(),
		"infinity":                          math.Inf(-1),
		"a function":                        func() {},
		"a channel":                         make(chan int),
		"a failing MarshalJSON":             failingJSON{},
		"no number":                         json.Number("hush"),
		"raw garbage":                       json.RawMessage("{hush"),
		"two raw documents":                 json.RawMessage("{}{}"),
		"text that is not UTF-8":            notUTF8,
		"a key that is not UTF-8":           map[string]any{notUTF8: 1},
		"raw text that is not UTF-8":        json.RawMessage(`"` + notUTF8 + `"`),
		"half a surrogate pair":             json.RawMessage(`"\ud800"`),
		"half a surrogate pair in a key":    json.RawMessage(`{"\udc00x":1}`),
		"text that is not UTF-8 and U+FFFD": notUTF8 + "\uFFFD",
		"NUL":                               withNUL,
		"NUL in a key":                      map[string]any{withNUL: 1},
		"a raw NUL":                         json.RawMessage(`"\u0000"`),
		"a key twice":                       json.RawMessage(`{"a":1,"\u0061":2}`),
		"a nested key twice":                json.RawMessage(`[{"a":{"b":1,"b":1}}]`),
		"keys of one text":                  map[textKey]int{1: 1, 2: 2},
		"__proto__ in an array":             []any{map[string]any{"__proto__": 1}},
		"constructor, escaped":              json.RawMessage(`{"\u0063onstructor":1}`),
		"nested too deeply":                 nested(600),
	}
	for _, key := range prototypeKeys {
		refused["the key "+key] = map[string]any{key: map[string]any{}}
	}
	kept := map[string]any{
		"null": nil, "text": "a\n\"\\\u2028é😀", "U+FFFD": "\uFFFD", "raw U+FFFD": json.RawMessage(`"\u00e9\ud83d\ude00"`), "empty text": "",
		"2^53": int64(1 << 53), "-2^53": int64(-1 << 53), "a float": 0.1, "a float32": float32(0.1), "the largest float": math.MaxFloat64,
		"the smallest float": math.SmallestNonzeroFloat64, "a large float": 123456789012345678.0, "1e21": 1e21, "1e23": 1e23,
		"zero": json.Number("0.000e999999999"), "minus zero": json.Number("-0"), "decimals": json.Number("12.3400"), "e": json.Number("1.5E+3"),
		"a round integer": json.Number("1000000000000000000000000"), "bool": true, "time": time.Unix(0, 0), "deep": nested(200),
		"keys":     map[string]any{"": 1, "proto": 1, "Constructor": 1, "then": 1, "length": 2, "a.b": 3, "prototype": 4, "toJSON": 5, "0": 6},
		"the word": []string{"__proto__", "constructor"}, "the key apart": json.RawMessage(`[{"a":1},{"a":2}]`),
	}
	methods := map[string]func(map[string]any) error{
		"UpdateCustomer Metadata": func(m map[string]any) error { _, err := c.Update(ctx, UpdateRequest{Metadata: m}); return err },
		"UpdateCustomer BillingAddress": func(m map[string]any) error {
			_, err := c.Update(ctx, UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{Metadata: Value(m)})})
			return err
		},
		"UpdateAddress Metadata": func(m map[string]any) error {
			_, err := c.Addresses.Update(ctx, "addr_1", UpdateAddressRequest{Metadata: Value(m)})
			return err
		},
		"AddAddress Metadata": func(m map[string]any) error {
			a := someAddress()
			a.Metadata = m
			_, err := c.Addresses.Add(ctx, a)
			if errors.Is(err, ErrAddressNotAdded) { // the response has no address
				err = nil
			}
			return err
		},
		"AddAddress  Metadata": func(m map[string]any) error { // the value itself
			a := someAddress()
			a.Metadata = m["k"]
			_, err := c.Addresses.Add(ctx, a)
			if errors.Is(err, ErrAddressNotAdded) {
				err = nil
			}
			return err
		},
	}
	for method, call := range methods {
		operation, field, _ := strings.Cut(method, " ")
		for name, value := range refused {
			err := call(map[string]any{"k": value})
			if err == nil {
				t.Errorf("%s, %s is sent", method, name)
				continue
			}
			e := wantError(t, err, ErrInvalidInput)
			if string(e.Operation) != operation || e.Field != strings.TrimSpace(field) && (field != "BillingAddress" || e.Field != "BillingAddress.Metadata") || e.StatusCode != 0 || strings.Contains(e.Error(), "hush") {
				t.Errorf("%s, %s: %v", method, name, e)
			}
		}
		if f.count() != 0 {
			t.Fatalf("%s: %d requests were sent", method, f.count())
		}
	}
	for method, call := range methods {
		for name, value := range kept {
			n := f.count()
			if err := call(map[string]any{"k": value}); err != nil || f.count() != n+1 {
				t.Errorf("%s, %s: %v", method, name, err)
			}
		}
	}
}

// TestNumbersThatJavaScriptKeeps compares isFloat with what a float64 becomes as JSON.
func TestNumbersThatJavaScriptKeeps(t *testing.T) {
	for number, want := range map[string]bool{
		"0": true, "-0.0": true, "1": true, "100": true, "1e2": true, "0.1": true, "0.10": true, "1.0E-2": true, "9007199254740992": true,
		"9007199254740993": false, "9007199254740994": true, "1e308": true, "1.7976931348623157e308": true, "1.7976931348623159e308": false,
		"2e308": false, "5e-324": true, "1e-324": false, "0.1000000000000000055511151231257827": false, "0e99999999999999999999": true,
	} {
		if got := isFloat(number); got != want {
			t.Errorf("isFloat(%s) is %v", number, got)
		}
	}
}
