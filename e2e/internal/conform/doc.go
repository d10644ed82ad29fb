// Package conform checks exchanges of HTTP requests and answers against an OpenAPI document, strictly.
package conform
