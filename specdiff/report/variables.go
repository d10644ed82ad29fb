package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// explanations are what a reader sets the variables of a command to, in the order of the report.
var explanations = []field{
	{Name: "BACKEND", Value: "the URL of the backend"},
	{Name: "EMAIL", Value: "the email of a customer who may be changed"},
	{Name: "PASSWORD", Value: "the password for it"},
	{Name: "LOGIN_EMAIL", Value: "the email of -email, or of a customer of -setup who has orders"},
	{Name: "LOGIN_PASSWORD", Value: "the password for it"},
	{Name: "COOKIE", Value: "the cookie of a login, from Set-Cookie of POST /store/auth, as name=value"},
	{Name: "COOKIE_VALUE", Value: "only the value of that cookie"},
	{Name: "TOKEN", Value: "the access_token of POST /store/auth/token"},
	{Name: "RESET_TOKEN", Value: "the token of a mail that POST /store/customers/password-token sends"},
}

var variable = regexp.MustCompile(`\$\{([A-Z_]+)([0-9]*)\}`)

// variables explains the variables that occur in the commands of the findings. A variable with a number is another
// value of the same kind.
func variables(findings []finding.Finding, backend string) []field {
	occur := map[string][]string{}
	for _, f := range findings {
		for _, m := range variable.FindAllStringSubmatch(f.Curl, -1) {
			if name := m[1] + m[2]; !slices.Contains(occur[m[1]], name) {
				occur[m[1]] = append(occur[m[1]], name)
			}
		}
	}
	var all []field
	for _, e := range explanations {
		names := occur[e.Name]
		slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
		for _, name := range names {
			value := e.Value
			if name != e.Name {
				value = "another " + strings.TrimPrefix(strings.TrimPrefix(value, "the "), "only the ")
			}
			if name == "BACKEND" && backend != "" {
				value += ", here " + backend
			}
			all = append(all, field{Name: name, Value: value})
		}
	}
	return all
}
