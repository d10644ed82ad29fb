//go:build !goexperiment.jsonv2

package customers

import "encoding/json"

func unmarshal(body []byte, out any) error { return json.Unmarshal(body, out) }
