package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// JSON is what a shop, a plugin or a payment provider stored: any JSON, as it came. It is empty where nothing or null
// came.
type JSON string

// Decode stores the JSON in what v points to, as [json.Unmarshal] does. An empty JSON leaves v as it is.
func (j JSON) Decode(v any) error {
	if j == "" {
		return nil
	}
	return json.Unmarshal([]byte(j), v)
}

// Map returns the JSON as a map, which is nil for an empty JSON. It fails for what is no object.
func (j JSON) Map() (map[string]any, error) {
	if text := strings.TrimLeft(string(j), " \t\r\n"); text != "" && text[0] != '{' && text != "null" {
		return nil, errors.New("api: the JSON is no object")
	}
	var m map[string]any
	return m, j.Decode(&m)
}

// maxPrinted is how much of a JSON is printed.
const maxPrinted = 256

// String returns the beginning of the JSON on one line, which is all of it where it is short.
func (j JSON) String() string {
	text := []byte(j[:min(len(j), maxPrinted)])
	var line bytes.Buffer
	if len(j) <= maxPrinted && json.Compact(&line, text) == nil {
		return line.String()
	}
	return strings.ToValidUTF8(strings.NewReplacer("\r", " ", "\n", " ").Replace(string(text)), "") + "…"
}

// GoString returns what String does, quoted.
func (j JSON) GoString() string { return strconv.Quote(j.String()) }

// MarshalJSON returns the JSON as it came, and null for an empty one.
func (j JSON) MarshalJSON() ([]byte, error) {
	if j == "" {
		return []byte("null"), nil
	}
	return []byte(j), nil
}

// UnmarshalJSON stores data.
func (j *JSON) UnmarshalJSON(data []byte) error {
	if *j = JSON(data); *j == "null" {
		*j = ""
	}
	return nil
}
