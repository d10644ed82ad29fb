package api

import (
	"fmt"
	"log/slog"
)

// redacted is printed in place of a secret.
const redacted = "…"

// redact replaces a secret that is set.
func redact(secret *string) {
	if *secret != "" {
		*secret = redacted
	}
}

// Format prints r with the password redacted, for every verb.
func (r Credentials) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue returns r with the password redacted.
func (r Credentials) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r Credentials) withoutSecrets() any {
	type plain Credentials
	redact(&r.Password)
	return plain(r)
}

// Format prints r with the password redacted, for every verb.
func (r CreateRequest) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue returns r with the password redacted.
func (r CreateRequest) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r CreateRequest) withoutSecrets() any {
	type plain CreateRequest
	redact(&r.Password)
	return plain(r)
}

// Format prints r with the password redacted, for every verb.
func (r UpdateRequest) Format(f fmt.State, verb rune) {
	format(f, verb, r.withoutSecrets())
}

// LogValue returns r with the password redacted.
func (r UpdateRequest) LogValue() slog.Value {
	return slog.AnyValue(r.withoutSecrets())
}

func (r UpdateRequest) withoutSecrets() any {
	type plain UpdateRequest
	shown := plain(r)
	if shown.Password != nil {
		shown.Password = new(redacted)
	}
	return shown
}

// Format prints r with the token and the password redacted, for every verb.
func (r ResetPasswordRequest) Format(f fmt.State, verb rune) {
	format(f, verb, r.withoutSecrets())
}

// LogValue returns r with the token and the password redacted.
func (r ResetPasswordRequest) LogValue() slog.Value {
	return slog.AnyValue(r.withoutSecrets())
}

func (r ResetPasswordRequest) withoutSecrets() any {
	type plain ResetPasswordRequest
	redact(&r.Password)
	redact(&r.Token)
	return plain(r)
}

// Format prints r with the token redacted, for every verb.
func (r Token) Format(f fmt.State, verb rune) { format(f, verb, r.withoutSecrets()) }

// LogValue returns r with the token redacted.
func (r Token) LogValue() slog.Value { return slog.AnyValue(r.withoutSecrets()) }

func (r Token) withoutSecrets() any {
	type plain Token
	redact(&r.AccessToken)
	return plain(r)
}

// format prints plain as fmt prints a type without methods.
func format(f fmt.State, verb rune, plain any) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain)
}
