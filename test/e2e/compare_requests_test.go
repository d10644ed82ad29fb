package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"pgregory.net/rapid"

	"github.com/medusa-storefront/customers-go/test/e2e/internal/compare"
)

// These make the requests of random conversations: those of the language that the in-memory backend emulates, which is what
// clients write. Bodies are texts, because names in an odd order or twice and odd values are part of it.

// request makes a request with the cookies of any jar.
func request(method string, path, body func(t *rapid.T) string) *rapid.Generator[compare.Request] {
	return rapid.Custom(func(t *rapid.T) compare.Request {
		r := compare.Request{As: pick(t, "a", "a", "a", "b", "b", "c", ""), Method: method, Path: path(t)}
		if body != nil {
			r.Body = body(t)
		}
		return r
	})
}

func at(path string) func(*rapid.T) string { return func(*rapid.T) string { return path } }

// pick chooses one; what is simplest comes first.
func pick(t *rapid.T, from ...string) string { return rapid.SampledFrom(from).Draw(t, "one") }

// seldom is true once in n.
func seldom(t *rapid.T, n int) bool { return rapid.IntRange(0, n-1).Draw(t, "seldom") == n-1 }

var (
	someWords  = []string{"Ada", "x", "", " ", "Ålborg", "😀", "<b>&amp;", `\"quoted\"`, `\\`, "null", "0", " padded ", "UPPER", `\u0000`, `a\nb\tc`, "dk", strings.Repeat("long ", 60), "'", "%s", "\u2028"}
	someValues = []string{"null", "true", "false", "0", "1", "-1", "1.5", "1e3", "-0", "1e21", "1e-7", "12345678901234567890", "[]", "{}", "[null]", `[""]`, `["x",1]`, `{"a":1}`, `{"":""}`, `{"a":{"b":[]}}`, `[[]]`, `{"length":1}`, "[{}]"}
	someMails  = []string{"${e0.email}", "${e1.email}", "${e2.email}", "${e3.email}", "${e0.UPPER}", "X${e0.email}", "${e1.email} ", "no email", "", "${e0.local}@b", "é${e0.email}", "${e0.local}@éxample.com", `\"a b\"${e0.email}`, `\"a b${e0.local}\"@example.com`, "${e0.local}@b.c", "${e0.local}@example.com.", "<${e0.email}>", "${e0.local}..b@example.com", "${e0.local}@[127.0.0.1]", "${e0.local}@example.c", "a+${e0.email}", "${e0.local}@exa_mple.com", ".${e0.email}", "${e0.local}@-example.com", "a'${e0.email}", "${e0.local}@localhost", "${e0.local}", "@", "${e0.local}@EXAMPLE.COM", "a,${e0.email}", "${e0.local}@a.b.c.example.com", "${e0.local}@${e0.local}${e0.local}${e0.local}.com", "${e0.local}${e0.local}${e0.local}@example.com"}
	someSecret = []string{"a password", "another password", "", "wrong", " a password", "é", `\u0000`, strings.Repeat("p", 200)}
	countries  = []string{"dk", "de", "DE", "us", "gb", "fr", "zz", "", "denmark", "Dk", "se", "d", "x x"}
)

// text is a JSON string.
func text(t *rapid.T) string { return `"` + pick(t, someWords...) + `"` }

// value is any JSON value.
func value(t *rapid.T) string {
	if rapid.Bool().Draw(t, "text") {
		return text(t)
	}
	return pick(t, someValues...)
}

func textOrOdd(t *rapid.T) string {
	switch {
	case seldom(t, 6):
		return value(t)
	case seldom(t, 4):
		return "null"
	}
	return text(t)
}

func quoted(from []string) func(t *rapid.T) string {
	return func(t *rapid.T) string {
		if seldom(t, 12) {
			return value(t)
		}
		return `"` + pick(t, from...) + `"`
	}
}

// field is a property that a body may have.
type field struct {
	name  string
	value func(t *rapid.T) string
	often int // it is there as often, of ten times
}

