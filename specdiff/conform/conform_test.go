package conform

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// shop is a small contract with one of everything.
const shop = `
openapi: 3.0.3
info: { title: t, version: "1" }
paths:
  /things:
    get:
      operationId: ListThings
      security: [{ cookie: [] }, { token: [] }]
      parameters:
        - { name: "state[]", in: query, schema: { type: array, items: { type: string, enum: [new, old] } } }
        - { name: limit, in: query, schema: { type: integer, minimum: 0 } }
        - { name: made_at, in: query, style: deepObject, explode: true, schema: { $ref: '#/components/schemas/Range' } }
        - { name: fields, in: query, style: form, explode: false, schema: { type: array, items: { type: string, minLength: 1 } } }
        - { name: expand, in: query, style: form, explode: false, schema: { type: array, items: { type: string } } }
      responses:
        '200':
          description: all
          headers: { Set-Cookie: { schema: { type: string } } }
          content: { application/json: { schema: { $ref: '#/components/schemas/Things' } } }
        '401': { description: who, x-no-content-type: true }
        '404': { description: page, content: { text/html: { schema: { type: string } } } }
  /things/{id}:
    post:
      operationId: PostThing
      parameters:
        - { name: id, in: path, required: true, schema: { type: string, maxLength: 5 } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/ThingReq' } } }
      responses:
        '204': { description: done }
  /things/all:
    post:
      operationId: PostAllThings
      responses:
        '200': { description: fine, content: { text/plain: { schema: { type: string, enum: [OK] } } } }
components:
  securitySchemes:
    cookie: { type: apiKey, in: cookie, name: sid }
    token: { type: http, scheme: Bearer }
  schemas:
    Range:
      type: object
      additionalProperties: false
      properties:
        gt: { type: string, format: date-time }
    ThingReq:
      type: object
      additionalProperties: false
      required: [name]
      properties:
        name: { type: string, minLength: 1 }
        owner:
          nullable: true
          allOf: [{ $ref: '#/components/schemas/Owner' }]
    Owner:
      oneOf:
        - { type: object, additionalProperties: false, properties: { name: { type: string } } }
        - { type: string, minLength: 1 }
    Things:
      type: object
      required: [things]
      properties:
        things: { type: array, maxItems: 2, items: { $ref: '#/components/schemas/Thing' } }
    Thing:
      type: object
      required: [id, made_at, amount, part, note]
      properties:
        id: { type: string, pattern: '^t' }
        made_at: { type: string, format: date-time }
        amount: { type: integer }
        rate: { type: number }
        state: { allOf: [{ $ref: '#/components/schemas/State' }] }
        note: { type: string, nullable: true }
        metadata: { type: object, nullable: true, additionalProperties: true }
        labels: { type: object, additionalProperties: { type: string } }
        anything: {}
        part:
          nullable: true
          allOf: [{ $ref: '#/components/schemas/Part' }]
        parts: { type: array, items: { $ref: '#/components/schemas/Part' } }
    State: { type: string, enum: [new, old] }
    Part:
      type: object
      required: [size]
      properties:
        size: { type: number, maximum: 10 }
        whole: { $ref: '#/components/schemas/Thing' }
`

const things = `{"things":[{"id":"t1","made_at":"2026-01-02T03:04:05.678Z","amount":5,"rate":1.5,"state":"new","note":null,
	"metadata":{"any":[1,null]},"labels":{"a":"b"},"anything":[{"x":null}],"part":{"size":1.5},"parts":[{"size":1},{"size":2}]}]}`

