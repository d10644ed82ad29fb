package verdict_test

import (
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/verdict"
)

// TestBreaking checks what each difference means for the client, by aspect and direction.
func TestBreaking(t *testing.T) {
	const list, login = "GET /store/customers/me/orders", "POST /store/auth"
	for name, c := range map[string]struct {
		place, contract, live string
		aspect                finding.Aspect
		want                  bool
	}{
		"a route that is missing":                 {login, "documented", "absent", finding.Presence, true},
		"a route of the shop's own":               {"GET /store/customers/me/wishlist", "absent", "200", finding.Presence, false},
		"a property of the shop's own":            {"Customer.nickname", "absent", "string", finding.Presence, false},
		"a property in the response in place":     {login + " 200 application/json.extra", "absent", "null", finding.Presence, false},
		"a parameter that is refused":             {list + " query status", "allowed", "refused: value", finding.Presence, true},
		"a parameter that fails":                  {list + " query status", "allowed", "fails: value", finding.Presence, true},
		"a parameter that the contract lacks":     {list + " query page", "absent", "accepted: value", finding.Presence, false},
		"a required property is missing":          {"Order.total", "required", "not there", finding.Required, true},
		"one of a response in place is missing":   {list + " 200 application/json.count", "required", "not there", finding.Required, true},
		"a property has to be sent":               {"StorePostCustomersReq.phone", "optional", "refused: omitted", finding.Required, true},
		"a body has to be sent":                   {"POST /store/customers/me body", "optional", "refused: no body", finding.Required, true},
		"a property need not be sent":             {"StorePostCustomersReq.phone", "required", "accepted: omitted", finding.Required, false},
		"null in a response":                      {"Order.email", "not null", "null", finding.Nullable, true},
		"null is refused":                         {"AddressPayload.phone", "null allowed", "refused: null", finding.Nullable, true},
		"null is accepted":                        {"AddressPayload.phone", "string", "accepted: null", finding.Nullable, false},
		"another type in a response":              {"Order.total", "integer", "string", finding.Type, true},
		"the type is refused":                     {"AddressPayload.phone", "string", "refused: text", finding.Type, true},
		"another type is accepted":                {list + " query limit", "integer", "accepted: fraction", finding.Type, false},
		"no time where one is read":               {"Order.created_at", "date-time", "another format", finding.Format, true},
		"too large an integer":                    {"Order.total", "int64", "another format", finding.Format, true},
		"digits with a fraction":                  {"Order.total", "digits only", "another format", finding.Format, true},
		"text of another format":                  {"Order.email", "email", "another format", finding.Format, false},
		"times where the contract has text":       {"Order.note", "none", "date-time", finding.Format, false},
		"a format is refused":                     {"StorePostAuthReq.email", "allowed", "refused: no email", finding.Format, false},
		"signs before names are refused":          {list + " query fields", "allowed", "fails: name after a plus", finding.Format, true},
		"a format is accepted":                    {"DateComparisonOperator.gt", "date-time", "accepted: unix seconds", finding.Format, false},
		"an unknown value":                        {"Order.status", "pending, completed", `"on_hold"`, finding.Enum, false},
		"a value of the contract is refused":      {list + " query status", "allowed", "refused: value completed", finding.Enum, true},
		"another value is refused":                {list + " query status", "allowed", "refused: unknown value", finding.Enum, false},
		"another value is accepted":               {list + " query status", "pending, completed", "accepted: unknown value", finding.Enum, false},
		"out of bounds in a response":             {"Order.currency_code", "at most 3 characters", "4 characters", finding.Bounds, false},
		"bounds are refused":                      {list + " query limit", "allowed", "refused: zero", finding.Bounds, false},
		"bounds are accepted":                     {"StorePostAuthReq.password", "at least 1 characters", "accepted: empty", finding.Bounds, false},
		"another default":                         {list + " query limit", "10", "20", finding.Default, false},
		"properties that are not declared":        {"Error", "declared properties only", "more", finding.Open, false},
		"other properties are accepted":           {"StorePostAuthReq", "forbidden", "accepted: extra property", finding.Open, false},
		"other properties are refused":            {"StorePostAuthReq", "allowed", "refused: extra property", finding.Open, false},
		"no branch fits":                          {"BillingAddress", "one of", "fits no branch", finding.Branches, true},
		"a branch is refused":                     {"BillingAddress", "allowed", "refused: text", finding.Branches, true},
		"another branch is accepted":              {"BillingAddress", "one of", "accepted: list", finding.Branches, false},
		"the way to write a list is refused":      {list + " query status", "status[]=1", "400; accepted: comma", finding.Style, true},
		"no way to write a list is accepted":      {list + " query status", "status[]=1", "500; accepted: none of the ways that were tried", finding.Style, true},
		"repeated values":                         {list + " query status", "repeated", "400", finding.Explode, true},
		"another success":                         {login + " 200", "200, 401", "201", finding.Status, true},
		"a redirect":                              {login + " 302", "200, 401", "302", finding.Status, true},
		"nothing has changed":                     {list + " 304", "200, 401", "304", finding.Status, false},
		"another failure":                         {login + " 418", "200, 401", "418", finding.Status, false},
		"another kind of success":                 {login + " 200", "application/json", "text/html", finding.ContentType, true},
		"a success that the client does not read": {"DELETE /store/auth 200", "text/plain", "application/json", finding.ContentType, false},
		"another kind of failure":                 {login + " 400", "application/json", "text/html", finding.ContentType, false},
		"JSON is refused":                         {login + " body", "application/json", "refused: JSON as body", finding.ContentType, true},
		"a form is accepted":                      {login + " body", "application/json", "accepted: form as body", finding.ContentType, false},
		"a cookie of another name":                {"Set-Cookie", "name connect.sid", "name sid", finding.Cookie, true},
		"a Secure cookie":                         {"Set-Cookie", "both false", "Secure is true and SameSite=None is true", finding.Cookie, false},
		"a Secure cookie over plain http":         {"Set-Cookie", "both false", "Secure is true and SameSite=None is true, over plain http", finding.Cookie, true},
		"a cookie of another host":                {"Set-Cookie", "Path / and no Domain", `Path "/" and Domain "a.example", which is not this backend's`, finding.Cookie, true},
		"a cookie of this host":                   {"Set-Cookie", "Path / and no Domain", `Path "/" and Domain "b.example"`, finding.Cookie, false},
		"a login that deletes its cookie":         {"Set-Cookie", "a life of 10h0m0s", "an Expires in the past, which deletes it", finding.Cookie, true},
		"a cookie with another life":              {"Set-Cookie", "a life of 10h0m0s", "a life of 24h0m0s", finding.Cookie, false},
		"a login without a cookie":                {login + " 200", "Set-Cookie documented", "no cookie at a login", finding.Cookie, true},
		"a response without a cookie":             {"GET /store/auth/{email} 200", "Set-Cookie documented", "none, to requests without a cookie", finding.Cookie, false},
		"a failure without a cookie":              {login + " 401", "Set-Cookie documented", "none, to requests without a cookie", finding.Cookie, false},
		"a cookie that was not documented":        {"DELETE /store/auth 200", "absent", "Set-Cookie", finding.Cookie, false},
		"no ETag":                                 {list + " 200", "ETag documented", "no ETag", finding.Header, false},
		"another header":                          {list + " 200", "ETag absent", "ETag", finding.Header, false},
		"credentials are refused":                 {list, "allowed", "refused: a bearer token", finding.Security, true},
		"no credentials are accepted":             {list, "session", "accepted: no credentials", finding.Security, false},
		"bad input is a 500":                      {list + " query limit", "", "500: negative", finding.Refusal, false},
		"no asking for emails":                    {"GET /store/auth/{email} 404", "200, 304", "404", finding.Status, true},
		"what is no JSON":                         {list + " 200", "JSON", "no JSON: an empty body", finding.ContentType, true},
		"JSON with a mark of its byte order":      {list + " 200", "JSON", "a byte order mark before the JSON", finding.ContentType, false},
		"JSON of another content type":            {list + " 200", "application/json", "text/plain, with JSON in the body", finding.ContentType, false},
		"JSON as a page":                          {list + " 200", "application/json", "text/html, with JSON in the body", finding.ContentType, true},
		"a word of the login guard":               {list + " 401", "a body without a content type", "text/plain", finding.ContentType, false},
		"another word of the login guard":         {list + " 401", "a body without a content type", "application/json", finding.ContentType, true},
		"an integer beyond 64 bits":               {"Order.total", "64 bits", "1e25", finding.Bounds, true},
		"an integer in another form":              {"Order.total", "digits only", "another format, which can be read", finding.Format, false},
		"a time in another form":                  {"Order.created_at", "date-time in UTC", "another format, which can be read", finding.Format, false},
		"a null that may be missing":              {"Order.note", "string", "null, where it may be missing", finding.Nullable, false},
		"the text of an error":                    {"Error.message", "required", "not there", finding.Required, false},
		"the type of an error":                    {"Error.type", "required", "not there", finding.Required, true},
		"403 for 401":                             {list, "", "403 without a login", finding.Behavior, true},
		"a wrong password is no 401":              {login, "", "403 to a wrong password", finding.Behavior, true},
		"an ETag and no login":                    {list, "", "200 to If-None-Match with the ETag of the response before; 403 without a login", finding.Behavior, true},
		"a logout that ends nothing":              {"GET /store/customers/me", "", "200 after the logout", finding.Behavior, true},
		"orders that were not asked for":          {list, "", "an order with another status than was asked for", finding.Behavior, true},
		"an ETag that is ignored":                 {list, "", "200 to If-None-Match with the ETag of the response before", finding.Behavior, false},
		"capitals in an email":                    {login, "", "401 to the login with an upper-case email", finding.Behavior, false},
		"an example":                              {"Order.email", "x", "y", finding.Example, false},
		"another name":                            {list, "x", "y", finding.OperationID, false},
		"what is not read":                        {"Order", "x", "y", finding.Unread, false},
	} {
		t.Run(name, func(t *testing.T) {
			relation := finding.Contradicts
			if c.contract == "" {
				relation = finding.Fault
			}
			all := verdict.Join(verdict.Evidence{Contract: []finding.Observation{{
				Point: finding.Point{Place: c.place, Aspect: c.aspect}, Relation: relation, Document: c.contract, Live: c.live,
			}}})
			if len(all) != 1 || all[0].Breaking != c.want {
				t.Fatalf("found %+v, want breaking to be %t", all, c.want)
			}
			if all[0].Client == "" && c.aspect != finding.Example && c.aspect != finding.OperationID && c.aspect != finding.Unread {
				t.Error("it lacks what it means for the client")
			}
		})
	}
}

