package main

import (
	"bufio"
	"context"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The program starts with a shop that has customers, prints the mails, and ends when it is told to.
func TestProgram(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	reader, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-addr", "localhost:0", "-sessions", "memory"}, stdout, t.Output())
		_ = stdout.CloseWithError(io.EOF)
		ended <- err
	}()
	out := bufio.NewReader(reader)
	line := func(prefix string) string {
		t.Helper()
		for {
			text, err := out.ReadString('\n')
			if err != nil {
				t.Fatalf("no %q: %v", prefix, err)
			}
			if rest, ok := strings.CutPrefix(strings.TrimSpace(text), prefix); ok {
				return rest
			}
		}
	}
	b := newBrowser(t, line("The storefront is at "))
	line("Ctrl-C")
	b.logIn("ada@example.com")
	page := b.open("/orders").is(200, "/orders", "JPY 12,045", "Load more")
	if n := len(rows(page)); n != ordersStep {
		t.Errorf("%d orders", n)
	}
	b.open("/cart").is(200, "/cart", "Your cart is empty.")
	order := regexp.MustCompile(`/orders/order_\w+`).FindString(page.body)
	b.open(order).has("Vestergade 1", "Total")
	b.send(order+"/again").is(200, "/cart", "These items are in your cart now.", "T-shirt Medium, black 1 DKK 159.00", "Subtotal DKK 238.00")
	b.send("/orders/order_of_another/again").is(404, "/orders/order_of_another/again")
	b.open("/billing").has("Engines Ltd")
	b.send("/logout").is(200, "/login")
	b.open("/cart").is(200, "/cart", "Your cart is empty.") // the next person's

	sent := make(chan *screen, 1)
	go func() { sent <- b.send("/forgot", "Email", "bob@example.com") }()
	link := line("Mail to bob@example.com: choose a new password at " + b.site)
	(<-sent).is(200, "/login", "a mail with a link is on its way")
	page = b.open(link).is(200, "/reset", `value="bob@example.com"`)
	token := regexp.MustCompile(`name="Token" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	b.send("/reset", "Token", token, "Email", "bob@example.com", "Password", "another").is(200, "/", "Hello, Bob")
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("it does not end")
	}
}

func TestFlagsAreChecked(t *testing.T) {
	for args, want := range map[string]string{
		"-addr nowhere":                                             "-addr: ",
		"-addr localhost:0 -sessions x":                             `"x" is not one of relay, memory and redis`,
		"-addr localhost:0 -backend x":                              "-backend: ",
		"-addr localhost:0 -url localhost":                          "-url: ",
		"-addr localhost:0 -sessions redis -redis http://localhost": "-redis: ",
		"somewhere": `unexpected argument "somewhere"`,
	} {
		err := run(t.Context(), strings.Fields(args), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
	t.Setenv("STOREFRONT_KEY", "too short")
	if err := run(t.Context(), []string{"-addr", "localhost:0"}, io.Discard, io.Discard); err == nil || strings.Contains(err.Error(), "too short") {
		t.Error(err)
	}
}
