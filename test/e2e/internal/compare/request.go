package compare

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Request is what goes to both sides. Path, header values and body may hold references to earlier answers, which each
// side fills in from its own:
//
//	${NAME/customer/id}   a value of the saved answer's JSON body, by JSON pointer
//	${NAME@ETag}          a header of the saved answer
//	${NAME;cookie}        the cookie that the saved answer sets, as name=value; ${NAME;value} is its value alone
//	${NAME}               what Keep has kept
//	${reset:NAME}         a password token for the email that was kept
//	${PREFIX_#2}          the id with the prefix that appeared third in the conversation, counted round and round; if
//	                      there is none, an id that nobody has
//	${…?}                 the same, or "none" if there is nothing
type Request struct {
	As     string // whose cookies are sent, and who keeps those that are set; "" is nobody, who keeps none
	Method string
	Path   string      // as it stands in the request line, with the query
	Header http.Header // beside it, Content-Type is application/json if there is a body, unless it is here
	Body   string      // "" is none
	Save   string      // the name for references to the answer
}

func (r Request) String() string {
	var b strings.Builder
	if r.As != "" {
		fmt.Fprintf(&b, "[%s] ", r.As)
	}
	fmt.Fprintf(&b, "%s %s", r.Method, r.Path)
	for name, values := range r.Header {
		for _, value := range values {
			fmt.Fprintf(&b, " %s: %s", name, value)
		}
		if len(values) == 0 {
			fmt.Fprintf(&b, " no %s", name)
		}
	}
	if r.Body != "" {
		fmt.Fprintf(&b, " %.400s", r.Body)
	}
	if r.Save != "" {
		fmt.Fprintf(&b, " (as %s)", r.Save)
	}
	return b.String()
}

// build makes the request that goes to base. The path goes to the byte, so that odd ones can be sent.
func (r Request) build(ctx context.Context, base *url.URL, cookies string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, base.String(), strings.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	path, query, hasQuery := strings.Cut(r.Path, "?")
	req.URL = &url.URL{Scheme: base.Scheme, Host: base.Host, Opaque: path, RawQuery: query, ForceQuery: hasQuery}
	req.Header.Set("User-Agent", "compare")
	if r.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range r.Header {
		if name == "Host" {
			req.Host = values[0]
			continue
		}
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if cookies != "" {
		req.Header["Cookie"] = append([]string{cookies}, req.Header["Cookie"]...)
	}
	return req, nil
}
