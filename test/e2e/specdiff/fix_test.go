package specdiff

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	customersgo "github.com/medusa-storefront/customers-go"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	change "github.com/medusa-storefront/customers-go/specdiff/edit"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

// repair is what -fix makes of a damaged contract.
type repair string

const (
	same       repair = "the text that it was"
	equal      repair = "what means the same on the wire" // texts that nothing shows are gone, or the order is another
	forAPerson repair = "nothing, with a reason"
	followed   repair = "the text that it was, if the published document is followed"
	closer     repair = "what is left to a person is less than it was"
)

// damage is a mistake in the text of the contract, as a person could make it, and what -fix is to make of it.
type damage struct {
	kind, at string
	want     repair
	from, to string // what of the text became what
}

// TestFix checks that -fix mends a damaged contract as a person would, that a second run changes nothing, and that what
// it leaves has a reason.
func TestFix(t *testing.T) {
	f := load(t)
	all := slices.DeleteFunc(damages(t), func(d damage) bool { return left("fix: " + d.kind) })
	if *only == "" { // all take five minutes
		const oneIn = 6
		i := 0
		all = slices.DeleteFunc(all, func(damage) bool { i++; return i%oneIn != 1 })
	}
	outcomes := judged(all, f.mend)
	s := score{}
	for i, d := range all {
		s.add(d.kind, outcomes[i] == "", false)
		if outcomes[i] != "" {
			t.Errorf("%s at %s: want %s: %s", d.kind, d.at, d.want, outcomes[i])
		}
	}
	s.log(t, len(all), "damages of the contract are mended or left with a reason")
}

// mend damages the contract and fixes it, and returns what is wrong with the outcome.
func (f *fixture) mend(d damage) string {
	broken := strings.Replace(customersgo.OpenAPI, d.from, d.to, 1)
	if broken == customersgo.OpenAPI {
		return "the text has no such part"
	}
	config := specdiff.Config{Version: f.version}
	if d.want == followed {
		config.Follow = []string{"*"}
	}
	s, problem := f.sources(broken)
	if problem != "" {
		return problem
	}
	before := len(specdiff.Compare(s, config).Findings)
	r, text, err := specdiff.Fix(s, config)
	if err != nil {
		return err.Error()
	}
	for _, f := range r.Unexplained() {
		if f.Left == "" {
			return f.ID() + " is left without a reason"
		}
	}
	switch ok := r.Agrees(); {
	case d.want == forAPerson && string(text) != broken:
		return "it was changed:\n" + difference(broken, string(text))
	case d.want == forAPerson && ok:
		return "nothing is left to a person"
	case d.want == closer && (string(text) == broken || len(r.Findings) >= before):
		return fmt.Sprintf("there were %d findings, and there are %d", before, len(r.Findings))
	case d.want == forAPerson, d.want == closer:
	case !ok:
		return firstOf(r) + "\n" + difference(customersgo.OpenAPI, string(text))
	case d.want == equal && onTheWire(string(text)) != onTheWire(customersgo.OpenAPI), d.want != equal && string(text) != customersgo.OpenAPI:
		return "got\n" + difference(customersgo.OpenAPI, string(text))
	}
	if s, problem = f.sources(string(text)); problem != "" {
		return problem
	}
	if _, again, err := specdiff.Fix(s, config); err != nil || string(again) != string(text) {
		return fmt.Sprintf("a second run changes it: %v\n%s", err, difference(string(text), string(again)))
	}
	return ""
}

func (f *fixture) sources(contract string) (specdiff.Sources, string) {
	doc, err := document.Parse([]byte(contract), "openapi.yaml")
	if err != nil {
		return specdiff.Sources{}, err.Error()
	}
	return specdiff.Sources{Contract: doc, Text: []byte(contract), Published: f.published, Record: f.record, Shown: f.shown, Accepted: f.accepted}, ""
}

