package compare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Side is one of the two backends.
type Side struct {
	Name string // what reports call it
	URL  string
	// PasswordToken returns a token that resets the password of the customer with the email, or "" if there is none.
	PasswordToken func(ctx context.Context, email string) (string, error)
}

// patience is how long a response may take.
const patience = time.Minute

// client sends the requests of all conversations. It closes idle connections after four seconds, before Node does.
var client = &http.Client{
	Transport: &http.Transport{IdleConnTimeout: 4 * time.Second, MaxIdleConnsPerHost: 64, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

// party is one side of a conversation, with its cookies and saved responses.
type party struct {
	Side
	base  *url.URL
	jars  map[string]*jar
	saved map[string]*Response
	kept  map[string]string
}

func newParty(s Side) (*party, error) {
	base, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	return &party{Side: s, base: base, jars: map[string]*jar{}, saved: map[string]*Response{}, kept: map[string]string{}}, nil
}

func (p *party) jar(name string) *jar {
	if p.jars[name] == nil {
		p.jars[name] = new(jar)
	}
	return p.jars[name]
}

// send sends r, in which references have been filled in.
func (p *party) send(ctx context.Context, r Request) (*Response, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cookies := ""
	if r.As != "" {
		cookies = p.jar(r.As).String()
	}
	req, err := r.build(ctx, p.base, cookies)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("reading the body of a %d: %w", resp.StatusCode, err)
	}
	if r.As != "" {
		p.jar(r.As).keep(resp.Header["Set-Cookie"])
	}
	return newResponse(resp, text), nil
}

// jar keeps every cookie, to the byte, also where a browser would not.
type jar struct {
	names  []string
	values map[string]string
}

func (j *jar) keep(lines []string) {
	for _, line := range lines {
		pair, _, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		if j.values == nil {
			j.values = map[string]string{}
		}
		if _, known := j.values[name]; !known {
			j.names = append(j.names, name)
		}
		j.values[name] = value
	}
}

// String returns the Cookie header.
func (j *jar) String() string {
	pairs := make([]string, 0, len(j.names))
	for _, name := range j.names {
		pairs = append(pairs, name+"="+j.values[name])
	}
	return strings.Join(pairs, "; ")
}
