// Package compare sends the same requests to two backends and reports where their responses differ: in status, headers
// or body.
//
// These differences are none:
//
//   - Ids, times, session ids and tokens that a side generates. A value gets a partner of the other side where both appear first
//     and has to keep it for the whole conversation: an id stays the same id, and a time changes on both sides.
//     The order of times has to be the same, too. Values that are older than the conversation are the same on both sides.
//   - The signatures of tokens and, but for their lifetime, their times. The end of a cookie counts as a lifetime from
//     the response's date, give or take two seconds. The value of Date.
//   - Ids and times of one side's seed that Equate has equated with those of the other.
//   - The order of an object's properties, and of the rows behind a customer or an order (addresses, a login's orders, items):
//     the database returns them in any order. They are compared in the order in which they were made. A tag has to be the
//     hash of its own side's body.
//   - Connection and Keep-Alive, which describe the connection.
package compare

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// Comparison compares two sides.
type Comparison struct {
	sides      [2]Side
	exceptions []Exception
	began      time.Time
	equated    map[[2]string]bool
	*tally
}

// tally counts over all conversations.
type tally struct {
	mu        sync.Mutex
	exchanges map[string]int // by kind of conversation
	applied   map[string]int // by exception
}

// New returns a comparison of a, the model, with b. Values that both sides have from before it are the same.
func New(a, b Side, exceptions []Exception) *Comparison {
	return &Comparison{
		sides: [2]Side{a, b}, exceptions: exceptions, began: time.Now().Add(-time.Second), equated: map[[2]string]bool{},
		tally: &tally{exchanges: map[string]int{}, applied: map[string]int{}},
	}
}

// With returns a comparison of a with another b that counts together with c.
func (c *Comparison) With(b Side) *Comparison {
	with := *c
	with.sides[1] = b
	with.equated = map[[2]string]bool{}
	return &with
}

// Equate makes the ids and times of two JSON texts partners: those of one seeded object on either side. It is an error
// if the texts differ in anything else.
func (c *Comparison) Equate(a, b []byte) error {
	var texts [2]string
	for i, text := range [][]byte{a, b} {
		v, ok := parse(text)
		if !ok {
			return fmt.Errorf("no JSON: %.200s", text)
		}
		sortRows(v)
		texts[i] = printed(v)
	}
	ta, tb := token.FindAllString(texts[0], -1), token.FindAllString(texts[1], -1)
	if len(ta) != len(tb) || !slices.Equal(token.Split(texts[0], -1), token.Split(texts[1], -1)) {
		return fmt.Errorf("%.2000s differs from %.2000s", texts[0], texts[1])
	}
	for i := range ta {
		c.equated[[2]string{ta[i], tb[i]}] = true
	}
	return nil
}

// Exchanges returns how many requests were compared in conversations of the kind.
func (c *Comparison) Exchanges(kind string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exchanges[kind]
}

// Unused returns the names of the exceptions that covered nothing.
func (c *Comparison) Unused() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for _, e := range c.exceptions {
		if c.applied[e.Name] == 0 {
			names = append(names, e.Name)
		}
	}
	return names
}

