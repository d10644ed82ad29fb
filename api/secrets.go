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
func (r Credentials) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue is r but for the password.
func (r Credentials) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r Credentials) withoutSecrets() any {
	type plain Credentials
	hide(&r.Password)
	return plain(r)
}

// Format prints r for every verb, but for the password.
func (r CreateRequest) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue is r but for the password.
func (r CreateRequest) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r CreateRequest) withoutSecrets() any {
	type plain CreateRequest
	hide(&r.Password)
	return plain(r)
}

// Format prints r for every verb, but for the password.
func (r UpdateRequest) Format(f fmt.State, verb rune) {
	format(f, verb, r.withoutSecrets())
}

// LogValue is r but for the password.
func (r UpdateRequest) LogValue() slog.Value {
	return slog.AnyValue(r.withoutSecrets())
}

func (r UpdateRequest) withoutSecrets() any {
	type plain UpdateRequest
	shown := plain(r)
	if shown.Password != nil {
		shown.Password = new(hidden)
	}
	return shown
}

// Format prints r for every verb, but for the token and the password.
func (r ResetPasswordRequest) Format(f fmt.State, verb rune) {
	format(f, verb, r.withoutSecrets())
}

// LogValue is r but for the token and the password.
func (r ResetPasswordRequest) LogValue() slog.Value {
	return slog.AnyValue(r.withoutSecrets())
}

func (r ResetPasswordRequest) withoutSecrets() any {
	type plain ResetPasswordRequest
	hide(&r.Password)
	hide(&r.Token)
	return plain(r)
}

// Format prints r for every verb, but for the token.
func (r Token) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue is r but for the token.
func (r Token) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r Token) withoutSecrets() any {
	type plain Token
	hide(&r.AccessToken)
	return plain(r)
}

// format prints what fmt would have printed for the type without methods.
func format(f fmt.State, verb rune, plain any) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain)
}
