// The suites that drive the storefront example and the page of specdiff in Chromium, and read the other reports of specdiff by programs of others. They are run and never imported, so what they require costs no importer anything.
module github.com/medusa-storefront/customers-go/test/browser

go 1.26.0

require (
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.23.0
	github.com/joshdk/go-junit v1.0.0
	github.com/medusa-storefront/customers-go v0.0.0-00010101000000-000000000000
	github.com/medusa-storefront/customers-go/specdiff v0.0.0-00010101000000-000000000000
	github.com/owenrumney/go-sarif/v3 v3.3.1
	github.com/xeipuuv/gojsonschema v1.2.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
	github.com/xeipuuv/gojsonpointer v0.0.0-20180127040702-4e3ac2762d5f // indirect
	github.com/xeipuuv/gojsonreference v0.0.0-20180127040603-bd5ef7bd5415 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
)

replace (
	github.com/medusa-storefront/customers-go => ../../
	github.com/medusa-storefront/customers-go/specdiff => ../../specdiff
)