// difference returns the lines from the first to the last that differ.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	const most = 40
	return "-" + strings.Join(x[:min(len(x), most)], "\n-") + "\n+" + strings.Join(y[:min(len(y), most)], "\n+")
}

// onTheWire returns a document without texts and order.
func onTheWire(text string) string {
	var doc node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return err.Error()
	}
	bare, err := json.Marshal(withoutTexts(doc))
	if err != nil {
		return err.Error()
	}
	return string(bare)
}

func withoutTexts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			if _, isText := inner.(string); isText && name == "description" || strings.HasPrefix(name, "x-go-") {
				continue
			}
			if branches, ok := inner.([]any); ok && name == "allOf" && len(branches) == 1 && v["nullable"] == nil {
				return withoutTexts(branches[0]) // because a description has no place beside a reference
			}
			if out[name] = withoutTexts(inner); name == "required" {
				if list, ok := inner.([]any); ok {
					list = slices.Clone(list)
					slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
					out[name] = list
				}
			}
		}
		return out
	case []any:
		var out []any
		for _, inner := range v {
			out = append(out, withoutTexts(inner))
		}
		return out
	}
	return v
}

// damages returns the damages: of operations, by their text, and of schemas, by keyword.
func damages(t *testing.T) []damage {
	t.Helper()
	const (
		secured = "security: [{ cookieAuth: [] }, { bearerAuth: [] }]"
		status  = "        '401': { $ref: '#/components/responses/Unauthenticated' }\n"
		inForm  = "          style: form\n          explode: true\n"
		deep    = "          style: deepObject\n          explode: true\n"
		profile = "    Customer:\n      description: The customer with addresses\n      headers:\n"
		etag    = "        ETag: { $ref: '#/components/headers/ETag' }\n"
		cookie  = "        Set-Cookie: { $ref: '#/components/headers/SessionCookie' }\n"
		orders  = "          description: One page of orders\n          headers:\n            ETag: { $ref: '#/components/headers/ETag' }\n"
		created = "          description: The new customer, logged in\n          headers:\n    " + cookie
		cart    = "        - name: cart_id\n          in: query\n"
		about   = "          description: The order made from this cart.\n          schema: { type: string }\n"
		logout  = "          description: The session, if there was one, has ended\n"
		limit   = "schema: { type: integer, minimum: 0, default: 10 }"
		html    = "        text/html:\n          schema: { type: string, description: A page that says that the body is no valid JSON }\n"
		media   = "          content:\n            application/json:\n              schema: { $ref: '#/components/schemas/StoreCustomersRes' }"
	)
	all := []damage{
		{"security", "both at once", same, secured, "security: [{ cookieAuth: [], bearerAuth: [] }]"},
		{"security", "the cookie only", same, secured, "security: [{ cookieAuth: [] }]"},
		{"security", "none", same, secured, "security: []"},
		{"security", "optional", same, secured, "security: [{}, { cookieAuth: [] }, { bearerAuth: [] }]"},
		{"security", "a scheme that does not exist", same, secured, "security: [{ cookieAuth: [] }, { oauth: [] }]"},
		{"security", "needed where it is not", same, "      security: []\n      requestBody", "      security: [{ cookieAuth: [] }]\n      requestBody"},
		{"security", "removed", same, "      " + secured + "\n", ""},
		{"security scheme", "a cookie of another name", same, "name: connect.sid", "name: session"},
		{"security scheme", "basic", same, "scheme: bearer", "scheme: basic"},
		{"status removed", "401", same, status, ""},
		{"status removed", "422", same, "        '422': { $ref: '#/components/responses/Duplicate' }\n", ""},
		{"status removed", "304", same, "        '304': { $ref: '#/components/responses/NotModified' }\n", ""},
		{"status removed", "200", same, "        '200': { $ref: '#/components/responses/Customer' }\n", ""},
		{"status changed", "401 to 403", closer, status, strings.Replace(status, "401", "403", 1)},
		{"status changed", "401 to 403, followed", followed, status, strings.Replace(status, "401", "403", 1)},
		{"status in addition", "418", forAPerson, status, status + strings.Replace(status, "401", "418", 1)},
		{"response of another component", "401", same, status, strings.Replace(status, "Unauthenticated", "InvalidCredentials", 1)},
		{"style", "pipes", same, inForm, strings.Replace(strings.Replace(inForm, "form", "pipeDelimited", 1), "true", "false", 1)},
		{"style", "brackets", same, "        - name: fields\n", "        - name: fields[]\n"},
		{"style", "of an object", same, deep, "          style: form\n          explode: false\n"},
		{"style", "of an object, dropped", same, deep, ""},
		{"parameter removed", "cart_id", equal, cart + about, ""},
		{"parameter in addition", "order", forAPerson, cart, "        - name: order\n          in: query\n          schema: { type: string }\n" + cart},
		{"parameter in addition", "order, followed", followed, cart, "        - name: order\n          in: query\n          schema: { type: string }\n" + cart},
		{"parameter required", "cart_id", same, cart, cart + "          required: true\n"},
		{"header removed", "from a component", same, profile + etag, profile},
		{"header renamed", "ETag", same, "            ETag: {", "            X-ETag: {"},
		{"header that never comes", "X-Total", same, profile, profile + "        X-Total: { schema: { type: string } }\n"},
		{"header of another type", "ETag", same, "while the response would be the same.\n      schema: { type: string }", "while the response would be the same.\n      schema: { type: integer }"},
		{"cookie removed", "with another header", same, orders + "    " + cookie, orders},
		{"cookie removed", "the only header", same, created, "          description: The new customer, logged in\n"},
		{"content type", "dropped: none", same, "      x-no-content-type: true\n", ""},
		{"content type", "misspelled", same, media, strings.Replace(media, "application/json", "application/jsonx", 1)},
		{"body not required", "CreateCustomer", same, "      requestBody:\n        required: true\n", "      requestBody:\n"},
		{"body of another component", "UpdateAddress", forAPerson, "schema: { $ref: '#/components/schemas/StorePostCustomersCustomerAddressesAddressReq' }", "schema: { $ref: '#/components/schemas/StorePostCustomersCustomerAddressesReq' }"},
		{"array without a list", "orders", forAPerson, "          type: array\n          description: The orders, newest first.\n          items: { $ref: '#/components/schemas/Order' }\n", "          $ref: '#/components/schemas/Order'\n"},
		{"number as text", "limit", forAPerson, limit, "schema: { type: string }"},
		{"bound narrower", "limit from 1", same, limit, strings.Replace(limit, "0", "1", 1)},
		{"bound narrower", "limit above 0", same, limit, strings.Replace(limit, "0", "0, exclusiveMinimum: true", 1)},
		{"value misspelled", "the text of a 401", same, "enum: [Unauthorized]", "enum: [Unauthorised]"},
		{"header that never comes", "a cookie at the logout", same, logout, logout + "          headers:\n            Set-Cookie: { $ref: '#/components/headers/SessionCookie' }\n"},
		{"header that never comes", "Location", same, created, created + "            Location: { schema: { type: string } }\n"},
		{"null beside a reference", "customer", same, "        customer: { $ref: '#/components/schemas/Customer' }", "        customer: { $ref: '#/components/schemas/Customer', nullable: true }"},
		{"content type", "one of two removed", equal, html, ""},
		{"Medusa's operation", "another name", same, "x-medusa-operation-id: GetCustomersCustomer\n", "x-medusa-operation-id: GetCustomers\n"},
	}
	return append(all, schemaDamages(t)...)
}

