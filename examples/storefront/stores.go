package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/redis/go-redis/v9"
)

// memoryStore is a store for one process.
type memoryStore struct {
	mu    sync.Mutex
	texts *memstore.MemStore
}

func (m *memoryStore) get(_ context.Context, key string) (string, error) {
	text, _, err := m.texts.Find(key)
	return string(text), err
}

func (m *memoryStore) swap(ctx context.Context, key string, change func(string) string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	text, err := m.get(ctx, key)
	if err != nil {
		return err
	}
	return m.texts.Commit(key, []byte(change(text)), time.Now().Add(loginLifetime))
}

// redisLog logs what go-redis finds noteworthy.
type redisLog struct{ *slog.Logger }

func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.WarnContext(ctx, "redis", "text", fmt.Sprintf(format, v...))
}

// redisStore is a store for many processes. A text logs its bearer in as the customer, so it is encrypted there.
type redisStore struct {
	client *redis.Client
	aead   cipher.AEAD
}

// newRedisStore makes a store that encrypts with a key of 32 bytes.
func newRedisStore(client *redis.Client, key []byte) (*redisStore, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("the key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &redisStore{client, aead}, err
}

func (s *redisStore) get(ctx context.Context, key string) (string, error) {
	return s.read(ctx, s.client, key)
}

func (s *redisStore) read(ctx context.Context, client redis.Cmdable, key string) (string, error) {
	sealed, err := client.Get(ctx, "login:"+key).Bytes()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	text, err := s.aead.Open(nil, nil, sealed, []byte(key))
	if err != nil {
		return "", nil //nolint:nilerr // sealed with an older key: the customer logs in again
	}
	return string(text), nil
}

func (s *redisStore) swap(ctx context.Context, key string, change func(string) string) error {
	for {
		err := s.client.Watch(ctx, func(tx *redis.Tx) error {
			text, err := s.read(ctx, tx, key)
			if err != nil {
				return err
			}
			sealed := s.aead.Seal(nil, nil, []byte(change(text)), []byte(key)) //nolint:gosec // it makes a nonce of its own
			_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
				return p.Set(ctx, "login:"+key, sealed, loginLifetime).Err()
			})
			return err
		}, "login:"+key)
		if !errors.Is(err, redis.TxFailedErr) { // another change came between
			return err
		}
	}
}
