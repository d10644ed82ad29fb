//go:build goexperiment.jsonv2 && go1.27

package customers

import (
	"encoding/json"
	jsonv2 "encoding/json/v2"
)

// unmarshal does what json.Unmarshal does, without going through the body once more to have it all checked before the
// first byte is decoded: on an error, no caller reads out.
func unmarshal(body []byte, out any) error {
	return jsonv2.Unmarshal(body, out, json.DefaultOptionsV1(), json.ReportErrorsWithLegacySemantics(false))
}