// Write writes how many exchanges were compared, and how often each exception covered a difference.
func (c *Comparison) Write(out io.Writer) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "%s and %s compared:\n", c.sides[0].Name, c.sides[1].Name)
	for _, kind := range sortedKeys(c.exchanges) {
		fmt.Fprintf(&b, "  %6d %s exchanges\n", c.exchanges[kind], kind)
	}
	for _, e := range c.exceptions {
		fmt.Fprintf(&b, "  exception %s, %d times: %s\n", e.Name, c.applied[e.Name], e.Why)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// covered reports whether an exception covers the difference.
func (c *Comparison) covered(x *Exchange, d Difference) bool {
	for _, e := range c.exceptions {
		if e.Covers(x, d) {
			c.mu.Lock()
			c.applied[e.Name]++
			c.mu.Unlock()
			return true
		}
	}
	return false
}

// TB is the part of testing.TB that a conversation uses.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Exchange is a request and the responses of both sides.
type Exchange struct {
	Request Request
	A, B    *Response
	// Differences are all differences, also those that an exception covers.
	Differences []Difference
}

// Conversation is a sequence of requests to both sides that may refer to earlier responses. One goroutine uses it.
type Conversation struct {
	comparison *Comparison
	kind       string
	ctx        context.Context //nolint:containedctx // that of the test
	t          TB
	parties    [2]*party
	pairs      *pairs
	transcript []string
}

// Conversation begins a conversation. A difference fails t and prints the transcript.
func (c *Comparison) Conversation(ctx context.Context, t TB, kind string) *Conversation {
	t.Helper()
	v := &Conversation{comparison: c, kind: kind, ctx: ctx, t: t, pairs: newPairs(c.began, c.equated)}
	for i := range v.parties {
		p, err := newParty(c.sides[i])
		if err != nil {
			t.Fatalf("%s: %v", c.sides[i].Name, err)
		}
		v.parties[i] = p
	}
	return v
}

// Send sends r to both sides and compares the responses.
func (v *Conversation) Send(r Request) {
	v.t.Helper()
	var responses [2]*Response
	var failures [2]error
	var both sync.WaitGroup
	for i, p := range v.parties {
		both.Go(func() {
			filled, err := p.fill(v.ctx, r, func(prefix string) []string { return v.pairs.order[prefix][i] })
			if err == nil {
				responses[i], err = p.send(v.ctx, filled)
			}
			failures[i] = err
			if r.Save != "" && err == nil {
				p.saved[r.Save] = responses[i]
			}
		})
	}
	both.Wait()
	x := &Exchange{Request: r, A: responses[0], B: responses[1]}
	if failures[0] != nil || failures[1] != nil {
		v.t.Fatalf("%s\n%v\n  %s: %v\n  %s: %v", v.soFar(), r, v.parties[0].Name, failures[0], v.parties[1].Name, failures[1])
		return
	}
	v.comparison.mu.Lock()
	v.comparison.exchanges[v.kind]++
	v.comparison.mu.Unlock()

	var differences []string
	x.Differences = v.pairs.responses(x.A, x.B)
	for _, d := range x.Differences {
		if !v.comparison.covered(x, d) {
			differences = append(differences, d.String())
		}
	}
	if len(differences) > 0 {
		const most = 12
		if over := len(differences) - most; over > 0 {
			differences = append(differences[:most], fmt.Sprintf("and %d more", over))
		}
		v.t.Errorf("after\n%s\nthe responses differ to\n  %v\n  %s\n%s: %v\n%s: %v", v.soFar(), r, strings.Join(differences, "\n  "),
			v.parties[0].Name, x.A, v.parties[1].Name, x.B)
	}
	v.transcript = append(v.transcript, fmt.Sprintf("  %v → %d", r, x.A.Status))
}

// Each calls f for both sides; side 0 is the model.
func (v *Conversation) Each(f func(side int) error) {
	v.t.Helper()
	for i, p := range v.parties {
		if err := f(i); err != nil {
			v.t.Fatalf("%s\n%s: %v", v.soFar(), p.Name, err)
		}
	}
}

// Keep keeps a value of each side that references can name.
func (v *Conversation) Keep(name string, value func(side int) (string, error)) {
	v.t.Helper()
	v.Each(func(side int) error {
		text, err := value(side)
		v.parties[side].kept[name] = text
		return err
	})
}

// Saved returns the value of a reference at one side.
func (v *Conversation) Saved(side int, ref string) (string, error) {
	return v.parties[side].resolve(v.ctx, ref, func(prefix string) []string { return v.pairs.order[prefix][side] })
}

func (v *Conversation) soFar() string {
	if len(v.transcript) == 0 {
		return "  nothing"
	}
	return strings.Join(v.transcript, "\n")
}
