package verdict_test

import (
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/verdict"
)

var email = finding.Point{Place: "Order.email", Aspect: finding.Nullable}

func differs() []compare.Difference {
	return []compare.Difference{{Point: email, Contract: "null allowed", Published: "not null", Uses: []string{"GET /store/auth"}}}
}

func saw(relation finding.Relation, live string) []finding.Observation {
	return []finding.Observation{{Point: email, Relation: relation, Document: "not null", Live: live, Example: "orders[].email", Curl: "curl x", Count: 2}}
}

func TestWhoIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		evidence verdict.Evidence
		want     finding.Wrong
		live     string
	}{
		"documents differ":                        {verdict.Evidence{Differences: differs()}, finding.Undecided, ""},
		"the contract is contradicted":            {verdict.Evidence{Contract: saw(finding.Contradicts, "null")}, finding.Contract, "null"},
		"the published document is":               {verdict.Evidence{Differences: differs(), Published: saw(finding.Contradicts, "null")}, finding.Published, "null"},
		"both are":                                {verdict.Evidence{Contract: saw(finding.Contradicts, "null"), Published: saw(finding.Contradicts, "null")}, finding.Documents, "null"},
		"the contract is seen to hold":            {verdict.Evidence{Differences: differs(), Contract: saw(finding.Supports, "null")}, finding.Published, "null"},
		"nothing disproves the published one":     {verdict.Evidence{Differences: differs(), Published: saw(finding.Supports, "a value")}, finding.Undecided, "a value"},
		"the published one holds, and ours not":   {verdict.Evidence{Differences: differs(), Contract: saw(finding.Contradicts, "a value"), Published: saw(finding.Supports, "a value")}, finding.Contract, "a value"},
		"a contradiction counts more than a hint": {verdict.Evidence{Differences: differs(), Contract: append(saw(finding.Supports, "a value"), saw(finding.Contradicts, "null")...)}, finding.Contract, "null"},
		"the backend fails":                       {verdict.Evidence{Contract: saw(finding.Fault, "500")}, finding.Backend, "500"},
		"all agree":                               {verdict.Evidence{Contract: saw(finding.Supports, "null"), Published: saw(finding.Supports, "null")}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			all := verdict.Join(c.evidence)
			if c.want == "" {
				if len(all) > 0 {
					t.Errorf("found %+v", all)
				}
				return
			}
			if len(all) != 1 || all[0].Wrong != c.want || all[0].Live != c.live {
				t.Fatalf("found %+v, want %q and live %q", all, c.want, c.live)
			}
			if f := all[0]; f.Go == "" || f.Change == "" || f.Contract+f.Published == "" {
				t.Errorf("it does not say what it means: %+v", f)
			}
		})
	}
}

func TestWhatIsToBeDoneComesFirst(t *testing.T) {
	at := func(place string, relation finding.Relation) finding.Observation {
		return finding.Observation{Point: finding.Point{Place: place, Aspect: finding.Type}, Relation: relation, Live: "x"}
	}
	all := verdict.Join(verdict.Evidence{
		Differences: []compare.Difference{{Point: finding.Point{Place: "C.differs", Aspect: finding.Type}}},
		Contract:    []finding.Observation{at("B.fails", finding.Fault), at("D.wrong", finding.Contradicts)},
		Published:   []finding.Observation{at("A.published", finding.Contradicts)},
	})
	var places []string
	for _, f := range all {
		places = append(places, f.Place)
	}
	if got := strings.Join(places, " "); got != "D.wrong B.fails C.differs A.published" {
		t.Errorf("the order is %s", got)
	}
}

func TestObservationsOfOnePointAddUp(t *testing.T) {
	all := verdict.Join(verdict.Evidence{Contract: append(saw(finding.Contradicts, "null"), saw(finding.Contradicts, "absent")...)})
	if len(all) != 1 || all[0].Count != 4 || all[0].Live != "null, absent" {
		t.Errorf("found %+v", all)
	}
}