func load(t *testing.T) *Contract {
	t.Helper()
	c, err := Load([]byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// list returns an exchange that conforms.
func list() *Exchange {
	return &Exchange{
		Method: "GET", URL: "/things?limit=1&state[]=new&made_at[gt]=2026-01-01T00:00:00Z",
		RequestHeader: http.Header{"Cookie": {"sid=s"}}, Status: 200,
		ResponseHeader: http.Header{
			"Content-Type": {"application/json; charset=utf-8"},
			"Date":         {"Fri, 02 Jan 2026 03:04:05 GMT"},
			"Set-Cookie":   {"sid=abc; Path=/; Expires=Fri, 02 Jan 2026 13:04:05 GMT; HttpOnly"},
		},
		ResponseBody: []byte(things),
	}
}

// post returns another exchange that conforms.
func post() *Exchange {
	return &Exchange{
		Method: "POST", URL: "/things/t1", RequestHeader: http.Header{"Content-Type": {"application/json"}},
		RequestBody: []byte(`{"name":"n","owner":{"name":"o"}}`), Status: 204, ResponseHeader: http.Header{},
	}
}

func body(old, replacement string) func(*Exchange) {
	return func(x *Exchange) { x.ResponseBody = bytes.Replace(x.ResponseBody, []byte(old), []byte(replacement), 1) }
}

func respond(status int, contentType, text string) func(*Exchange) {
	return func(x *Exchange) {
		x.Status, x.ResponseBody = status, []byte(text)
		x.ResponseHeader = http.Header{}
		if contentType != "" {
			x.ResponseHeader.Set("Content-Type", contentType)
		}
	}
}

func cookie(line string) func(*Exchange) {
	return func(x *Exchange) { x.ResponseHeader.Set("Set-Cookie", line) }
}

func query(q string) func(*Exchange) { return func(x *Exchange) { x.URL = "/things?" + q } }

func sent(text string) func(*Exchange) { return func(x *Exchange) { x.RequestBody = []byte(text) } }

func TestEachMutationIsFound(t *testing.T) {
	for _, test := range []struct {
		name   string
		of     func() *Exchange
		change func(*Exchange)
		want   []string // kind, schema and path
	}{
		{"undocumented status", list, respond(500, "application/json", `{}`), []string{"undocumented status||"}},
		{"wrong content type", list, respond(200, "text/html", things), []string{"wrong content type||"}},
		{"no content type", list, respond(200, "", things), []string{"wrong content type||"}},
		{"content type where there is none", list, respond(401, "text/plain", "no"), []string{"wrong content type||"}},
		{"no body where there is one without a content type", list, respond(401, "", ""), []string{"wrong content type||"}},
		{"content type of a body that is not there", post, respond(204, "text/plain", ""), []string{"wrong content type||"}},
		{"undocumented body", post, respond(204, "", "x"), []string{"undocumented body||"}},
		{"invalid JSON", list, body(`}]}`, `}`), []string{"invalid JSON||"}},
		{"two JSON values", list, body(`}]}`, `}]} {}`), []string{"invalid JSON||"}},
		{"undocumented property", list, body(`"amount"`, `"extra":1,"amount"`), []string{"undocumented property|Thing.extra|things[].extra"}},
		{"undocumented property, deep, behind allOf", list, body(`{"size":1.5}`, `{"size":1.5,"extra":{}}`), []string{"undocumented property|Part.extra|things[].part.extra"}},
		{"missing property", list, body(`"amount":5,`, ``), []string{"missing required property|Thing.amount|things[]"}},
		{"missing property, deep", list, body(`{"size":2}`, `{}`), []string{"missing required property|Part.size|things[].parts[]"}},
		{"missing envelope", list, respond(200, "application/json", `{}`), []string{"missing required property|Things.things|"}},
		{"wrong null", list, body(`"amount":5`, `"amount":null`), []string{"wrong null|Thing.amount|things[].amount"}},
		{"wrong null in a list", list, body(`{"size":2}`, `null`), []string{"wrong null|Thing.parts[]|things[].parts[]"}},
		{"wrong null of an enum behind allOf", list, body(`"state":"new"`, `"state":null`), []string{"wrong null|Thing.state|things[].state"}},
		{"wrong type", list, body(`"id":"t1"`, `"id":1`), []string{"wrong type|Thing.id|things[].id"}},
		{"object instead of list", list, body(`[{"size":1},{"size":2}]`, `{}`), []string{"wrong type|Thing.parts|things[].parts"}},
		{"fraction instead of integer", list, body(`"amount":5`, `"amount":5.5`), []string{"wrong type|Thing.amount|things[].amount"}},
		{"integer of more than 64 bits", list, body(`"amount":5`, `"amount":1e19`), []string{"out of bounds|Thing.amount|things[].amount"}},
		{"integer as a fraction is written", list, body(`"amount":5`, `"amount":5.0`), []string{"wrong format|Thing.amount|things[].amount"}},
		{"integer with an exponent", list, body(`"amount":5`, `"amount":1e3`), []string{"wrong format|Thing.amount|things[].amount"}},
		{"name twice", list, body(`"amount":5`, `"amount":5,"amount":6`), []string{"invalid JSON||"}},
		{"name twice, deep", list, body(`{"size":1.5}`, `{"size":1,"size":2}`), []string{"invalid JSON||"}},
		{"text that is not UTF-8", list, body(`"t1"`, "\"t\xff\""), []string{"invalid JSON||"}},
		{"another charset", list, func(x *Exchange) { x.ResponseHeader.Set("Content-Type", "application/json; charset=latin1") }, []string{"wrong content type||"}},
		{"two content types", list, func(x *Exchange) { x.ResponseHeader.Add("Content-Type", "text/html") }, []string{"wrong content type||"}},
		{"cookie that is SameSite=Strict", list, cookie("sid=s; Path=/; Expires=Fri, 02 Jan 2026 13:04:05 GMT; HttpOnly; SameSite=Strict"), []string{"wrong cookie||"}},
		{"cookie that is Partitioned", list, cookie("sid=s; Path=/; Expires=Fri, 02 Jan 2026 13:04:05 GMT; HttpOnly; Secure; Partitioned"), []string{"wrong cookie||", "wrong cookie||"}},
		{"number too large", list, body(`"size":1.5`, `"size":10.5`), []string{"out of bounds|Part.size|things[].part.size"}},
		{"pattern", list, body(`"id":"t1"`, `"id":"x1"`), []string{"out of bounds|Thing.id|things[].id"}},
		{"time of another zone", list, body(`05.678Z`, `05.678+01:00`), []string{"wrong format|Thing.made_at|things[].made_at"}},
		{"time with microseconds", list, body(`05.678Z`, `05.678123Z`), []string{"wrong format|Thing.made_at|things[].made_at"}},
		{"no time", list, body(`2026-01-02T03:04:05.678Z`, `yesterday`), []string{"wrong format|Thing.made_at|things[].made_at"}},
		{"unknown enum value", list, body(`"state":"new"`, `"state":"odd"`), []string{"unknown enum value|State|things[].state"}},
		{"value of the wrong type among free ones", list, body(`{"a":"b"}`, `{"a":1}`), []string{"wrong type|Thing.labels.*|things[].labels.*"}},
		{"too many elements", list, body(`]}]}`, `]},null,null]}`), []string{"out of bounds|Things.things|things", "wrong null|Things.things[]|things[]", "wrong null|Things.things[]|things[]"}},
		{"all at once, none hides another", list, body(`"amount":5,"rate":1.5,"state":"new"`, `"rate":"x","state":"odd","extra":0`), []string{
			"undocumented property|Thing.extra|things[].extra", "wrong type|Thing.rate|things[].rate",
			"unknown enum value|State|things[].state", "missing required property|Thing.amount|things[]",
		}},
		{"undocumented cookie", post, func(x *Exchange) { x.ResponseHeader = list().ResponseHeader; x.ResponseHeader.Del("Content-Type") }, []string{"undocumented header||"}},
		{"cookie of another name", list, cookie("other=s; Path=/; Expires=Fri, 02 Jan 2026 13:04:05 GMT; HttpOnly"), []string{"wrong cookie||"}},
		{"cookie with Max-Age", list, cookie("sid=s; Path=/; Max-Age=5; Expires=Fri, 02 Jan 2026 13:04:05 GMT; HttpOnly"), []string{"wrong cookie||"}},
		{"cookie that is Secure", list, cookie("sid=s; Path=/; Expires=Fri, 02 Jan 2026 13:04:05 GMT; HttpOnly; Secure"), []string{"wrong cookie||"}},
		{"cookie that lives too long", list, cookie("sid=s; Path=/; Expires=Sat, 03 Jan 2026 13:04:05 GMT; HttpOnly"), []string{"wrong cookie||"}},
		{"cookie without Expires", list, cookie("sid=s; Path=/; HttpOnly"), []string{"wrong cookie||"}},
		{"cookie for scripts", list, cookie("sid=s; Path=/; Expires=Fri, 02 Jan 2026 13:04:05 GMT"), []string{"wrong cookie||"}},
		{"cookie of another path", list, cookie("sid=s; Path=/x; Expires=Fri, 02 Jan 2026 13:04:05 GMT; HttpOnly"), []string{"wrong cookie||"}},

		{"unknown parameter", list, query("order=x"), []string{forbidden + "|GET /things query order|query"}},
		{"indexed parameter", list, query("state[0]=new"), []string{forbidden + "|GET /things query state[0]|query"}},
		{"parameter of the wrong type", list, query("limit=x"), []string{forbidden + "|GET /things query limit|query limit"}},
		{"parameter out of bounds", list, query("limit=-1"), []string{forbidden + "|GET /things query limit|query limit"}},
		{"parameter twice", list, query("limit=1&limit=2"), []string{forbidden + "|GET /things query limit|query limit"}},
		{"unknown value of a parameter", list, query("state[]=new&state[]=odd"), []string{forbidden + "|GET /things query state[]|query state[][]"}},
		{"empty name in a parameter", list, query("fields=a,,b"), []string{forbidden + "|GET /things query fields[]|query fields[]"}},
		{"unknown property of a parameter", list, query("made_at[after]=2026-01-01T00:00:00Z"), []string{forbidden + "|Range.after|query made_at.after"}},
		{"parameter that is no time", list, query("made_at[gt]=5"), []string{forbidden + "|Range.gt|query made_at.gt"}},
		{"no credentials", list, func(x *Exchange) { x.RequestHeader = http.Header{} }, []string{forbidden + "|GET /things|header"}},
		{"path parameter out of bounds", post, func(x *Exchange) { x.URL = "/things/123456" }, []string{forbidden + "|POST /things/{id} path id|path id"}},
		{"body that is not required to be there", func() *Exchange {
			return &Exchange{Method: "POST", URL: "/things/all", RequestBody: []byte("{}"), Status: 200,
				ResponseHeader: http.Header{"Content-Type": {"text/plain"}}, ResponseBody: []byte("OK")}
		}, func(*Exchange) {}, []string{forbidden + "|POST /things/all body|body"}},
		{"no body", post, sent(""), []string{forbidden + "|POST /things/{id} body|body"}},
		{"body of another content type", post, func(x *Exchange) { x.RequestHeader.Set("Content-Type", "text/plain") }, []string{forbidden + "|POST /things/{id} body|body"}},
		{"body that is no JSON", post, sent("{"), []string{forbidden + "|POST /things/{id} body|body"}},
		{"unknown property in a body", post, sent(`{"name":"n","extra":1}`), []string{forbidden + "|ThingReq.extra|body.extra"}},
		{"missing property in a body", post, sent(`{}`), []string{forbidden + "|ThingReq.name|body"}},
		{"empty property in a body", post, sent(`{"name":""}`), []string{forbidden + "|ThingReq.name|body.name"}},
		{"no branch fits", post, sent(`{"name":"n","owner":""}`), []string{forbidden + "|ThingReq.owner|body.owner", forbidden + "|ThingReq.owner|body.owner"}},
		{"a deviation that is none", post, func(x *Exchange) { x.Deviates = "why" }, []string{"request said to leave the contract, which allows it||"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := test.of()
			test.change(x)
			got := kinds(load(t).Check(x).Findings)
			if want := slices.Sorted(slices.Values(test.want)); !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

const forbidden = string(ForbiddenRequest)

func kinds(findings []Finding) []string {
	var all []string
	for _, f := range findings {
		schema, _, _ := strings.Cut(f.Schema, "|") // what follows is a branch's own place
		if strings.HasPrefix(schema, "Owner") {
			schema = "ThingReq.owner"
		}
		all = append(all, string(f.Kind)+"|"+schema+"|"+f.Path)
	}
	slices.Sort(all)
	return all
}

func TestWhatIsRightIsNoFinding(t *testing.T) {
	for _, test := range []struct {
		name   string
		of     func() *Exchange
		change func(*Exchange)
	}{
		{"list", list, func(*Exchange) {}},
		{"post", post, func(*Exchange) {}},
		{"null of a nullable reference", list, body(`"part":{"size":1.5}`, `"part":null`)},
		{"null of free form", list, body(`"metadata":{"any":[1,null]}`, `"metadata":null`)},
		{"null where anything goes", list, body(`"anything":[{"x":null}]`, `"anything":null`)},
		{"a whole number as a fraction is written, where fractions are", list, body(`"rate":1.5`, `"rate":5.0`)},
		{"a body without a content type", list, respond(401, "", "Unauthorized")},
		{"a page", list, respond(404, "text/html; charset=utf-8", "<p>")},
		{"the other branch", post, sent(`{"name":"n","owner":"id"}`)},
		{"null instead of branches", post, sent(`{"name":"n","owner":null}`)},
		{"a failed request may be anything", post, func(x *Exchange) {
			respond(404, "", "")(x)
			x.URL, x.Method = "/things?x=1", "GET"
			respond(401, "", "no")(x)
		}},
		{"a bearer token", list, func(x *Exchange) { x.RequestHeader = http.Header{"Authorization": {"Bearer t"}} }},
		{"a deviation that is one", post, func(x *Exchange) { x.Deviates = "why"; x.RequestBody = []byte(`{}`) }},
		{"a cookie of a backend in production", list, func(x *Exchange) {
			x.Cookie.Secure = true
			cookie("sid=s; Path=/; Expires=Fri, 02 Jan 2026 13:04:05 GMT; HttpOnly; Secure; SameSite=None")(x)
		}},
		{"a relation that expand left out", list, func(x *Exchange) { query("expand=parts")(x); body(`"part":{"size":1.5},`, ``)(x) }},
		{"a column that fields left out", list, func(x *Exchange) { query("fields=id")(x); body(`"amount":5,`, ``)(x) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := test.of()
			test.change(x)
			r := load(t).Check(x)
			if r.Operation == "" {
				t.Error("no operation")
			}
			for _, f := range r.Findings {
				t.Error(f)
			}
		})
	}
}

// TestExpandExcusesRelationsOnly checks that expand has no effect on what else is required.
func TestExpandExcusesRelationsOnly(t *testing.T) {
	for _, test := range []struct{ query, remove, want string }{
		{"expand=parts", `"amount":5,`, "missing required property|Thing.amount|things[]"},
		{"limit=1", `"part":{"size":1.5},`, "missing required property|Thing.part|things[]"},
	} {
		x := list()
		query(test.query)(x)
		body(test.remove, "")(x)
		if got := kinds(load(t).Check(x).Findings); !slices.Equal(got, []string{test.want}) {
			t.Errorf("%s without %s: %q, want %q", test.query, test.remove, got, test.want)
		}
	}
}

func TestFixedPathBeatsParameter(t *testing.T) {
	c := load(t)
	for url, want := range map[string]string{"/things/all": "PostAllThings", "/things/t%2F1": "PostThing", "/things/": "", "/other": ""} {
		if got := c.Check(&Exchange{Method: "POST", URL: url, Status: 404}).Operation; got != want {
			t.Errorf("%s is %q, want %q", url, got, want)
		}
	}
}

func TestLoadRefusesWhatItWouldNotCheck(t *testing.T) {
	for _, keyword := range []string{"uniqueItems: true", "not: { type: string }", "multipleOf: 2", "minProperties: 1", "readOnly: true"} {
		changed := strings.Replace(shop, "rate: { type: number }", "rate: { type: number, "+keyword+" }", 1)
		if _, err := Load([]byte(changed)); err == nil {
			t.Errorf("a document with %s was taken", keyword)
		}
	}
}

func TestTallyGroupsAndCounts(t *testing.T) {
	c := load(t)
	tally := NewTally(c)
	for range 3 {
		x := list()
		body(`"amount":5`, `"amount":"x"`)(x)
		body(`"size":1}`, `"size":"y"}`)(x)
		body(`"size":2`, `"size":"z"`)(x)
		tally.Add(x, c.Check(x))
	}
	tally.Add(&Exchange{}, c.Check(&Exchange{Method: "GET", URL: "/elsewhere"}))
	groups := tally.Findings()
	if len(groups) != 2 {
		t.Fatalf("%d groups: %v", len(groups), groups)
	}
	for i, want := range []Group{
		{Finding{WrongType, "ListThings", 200, "Part.size", "things[].parts[].size", "number", `string "y"`}, 6},
		{Finding{WrongType, "ListThings", 200, "Thing.amount", "things[].amount", "integer", `string "x"`}, 3},
	} {
		if groups[i] != want {
			t.Errorf("%+v, want %+v", groups[i], want)
		}
	}
	var text strings.Builder
	if err := tally.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"3 exchanges checked", "1 more were on routes outside", "2 findings", "6 × wrong type: ListThings 200 Part.size"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
}

func TestCoverage(t *testing.T) {
	c := load(t)
	tally := NewTally(c)
	tally.Add(list(), c.Check(list()))
	got := map[SightKind]Coverage{}
	for _, line := range tally.Coverage() {
		got[line.What] = line
	}
	for what, want := range map[SightKind]Coverage{
		Called:    {Seen: 1, Declared: 3, Missing: []string{"PostAllThings", "PostThing"}},
		Responded: {Seen: 1, Declared: 5, Missing: []string{"ListThings 401", "ListThings 404", "PostAllThings 200", "PostThing 204"}},
		Property:  {Seen: 13, Declared: 14, Missing: []string{"Part.whole"}},
		Valued:    {Seen: 12, Declared: 14, Missing: []string{"Part.whole", "Thing.note"}},
		Null:      {Seen: 1, Declared: 4, Missing: []string{"Thing.anything", "Thing.metadata", "Thing.part"}},
		Enum:      {Seen: 1, Declared: 3, Missing: []string{"POST /things/all 200 text/plain=OK", "Thing.state=old"}},
		Input:     {Seen: 4, Declared: 10, Missing: []string{"GET /things query expand", "GET /things query fields", "Owner|0.name", "POST /things/{id} path id", "ThingReq.name", "ThingReq.owner"}},
	} {
		line := got[what]
		if line.Seen != want.Seen || line.Declared != want.Declared || !slices.Equal(line.Missing, want.Missing) {
			t.Errorf("%s: %d of %d, missing %q, want %d of %d, missing %q", what, line.Seen, line.Declared, line.Missing, want.Seen, want.Declared, want.Missing)
		}
	}
}

func TestRecorderReturnsResponses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil || string(text) != `{}` {
			t.Errorf("the server got %q, %v", text, err)
		}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, "hello")
	}))
	defer server.Close()
	var also []string
	r := NewRecorder(load(t), func(operation string, x *Exchange) []Finding {
		also = append(also, operation+" "+string(x.RequestBody)+" "+string(x.ResponseBody))
		return []Finding{{Kind: LostValue, Detail: "d"}}
	})
	client := &http.Client{Transport: r.RoundTripper(server.Client().Transport, Cookie{})}
	for _, ctx := range []context.Context{t.Context(), Deviates(t.Context(), "on purpose")} {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/things/t1", strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || string(text) != "hello" {
			t.Errorf("the client got %q, %v", text, err)
		}
	}
	if want := []string{"PostThing {} hello", "PostThing {} hello"}; !slices.Equal(also, want) {
		t.Errorf("also saw %q, want %q", also, want)
	}
	var got []string
	for _, g := range r.Findings() {
		got = append(got, string(g.Example.Kind))
	}
	// The second request was forbidden too, but left the contract on purpose.
	if want := []string{string(LostValue), forbidden, string(UndocumentedStatus)}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestLost(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		want                []string
	}{
		{"the same", `{"a":[1,{"b":null}]}`, `{"a":[1,{"b":null}]}`, nil},
		{"written in another way", `{"a":1.50,"t":"2026-01-01T00:00:00.000Z"}`, `{"t":"2026-01-01T00:00:00Z","a":1.5}`, nil},
		{"null, empty list and empty object left out", `{"a":null,"b":[],"c":{}}`, `{}`, nil},
		{"value gone", `{"a":{"b":1}}`, `{"a":{}}`, []string{".a.b"}},
		{"zero gone", `{"a":0,"b":false,"c":""}`, `{}`, []string{".a", ".b", ".c"}},
		{"value changed", `{"a":[1,2.25]}`, `{"a":[1,2]}`, []string{".a[]"}},
		{"time changed", `{"t":"2026-01-01T00:00:00.001Z"}`, `{"t":"2026-01-01T00:00:00Z"}`, []string{".t"}},
		{"element gone", `[1,2]`, `[1]`, []string{""}},
		{"list became null", `{"a":[1]}`, `{"a":null}`, []string{".a"}},
		{"object became text", `{"a":{}}`, `{"a":"x"}`, []string{".a"}},
	} {
		findings, err := Lost([]byte(test.before), []byte(test.after))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			got = append(got, f.Path)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestNoBodyIsCalledSo checks that a response without a body is not taken for one without a content type.
func TestNoBodyIsCalledSo(t *testing.T) {
	c, err := Load([]byte(`
openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /things/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    post:
      operationId: PostThing
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { '204': { description: done, content: { application/json: { schema: { type: object } } } } }
`))
	if err != nil {
		t.Fatal(err)
	}
	found := c.Check(post()).Findings
	if len(found) != 1 || found[0].Kind != WrongContentType || found[0].Detail != "no body" {
		t.Errorf("found %v", found)
	}
}

// TestWhatIsNoJSONIsCalledSo checks that a body that cannot be parsed is named by more than the error of the parser.
func TestWhatIsNoJSONIsCalledSo(t *testing.T) {
	for text, want := range map[string]string{"<html>": "no JSON: invalid character '<' looking for beginning of value", " ": "no JSON: EOF", "": "no JSON: an empty body", "{": "no JSON: unexpected EOF"} {
		if got := invalid([]byte(text), errOf(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func errOf(text string) error {
	_, err := parseJSON([]byte(text))
	return err
}
