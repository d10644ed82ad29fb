// A module that imports this one as a user's would: see shop.go. It is outside of the root module, so that no importer
// gets its requirements.
module example.com/shop

go 1.26

require github.com/medusa-storefront/customers-go v0.0.0

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
)

replace github.com/medusa-storefront/customers-go => ../../
