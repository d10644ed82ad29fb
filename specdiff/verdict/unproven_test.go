package verdict_test

import (
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/verdict"
)

// TestWhatWasSeenProvesNoMore checks that a refusal of one bound decides nothing about another, and an integer nothing
// about a number.
func TestWhatWasSeenProvesNoMore(t *testing.T) {
	for _, c := range []struct {
		aspect                    finding.Aspect
		contract, published, live string
		want                      finding.Wrong
	}{
		{finding.Bounds, "minLength 1", "none", "refused: empty", finding.Published},
		{finding.Bounds, "minLength 1, maxLength 20", "none", "refused: empty", finding.Undecided},
		{finding.Bounds, "minLength 1, maxLength 20", "none", "refused: empty, refused: too long", finding.Published},
		{finding.Bounds, "minLength 1, maxLength 20", "maxLength 20", "refused: empty", finding.Published},
		{finding.Bounds, "minLength 1, pattern ^a", "none", "refused: empty", finding.Undecided},
		{finding.Bounds, "minLength 5", "none", "refused: empty", finding.Undecided},
		{finding.Bounds, "minLength 5", "none", "refused: too short", finding.Published},
		{finding.Bounds, "minimum 0", "none", "fails: negative", finding.Published},
		{finding.Bounds, "minimum 1", "none", "fails: negative", finding.Undecided},
		{finding.Bounds, "minimum 0, maximum 100", "none", "fails: negative", finding.Undecided},
		{finding.Bounds, "minimum 0, maximum 2147483647", "none", "fails: negative, fails: more than 32 bits", finding.Published},
		{finding.Bounds, "none", "minLength 3", "accepted: empty", finding.Published},
		{finding.Type, "number", "string", "integer", finding.Undecided},
		{finding.Type, "number", "string", "number, integer", finding.Published},
		{finding.Type, "integer", "string", "integer", finding.Published},
		{finding.Type, "number", "string", "refused: no number", finding.Published},
	} {
		p := finding.Point{Place: "StorePostAuthReq.password", Aspect: c.aspect}
		all := verdict.Join(verdict.Evidence{
			Differences: []compare.Difference{{Point: p, Contract: c.contract, Published: c.published}},
			Published:   []finding.Observation{{Point: p, Relation: finding.Contradicts, Document: c.published, Live: c.live}},
		})
		if len(all) != 1 || all[0].Wrong != c.want {
			t.Fatalf("%s, %s: found %+v, want %s", c.contract, c.live, all, c.want)
		}
		if f := all[0]; c.want == finding.Undecided && (f.Go == "" || !strings.Contains(f.Change, f.Place)) {
			t.Errorf("%s, %s: it does not say what it means: %+v", c.contract, c.live, f)
		}
	}
}

// TestWhatNoDocumentShouldDescribe checks that a body that cannot be read is a fault of the backend.
func TestWhatNoDocumentShouldDescribe(t *testing.T) {
	for want, live := range map[string]string{
		"JSON": "no JSON: EOF", "UTF-8": "application/json", "one Content-Type": "application/json and text/html",
	} {
		o := finding.Observation{Point: finding.Point{Place: "GET /store/auth 200", Aspect: finding.ContentType}, Relation: finding.Contradicts, Document: want, Live: live}
		all := verdict.Join(verdict.Evidence{Contract: []finding.Observation{o}, Published: []finding.Observation{o}})
		if len(all) != 1 || all[0].Wrong != finding.Backend || !strings.HasPrefix(all[0].Change, "none") {
			t.Errorf("%s: found %+v", want, all)
		}
	}
}

// TestAdditionalPropertiesWrittenOut checks that the default of OpenAPI is said to change only the Go code.
func TestAdditionalPropertiesWrittenOut(t *testing.T) {
	p := finding.Point{Place: "Order", Aspect: finding.Open}
	all := verdict.Join(verdict.Evidence{Differences: []compare.Difference{{Point: p, Contract: "more properties allowed", Published: "not said"}}})
	if len(all) != 1 || !strings.Contains(all[0].Go, "nothing on the wire") || !strings.Contains(all[0].Go, "in Go") {
		t.Errorf("found %+v", all)
	}
}
