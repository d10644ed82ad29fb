package customers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/api"
)

// property is what [WithProperty] adds to a request's body.
type property struct {
	name string
	text []byte // "name":value
}

// bodies are the models of the requests that have a JSON body. A property of the contract is set there.
var bodies = map[Operation]any{
	OperationCreateCustomer:        api.CreateRequest{},
	OperationUpdateCustomer:        api.UpdateRequest{},
	OperationAddAddress:            api.AddAddressRequest{}, // within the body's "address"
	OperationUpdateAddress:         api.UpdateAddressRequest{},
	OperationGeneratePasswordToken: api.GeneratePasswordTokenRequest{},
	OperationResetPassword:         api.ResetPasswordRequest{},
	OperationAuthenticate:          api.Credentials{},
	OperationGetToken:              api.Credentials{},
}

const (
	reasonPropertyName = "the name of the property is empty"
	reasonNoBody       = "this operation has no JSON body"
	reasonContract     = "the contract has this property: set the request's field, or give the argument"
	reasonAgain        = "it is given more than once"
)

// newProperty returns a property as it is sent, or why it can't be.
func newProperty(name string, value any) (property, error) {
	if name == "" {
		return property{}, refused("WithProperty", reasonPropertyName)
	}
	object, err := json.Marshal(map[string]any{name: value})
	if err != nil { // err may repeat the value
		return property{}, refused(name, reasonNoJSON)
	}
	if reason := unstorable(object); reason != "" {
		return property{}, refused(name, reason)
	}
	return property{name, object[1 : len(object)-1]}, nil
}

// checkProperties returns why the properties can't be added to an operation's body, or nil. A name of the contract is
// refused in any spelling: JavaScript tells them apart, but a shop that has both is less likely than a slip.
func checkProperties(op Operation, properties []property) error {
	model, ok := bodies[op]
	if !ok && len(properties) > 0 {
		return refused("WithProperty", reasonNoBody)
	}
	for i, p := range properties {
		if slices.ContainsFunc(properties[:i], func(other property) bool { return other.name == p.name }) {
			return refused(p.name, reasonAgain)
		}
		for field := range reflect.TypeOf(model).Fields() {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); strings.EqualFold(name, p.name) {
				return refused(p.name, reasonContract)
			}
		}
	}
	return nil
}

// addProperties adds properties at the end of a request's body, which package api has made.
func addProperties(op Operation, req *http.Request, properties []property) error {
	if len(properties) == 0 {
		return nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	end := len(body) - len("}")
	if op == OperationAddAddress {
		end -= len("}")
	}
	out := slices.Clone(body[:end])
	for _, p := range properties {
		if out[len(out)-1] != '{' {
			out = append(out, ',')
		}
		out = append(out, p.text...)
	}
	out = append(out, body[end:]...)
	req.ContentLength = int64(len(out))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(out)), nil }
	req.Body, err = req.GetBody()
	return err
}
