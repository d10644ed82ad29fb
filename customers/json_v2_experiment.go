//go:build goexperiment.jsonv2 && !go1.27

package customers

import (
	"encoding/json"
	jsonv2 "encoding/json/v2"
)

// unmarshal is the one for Go 1.27, where json v2 is no longer an experiment; vet wants each in a file of its own.
func unmarshal(body []byte, out any) error {
	return jsonv2.Unmarshal(body, out, json.DefaultOptionsV1(), json.ReportErrorsWithLegacySemantics(false))
}
