package customers

import (
	"context"
	"net/http"
	"strings"
)

// OperationDo is what [Client.Do] is called in errors, in the log and by [OperationFromContext], for a route that is
// not the contract's.
const OperationDo Operation = "Do"

// operations is the one table of what sets the operations apart. A new operation gets a row here.
var operations = byName(
	// name, route, session, body, what its 401 means, what its 500 "unknown_error" means
	operation{OperationCreateCustomer, "POST /store/customers", login, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationRetrieveCustomer, "GET /store/customers/me", secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationUpdateCustomer, "POST /store/customers/me", secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationListOrders, "GET /store/customers/me/orders", secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationListPaymentMethods, "GET /store/customers/me/payment-methods", secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationAddAddress, "POST /store/customers/me/addresses", secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationUpdateAddress, "POST /store/customers/me/addresses/{id}", secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationDeleteAddress, "DELETE /store/customers/me/addresses/{id}", secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationGeneratePasswordToken, "POST /store/customers/password-token", open, noBody, ErrUnauthenticated, ErrInternal},
	operation{OperationResetPassword, "POST /store/customers/password-reset", open, jsonBody, ErrInvalidPasswordToken, ErrInvalidPasswordToken}, // the error of an unreadable token escapes as a 500
	operation{OperationAuthenticate, "POST /store/auth", login, jsonBody, ErrInvalidCredentials, ErrInternal},
	operation{OperationGetSession, "GET /store/auth", secured, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationDeleteSession, "DELETE /store/auth", logout, anyBody, ErrUnauthenticated, ErrInternal},
	operation{OperationGetToken, "POST /store/auth/token", open, jsonBody, ErrInvalidCredentials, ErrInternal},
	operation{OperationEmailExists, "GET /store/auth/{email}", open, jsonBody, ErrUnauthenticated, ErrInternal},
	operation{OperationDo, "", optional, anyBody, ErrUnauthenticated, ErrInternal},
)

// operation is a row of operations.
type operation struct {
	name         Operation
	route        string // method and path; a part of the path in braces is a parameter
	session      sessionUse
	body         bodyKind
	unauthorized error
	internal     error
}

func byName(rows ...operation) map[Operation]*operation {
	table := make(map[Operation]*operation, len(rows))
	for i := range rows {
		table[rows[i].name] = &rows[i]
	}
	return table
}

// sessionUse is what an operation has to do with the session.
type sessionUse uint8

const (
	open     sessionUse = iota // needs no login; its response says nothing about the session
	secured                    // sends the session's cookie, and needs one
	optional                   // sends the session's cookie, if there is one
	login                      // opens the session
	logout                     // closes the session
)

// bodyKind is what the body of an operation's 2xx response is.
type bodyKind uint8

const (
	jsonBody bodyKind = iota
	anyBody           // any 2xx is a success
	noBody
)

// operationAt returns the operation that a request to a path below the base URL is for, or OperationDo. Like the
// backend, it ignores case and slashes at the end; what a proxy may read as a route of the contract, it takes for that
// route.
func operationAt(method, path string) Operation {
	if method == http.MethodHead {
		method = http.MethodGet // which is what responds to it
	}
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	for name, row := range operations {
		if rowMethod, route, _ := strings.Cut(row.route, " /"); rowMethod == method && matches(parts, route) {
			return name
		}
	}
	return OperationDo
}

func matches(parts []string, route string) bool {
	for _, part := range parts {
		var want string
		if want, route, _ = strings.Cut(route, "/"); want == "" || want[0] != '{' && !strings.EqualFold(want, part) {
			return false
		}
	}
	return route == "" && len(parts) > 0
}

// operationKey is the key of a request's *operation in its context.
type operationKey struct{}

// OperationFromContext returns the operation that a request is for. A RoundTripper given by [WithHTTPClient] calls it
// with the request's context to name a span or a metric. It is empty for other contexts.
func OperationFromContext(ctx context.Context) Operation {
	if op, ok := ctx.Value(operationKey{}).(*operation); ok {
		return op.name
	}
	return ""
}
