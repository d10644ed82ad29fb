package compat

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

var update = flag.Bool("update", false, "write properties.txt from what this version sends")

// properties has, a line each, what all responses of 1.20 to the checks together have, on the small seed of older
// versions: operation and path.
//
//go:embed properties.txt
var properties string

// sent collects the paths of what the version sends where the request leaves nothing out.
var sent struct {
	sync.Mutex
	paths  map[string]bool              // operation and path
	bodies map[string]map[string][]byte // by operation and path, the smallest response that has it
}

// collect is a function for the recorder.
func collect(operation string, x *conform.Exchange) []conform.Finding {
	u, err := url.Parse(x.URL)
	var body any
	if err != nil || u.Query().Has("fields") || u.Query().Has("expand") || x.Status != 200 || json.Unmarshal(x.ResponseBody, &body) != nil {
		return nil
	}
	sent.Lock()
	defer sent.Unlock()
	if sent.paths == nil {
		sent.paths, sent.bodies = map[string]bool{}, map[string]map[string][]byte{}
	}
	if sent.bodies[operation] == nil {
		sent.bodies[operation] = map[string][]byte{}
	}
	walk("", body, func(path string) {
		sent.paths[operation+" "+path] = true
		if known := sent.bodies[operation][path]; known == nil || len(x.ResponseBody) < len(known) {
			sent.bodies[operation][path] = x.ResponseBody
		}
	})
	return nil
}

// opaque are properties whose value is any JSON.
var opaque = []string{"metadata", "data", "context", "value"}

// walk calls f with the path of each property.
func walk(path string, v any, f func(path string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			at := strings.TrimPrefix(path+"."+name, ".")
			f(at)
			if !slices.Contains(opaque, name) {
				walk(at, value, f)
			}
		}
	case []any:
		for _, value := range v {
			walk(path+"[]", value, f)
		}
	}
}

// of returns what a version does not send.
func (a Absence) of(version string) []string {
	if older(version, a.Before) {
		return a.Properties
	}
	return nil
}

func TestWhatIsNotSentIsKnown(t *testing.T) {
	sent.Lock()
	defer sent.Unlock()
	if *update {
		if err := os.WriteFile("properties.txt", []byte(strings.Join(slices.Sorted(maps.Keys(sent.paths)), "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	var absent []string
	for _, a := range Absences {
		absent = append(absent, a.of(env.Backend.Version)...)
	}
	for path := range strings.Lines(properties) {
		path = strings.TrimSpace(path)
		if known := slices.Contains(absent, path); !sent.paths[path] != known {
			t.Errorf("%s: sent %t, said to be absent %t", path, sent.paths[path], known)
		}
	}
}

// decoders decode the responses of operations.
var decoders = map[string]func(ctx context.Context, body []byte) (any, error){
	"CreateCustomer": customer, "RetrieveCustomer": customer, "UpdateCustomer": customer, "AddAddress": customer, "UpdateAddress": customer,
	"DeleteAddress": customer, "Authenticate": session, "GetSession": session,
	"ResetPassword":      decoder(api.DecodeResetPasswordEnvelope),
	"ListOrders":         decoder(api.DecodeOrderPage),
	"ListPaymentMethods": decoder(api.DecodePaymentMethodList),
	"EmailExists":        decoder(api.DecodeEmailStatus),
	"GetToken":           decoder(api.DecodeToken),
}

var customer, session = decoder(api.DecodeCustomerEnvelope), decoder(api.DecodeSessionEnvelope)

func decoder[T any](read func(context.Context, []byte, api.DecodeOptions) (*T, error)) func(context.Context, []byte) (any, error) {
	return func(ctx context.Context, body []byte) (any, error) { return read(ctx, body, api.DecodeOptions{}) }
}

// TestNothingThatIsMissingBecomesZero deletes each property from the responses that came, and fails unless decoding then
// fails with its path, or the model has nothing in its place.
func TestNothingThatIsMissingBecomesZero(t *testing.T) {
	sent.Lock()
	defer sent.Unlock()
	for operation, bodies := range sent.bodies {
		decode := decoders[operation]
		if decode == nil && len(bodies) > 0 {
			t.Errorf("there is no decoder for %s", operation)
			continue
		}
		for path, body := range bodies {
			_, err := decode(t.Context(), body)
			odd, isOdd := errors.AsType[*api.DecodeError](err)
			if isOdd && odd.Reason == "missing" { // as of Medusa before 1.12
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", operation, err)
				continue
			}
			steps := strings.Split(path, ".")
			out, err := decode(t.Context(), without(t, body, steps))
			odd, isOdd = errors.AsType[*api.DecodeError](err)
			switch {
			case isOdd && odd.Reason == "missing" && strings.HasSuffix(indices.ReplaceAllString(odd.Path, "[]"), steps[len(steps)-1]):
			case err != nil:
				t.Errorf("%s without %s: %v", operation, path, err)
			default:
				text, err := json.Marshal(out)
				if err != nil {
					t.Fatal(err)
				}
				var model any
				if err := json.Unmarshal(text, &model); err != nil {
					t.Fatal(err)
				}
				if zero := at(model, steps); zero != nil {
					t.Errorf("%s without %s has %v in its place", operation, path, zero)
				}
				for _, a := range Absences {
					if a.Refused && slices.Contains(a.Properties, operation+" "+path) {
						t.Errorf("%s without %s is no error", operation, path)
					}
				}
			}
		}
	}
}

var indices = regexp.MustCompile(`\[\d+\]`)

// without returns the body without a property, in all elements of the arrays on its path.
func without(t *testing.T, body []byte, path []string) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	each(v, path[:len(path)-1], func(object map[string]any) { delete(object, path[len(path)-1]) })
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// at returns a value at the path that is not null, or nil.
func at(v any, path []string) (found any) {
	each(v, path[:len(path)-1], func(object map[string]any) {
		if value := object[path[len(path)-1]]; value != nil {
			found = value
		}
	})
	return found
}

// each calls f with the objects at the path.
func each(v any, path []string, f func(map[string]any)) {
	if list, ok := v.([]any); ok {
		for _, element := range list {
			each(element, path, f)
		}
		return
	}
	object, ok := v.(map[string]any)
	switch {
	case !ok:
	case len(path) == 0:
		f(object)
	default:
		each(object[strings.TrimRight(path[0], "[]")], path[1:], f)
	}
}