// TestEvidenceThatFitsBothDecidesNothing checks that a backend that does what both documents allow shows neither of them
// to be wrong.
func TestEvidenceThatFitsBothDecidesNothing(t *testing.T) {
	none, support, contradiction := finding.Relation(""), finding.Supports, finding.Contradicts
	for _, c := range []struct {
		ofContract, ofPublished finding.Relation
		want                    finding.Wrong
	}{
		{none, none, finding.Undecided},
		{support, none, finding.Published},
		{support, support, finding.Undecided},
		{support, contradiction, finding.Published},
		{none, support, finding.Undecided},
		{contradiction, support, finding.Contract},
		{contradiction, contradiction, finding.Documents},
	} {
		all := verdict.Join(verdict.Evidence{Differences: differs(), Contract: saw(c.ofContract, "null"), Published: saw(c.ofPublished, "null")})
		if len(all) != 1 || all[0].Wrong != c.want {
			t.Errorf("the backend %s the contract and %s the published document: found %+v, want %q", c.ofContract, c.ofPublished, all, c.want)
		}
	}
}

// TestObservationThatWasPerhapsElsewhere checks that what was seen at one place of the published document, for which
// the contract has two, counts at the one about which the documents differ.
func TestObservationThatWasPerhapsElsewhere(t *testing.T) {
	place := finding.Point{Place: "Person.age", Aspect: finding.Required}
	seen := verdict.AtPlaces([]finding.Observation{{Point: place, Relation: finding.Contradicts, Live: "not there"}}, map[string][]string{"Person": {"Owner", "Keeper"}})
	differs := []compare.Difference{{Point: finding.Point{Place: "Keeper.age", Aspect: finding.Required}, Contract: "optional", Published: "required"}}
	all := verdict.Join(verdict.Evidence{Differences: differs, Published: seen})
	if len(all) != 1 || all[0].Place != "Keeper.age" || all[0].Wrong != finding.Published {
		t.Errorf("found %+v", all)
	}
}

func TestUsesOfWhatOnlyTheBackendContradicts(t *testing.T) {
	uses := map[string][]string{"Order": {"GET /store/auth"}}
	if all := verdict.Join(verdict.Evidence{Contract: saw(finding.Contradicts, "null"), Uses: uses}); len(all) != 1 || len(all[0].Uses) != 1 {
		t.Errorf("found %+v", all)
	}
}

func TestFlawThatWasAlsoSeen(t *testing.T) {
	flaw := finding.Observation{Point: email, Relation: finding.Contradicts, Document: "nullable beside $ref is ignored"}
	all := verdict.Join(verdict.Evidence{Differences: differs(), Published: append([]finding.Observation{flaw}, saw(finding.Contradicts, "null")...)})
	if len(all) != 1 || all[0].Live != "null" || all[0].Curl != "curl x" || all[0].Count != 2 {
		t.Errorf("found %+v", all)
	}
}

func TestAtPlaces(t *testing.T) {
	places := map[string][]string{"Person": {"Owner", "Keeper"}, "Person.age": {"Owner.age"}}
	for _, c := range []struct {
		place    string
		relation finding.Relation
		want     string
	}{
		{"Person.age", finding.Contradicts, "Owner.age"},
		{"Person.age", finding.Supports, "Owner.age"},
		{"Person.more", finding.Contradicts, "Owner.more Keeper.more"},
		{"Person.more", finding.Supports, "Owner.more Keeper.more"},
		{"Person.pets[].id", finding.Contradicts, "Owner.pets[].id Keeper.pets[].id"},
		{"Pet.id", finding.Supports, "Pet.id"},
		{"GET /pets 200", finding.Contradicts, "GET /pets 200"},
	} {
		var got []string
		for _, o := range verdict.AtPlaces([]finding.Observation{{Point: finding.Point{Place: c.place}, Relation: c.relation}}, places) {
			got = append(got, o.Place)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s, which the backend %s, is at %v, want %s", c.place, c.relation, got, c.want)
		}
	}
}

