// Package api is generated from openapi.yaml, but for this file: the types that hold a password or a token print and log
// it as hidden. As JSON they hold it, because that is what is sent.
package api

import (
	"fmt"
	"log/slog"
)

const hidden = "…"

func hide(secret *string) {
	if *secret != "" {
		*secret = hidden
	}
}

// Format prints r for every verb, but for the password.
func (r StorePostAuthReq) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue is r but for the password.
func (r StorePostAuthReq) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r StorePostAuthReq) withoutSecrets() any {
	type plain StorePostAuthReq
	hide(&r.Password)
	return plain(r)
}

// Format prints r for every verb, but for the password.
func (r StorePostCustomersReq) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue is r but for the password.
func (r StorePostCustomersReq) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r StorePostCustomersReq) withoutSecrets() any {
	type plain StorePostCustomersReq
	hide(&r.Password)
	return plain(r)
}

// Format prints r for every verb, but for the password.
func (r StorePostCustomersCustomerReq) Format(f fmt.State, verb rune) {
	format(f, verb, r.withoutSecrets())
}

// LogValue is r but for the password.
func (r StorePostCustomersCustomerReq) LogValue() slog.Value {
	return slog.AnyValue(r.withoutSecrets())
}

func (r StorePostCustomersCustomerReq) withoutSecrets() any {
	type plain StorePostCustomersCustomerReq
	shown := plain(r)
	if shown.Password != nil {
		shown.Password = new(hidden)
	}
	return shown
}

// Format prints r for every verb, but for the token and the password.
func (r StorePostCustomersResetPasswordReq) Format(f fmt.State, verb rune) {
	format(f, verb, r.withoutSecrets())
}

// LogValue is r but for the token and the password.
func (r StorePostCustomersResetPasswordReq) LogValue() slog.Value {
	return slog.AnyValue(r.withoutSecrets())
}

func (r StorePostCustomersResetPasswordReq) withoutSecrets() any {
	type plain StorePostCustomersResetPasswordReq
	hide(&r.Password)
	hide(&r.Token)
	return plain(r)
}

// Format prints r for every verb, but for the token.
func (r StoreBearerAuthRes) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue is r but for the token.
func (r StoreBearerAuthRes) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r StoreBearerAuthRes) withoutSecrets() any {
	type plain StoreBearerAuthRes
	hide(&r.AccessToken)
	return plain(r)
}

// format prints what fmt would have printed for the type without methods.
func format(f fmt.State, verb rune, plain any) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain)
}