// TestWhatOnlyExpandAsksForMayBeMissing checks a required property of a relation that is not sent by default.
func TestWhatOnlyExpandAsksForMayBeMissing(t *testing.T) {
	for query, want := range map[string]bool{"": true, "?limit=0": true, "?expand=sales_channel&limit=0": false, "?fields=id": false} {
		o := finding.Observation{
			Point: finding.Point{Place: "SalesChannel.metadata", Aspect: finding.Required}, Relation: finding.Contradicts, Document: "required", Live: "not there",
			Curl: `curl "${BACKEND}/store/customers/me/orders` + query + `"`,
		}
		if f := verdict.Join(verdict.Evidence{Contract: []finding.Observation{o}})[0]; f.Breaking != want {
			t.Errorf("%s: breaking is %t, want %t", query, f.Breaking, want)
		}
	}
}

// TestWhatWasNotSeenBreaksNothing checks what a backend did not show to be so, or showed of the other document.
func TestWhatWasNotSeenBreaksNothing(t *testing.T) {
	for name, e := range map[string]verdict.Evidence{
		"documents differ":          {Differences: differs()},
		"the published one is":      {Published: saw(finding.Contradicts, "null")},
		"a document without effect": {Contract: saw(finding.Contradicts, "")},
		"too little was seen": {Contract: []finding.Observation{{
			Point: finding.Point{Place: "GET /store/auth", Aspect: finding.Seen}, Relation: finding.Fault, Live: "no success was seen",
		}}},
	} {
		for _, f := range verdict.Join(e) {
			if f.Breaking {
				t.Errorf("%s: %+v breaks", name, f)
			}
		}
	}
}
