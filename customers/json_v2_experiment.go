//go:build goexperiment.jsonv2 && !go1.27

package customers

import (
	"encoding/json"
	jsonv2 "encoding/json/v2"
)

// unmarshal is the same as in json_v2.go, for toolchains where json v2 is still an experiment. Build constraints of Go
// versions need a file each.
func unmarshal(body []byte, out any) error {
	return jsonv2.Unmarshal(body, out, json.DefaultOptionsV1(), json.ReportErrorsWithLegacySemantics(false))
}
