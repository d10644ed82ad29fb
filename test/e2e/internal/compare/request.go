package compare

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Request is a request that goes to both sides. Path, header values and body may have references to earlier responses,
// which are filled in from each side's own:
//
//	${NAME/customer/id}   a value of the saved response's JSON body, by JSON pointer
//	${NAME@ETag}          a header of the saved response
//	${NAME;cookie}        the cookie that the saved response sets, as name=value; ${NAME;value} is its value alone
//	${NAME}               a value that was kept by Keep
//	${reset:NAME}         a password token for the email that was kept
//	${PREFIX_#2}          the id with the prefix that appeared third in the conversation, modulo the number of such ids; an
//	                      id that does not exist if there is none
//	${…?}                 the same, or "none" if the reference leads nowhere
type Request struct {
	As     string // the name of the jar whose cookies are sent and which keeps those that are set; "" is none
	Method string
	Path   string      // the request line's, with the query
	Header http.Header // Content-Type is application/json if there is a body and no other one here
	Body   string      // "" is none
	Save   string      // the name for references to the response
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

// build returns the request to base. The path is sent to the byte, so that odd ones can be sent.
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
