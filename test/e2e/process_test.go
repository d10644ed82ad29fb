package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
)

// childURL is the environment variable that makes this program the other process of TestSessionInAnotherProcess.
const childURL = "E2E_CHILD_BACKEND"

func init() { //nolint:gochecknoinits // TestMain would start a backend
	base := os.Getenv(childURL)
	if base == "" {
		return
	}
	id, err := retrieveWithSession(base, os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(id)
	os.Exit(0)
}

func retrieveWithSession(base string, text io.Reader) (string, error) {
	encoded, err := io.ReadAll(text)
	if err != nil {
		return "", err
	}
	session, err := customers.DecodeSession(string(encoded))
	if err != nil {
		return "", err
	}
	c, err := customers.New(base, customers.WithoutSession())
	if err != nil {
		return "", err
	}
	me, err := c.WithSession(session).Retrieve(context.Background())
	if err != nil {
		return "", err
	}
	return me.ID, nil
}

func TestSessionInAnotherProcess(t *testing.T) {
	t.Parallel()
	c, who := newCustomer(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := func(text string) (string, error) {
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Env = append(os.Environ(), childURL+"="+shared.URL)
		cmd.Stdin = strings.NewReader(text)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, stderr.String())
		}
		return string(out), err
	}
	text := c.Session().Encode()
	if id, err := child(text); err != nil || id != who.ID {
		t.Errorf("another process retrieved %q, want %s: %v", id, who.ID, err)
	}
	restored, err := customers.DecodeSession(text)
	if err != nil || !restored.LoggedIn() || !restored.Expires().Equal(c.Session().Expires()) {
		t.Fatal("the session did not survive its text:", err)
	}
	other := newClient(t).WithSession(restored)
	if me, err := other.Retrieve(t.Context()); err != nil || me.ID != who.ID {
		t.Error(me, err)
	}
	if err := other.Auth.DeleteSession(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := child(text); err == nil || !strings.Contains(err.Error(), customers.ErrSessionEnded.Error()) {
		t.Error("after a logout elsewhere, another process gets:", err)
	}
	_, err = c.Retrieve(t.Context())
	failure{is: customers.ErrUnauthenticated, status: 401}.check(t, err)
}
