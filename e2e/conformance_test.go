package e2e

import (
	"encoding/json"
	"strings"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/e2e/internal/conform"
)

// models makes, for each operation whose success is JSON, what its answer is decoded into.
var models = map[string]func() any{
	"PostCustomers":                           func() any { return new(api.StoreCustomersRes) },
	"GetCustomersCustomer":                    func() any { return new(api.StoreCustomersRes) },
	"PostCustomersCustomer":                   func() any { return new(api.StoreCustomersRes) },
	"GetCustomersCustomerOrders":              func() any { return new(api.StoreCustomersListOrdersRes) },
	"GetCustomersCustomerPaymentMethods":      func() any { return new(api.StoreCustomersListPaymentMethodsRes) },
	"PostCustomersCustomerAddresses":          func() any { return new(api.StoreCustomersRes) },
	"PostCustomersCustomerAddressesAddress":   func() any { return new(api.StoreCustomersRes) },
	"DeleteCustomersCustomerAddressesAddress": func() any { return new(api.StoreCustomersRes) },
	"PostCustomersResetPassword":              func() any { return new(api.StoreCustomersResetPasswordRes) },
	"GetAuth":                                 func() any { return new(api.StoreAuthRes) },
	"PostAuth":                                func() any { return new(api.StoreAuthRes) },
	"PostToken":                               func() any { return new(api.StoreBearerAuthRes) },
	"GetAuthEmail":                            func() any { return new(api.StoreGetAuthEmailRes) },
}

// survivesModel finds what the generated models lose of an answer. It sees every answer of every test.
func survivesModel(operation string, x *conform.Exchange) []conform.Finding {
	if x.Status/100 != 2 || !strings.HasPrefix(x.ResponseHeader.Get("Content-Type"), "application/json") {
		return nil
	}
	problem := func(detail string) []conform.Finding {
		return []conform.Finding{{Kind: conform.LostValue, Detail: detail}}
	}
	model, ok := models[operation]
	if !ok {
		return problem("no model is known for this operation: add it to models")
	}
	v := model()
	if err := json.Unmarshal(x.ResponseBody, v); err != nil {
		return problem("it does not decode: " + err.Error())
	}
	again, err := json.Marshal(v)
	if err != nil {
		return problem("it does not encode: " + err.Error())
	}
	lost, err := conform.Lost(x.ResponseBody, again)
	if err != nil {
		return problem(err.Error())
	}
	return lost
}
