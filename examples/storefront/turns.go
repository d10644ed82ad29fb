package main

import (
	"crypto/sha256"
	"net/http"
	"sync"
)

// turns lets a form that is sent twice be handled twice, but not at once, so that the second finds what the first did:
// the backend compares addresses before it adds one, but does not lock what it compared.
type turns struct {
	mu    sync.Mutex
	taken map[[sha256.Size]byte]chan struct{}
}

// take waits until no equal form of the same browser is being handled.
func (t *turns) take(r *http.Request) (release func(), err error) {
	key := sha256.Sum256([]byte(r.Header.Get("Cookie") + "\n" + r.URL.Path + "\n" + r.PostForm.Encode()))
	for {
		t.mu.Lock()
		before, ok := t.taken[key]
		if !ok {
			break
		}
		t.mu.Unlock()
		select {
		case <-before:
		case <-r.Context().Done():
			return nil, errTwice
		}
	}
	defer t.mu.Unlock()
	if t.taken == nil {
		t.taken = map[[sha256.Size]byte]chan struct{}{}
	}
	done := make(chan struct{})
	t.taken[key] = done
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.taken, key)
		close(done)
	}, nil
}
