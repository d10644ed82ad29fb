package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// mailbox serves the backend and prints the password tokens that a shop would mail.
type mailbox struct {
	backend *customerstest.Backend

	mu      sync.Mutex
	to      io.Writer
	printed map[string]int // how many tokens, by email
}

func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.backend.ServeHTTP(w, r)
	if !strings.Contains(strings.ToLower(r.URL.Path), "password-token") {
		return
	}
	for _, received := range m.backend.Requests() {
		var body api.GeneratePasswordTokenRequest
		if received.Operation == api.OperationGeneratePasswordToken && json.Unmarshal(received.Body(), &body) == nil {
			m.print(strings.ToLower(body.Email))
		}
	}
}

// print prints the tokens of an email that it has not printed before.
func (m *mailbox) print(email string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.printed == nil {
		m.printed = make(map[string]int)
	}
	tokens := m.backend.PasswordTokens(email)
	for _, token := range tokens[m.printed[email]:] {
		fmt.Fprintf(m.to, "Password token for %s: %s\n", email, token)
	}
	m.printed[email] = len(tokens)
}