// object makes an object with some of the fields, sometimes in another order, twice, or with an unknown one.
func object(t *rapid.T, fields []field) string {
	var parts []string
	for _, f := range fields {
		if rapid.IntRange(0, 9).Draw(t, f.name) < f.often {
			parts = append(parts, `"`+f.name+`":`+f.value(t))
		}
	}
	if seldom(t, 25) {
		parts = append(parts, pick(t, `"x":`, `"id":`, `"created_at":`, `"":`, `"Email":`, `"has_account":`, `"customer_id":`, `"deleted_at":`)+value(t))
	}
	if len(parts) > 1 && seldom(t, 20) {
		parts = append(parts, parts[0])
	}
	if len(parts) > 1 && seldom(t, 5) {
		parts = rapid.Permutation(parts).Draw(t, "order")
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func addressFields(often int) []field {
	fields := []field{{"country_code", quoted(countries), often}}
	for _, name := range []string{"first_name", "last_name", "address_1", "address_2", "city", "postal_code", "province", "phone", "company"} {
		fields = append(fields, field{name, textOrOdd, often})
	}
	return append(fields, field{"metadata", metadata, 2})
}

// fewAddresses are good ones, of which some are equal.
func fewAddresses(t *rapid.T) string {
	full := []field{
		{"first_name", func(t *rapid.T) string { return pick(t, `"Ada"`, `"Bob"`) }, 10}, {"last_name", func(*rapid.T) string { return `"L"` }, 10},
		{"address_1", func(*rapid.T) string { return `"Nygade 1"` }, 10}, {"city", func(t *rapid.T) string { return pick(t, `"Aarhus"`, `"Odense"`) }, 10},
		{"country_code", func(t *rapid.T) string { return pick(t, `"dk"`, `"DK"`, `"de"`) }, 10}, {"postal_code", func(*rapid.T) string { return `"8000"` }, 10},
	}
	for _, name := range []string{"address_2", "province", "phone"} {
		full = append(full, field{name, func(t *rapid.T) string { return pick(t, "null", "null", `""`, `"x"`) }, 8})
	}
	return object(t, append(full, field{"company", textOrOdd, 1}, field{"metadata", metadata, 1}))
}

func metadata(t *rapid.T) string {
	if seldom(t, 8) {
		return value(t)
	}
	return object(t, []field{{"a", value, 4}, {"b", value, 4}, {"c", value, 2}, {"", value, 1}, {"é", value, 1}, {"10", value, 1}, {"9", value, 1}})
}

func billing(t *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(t, "billing") {
	case 0:
		return "null"
	case 1:
		return value(t)
	case 2, 3, 4:
		return fmt.Sprintf(`"${addr_#%d}"`, rapid.IntRange(0, 5).Draw(t, "n"))
	}
	return object(t, addressFields(2))
}

func addressPath(t *rapid.T) string {
	if seldom(t, 12) {
		return addressesPath + "/" + pick(t, "x", "addr_1", "%00", "..", "%C3%A9", "a%2Fb", "%20", "null", "")
	}
	return fmt.Sprintf("%s/${addr_#%d}", addressesPath, rapid.IntRange(0, 5).Draw(t, "n"))
}

func registration(t *rapid.T) string {
	return object(t, []field{{"email", quoted(someMails), 9}, {"password", quoted(someSecret[:3]), 9}, {"first_name", textOrOdd, 4}, {"last_name", textOrOdd, 4}, {"phone", textOrOdd, 3}})
}

func credentials(t *rapid.T) string {
	if rapid.Bool().Draw(t, "good") {
		return `{"email":"` + pick(t, someMails[:2]...) + `","password":"a password"}`
	}
	return object(t, []field{{"email", quoted(someMails), 9}, {"password", quoted(someSecret), 9}})
}

var customerFields = []field{
	{"first_name", textOrOdd, 3}, {"last_name", textOrOdd, 3}, {"phone", textOrOdd, 3}, {"email", quoted(someMails), 2}, {"password", quoted(someSecret), 1},
	{"metadata", metadata, 2}, {"billing_address", billing, 2},
}

var (
	anyRegister      = request("POST", at(customersPath), registration)
	anyLogin         = request("POST", at(authPath), credentials)
	anyLogout        = request("DELETE", at(authPath), nil)
	anyUpdate        = request("POST", at(mePath), func(t *rapid.T) string { return object(t, customerFields) })
	anyBilling       = request("POST", at(mePath), func(t *rapid.T) string { return `{"billing_address":` + billing(t) + `}` })
	anyMetadata      = request("POST", at(mePath), func(t *rapid.T) string { return `{"metadata":` + metadata(t) + `}` })
	anyAddressDelete = request("DELETE", addressPath, nil)
	anyAddressUpdate = request("POST", addressPath, func(t *rapid.T) string { return object(t, addressFields(2)) })
	anyPasswordToken = request("POST", at(passwordTokenPath), func(t *rapid.T) string { return object(t, []field{{"email", quoted(someMails), 9}}) })
	anyExists        = request("GET", func(t *rapid.T) string {
		email := pick(t, append([]string{"a/b", "..", "\x00", "token", "é", "😀", " "}, someMails...)...)
		if strings.Contains(email, "${") {
			return authPath + "/" + strings.NewReplacer(" ", "%20", `\"`, "%22", "é", "%C3%A9", "<", "%3C", ">", "%3E").Replace(email)
		}
		return authPath + "/" + url.PathEscape(email)
	}, nil)

	anyAddress = request("POST", at(addressesPath), func(t *rapid.T) string {
		switch rapid.IntRange(0, 9).Draw(t, "address") {
		case 0:
			return object(t, []field{{"address", value, 9}})
		case 1, 2, 3:
			return `{"address":` + object(t, addressFields(8)) + `}`
		}
		return `{"address":` + fewAddresses(t) + `}`
	})

	anyReset = request("POST", at(passwordResetPath), func(t *rapid.T) string {
		return object(t, []field{
			{"email", quoted(someMails[:4]), 9},
			{"token", func(t *rapid.T) string {
				return pick(t, `"${reset:e0.email}"`, `"${reset:e1.email}"`, `"${reset:e0.email}x"`, `"x"`, `""`, `"a.b.c"`, value(t))
			}, 9},
			{"password", quoted(someSecret[:3]), 9},
		})
	})

	// anyToken gets a bearer token, which anyRead may send.
	anyToken = rapid.Custom(func(t *rapid.T) compare.Request {
		return compare.Request{
			As: pick(t, jars...), Method: "POST", Path: tokenPath, Body: credentials(t), Save: fmt.Sprint("jwt", rapid.IntRange(0, 1).Draw(t, "token")),
		}
	})

	// anyRead reads, sometimes with a bearer token or the ETag of an earlier response.
	anyRead = rapid.Custom(func(t *rapid.T) compare.Request {
		r := compare.Request{As: pick(t, jars...), Method: pick(t, "GET", "GET", "GET", "GET", "HEAD"), Path: pick(t, mePath, mePath, authPath, ordersPath, methodsPath), Header: http.Header{}}
		if seldom(t, 4) {
			r.Header["Authorization"] = []string{pick(t, "Bearer ", "bearer ", "Basic ", "") + pick(t, "${jwt0/access_token?}", "${jwt1/access_token?}", "x", "a.b.c")}
		}
		if seldom(t, 4) {
			r.Header["If-None-Match"] = []string{pick(t, "${read0@Etag?}", "${read1@Etag?}", "*", `W/"x", ${read0@Etag?}`)}
		}
		if seldom(t, 3) {
			r.Save = pick(t, "read0", "read1")
		}
		return r
	})

	// anyForeignCookie sends a cookie that the jar did not keep.
	anyForeignCookie = rapid.Custom(func(t *rapid.T) compare.Request {
		return compare.Request{
			Method: pick(t, "GET", "DELETE"), Path: pick(t, mePath, authPath),
			Header: http.Header{"Cookie": {pick(t, "${read0;cookie?}", "${read1;cookie?}", "${jwt0;cookie?}", "connect.sid=x", "connect.sid=s%3Ax.y", "a=b; ${read0;cookie?}", "connect.sid=x; ${read0;cookie?}", "${read0;cookie?}x", "${jwt0;cookie?}; ${jwt1;cookie?}")}},
		}
	})

	// anyOddRequest has an odd path, method or header.
	anyOddRequest = rapid.Custom(func(t *rapid.T) compare.Request {
		r := compare.Request{As: pick(t, jars...), Method: pick(t, "GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"), Header: http.Header{}}
		if r.Method == http.MethodPost || r.Method == http.MethodPut {
			r.Body = pick(t, "{}", "", "{", `{"x":1}`)
		}
		parts := strings.Split(pick(t, mePath, ordersPath, methodsPath, addressesPath, addressesPath+"/x", customersPath, passwordTokenPath, passwordResetPath, authPath, tokenPath, authPath+"/x", "/store", "/store/nothing", "/store/customers/x/y", "/"), "/")
		n := rapid.IntRange(1, len(parts)-1).Draw(t, "part")
		switch rapid.IntRange(0, 9).Draw(t, "oddity") {
		case 0:
			parts[n] = strings.ToUpper(parts[n])
		case 1:
			parts = append(parts, "")
		case 2:
			parts = append(parts, pick(t, "x", "%20", "%C3%A9", "%2F", "..", ".", "%00"))
		case 3:
			parts[n] = pick(t, "", "..", ".", "%2e", "x", "%6De", "<b>", "a;b", "a:b", "a,b", "*", "me", "auth", "'")
		case 4:
			parts[n] += pick(t, "x", "%20", ".", ";x", "+")
		}
		r.Path = strings.Join(parts, "/")
		if strings.HasPrefix(r.Path, "//") {
			r.Path = "/" + strings.TrimLeft(r.Path, "/")
		}
		if seldom(t, 4) {
			r.Path += "?" + pick(t, "x=1", "", "a[b]=c", "%25", "=", "limit=x", "&&")
		}
		if seldom(t, 4) {
			r.Header[pick(t, "Origin", "Accept", "Content-Type", "X-Forwarded-Proto", "X-Forwarded-For", "Access-Control-Request-Headers", "Idempotency-Key", "X-Publishable-Api-Key", "Accept-Encoding", "X-Request-Id")] =
				[]string{pick(t, "x", "http://localhost:8000", "https", "application/json", "text/plain", "*/*", "application/x-www-form-urlencoded", "a, b", "gzip")}
		}
		return r
	})

	// anyOddBody is an odd body where one is taken.
	anyOddBody = rapid.Custom(func(t *rapid.T) compare.Request {
		r := compare.Request{
			As: pick(t, jars...), Method: "POST", Header: http.Header{},
			Path: pick(t, mePath, addressesPath, addressesPath+"/${addr_#0}", customersPath, authPath, tokenPath, passwordTokenPath, passwordResetPath),
		}
		switch rapid.IntRange(0, 5).Draw(t, "body") {
		case 0:
			r.Body = value(t)
		case 1:
			r.Body = pick(t, "", " ", "{", "}", "[", `{"email"`, `{"email":}`, "{}{}", "nul", "{\"a\":\"\x01\"}", `{"a":01}`, "// x", "\xff", `{"a":"\x"}`, "{,}", "[,]", `{"a":1}garbage`, "\ufeff{}", `"`, "-", `{"email":"${e0.email}"`)
		case 2:
			r.Body = "email=a%40example.com&password=x&first_name=Ada&metadata[a]=1&address[city]=x"
			r.Header["Content-Type"] = []string{pick(t, "application/x-www-form-urlencoded", "text/plain", "application/json")}
		case 3:
			r.Body = object(t, append([]field{{"email", value, 5}, {"password", value, 3}, {"token", value, 3}, {"address", value, 3}, {"x", value, 1}, {"metadata", value, 2}, {"billing_address", value, 2}}, addressFields(1)...))
		case 4:
			r.Body = `[` + object(t, customerFields) + `]`
		case 5:
			r.Body = object(t, customerFields)
			r.Header["Content-Type"] = []string{pick(t, "application/json; charset=utf-8", "application/json;charset=UTF-8", "text/json", "application/problem+json", "application/JSON", "*/*", "x")}
		}
		return r
	})

	// anyList lists orders.
	anyList = rapid.Custom(func(t *rapid.T) compare.Request {
		var list filters
		for range rapid.IntRange(0, 3).Draw(t, "filters") {
			list.add(anyFilter(t))
		}
		params := list.parameters
		switch rapid.IntRange(0, 3).Draw(t, "shape") {
		case 0:
			params = append(params, brief)
		case 1:
			params = append(params, "limit="+pick(t, "1", "3", "2"), "fields="+anyFields(t), "expand="+anyExpand(t))
		case 2:
			params = append(params, "limit="+pick(t, "1", "3", "2"), "fields="+anyFields(t))
		case 3:
			params = append(params, "limit="+pick(t, "1", "3", "2"), "expand="+anyExpand(t))
		}
		if seldom(t, 5) {
			params = rapid.Permutation(params).Draw(t, "order")
		}
		return compare.Request{As: pick(t, "a", "a", "a", "b", ""), Method: "GET", Path: ordersPath + "?" + strings.Join(params, "&")}
	})
)

// filters are parameters that clients write: those of one name in one form, without gaps and without a key twice.
type filters struct {
	parameters []string
	forms      map[string]string // by name
	used       map[string]int    // by name and brackets
}

// add adds a filter, unless no client would write it beside the others. Its brackets are none, [], [0] or a key.
func (f *filters) add(name, brackets, value string) {
	form := brackets
	if len(brackets) > len("[]") && brackets != "[0]" {
		form = "[key]"
	}
	if before, known := f.forms[name]; known && before != form || form == "[key]" && f.used[name+brackets] > 0 {
		return
	}
	if f.forms == nil {
		f.forms, f.used = map[string]string{}, map[string]int{}
	}
	n := f.used[name+brackets]
	f.forms[name], f.used[name+brackets] = form, n+1
	if form == "[0]" {
		brackets = fmt.Sprintf("[%d]", n)
	}
	f.parameters = append(f.parameters, name+brackets+"="+value)
}

func anyFilter(t *rapid.T) (name, brackets, value string) {
	list := func() string { return pick(t, "[]", "[]", "[0]", "", "[x]") }
	switch rapid.IntRange(0, 9).Draw(t, "filter") {
	case 0, 1:
		return "status", list(), pick(t, "completed", "canceled", "pending", "archived", "requires_action", "x", "", "completed,canceled", "Pending")
	case 2:
		return "payment_status", list(), pick(t, "captured", "awaiting", "refunded", "partially_refunded", "not_paid", "canceled", "x", "captured,awaiting")
	case 3:
		return "fulfillment_status", list(), pick(t, "shipped", "not_fulfilled", "fulfilled", "partially_shipped", "returned", "x", "")
	case 4, 5:
		return pick(t, "created_at", "updated_at", "canceled_at"), pick(t, "[gt]", "[lt]", "[gte]", "[lte]", "", "[x]", "[]"),
			pick(t, "2024-03-01T00:00:00.000Z", "2024-02-01", "1709251200", "2025-06-01T00:00:00%2B02:00", "", "x", "2024-13-01", "1709251200.5", "null", "2024-03-01T00:00:00+01:00", "2024", "2024-03-01T10:20", "1709251200000", "1", "24", "2024-06-01T25:00:00Z")
	case 6:
		return pick(t, "limit", "offset"), "", pick(t, "3", "0", "7", "91", "100", "-1", "x", "", "1.5", "1e1", "%205")
	case 7:
		return pick(t, "currency_code", "email", "region_id", "cart_id"), pick(t, "", "", "", "[]", "[x]"), pick(t, "usd", "eur", "EUR", "orders@example.com", "x", "", "%00", "dkk")
	case 8:
		return pick(t, "display_id", "tax_rate"), "", pick(t, "1", "12", "25", "0", "x", "", "1.5", "-1", "19", "007", "%2B1", "null")
	}
	return pick(t, "q", "q", "q", "x", "order", "id"), pick(t, "", "", "", "[]"), pick(t, "orders", "Larsen", "5", "", "%25", "_", "LARSEN", "%20", "1", "'", "example.com", "%5C")
}

func anyFields(t *rapid.T) string {
	var names []string
	sign := pick(t, "", "", "%2B", "-")
	for range rapid.IntRange(0, 4).Draw(t, "fields") {
		name := pick(t, orderColumns...)
		switch rapid.IntRange(0, 9).Draw(t, "field") {
		case 0, 1:
			name = pick(t, orderTotals...)
		case 2:
			name = pick(t, "nonsense", "object", "items.title", "items.refundable", "*", "", "items", "%20id", "ID", "raw_discount_total", "customer.email", "region.", "items.variant.title")
		}
		if seldom(t, 10) {
			sign = pick(t, "", "%2B", "-", "+")
		}
		names = append(names, sign+name)
	}
	return strings.Join(names, ",")
}

func anyExpand(t *rapid.T) string {
	var paths []string
	for range rapid.IntRange(0, 3).Draw(t, "relations") {
		path := pick(t, listRelations...)
		if seldom(t, 12) {
			path = pick(t, "nonsense", "items.nonsense", "", "%20items", "items.", "id", "Items", "total", "*")
		}
		paths = append(paths, path)
	}
	return strings.Join(paths, ",")
}
