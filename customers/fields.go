package customers

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/medusa-storefront/customers-go/api"
)

const (
	maxMessageRead = 64 << 10 // how much of a backend's message is searched for fields
	maxFields      = 100      // how many fields of a response an error names
)

// fieldNames returns the Go names of each operation's fields, by their names in the contract. A name of another
// operation's may be that of a property that only the shop has.
var fieldNames = sync.OnceValue(func() map[Operation]map[string]string {
	all := map[Operation]map[string]string{OperationListOrders: namesOf(api.ListOrdersParams{})}
	for operation, request := range bodies {
		all[operation] = namesOf(request)
	}
	return all
})

// namesOf returns the Go names of a request's fields, by their names in the contract.
func namesOf(request any) map[string]string {
	names := map[string]string{}
	for field := range reflect.TypeOf(request).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json")+field.Tag.Get("form"), ",")
		names[strings.TrimSuffix(name, "[]")] = field.Name // status[] is a list in a query
	}
	return names
}

// problem finds what the backend's validator reports about a property. It joins its reports by commas, and a report may
// have commas too.
var problem = regexp.MustCompile(`(?:^|, ?)(?:property |nested property |each value in )?([\w$.-]+) (?:must|should) `)

// addFields adds the fields that a message of the backend names, with what it reports about each.
func (e *Error) addFields(message string) {
	message = message[:min(len(message), maxMessageRead)]
	switch billing := e.Operation == OperationUpdateCustomer; {
	case strings.HasPrefix(message, "Country with country_code ") && billing:
		e.addField(fieldBillingAddress+".CountryCode", message)
	case strings.HasPrefix(message, "Country with country_code "):
		e.addField("CountryCode", message)
	case strings.HasPrefix(message, "Address with ") && billing:
		e.addField(fieldBillingAddress, message)
	case message == "Could not find address for customer":
		e.addField("ID", message)
	case e.Type == "duplicate_error" && strings.Contains(message, "billing_address"):
		e.addField(fieldBillingAddress, message)
	case e.Type == "duplicate_error" && strings.Contains(message, "email"):
		e.addField("Email", message)
	case strings.HasPrefix(message, "{"):
		e.addBillingAddress(message)
	case e.Type == "invalid_data":
		e.addProblems("", fieldNames()[e.Operation], message)
	}
}

const fieldBillingAddress = "BillingAddress"

// addBillingAddress adds what is wrong with a billing address, which the backend reports as JSON (docs/backend.md,
// B18).
func (e *Error) addBillingAddress(message string) {
	var report struct {
		Message string              `json:"message"`
		Details map[string][]string `json:"details"`
	}
	if json.Unmarshal([]byte(message), &report) != nil || !strings.HasPrefix(report.Message, "billing_address ") {
		return
	}
	for class, problems := range report.Details {
		if class != "String" {
			e.addProblems(fieldBillingAddress+".", fieldNames()[OperationUpdateAddress], strings.Join(problems, ","))
		}
	}
	if len(e.Fields) == 0 {
		e.addField(fieldBillingAddress, report.Message)
	}
}

// addProblems adds what a message reports about fields, by the Go names that names has for them.
func (e *Error) addProblems(prefix string, names map[string]string, message string) {
	found := problem.FindAllStringSubmatchIndex(message, -1)
	for i, at := range found {
		end := len(message)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		name := message[at[2]:at[3]]
		if goName, ok := names[name]; ok {
			name = goName
		}
		e.addField(prefix+name, strings.TrimLeft(message[at[0]:end], ", "))
	}
}

// addField adds a field that was refused. What is known about it first counts.
func (e *Error) addField(name, reason string) {
	name = shown(name, maxName)
	if e.Fields == nil {
		e.Field, e.Fields = name, map[string]string{}
	}
	if e.Fields[name] == "" && len(e.Fields) < maxFields {
		e.Fields[name] = shown(reason, maxText)
	}
}
