package conform

import (
	"strings"
)

// Check compares an exchange with the contract. The request is compared only if it succeeded.
func (c *Contract) Check(x *Exchange) Result {
	e, query := c.begin(x)
	if e == nil {
		return Result{}
	}
	if x.Status/100 == 2 {
		e.succeeded(e.request(query))
	}
	e.response(query)
	return e.result
}

// CheckResponse compares the response of an exchange with the contract.
func (c *Contract) CheckResponse(x *Exchange) Result {
	e, query := c.begin(x)
	if e == nil {
		return Result{}
	}
	e.response(query)
	return e.result
}

// CheckRequest compares the request of an exchange with the contract, even if it was refused.
func (c *Contract) CheckRequest(x *Exchange) Result {
	e, query := c.begin(x)
	if e == nil {
		return Result{}
	}
	w := e.request(query)
	e.take(w.findings)
	e.result.Seen = append(e.result.Seen, w)
	return e.result
}

// begin returns the exchange to check and its query, or nil if the contract has no such operation.
func (c *Contract) begin(x *Exchange) (*exchange, string) {
	path, query, _ := strings.Cut(x.URL, "?")
	o, values := c.match(x.Method, path)
	if o == nil {
		return nil, ""
	}
	return &exchange{Exchange: x, contract: c, op: o, pathValues: values, result: Result{Operation: o.id, Place: o.place}}, query
}