// schemaDamage damages a property. It gets the text, the object and the name of the property.
type schemaDamage struct {
	kind   string
	want   repair
	places string
	damage func(x *change.Text, object, property *yaml.Node, name string) error
}

func schemaDamages(t *testing.T) []damage {
	t.Helper()
	set := func(keyword, value string) func(*change.Text, *yaml.Node, *yaml.Node, string) error {
		return func(x *change.Text, _, property *yaml.Node, _ string) error {
			return x.Set(property, keyword, parsed(t, value))
		}
	}
	drop := func(keyword string) func(*change.Text, *yaml.Node, *yaml.Node, string) error {
		return func(x *change.Text, _, property *yaml.Node, _ string) error { return x.Remove(property, keyword) }
	}
	rename := func(keyword, to string) func(*change.Text, *yaml.Node, *yaml.Node, string) error {
		return func(x *change.Text, object, property *yaml.Node, _ string) error {
			if locate.Look(property, keyword) == nil {
				property = object
			}
			return x.Rename(property, keyword, to)
		}
	}
	add := func(name string) func(*change.Text, *yaml.Node, *yaml.Node, string) error {
		return func(x *change.Text, object, _ *yaml.Node, after string) error {
			return x.Set(locate.Look(object, "properties"), name, parsed(t, "type: string"), after)
		}
	}
	var all []damage
	for _, d := range []schemaDamage{
		{"property removed", equal, "Order.currency_code LineItem.thumbnail ClaimOrder.payment_status Swap.difference_due Customer.deleted_at GiftCard.region OrderEdit.items Return.metadata AddressCreatePayload.city Address.phone StorePostCustomersReq.phone", removeProperty},
		{"null forbidden", same, "Order.canceled_at LineItem.thumbnail Address.company OrderEdit.confirmed_by", drop("nullable")},
		{"null allowed", followed, "Order.status LineItem.title", set("nullable", "true")},
		{"null allowed", forAPerson, "Customer.email GiftCard.code", set("nullable", "true")},
		{"required removed", followed, "Order.id LineItem.title ClaimOrder.type Swap.order_id StoreCustomersRes.customer", release},
		{"required removed", forAPerson, "Order.email", release},
		{"required removed", same, "StorePostCustomersReq.email", release},
		{"required added", same, "Order.edits LineItemAdjustment.discount Customer.groups StorePostCustomersReq.phone Swap.cart", require},
		{"type changed", same, "LineItem.title Customer.first_name GiftCard.code", set("type", "integer")},
		{"type changed", same, "LineItem.quantity Order.display_id GiftCard.value Swap.allow_backorder", set("type", "string")},
		{"type narrower", same, "LineItemAdjustment.amount", set("type", "integer")},
		{"type wider", followed, "ReturnItem.quantity", set("type", "number")},
		{"format dropped", same, "Order.created_at Swap.updated_at", drop("format")},
		{"format changed", same, "Order.created_at Swap.updated_at", set("format", "date")},
		{"format added", same, "OrderEdit.created_by LineItem.title", set("format", "uuid")},
		{"format added", followed, "ReturnItem.quantity", set("format", "int32")},
		{"enum added", same, "LineItem.title PaymentSession.updated_at", set("enum", "[one]")},
		{"enum added", same, "ProductVariant.allow_backorder", set("enum", "[true]")},
		{"bound added", same, "Error.message", set("maxLength", "2")},
		{"bound added", same, "LineItem.title", set("minLength", "60")},
		{"bound added", same, "GiftCard.code", set("pattern", "^[A-Z]{2}$")},
		{"bound added", same, "Return.refund_amount", set("minimum", "1000000000")},
		{"bound added", same, "OrderEdit.items", set("minItems", "50")},
		{"bound added", followed, "PaymentCollection.payment_sessions", set("maxItems", "0")},
		{"default added", followed, "AddressCreatePayload.address_1", set("default", "x")},
		{"keyword misspelled", same, "Order.canceled_at", rename("nullable", "nulable")},
		{"keyword misspelled", same, "LineItem.title", rename("required", "requird")},
		{"property in addition", forAPerson, "LineItem.title StorePostCustomersReq.phone", add("nickname")},
		{"property in addition", followed, "Swap.order_id", add("nickname")},
		{"property in addition, required", same, "LineItem.title", func(x *change.Text, object, property *yaml.Node, name string) error {
			if err := add("nickname")(x, object, property, name); err != nil {
				return err
			}
			at, _ := x.Doc().Find("LineItem")
			return require(x, at.Value, nil, "nickname")
		}},
		{"reference to another component", forAPerson, "ReturnItem.item", set("allOf", "[{ $ref: '#/components/schemas/Currency' }]")},
		{"text for a reference", same, "PaymentCollection.region", func(x *change.Text, _, property *yaml.Node, _ string) error {
			if err := x.Remove(property, "allOf"); err != nil {
				return err
			}
			at, _ := x.Doc().Find("PaymentCollection.region")
			return x.Set(at.Value, "type", parsed(t, "string"))
		}},
		{"object for a list", same, "Order.items", func(x *change.Text, _, property *yaml.Node, _ string) error {
			if err := x.Remove(property, "items"); err != nil {
				return err
			}
			at, _ := x.Doc().Find("Order.items")
			return x.Set(at.Value, "type", parsed(t, "object"))
		}},
		{"object opened", same, "StorePostCustomersReq.phone", func(x *change.Text, object, _ *yaml.Node, _ string) error {
			return x.Remove(object, "additionalProperties")
		}},
	} {
		for place := range strings.FieldsSeq(d.places) {
			component, name, _ := strings.Cut(place, ".")
			all = append(all, damaged(t, d.kind, place, d.want, func(x *change.Text) error {
				object := locate.Look(x.Doc().Root, "components", "schemas", component)
				return d.damage(x, object, locate.Look(object, "properties", name), name)
			}))
		}
	}
	for _, enum := range []string{"OrderStatus", "PaymentStatus", "FulfillmentStatus", "ClaimType", "SwapPaymentStatus"} {
		all = append(all, damaged(t, "value of an enumeration removed", enum, same, func(x *change.Text) error {
			return x.Delete(locate.Look(x.Doc().Root, "components", "schemas", enum, "enum"), 1)
		}))
	}
	return all
}

