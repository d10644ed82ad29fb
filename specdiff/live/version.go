package live

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The variants of names of columns that Medusa takes since 1.20.4.
const (
	plusName  = "name after a plus"
	minusName = "name after a minus"
)

func isSigned(p *Probe) bool { return p != nil && (p.Variant == plusName || p.Variant == minusName) }

// Versions returns which versions of Medusa respond as the backend did, by what differs between them: "1.20.4 or later",
// "1.17 to 1.20.3", "1.17 or later" or "before 1.17". It returns "" if nothing showed it.
func (r *Record) Versions() string {
	var signed, noSigned, since117, before117 bool
	for i := range r.Exchanges {
		x := &r.Exchanges[i]
		path, query, _ := strings.Cut(x.URL, "?")
		ok := x.Status/100 == 2
		switch {
		case foreign(x.Exchange) != "":
		case path == ordersPath && takesSigned(query):
			signed = signed || ok
			noSigned = noSigned || x.Status == http.StatusInternalServerError
		case path == authPath && x.Method == http.MethodDelete && ok:
			isJSON := json.Valid(x.ResponseBody)
			since117, before117 = since117 || !isJSON, before117 || isJSON
		case path == bearerPath && ok:
			since117 = true
		}
	}
	switch {
	case signed:
		return "1.20.4 or later"
	case since117 && noSigned:
		return "1.17 to 1.20.3"
	case since117:
		return "1.17 or later"
	case before117:
		return "before 1.17"
	}
	return ""
}

// takesSigned reports whether a query has a name of a column with a sign, in a list of such names.
func takesSigned(query string) bool {
	values, err := url.ParseQuery(query)
	return err == nil && slices.ContainsFunc(values["fields"], func(names string) bool { return strings.HasPrefix(names, "+") || strings.HasPrefix(names, "-") })
}
