// This module is on its own, so that an importer of customers does not get this example's client for carts.
module example.com/cart

go 1.26.0

require (
	github.com/medusa-storefront/customers-go v0.0.0
	github.com/oapi-codegen/runtime v1.8.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
)

replace github.com/medusa-storefront/customers-go => ../../
