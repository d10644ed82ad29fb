package customers

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestTheReadmesTableNamesWhatThereIs reads the Go side of the table "From the JS client to Go".
func TestTheReadmesTableNamesWhatThereIs(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	wantOK(t, err)
	_, table, found := strings.Cut(string(text), "## From the JS client to Go")
	table, _, _ = strings.Cut(table, "\n## ")
	calls := regexp.MustCompile(`\bc\.(?:(\w+)\.)?(\w+)\(`).FindAllStringSubmatch(table, -1)
	if !found || len(calls) < 15 {
		t.Fatalf("the table has %d calls", len(calls))
	}
	named := map[string]bool{}
	for _, call := range calls {
		at := reflect.ValueOf(&Client{})
		if call[1] != "" {
			at = at.Elem().FieldByName(call[1])
		}
		if !at.IsValid() || !at.MethodByName(call[2]).IsValid() {
			t.Errorf("there is no %s", call[0])
		}
		named[call[1]+"."+call[2]] = true
	}
	for name, service := range map[string]reflect.Type{
		"": reflect.TypeFor[*Client](), "Auth": reflect.TypeFor[AuthService](), "Addresses": reflect.TypeFor[AddressesService](), "PaymentMethods": reflect.TypeFor[PaymentMethodsService](),
	} {
		for method := range service.Methods() {
			if callsTheBackend := method.Type.NumIn() > 1 && method.Type.In(1).String() == "context.Context"; callsTheBackend && !named[name+"."+method.Name] {
				t.Errorf("the table has no row of %s.%s", name, method.Name)
			}
		}
	}
}
