package customers

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"html/template"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// TestEveryReachableTypeHasItsNameHere walks from what the methods return to every type of package api.
func TestEveryReachableTypeHasItsNameHere(t *testing.T) {
	aliases := map[string]bool{}
	for _, file := range []string{"models.go", "models.gen.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		wantOK(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Assign.IsValid() {
				if from, ok := spec.Type.(*ast.SelectorExpr); ok && from.Sel.Name == spec.Name.Name {
					aliases[spec.Name.Name] = true
				}
			}
			return true
		})
	}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		if strings.HasSuffix(typ.PkgPath(), "/api") && !aliases[typ.Name()] {
			t.Errorf("api.%s has no alias: run go generate", typ.Name())
		}
		switch typ.Kind() { //nolint:exhaustive // the others have no elements
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(typ.Elem())
		case reflect.Struct:
			for field := range typ.Fields() {
				if field.IsExported() {
					walk(field.Type)
				}
			}
		}
	}
	for _, service := range []reflect.Type{
		reflect.TypeFor[*Client](), reflect.TypeFor[AuthService](), reflect.TypeFor[AddressesService](), reflect.TypeFor[PaymentMethodsService](),
	} {
		for method := range service.Methods() {
			for result := range method.Type.Outs() {
				walk(result)
			}
		}
	}
	walk(reflect.TypeFor[OrdersError]())
	if len(seen) < 80 {
		t.Errorf("only %d types were reached", len(seen))
	}
}

func TestKnownStatusesAreThoseOfTheContract(t *testing.T) {
	listed := map[string][]string{"OrderStatus": texts(OrderStatuses()), "FulfillmentStatus": texts(FulfillmentStatuses()), "PaymentStatus": texts(PaymentStatuses())}
	declared := map[string][]string{}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "api", "api.gen.go"), nil, parser.SkipObjectResolution)
	wantOK(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			value, isText := spec.Values[0].(*ast.BasicLit)
			if typ, named := spec.Type.(*ast.Ident); named && isText {
				declared[typ.Name] = append(declared[typ.Name], strings.Trim(value.Value, `"`))
			}
		}
		return true
	})
	for name, got := range listed {
		want := declared[name]
		slices.Sort(want)
		slices.Sort(got)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %q are listed, %q declared", name, got, want)
		}
	}
	OrderStatuses()[0] = "changed"
	if OrderStatuses()[0] != OrderStatusPending {
		t.Error("a caller can change the list")
	}
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func TestFieldsOfARequest(t *testing.T) {
	var absent Nullable[string]
	for want, field := range map[string]Nullable[string]{`{}`: absent, `{"phone":null}`: ValueOrNull(""), `{"phone":"1"}`: ValueOrNull("1")} {
		text, err := json.Marshal(UpdateRequest{Phone: field})
		if wantOK(t, err); string(text) != want {
			t.Errorf("%s, want %s", text, want)
		}
	}
	if ValueOrNull(0) == nil || !ValueOrNull(0).IsNull() || ValueOrNull(1).MustGet() != 1 {
		t.Error("numbers differ from texts")
	}
}

func TestTemplatesPrintNoNil(t *testing.T) {
	page := template.Must(template.New("").Funcs(template.FuncMap{"deref": Deref[string]}).Parse(`<input value="{{deref .FirstName}}"><input value="{{deref .LastName}}">`))
	var out strings.Builder
	wantOK(t, page.Execute(&out, Customer{FirstName: new("Ada")}))
	if got := out.String(); got != `<input value="Ada"><input value="">` {
		t.Errorf("page %s", got)
	}
	if Deref[int](nil) != 0 || Deref(new(3)) != 3 {
		t.Error("numbers differ from texts")
	}
}

// TestAnAddressBecomesARequest copies addresses with all and with as few fields as there can be.
func TestAnAddressBecomesARequest(t *testing.T) {
	backend := customerstest.NewServer(t)
	c := mustNew(t, backend.URL)
	_, err := c.Create(t.Context(), CreateRequest{Email: testEmail, Password: testPassword})
	wantOK(t, err)
	full := AddAddressRequest{
		FirstName: "Ada", LastName: "Lovelace", Company: new("Analytical Engines"), Address1: "Main Street 1", Address2: new("2nd floor"),
		City: "London", Province: new("Greater London"), PostalCode: "W1", CountryCode: "gb", Phone: new("+44 1"),
		Metadata: map[string]any{"door": "left", "n": 1.5},
	}
	for _, sent := range []AddAddressRequest{full, {FirstName: "A", LastName: "B", Address1: "C", City: "D", CountryCode: "dk"}} {
		me, err := c.Addresses.Add(t.Context(), sent)
		wantOK(t, err)
		added := me.ShippingAddresses[len(me.ShippingAddresses)-1]
		copied := added.AddRequest()
		if got, want := asJSON(t, copied), asJSON(t, sent); got != want {
			t.Errorf("AddRequest is\n%s, want\n%s", got, want)
		}
		me, err = c.Update(t.Context(), UpdateRequest{BillingAddress: BillingAddressOf(UpdateAddressRequest{FirstName: Value("X"), Metadata: Value(map[string]any{"kept": true})})})
		wantOK(t, err)
		before := me.BillingAddress.Metadata
		me, err = c.Update(t.Context(), UpdateRequest{BillingAddress: BillingAddressOf(added.UpdateRequest())})
		wantOK(t, err)
		got, want := me.BillingAddress.AddRequest(), sent
		if want.Metadata = nil; before != "" {
			want.Metadata = before
		}
		if asJSON(t, got) != asJSON(t, want) {
			t.Errorf("after UpdateRequest the address is\n%s, want\n%s", asJSON(t, got), asJSON(t, want))
		}
	}
	if got := asJSON(t, new(Address).UpdateRequest()); strings.Contains(got, "metadata") || strings.Contains(got, "country_code") || strings.Count(got, "null") != 9 {
		t.Errorf("the request of an empty address is %s", got)
	}
	odd := Address{Metadata: `["not an object"]`}
	if got := asJSON(t, odd.AddRequest()); !strings.Contains(got, `"metadata":["not an object"]`) {
		t.Errorf("metadata that is no object is lost: %s", got)
	}
}

// TestAnAddressIsCopiedWhole fails for a property of the contract that the requests have and the copies leave out.
func TestAnAddressIsCopiedWhole(t *testing.T) {
	var address Address
	value := reflect.ValueOf(&address).Elem()
	for i := range value.NumField() {
		if p, ok := value.Field(i).Addr().Interface().(**string); ok {
			*p = new(value.Type().Field(i).Name)
		}
	}
	address.Metadata = `{}`
	for request, left := range map[string]string{asJSON(t, address.AddRequest()): "", asJSON(t, address.UpdateRequest()): "metadata"} {
		typ := reflect.TypeFor[api.UpdateAddressRequest]()
		for field := range typ.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name != left && !strings.Contains(request, `"`+name+`":`) {
				t.Errorf("%s is not copied into %s", name, request)
			}
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	wantOK(t, err)
	var all map[string]any
	wantOK(t, json.Unmarshal(text, &all))
	text, err = json.Marshal(all) // keys in order
	wantOK(t, err)
	return string(text)
}
