// The benchmarks and the counts that CI guards. They are run and never imported, so what they require costs no importer anything.
module github.com/medusa-storefront/customers-go/test/bench

go 1.26.0

require (
	github.com/medusa-storefront/customers-go v0.0.0
	golang.org/x/perf v0.0.0-20260908200009-22c9c6c9d4da
)

require (
	github.com/aclements/go-moremath v0.0.0-20210112150236-f10218a38794 // indirect
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
)

replace github.com/medusa-storefront/customers-go => ../../

tool golang.org/x/perf/cmd/benchstat
