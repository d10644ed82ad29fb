// Package customerstest is an in-memory backend for the tests of whoever imports package customers. It answers as a
// Medusa v1.20 store does on its customer and auth routes.
package customerstest
