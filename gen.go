// Package customersgo contains the contract that the packages of this module are made from.
//
// OpenAPI is the text of openapi.yaml, the hand-written description of what a Medusa v1 backend accepts and sends on
// its storefront customer and auth routes. Package api is generated from it and has the models and a raw client;
// package customers wraps that client and is what an application imports.
package customersgo

import _ "embed" // for OpenAPI

//go:generate cp openapi.yaml specdiff/openapi.yaml
//go:generate go tool -modfile=tools/go.mod oapi-codegen -config oapi-codegen.yaml openapi.yaml
//go:generate go -C tools run ./requestgen ../api/api.gen.go
//go:generate go -C tools run ./decodegen ../openapi.yaml ../api/api.gen.go ../api/decode.gen.go
//go:generate go -C tools run ./aliasgen ../api/api.gen.go ../customers/models.go ../customers/models.gen.go

// OpenAPI is the contract, an OpenAPI 3.0.3 document in YAML.
//
//go:embed openapi.yaml
var OpenAPI string
