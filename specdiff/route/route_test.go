package route_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/route"
)

func exchange(status int, kind, body string, login bool) *conform.Exchange {
	x := &conform.Exchange{Status: status, RequestHeader: http.Header{}, ResponseHeader: http.Header{}, ResponseBody: []byte(body)}
	if kind != "" {
		x.ResponseHeader.Set("Content-Type", kind)
	}
	if login {
		x.RequestHeader.Set("Cookie", "connect.sid=x")
	}
	return x
}

const isJSON = "application/json; charset=utf-8"

// ExampleRoute_Propose proposes a contract of a plugin's route, by one response to it.
func ExampleRoute_Propose() {
	r, err := route.Parse("GET /store/points/{year=2026}")
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := r.Propose(nil, []*conform.Exchange{exchange(200, isJSON, `{"points":12,"level":null}`, true)})
	fmt.Print(text, err)
	// Output:
	// paths:
	//   /store/points/{year}:
	//     get:
	//       operationId: GetPointsByYear
	//       summary: Read /store/points/{year}
	//       description: Proposed by specdiff, from what was seen. Say what it is for.
	//       security: []
	//       parameters:
	//         - name: year
	//           in: path
	//           required: true
	//           schema: {type: string}
	//       responses:
	//         "200":
	//           description: OK
	//           content:
	//             application/json:
	//               schema:
	//                 type: object
	//                 required: [level, points]
	//                 properties:
	//                   level:
	//                     nullable: true # only null was seen: its type is not known
	//                   points:
	//                     type: integer
	//                     example: 1
	// <nil>
}

func TestParse(t *testing.T) {
	for text, want := range map[string]route.Route{
		"GET /store/wishlist":                 {Template: "/store/wishlist", URL: "/store/wishlist"},
		"  GET   /store/wishlist ":            {Template: "/store/wishlist", URL: "/store/wishlist"},
		"GET /store/wishlist/{id=wish_1}":     {Template: "/store/wishlist/{id}", Names: []string{"id"}, URL: "/store/wishlist/wish_1"},
		"GET /store/{a=1}/x/{b=ä /?}":         {Template: "/store/{a}/x/{b}", Names: []string{"a", "b"}, URL: "/store/1/x/%C3%A4%20%2F%3F"},
		"GET /store/wishlist?limit=2&q=a%20b": {Template: "/store/wishlist", Query: []route.Parameter{{"limit", "2"}, {"q", "a b"}}, URL: "/store/wishlist?limit=2&q=a+b"},
	} {
		got, err := route.Parse(text)
		if err != nil || got.Template != want.Template || got.URL != want.URL || !slices.Equal(got.Names, want.Names) || !slices.Equal(got.Query, want.Query) {
			t.Errorf("%q: got %+v and %v, want %+v", text, got, err, want)
		}
		if got.Place() != "GET "+want.Template {
			t.Errorf("%q is at %q", text, got.Place())
		}
	}
}

func TestRoutesThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "is not like 'GET",
		"/store/wishlist":                 "is not like 'GET",
		"GET":                             "is not like 'GET",
		"GET store/wishlist":              "is not like 'GET",
		"GET https://x.example/wishlist":  "is not like 'GET",
		"get /store/wishlist":             "only GET is asked",
		"POST /store/wishlist":            "only GET is asked, because POST may change",
		"DELETE /store/wishlist/{id=1}":   "only GET is asked",
		"GET /store/wishlist/{id}":        "give id a value to ask with, as {id=…}",
		"GET /store/wishlist/{id=}":       "give id a value",
		"GET /store/wishlist/{}":          "is not the name of a parameter",
		"GET /store/wishlist/{a b=1}":     "is not the name of a parameter",
		"GET /store/{id=1}/{id=2}":        "has two parameters id",
		"GET /store/wishlist/{id":         "is no path",
		"GET /store/../admin/users":       "is no path",
		"GET /store/%2e%2e/admin":         "is no path",
		"GET /store/{id=..}/x":            "is no path",
		"GET //evil.example.com/wishlist": "is no path",
		"GET /store/wishlist#top":         "is no path",
		"GET /store/%zz":                  "is no path",
		"GET /store/wishlist?a;b":         "its query cannot be read",
	} {
		if _, err := route.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

const contract = `
openapi: 3.0.3
info: { title: x, version: '1' }
paths:
  /store/customers/me:
    get: { operationId: GetWishlist, tags: [Customers], responses: { '200': { description: x } } }
components:
  securitySchemes:
    cookieAuth: { type: apiKey, in: cookie, name: connect.sid }
  responses:
    Unauthenticated: { description: x, x-no-content-type: true }
    NotFound: { description: x, content: { application/json: { schema: { type: object } } } }
`

// TestPropose checks parts of what is proposed, by what was seen.
func TestPropose(t *testing.T) {
	doc, err := document.Parse([]byte(contract), "contract")
	if err != nil {
		t.Fatal(err)
	}
	ok := exchange(200, isJSON, `{}`, true)
	for name, c := range map[string]struct {
		contract *openapi3.T
		route    string
		seen     []*conform.Exchange
		want     []string
	}{
		"a name that is taken":    {doc, "/store/customers/me/wishlist", []*conform.Exchange{ok}, []string{"operationId: GetWishlist2\n", "tags: [Customers]\n"}},
		"a name of words":         {nil, "/store/loyalty-points/my_level", []*conform.Exchange{ok}, []string{"operationId: GetLoyaltyPointsMyLevel\n"}},
		"no name at all":          {nil, "/store/customers/me", []*conform.Exchange{ok}, []string{"operationId: Get2\n"}},
		"with a login":            {doc, "/store/x", []*conform.Exchange{exchange(401, "", "Unauthorized", false), ok}, []string{"security: [{cookieAuth: []}]\n", `"401": {$ref: '#/components/responses/Unauthenticated'}`}},
		"without a login":         {doc, "/store/x", []*conform.Exchange{exchange(200, isJSON, `{}`, false), ok}, []string{"security: []\n"}},
		"no components":           {nil, "/store/x", []*conform.Exchange{exchange(401, "", "Unauthorized", false), ok}, []string{"\"401\":\n          description: Unauthorized\n          x-no-content-type: true\n"}},
		"another kind of failure": {doc, "/store/x", []*conform.Exchange{exchange(401, "text/plain", "Unauthorized", false), ok}, []string{"\"401\":\n          description: Unauthorized\n          content:\n            text/plain:\n              schema:\n                type: string\n"}},
		"nothing at it for some":  {doc, "/store/x", []*conform.Exchange{exchange(404, isJSON, `{}`, true), ok}, []string{`"404": {$ref: '#/components/responses/NotFound'}`}},
		"no body":                 {nil, "/store/x", []*conform.Exchange{exchange(204, "", "", true)}, []string{"responses:\n        \"204\":\n          description: No Content\n"}},
		"a page":                  {nil, "/store/x", []*conform.Exchange{exchange(200, "text/html; charset=utf-8", "<p>", true)}, []string{"text/html:\n              schema:\n                type: string\n"}},
		"damaged JSON":            {nil, "/store/x", []*conform.Exchange{exchange(200, isJSON, "{", true)}, []string{"application/json:\n              schema:\n                type: string\n"}},
		"two customers":           {nil, "/store/x", []*conform.Exchange{exchange(200, isJSON, `{"a":null}`, true), exchange(200, isJSON, `{"a":1,"b":2}`, true)}, []string{"required: [a]\n", "nullable: true\n"}},
		"parameters of the query": {nil, "/store/x?limit=2&q=a", []*conform.Exchange{ok}, []string{"- name: limit\n          in: query\n          schema: {type: integer}\n", "- name: q\n          in: query\n          schema: {type: string}\n"}},
		"a number in the path":    {nil, "/store/x/{id=2}", []*conform.Exchange{ok}, []string{"required: true\n          schema: {type: string}\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := route.Parse("GET " + c.route)
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.Propose(c.contract, c.seen)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			if c.contract == nil { // what it refers to is there
				if _, err := document.Parse([]byte("openapi: 3.0.3\ninfo: {title: x, version: '1'}\n"+got), "proposal"); err != nil {
					t.Errorf("it cannot be read: %v\n%s", err, got)
				}
			}
		})
	}
}

func TestWhatShowsNothingIsNotProposed(t *testing.T) {
	r, err := route.Parse("GET /store/x")
	if err != nil {
		t.Fatal(err)
	}
	page := exchange(404, "text/html; charset=utf-8", "<pre>Cannot GET /store/x</pre>", true)
	for name, c := range map[string]struct {
		seen []*conform.Exchange
		want string
	}{
		"nothing was sent": {nil, "no customer could log in"},
		"no route":         {[]*conform.Exchange{page}, "no such route"},
		"behind the guard": {[]*conform.Exchange{exchange(401, "", "Unauthorized", false), page}, "no such route"},
		"nothing there":    {[]*conform.Exchange{exchange(404, isJSON, `{"type":"not_found"}`, true)}, "give parameters other values"},
		"another login":    {[]*conform.Exchange{exchange(401, "", "Unauthorized", true)}, "another login than a customer's"},
		"a login":          {[]*conform.Exchange{exchange(401, "", "Unauthorized", false)}, "-email"},
		"a failure":        {[]*conform.Exchange{exchange(500, isJSON, `{}`, true)}, "500, and no success"},
	} {
		if got, err := r.Propose(nil, c.seen); got != "" || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %q and %v, want %q", name, got, err, c.want)
		}
	}
}
