package verdict

import (
	"regexp"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// outcome is what a difference between the contract and a backend does to a client that is made from the contract.
type outcome struct {
	breaks bool   // whether a call fails, loses data or misleads
	client string // what package customers does
}

// works and breaks return outcomes.
func works(client string) outcome  { return outcome{false, client} }
func breaks(client string) outcome { return outcome{true, client} }

const (
	unreadable = "calls that get it fail with ErrUnexpectedResponse, which names the place; of a list of orders, the others are returned"
	ignored    = "nothing: the client does not look at it"
	looser     = "nothing: the backend takes more than the client sends"
	stricter   = "such input is refused by the backend: ErrInvalidInput or ErrInternal"
)

// direction is what a finding is about.
type direction int

const (
	inResponse direction = iota
	accepts              // of requests: the backend takes what the contract does not allow
	refuses              // of requests: the backend does not take what the contract allows
)

// outcomes are what the differences mean, by aspect and direction. What is not listed changes nothing.
var outcomes = map[finding.Aspect]map[direction]func(f finding.Finding) outcome{
	finding.Presence: {
		inResponse: presenceOutcome,
		refuses:    always(breaks("calls that send it fail: leave it out")),
		accepts:    always(works(more)),
	},
	finding.Required: {
		inResponse: requiredOutcome,
		refuses:    always(breaks("calls that leave it out fail: always set it")),
		accepts:    always(works(looser)),
	},
	finding.Nullable: {
		inResponse: nullableOutcome,
		refuses:    always(breaks("it cannot be cleared: a call that sends null fails")),
		accepts:    always(works(looser)),
	},
	finding.Type: {
		inResponse: typeOutcome,
		refuses:    always(breaks("calls that send it fail")),
		accepts:    always(works(looser)),
	},
	finding.Format: {
		inResponse: formatOutcome,
		refuses:    formatRefused,
		accepts:    always(works(looser)),
	},
	finding.Enum: {
		inResponse: always(works("the value is kept as it is: a switch over the constants needs a default")),
		refuses:    enumOutcome,
		accepts:    always(works(looser)),
	},
	finding.Bounds:  {inResponse: boundsOutcome, refuses: always(works(stricter)), accepts: always(works(looser))},
	finding.Default: {inResponse: always(works(ignored)), refuses: always(works(stricter)), accepts: always(works(looser))},
	finding.Open:    {inResponse: always(works(extra)), refuses: always(works(stricter)), accepts: always(works(more))},
	finding.Branches: {
		inResponse: undecodable,
		refuses:    always(breaks("calls that send it fail")),
		accepts:    always(works(looser)),
	},
	finding.Style:       {inResponse: always(breaks(styled)), refuses: always(breaks(styled)), accepts: always(breaks(styled))},
	finding.Explode:     {inResponse: always(breaks(styled)), refuses: always(breaks(styled)), accepts: always(breaks(styled))},
	finding.Status:      {inResponse: statusOutcome},
	finding.ContentType: {inResponse: contentOutcome, refuses: always(breaks("calls with a body fail")), accepts: always(works(looser))},
	finding.Cookie:      {inResponse: cookieOutcome},
	finding.Header:      {inResponse: always(works("nothing; Response.Header has what came"))},
	finding.Security: {
		inResponse: always(breaks("the call needs other credentials")),
		refuses:    always(breaks("calls with these credentials fail: ErrUnauthenticated")),
		accepts:    always(works("nothing; but see whether the shop means to serve this without a login")),
	},
	finding.Refusal:  {inResponse: always(works("such input is ErrInternal where ErrInvalidInput is meant: check it before"))},
	finding.Behavior: {inResponse: behaviorOutcome},
	finding.Example:  {}, finding.OperationID: {}, finding.Unread: {}, finding.Seen: {},
}

const (
	extra  = "the models ignore it: read it from Response.Body, set it by customers.WithProperty; see docs/extending.md"
	more   = "nothing; what the shop takes besides can be sent: a property by customers.WithProperty, the rest by Client.Do"
	styled = "calls with this parameter fail: leave it out"
)

func always(o outcome) func(finding.Finding) outcome {
	return func(finding.Finding) outcome { return o }
}

// requiredOutcome tells what is missing in a response that leaves nothing out from what is missing in a part that only
// Expand asks for, and from headers.
func requiredOutcome(f finding.Finding) outcome {
	switch {
	case kindOf(f.Place) != schema && !strings.Contains(f.Place, "application/json."):
		return works(ignored)
	case strings.Contains(f.Curl, "expand=") || strings.Contains(f.Curl, "fields="): // of the first request that shows it
		return works("with Fields or Expand, a missing property is no error, and its field is empty")
	}
	o := undecodable(f)
	if o.client == unreadable {
		o.client += "; with Fields or Expand, its field is empty"
	}
	return o
}

// undecodable returns what a value does that the client cannot read: of a list of orders, of the orders in a login's
// response, or of an error.
func undecodable(f finding.Finding) outcome {
	switch {
	case f.Place == "Error.type":
		return breaks("errors have the sentinel of their status alone: of a taken email, ErrInvalidInput in place of ErrDuplicate; they have less of a message")
	case f.Component() == "Error":
		return works("errors have the sentinel of their status, and less of a message")
	case f.Within != "":
		return breaks("Authenticate and GetSession with WithOrders fail with ErrUnexpectedResponse, which names the place; without WithOrders nothing")
	}
	return breaks(unreadable)
}

const read = "nothing: the client reads it"

// nullableOutcome tells a null where a property may be missing, which reads as if it was.
func nullableOutcome(f finding.Finding) outcome {
	if f.Live == "null, where it may be missing" {
		return works("nothing: the client reads it as if it was missing")
	}
	return undecodable(f)
}

func typeOutcome(f finding.Finding) outcome {
	if f.Live == "number, an integer but for noise" {
		return works(read)
	}
	return undecodable(f)
}

// boundsOutcome tells integers that fit in no integer of Go.
func boundsOutcome(f finding.Finding) outcome {
	if f.Contract == "64 bits" || f.Contract == "a number of usual size" {
		return undecodable(f)
	}
	return works(ignored)
}

// client returns the outcome of a finding. What was not seen on the backend breaks nothing.
func client(f finding.Finding) outcome {
	if f.Live == "" || !slices.Contains([]finding.Wrong{finding.Contract, finding.Documents, finding.Backend}, f.Wrong) {
		return outcome{}
	}
	for _, d := range directions(f) {
		if of := outcomes[f.Aspect][d]; of != nil {
			return of(f)
		}
	}
	return outcome{}
}

var (
	saysRefused  = regexp.MustCompile(`(^|[;,] )(refused|fails)\b`)
	saysAccepted = regexp.MustCompile(`(^|[;,] )accepted\b`)
)

// directions returns what a finding is about, by what the backend was seen to do. What is refused counts more than what
// is accepted beside it.
func directions(f finding.Finding) []direction {
	switch {
	case saysRefused.MatchString(f.Live):
		return []direction{refuses, inResponse}
	case saysAccepted.MatchString(f.Live):
		return []direction{accepts, inResponse}
	}
	return []direction{inResponse}
}

func presenceOutcome(f finding.Finding) outcome {
	gone := mayBeMissing(f.Live)
	switch kind := kindOf(f.Place); {
	case kind == operation && gone:
		return breaks("the method always fails: ErrNotFound")
	case kind == operation:
		return works("the client has no method for it: Client.Do sends to it, see docs/extending.md")
	case gone:
		return works("the field stays empty")
	}
	return works(extra)
}

// decoded are the formats that are types of their own in Go.
var decoded = []string{"date-time", "date", "int32", "int64", "digits only"}

func formatOutcome(f finding.Finding) outcome {
	if f.Live == "another format, which can be read" {
		return works(read)
	}
	if slices.ContainsFunc(decoded, func(format string) bool { return strings.HasPrefix(f.Contract, format) }) {
		return undecodable(f)
	}
	return works("the text is kept as it is")
}

// formatRefused tells the signs before names of columns, which the contract describes, from values of a format that
// nothing describes.
func formatRefused(f finding.Finding) outcome {
	if strings.Contains(f.Live, "name after a ") {
		return breaks("signed names in ListOrdersParams.Fields are ErrInternal: name all fields instead")
	}
	return works(stricter)
}

// enumOutcome tells a value that the contract lists from one that nothing lists.
func enumOutcome(f finding.Finding) outcome {
	if strings.Contains(f.Live, ": value ") {
		return breaks("calls that send this value fail")
	}
	return works(stricter)
}

var statusOf = regexp.MustCompile(` (\d)(\d\d|XX)\b`)

// class returns the first digit of the status of a response's place, or of what came.
func class(f finding.Finding) string {
	if m := statusOf.FindStringSubmatch(strings.TrimPrefix(f.Place, f.Point.Operation())); m != nil {
		return m[1]
	}
	return f.Live[:1]
}

func statusOutcome(f finding.Finding) outcome {
	switch {
	case f.Live == "304" || strings.HasSuffix(f.Place, " 304"):
		return works("nothing, unless If-None-Match is sent")
	case f.Point.Operation() == "GET /store/auth/{email}" && class(f) == "4" && f.Contract != "documented":
		return breaks("Auth.Exists fails with the error of this status, such as ErrNotFound")
	case class(f) == "2" || class(f) == "3":
		return breaks("the call fails with ErrUnexpectedResponse, although it may have had its effect")
	}
	return works("the error is of the kind of this status; see docs/errors.md")
}

// contentOutcome tells a body that the client reads from one that it does not.
func contentOutcome(f finding.Finding) outcome {
	withJSON := strings.HasSuffix(f.Live, "with JSON in the body") && !strings.Contains(f.Live, "html")
	bare := slices.Contains([]string{"text/plain", "a body without a content type"}, f.Live) // as the login guard's is
	switch {
	case strings.HasSuffix(f.Place, " 401") && !withJSON && !bare:
		return breaks("the 401 is taken for a gateway's: ErrUnexpectedResponse in place of ErrUnauthenticated or ErrInvalidCredentials")
	case class(f) != "2" && (withJSON || bare), f.Contract == "UTF-8", f.Contract == "one Content-Type":
		return works(read)
	case class(f) != "2":
		return works("the error has less of a message")
	case f.Contract == "JSON" && oddJSON.MatchString(f.Live):
		return works(read)
	case withJSON:
		return works(read + "; the raw client of package api does not, because of the content type")
	case strings.Contains(strings.ToLower(f.Contract), "json"):
		return breaks("the call fails with ErrUnexpectedResponse")
	}
	return works(ignored)
}

// oddJSON matches what is wrong with JSON that the client reads all the same.
var oddJSON = regexp.MustCompile(`^(it is not UTF-8|it has half a surrogate pair|the name .* is there twice|a byte order mark before the JSON)$`)

func cookieOutcome(f finding.Finding) outcome {
	switch {
	case f.Place == "Set-Cookie":
		return sessionCookieOutcome(f)
	case (f.Place == "POST /store/auth 200" || f.Place == "POST /store/customers 200") && strings.HasPrefix(f.Live, "no"):
		return breaks("a login that sets no cookie is ErrUnexpectedResponse")
	}
	return works(ignored)
}

// sessionCookieOutcome tells a cookie that is never sent back, which is most often the fault of a setting.
func sessionCookieOutcome(f finding.Finding) outcome {
	var all []string
	for _, is := range []struct{ live, client string }{
		{"name ", "no login is kept: name the cookie with customers.WithSessionCookieName, and specdiff with -cookie-name"},
		{"which is not this backend's", "Authenticate and Create are ErrNoSessionCookie; if it is the address that browsers know, name that with customers.WithPublicURL"},
		{"which deletes it", "Authenticate and Create are ErrNoSessionCookie"},
		{"over plain http", "no login is kept: use an https URL or, where TLS ends before the backend, customers.WithTLSTerminated, and -cookie-secure for specdiff"},
	} {
		if strings.Contains(f.Live, is.live) {
			all = append(all, is.client)
		}
	}
	if len(all) > 0 {
		return breaks(strings.Join(all, "; "))
	}
	return works("nothing: the session keeps the cookie as it comes")
}

// behavior is what a behaviour of the backend does to the client.
type behavior struct {
	live   *regexp.Regexp // matches what the backend did
	breaks bool
	client string
}

// behaviors are the known behaviours. The last is of all others.
var behaviors = []behavior{
	{regexp.MustCompile("^an empty ETag"), false, "nothing: the client does not look at it"},
	{regexp.MustCompile("^2.. to a"), true, "who has no right to the account gets into it"},
	{regexp.MustCompile("^a customer other|^an order of another"), true, "a customer sees the data of another"},
	{regexp.MustCompile("^a customer with another email|and email is not what was sent"), true, "Customer.Email is not the one to log in with"},
	{regexp.MustCompile("^no customer.orders"), true, "Customer.Orders is empty though the customer has orders"},
	{regexp.MustCompile("^the operation does not work"), true, "the method always fails, with the kind of error of this status; see docs/errors.md"},
	{regexp.MustCompile("If-None-Match"), false, "what has not changed is sent again"},
	{regexp.MustCompile("^2.. after the logout"), true, "a logout does not end the session at the backend: who has the cookie stays logged in"},
	{regexp.MustCompile("after the logout|without a login"), true, "a session that has ended is not ErrUnauthenticated, which programs look for to log in again"},
	{regexp.MustCompile("to a wrong password"), true, "a wrong password is not ErrInvalidCredentials"},
	{regexp.MustCompile("upper-case email"), false, "nothing: the client sends emails in lower case"},
	{regexp.MustCompile("^exists is "), true, "Auth.Exists misleads: forms that ask it send customers to a login or registration that fails"},
	{regexp.MustCompile("^no customer.shipping_addresses"), true, "calls that get it fail with ErrUnexpectedResponse: customer.shipping_addresses: missing"},
	{regexp.MustCompile("not what was sent|the address that was "), true, "the call succeeds, and the change is lost"},
	{regexp.MustCompile("newest comes first"), true, "Client.Orders fails with ErrUnexpectedResponse; ListOrders returns the orders as they come"},
	{regexp.MustCompile("limit .* where none was asked for"), true, "ListOrders without Limit returns fewer orders than its documentation says: set Limit, or use Client.Orders, which asks for all"},
	{regexp.MustCompile("^limit .* was asked for"), true, "ListOrders returns another number of orders than Limit, so pages counted by Limit leave some out; Client.Orders goes by what comes"},
	{regexp.MustCompile("leave room for"), true, "ListOrders returns fewer orders than there are, so pages counted by Limit leave some out; Client.Orders goes by what comes"},
	{regexp.MustCompile("^a count below "), true, "OrderPage.Count misleads: pages counted by it leave out orders; Client.Orders goes by what comes"},
	{regexp.MustCompile("comes twice"), true, "ListOrders returns an order twice; Client.Orders returns it once"},
	{regexp.MustCompile(""), true, "a list of orders is not what was asked for"},
}

// behaviorOutcome tells what only costs time from what misleads.
func behaviorOutcome(f finding.Finding) outcome {
	var broken, harmless []string
	for text := range strings.SplitSeq(f.Live, "; ") {
		i := slices.IndexFunc(behaviors, func(b behavior) bool { return b.live.MatchString(text) })
		b := behaviors[i]
		if list := &harmless; !slices.Contains(append(broken, harmless...), b.client) {
			if b.breaks {
				list = &broken
			}
			*list = append(*list, b.client)
		}
	}
	if len(broken) > 0 {
		return breaks(strings.Join(broken, "; "))
	}
	return works(strings.Join(harmless, "; "))
}
