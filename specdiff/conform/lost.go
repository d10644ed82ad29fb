package conform

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"
)

// LostValue is the kind of finding that [Lost] returns.
const LostValue Kind = "lost in the model"

// Lost compares a JSON text with the text that a model makes of it, decoded and encoded again. It returns what is
// missing or different. A null, an empty list and an empty object may be missing, since a model keeps them apart from a
// value. Numbers and times may be written in another way.
func Lost(before, after []byte) ([]Finding, error) {
	b, err := parseJSON(before)
	if err != nil {
		return nil, err
	}
	a, err := parseJSON(after)
	if err != nil {
		return nil, err
	}
	return lost(nil, b, a, ""), nil
}

func lost(all []Finding, before, after any, path string) []Finding {
	switch b := before.(type) {
	case map[string]any:
		a, ok := after.(map[string]any)
		if !ok && len(b) == 0 && after == nil {
			return all
		}
		if !ok {
			break
		}
		for _, name := range slices.Sorted(maps.Keys(b)) {
			all = lost(all, b[name], a[name], path+"."+name)
		}
		return all
	case []any:
		a, ok := after.([]any)
		if !ok && len(b) == 0 && after == nil {
			return all
		}
		if !ok || len(a) != len(b) {
			break
		}
		for i := range b {
			all = lost(all, b[i], a[i], path+"[]")
		}
		return all
	default:
		if before == after || sameNumber(before, after) || sameTime(before, after) {
			return all
		}
	}
	return append(all, Finding{Kind: LostValue, Path: path, Detail: fmt.Sprintf("%s became %s", excerpt(before), excerpt(after))})
}

func sameNumber(before, after any) bool {
	b, okB := before.(json.Number)
	a, okA := after.(json.Number)
	if !okA || !okB {
		return false
	}
	x, okB := new(big.Rat).SetString(b.String())
	y, okA := new(big.Rat).SetString(a.String())
	return okA && okB && x.Cmp(y) == 0
}

func sameTime(before, after any) bool {
	b, okB := before.(string)
	a, okA := after.(string)
	if !okA || !okB {
		return false
	}
	x, errB := time.Parse(time.RFC3339Nano, b)
	y, errA := time.Parse(time.RFC3339Nano, a)
	return errA == nil && errB == nil && x.Equal(y)
}
