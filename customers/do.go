package customers

import (
	"io"
	"net/http"
	"slices"
)

// Do sends a request to any route of the backend as this client's customer: carts, checkout, products, a plugin's own.
// It is what a generated client asks of its HTTP client, so a client that oapi-codegen generates for other routes takes
// a Client:
//
//	carts, err := shop.NewClientWithResponses("https://shop.example.com", shop.WithHTTPClient(c))
//
// The URL is below the base URL: an absolute one of the same scheme, host and port, or one without a host, such as
// "/store/carts", which is put behind the base URL with or without a slash before it. Anything else is
// [ErrInvalidInput] before anything is sent, and so are a path that climbs out or has an empty part, such as an id that
// is not set, another Host, and another method than GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS.
//
// The request is sent with the client's headers, which its own replace, and the session's cookie, or the bearer token.
// The rules of [WithHeader] hold for its headers, except that those about the body and Idempotency-Key may be set.
// Without a login, or after one that has ended, it is an anonymous visitor's. A client with an account of its own logs
// in before. A request to a route of the contract follows the session's rules as that operation does, without the
// checks of its method: POST /store/auth logs in. A login by a route of the shop's own is not taken over, because its
// cookie can't be told from an anonymous one.
//
// As with [http.Client], any status is a response and no error, and the caller closes the body. The backend's own 401
// ends the session. No redirect is followed. Set-Cookie is taken out of the header, because cookies belong to the
// session. The body comes as it arrives, decompressed if it is gzip or deflate by its header; it ends with an error at
// WithTimeout, which counts from the call, and after WithMaxResponseBytes.
//
// GET, HEAD, OPTIONS and DELETE are repeated as the client's own calls are, POST, PUT and PATCH only if nothing was
// sent. A request with a body is repeated only if it has a GetBody, as [http.NewRequest] sets it for bodies in memory.
// The request itself is not changed; its body is closed.
//
// [ErrUnavailable]: no connection, or no response in time. [ErrUnexpectedResponse], while the body is read: it is cut
// off or too large. [ErrInvalidInput] with the field Body: the request's own body failed, or is not as long as its
// ContentLength. For a login, see also [AuthService.Authenticate].
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	in := call{op: OperationDo, streams: true}
	sent, err := c.caller.requestOf(&in, req)
	if err != nil {
		closeBody(req)
		return nil, named(in.op, err)
	}
	defer closeBody(sent) // unless it was sent, and net/http has closed it
	visible := sent.WithContext(req.Context())
	visible.Header, visible.Body, visible.GetBody = req.Header.Clone(), nil, nil
	r, err := c.caller.do(req.Context(), &in, sent)
	if err != nil {
		return nil, err
	}
	resp := r.stream.resp
	resp.Request = visible // without cookies, tokens and the client's headers
	return resp, nil
}

func closeBody(req *http.Request) {
	if req != nil && req.Body != nil {
		_ = req.Body.Close()
	}
}

const (
	reasonNoRequest = "it is nil, or has no URL"
	reasonMethod    = "it must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS"
	reasonServed    = "this is a request that a server received: make a new one"
	reasonDoHost    = "it is another host than the base URL's"
	reasonDoFraming = "net/http decides how the body is sent: leave it unset"
	reasonDoLength  = "there is no body: leave it unset"
)

var doMethods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// requestOf returns the request to send for one that was given to Do, and completes in with its operation and headers.
// It returns why it is not sent.
func (c *caller) requestOf(in *call, req *http.Request) (*http.Request, error) {
	e := c.config.endpoint
	if req == nil || req.URL == nil {
		return nil, refused("request", reasonNoRequest)
	}
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	switch {
	case !slices.Contains(doMethods, method):
		return nil, refused("Method", reasonMethod)
	case req.RequestURI != "":
		return nil, refused("RequestURI", reasonServed)
	case len(req.TransferEncoding) > 0:
		return nil, refused("TransferEncoding", reasonDoFraming)
	case len(req.Trailer) > 0:
		return nil, refused("Trailer", reasonDoFraming)
	case req.ContentLength > 0 && (req.Body == nil || req.Body == http.NoBody):
		return nil, refused("ContentLength", reasonDoLength)
	case req.Host != "" && !e.isOwn(req.URL.Scheme, req.Host):
		return nil, refused("Host", reasonDoHost)
	}
	u, route, err := e.below(req.URL)
	if err != nil {
		return nil, err
	}
	in.op = operationAt(method, route)
	sent := req.WithContext(req.Context())
	sent.Method, sent.URL, sent.Host, sent.Header = method, u, "", make(http.Header, len(req.Header)+4)
	if err := setDoHeader(in, sent.Header, req.Header); err != nil {
		return nil, err
	}
	setDoBody(sent, req)
	return sent, nil
}

// setDoHeader checks the headers of a request that was given to Do. Those of its body go into header, the others are
// the call's.
func setDoHeader(in *call, header, given http.Header) error {
	in.options.header = make(http.Header, len(given))
	for name, values := range given {
		key := http.CanonicalHeaderKey(name)
		for _, value := range values {
			if err := checkHeader("Header", name, value); err != nil {
				return err
			}
			if _, ok := bodyHeaders[key]; ok {
				header[key] = append(header[key], value)
			} else {
				in.options.header[key] = append(in.options.header[key], value)
			}
		}
	}
	return nil
}

// setDoBody gives sent the body of req, so that its failure can be told from the backend's.
func setDoBody(sent, req *http.Request) {
	if req.Body == nil || req.Body == http.NoBody {
		sent.Body, sent.GetBody = nil, nil
		return
	}
	sent.Body = newRequestBody(req.Body, req.ContentLength)
	if get := req.GetBody; get != nil {
		sent.GetBody = func() (io.ReadCloser, error) {
			body, err := get()
			if err != nil {
				return nil, err
			}
			return newRequestBody(body, req.ContentLength), nil
		}
	}
}