// TestMeaning checks that each aspect has a meaning in both directions, and that the change names the place.
func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		aspect         finding.Aspect
		place          string
		contract, live string
		inGo, change   string
	}{
		{finding.Presence, "GET /store/auth", "absent", "documented", "a method that is missing", "add GET /store/auth"},
		{finding.Presence, "GET /store/auth", "documented", "absent", "a method that always fails", "remove GET /store/auth"},
		{finding.Presence, "GET /o query q", "string", "absent", "it never worked", "remove GET /o query q"},
		{finding.Presence, "GET /o query q", "absent", "string", "cannot be set", "add GET /o query q: string"},
		{finding.Presence, "Order.x", "absent", "string", "dropped", "add Order.x: string"},
		{finding.Presence, "Order.x", "string", "absent", "never filled", "remove Order.x"},
		{finding.Required, "Order.x", "required", "not there", "becomes a pointer", "take Order.x off"},
		{finding.Required, "Login.x", "optional", "refused: omitted", "has to be set", "put Login.x on"},
		{finding.Required, "POST /o body", "required", "accepted: no body", "may be missing", "required: false at POST /o body"},
		{finding.Nullable, "Login.x", "string", "accepted; accepted: null", "becomes a pointer", "nullable: true at Login.x"},
		{finding.Nullable, "Login.x", "null allowed", "refused: null", "plain field", "take nullable: true off Login.x"},
		{finding.Bounds, "Login.x", "minLength 1", "accepted: empty", "refuses what the backend takes", "bounds at Login.x"},
		{finding.Format, "Login.x", "none", "refused: no email", "does not take", "format at Login.x"},
		{finding.Required, "GET /o query q", "optional", "required", "has to be set", "required: true"},
		{finding.Nullable, "Order.x", "not null", "null", "becomes a pointer", "nullable: true at Order.x"},
		{finding.Nullable, "Order.x", "null allowed", "not null", "plain field", "take nullable: true off Order.x"},
		{finding.Type, "Order.x", "string", "integer", "string to integer", "write type: integer at Order.x"},
		{finding.Format, "Order.x", "date", "date-time", "date to date-time", "write format: date-time at Order.x"},
		{finding.Enum, "OrderStatus", "none", "lost", "new enum constants, or a plain type: lost", "add to the enum at OrderStatus, or remove it if these are no names: lost"},
		{finding.Style, "GET /o query s", "s=1,2", "s[]=1&s[]=2", "never worked", "change name, style and explode of GET /o query s, so that it is written as s[]=1&s[]=2"},
		{finding.Explode, "GET /o query s", "s=1,2", "s=1&s=2", "never worked", "explode of GET /o query s"},
		{finding.Status, "GET /o 409", "absent", "409", "one more status", "add the response"},
		{finding.Status, "GET /o 409", "documented", "absent", "never happens", "remove the response"},
		{finding.ContentType, "GET /o 401", "text/plain", "none", "left as bytes", "make the content of GET /o 401 that of none"},
		{finding.Cookie, "GET /o 200", "absent", "Set-Cookie", "session cookie", "declare the header Set-Cookie at GET /o 200"},
		{finding.Header, "GET /o 200", "absent", "ETag", "header field", "declare the header ETag at GET /o 200"},
		{finding.Security, "GET /o", "none", "bearer", "needs a session", "the security of GET /o"},
		{finding.Open, "Order", "declared properties only", "more", "kept in a map", "write additionalProperties: true at Order"},
		{finding.Branches, "Body", "one of A, B", "A", "union", "branches at"},
		{finding.Bounds, "Order.x", "minLength 1", "none", "checked before sending", "remove or widen the bound (minLength 1) at Order.x"},
		{finding.Default, "GET /o query l", "10", "20", "leaving the field out", "write default: 20 at"},
	} {
		all := verdict.Join(verdict.Evidence{Contract: []finding.Observation{{
			Point: finding.Point{Place: c.place, Aspect: c.aspect}, Relation: finding.Contradicts, Document: c.contract, Live: c.live,
		}}})
		if len(all) != 1 || !strings.Contains(all[0].Go, c.inGo) || !strings.Contains(all[0].Change, c.change) {
			t.Errorf("%s %s, %s to %s: got %+v, want %q and %q", c.place, c.aspect, c.contract, c.live, all, c.inGo, c.change)
		}
		if len(all) == 1 && strings.HasSuffix(all[0].Change, "documented") {
			t.Errorf("%s %s: %q can be written into no document", c.place, c.aspect, all[0].Change)
		}
	}
}

