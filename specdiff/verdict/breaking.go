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
		inResponse: always(breaks(unreadable)),
		refuses:    always(breaks("it cannot be cleared: a call that sends null fails")),
		accepts:    always(works(looser)),
	},
	finding.Type: {
		inResponse: always(breaks(unreadable)),
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
	finding.Bounds:  {inResponse: always(works(ignored)), refuses: always(works(stricter)), accepts: always(works(looser))},
	finding.Default: {inResponse: always(works(ignored)), refuses: always(works(stricter)), accepts: always(works(looser))},
	finding.Open:    {inResponse: always(works(extra)), refuses: always(works(stricter)), accepts: always(works(more))},
	finding.Branches: {
		inResponse: always(breaks(unreadable)),
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
	return breaks(unreadable + "; with Fields or Expand, its field is empty")
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
	if slices.ContainsFunc(decoded, func(format string) bool { return strings.HasPrefix(f.Contract, format) }) {
		return breaks(unreadable)
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
	case class(f) == "2" || class(f) == "3":
		return breaks("the call fails with ErrUnexpectedResponse, although it may have had its effect")
	}
	return works("the error is of the kind of this status; see docs/errors.md")
}

// contentOutcome tells a body that the client reads from one that it does not.
func contentOutcome(f finding.Finding) outcome {
	switch {
	case class(f) != "2":
		return works("the error has less of a message")
	case strings.Contains(f.Contract, "json"):
		return breaks("the raw client of package api does not decode the body; customers does if it is JSON, and fails with ErrUnexpectedResponse if it is not")
	}
	return works(ignored)
}

func cookieOutcome(f finding.Finding) outcome {
	switch {
	case f.Place == "Set-Cookie" && strings.Contains(f.Live, "name "):
		return breaks("no login is kept: name the cookie with customers.WithSessionCookieName, and specdiff with -cookie-name")
	case f.Place == "Set-Cookie" && strings.Contains(f.Live, "Secure is true"):
		return works("over https nothing; over plain http, sessions need customers.WithTLSTerminated")
	case f.Place == "Set-Cookie":
		return works("nothing: the session keeps the cookie as it comes")
	case (f.Place == "POST /store/auth 200" || f.Place == "POST /store/customers 200") && strings.HasPrefix(f.Live, "no"):
		return breaks("a login that sets no cookie is ErrUnexpectedResponse")
	}
	return works(ignored)
}

// behaviorOutcome tells what only costs time from what misleads.
func behaviorOutcome(f finding.Finding) outcome {
	switch {
	case strings.HasPrefix(f.Live, "the operation does not work"):
		return breaks("the method always fails, with the kind of error of this status; see docs/errors.md")
	case strings.Contains(f.Live, "If-None-Match"):
		return works("what has not changed is sent again")
	case strings.Contains(f.Live, "after the logout"):
		return breaks("a logout does not end the session at the backend: who has the cookie stays logged in")
	case strings.Contains(f.Live, "upper-case email"):
		return works("nothing: the client sends emails in lower case")
	}
	return breaks("a list of orders is not what was asked for")
}
