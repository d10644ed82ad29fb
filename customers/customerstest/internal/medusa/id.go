package medusa

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// ulidEncoding is Crockford's base 32, in which ULIDs are written.
var ulidEncoding = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewID returns an id like the backend's: a prefix and a ULID of the time. Ids of one millisecond are in no order.
func NewID(prefix string, now time.Time) string {
	// Base 32 takes five bits a letter: 128 bits want two zero bits before them to be 26 letters, as ULIDs are. So the
	// six bits before the time are encoded apart, from 17 bytes shifted by two.
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(raw[6:]) // never fails
	var shifted [17]byte
	for i, b := range raw {
		shifted[i] |= b >> 2
		shifted[i+1] |= b << 6
	}
	return prefix + "_" + ulidEncoding.EncodeToString(shifted[:])[:26]
}