// TestAdvice checks that the change for each way in which a backend contradicts a document is an instruction that can be
// followed, in words of the contract.
func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		id, contract, live, change string
	}{
		{"GET /o query order#presence", "string", "refused: value", "remove GET /o query order"},
		{"GET /o query q#presence", "absent", "accepted: value; accepted: empty", "add GET /o query q"},
		{"Order.x#presence", "absent", "null; object", "add Order.x: null or object"},
		{"Order.items#bounds", "minItems 50", "2", "remove or widen the bound (minItems 50) at Order.items, where this was seen: 2"},
		{"Login.x#bounds", "allowed", "fails: more than 32 bits; refused: empty; accepted: zero", "change the bounds at Login.x: allow what the backend accepts (zero), forbid what it refuses (empty), forbid what it fails at (more than 32 bits)"},
		{"Customer.id#format", "uuid", "another format", "remove the format uuid at Customer.id, which the values do not have"},
		{"GET /o query s#style", "comma in brackets", "400; accepted: comma", "change name, style and explode of GET /o query s, so that it is written as comma"},
		{"GET /o query s#style", "pairs", "400; accepted: deep object gt, deep object lt", "change name, style and explode of GET /o query s, so that it is written as deep object"},
		{"GET /o query s#style", "pipes", "400; accepted: none of the ways that were tried", "find out how the backend reads GET /o query s; no way to write it was accepted"},
		{"GET /o 200#header", "ETag documented; elsewhere X-Total documented", "no X-Total", "remove the header X-Total at GET /o 200"},
		{"GET /o 200#header", "X-Etag documented", "ETag, no X-Etag", "declare the header ETag, remove the header X-Etag at GET /o 200"},
		{"GET /o 200#header", "ETag documented", `Etag string "W/1"; Etag string "W/2"`, "change the schema of the header ETag at GET /o 200"},
		{"GET /o 200#cookie", "Set-Cookie documented", "none, to requests without a cookie", "remove the header Set-Cookie at GET /o 200, or find out when it is sent (none, to requests without a cookie)"},
		{"GET /o#security", "cookie sid", "accepted; accepted: token only", "change the security of GET /o: allow what the backend accepts (the usual credentials, token only)"},
		{"GET /o#security", "bearer and cookie sid", "refused: no credentials, accepted", "change the security of GET /o: allow what the backend accepts (the usual credentials), forbid what it refuses (no credentials)"},
		{"GET /o 401#content-type", "no body", "a body", "declare the body of GET /o 401: its content, or x-no-content-type: true"},
		{"GET /o 401#content-type", "text/plain", "a body without a content type", "write x-no-content-type: true at GET /o 401, without content"},
		{"GET /o 422#content-type", "no body", "application/json; a body", "make the content of GET /o 422 that of application/json"},
		{"GET /o 401#status", "absent", "401", "add the response GET /o 401"},
		{"Order.x#type", "boolean", "string; integer", "let Order.x allow all that was seen: string; integer"},
		{"Order.x#branches", "one of integer, boolean", "fits no branch; what the closest one lacks follows", "change the branches at Order.x, so that one of them fits what was seen"},
		{"Order#open", "declared properties only", "accepted: extra property", "change the additionalProperties at Order: allow what the backend accepts (extra property)"},
		{"Order.x#enum", "one", `"a"; "b"`, `add to the enum at Order.x, or remove it if these are no names: "a"; "b"`},
		{"Order#unread", "requird is no keyword of OpenAPI 3.0 here", "", "write what is at Order in another way: requird is no keyword of OpenAPI 3.0 here"},
		{"GET /o#security", "the scheme x is not declared", "", "declare the scheme in components.securitySchemes, or take it off the security of GET /o"},
	} {
		place, aspect, _ := strings.Cut(c.id, "#")
		all := verdict.Join(verdict.Evidence{Contract: []finding.Observation{{
			Point: finding.Point{Place: place, Aspect: finding.Aspect(aspect)}, Relation: finding.Contradicts, Document: c.contract, Live: c.live,
		}}})
		if len(all) != 1 || all[0].Change != c.change {
			t.Errorf("%s, %q to %q: got %q, want %q", c.id, c.contract, c.live, all[0].Change, c.change)
		}
	}
}