// damaged returns the damage that a change of the contract's text makes.
func damaged(t *testing.T, kind, at string, want repair, do func(*change.Text) error) damage {
	t.Helper()
	x, err := change.New([]byte(customersgo.OpenAPI))
	if err != nil {
		t.Fatal(err)
	}
	if err := do(x); err != nil {
		t.Fatalf("%s at %s: %v", kind, at, err)
	}
	return damage{kind, at, want, customersgo.OpenAPI, string(x.Bytes())}
}

func removeProperty(x *change.Text, object, property *yaml.Node, name string) error {
	if list := locate.Look(object, "required"); list != nil && slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return n.Value == name }) {
		place := component(x, object)
		if err := release(x, object, property, name); err != nil {
			return err
		}
		object = locate.Look(x.Doc().Root, "components", "schemas", place)
	}
	return x.Remove(locate.Look(object, "properties"), name)
}

func release(x *change.Text, object, _ *yaml.Node, name string) error {
	list := locate.Look(object, "required")
	if len(list.Content) == 1 {
		return x.Remove(object, "required")
	}
	return x.Delete(list, slices.IndexFunc(list.Content, func(n *yaml.Node) bool { return n.Value == name }))
}

func require(x *change.Text, object, _ *yaml.Node, name string) error {
	list := locate.Look(object, "required")
	return x.Insert(list, len(list.Content), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name})
}

// component returns the name of the component that a schema is.
func component(x *change.Text, schema *yaml.Node) string {
	all := locate.Look(x.Doc().Root, "components", "schemas")
	for _, name := range locate.Keys(all) {
		if locate.Look(all, name) == schema {
			return name
		}
	}
	return ""
}

// parsed returns a value that is written as text.
func parsed(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}
