package js

import (
	"errors"
	"math"
	"testing"
	"time"
)

// The wanted times are those of Date.parse in Node 20, in UTC.
func TestTime(t *testing.T) {
	for text, want := range map[string]string{
		"2024-03-01":                     "2024-03-01T00:00:00.000Z",
		"2024-03":                        "2024-03-01T00:00:00.000Z",
		"2024":                           "2024-01-01T00:00:00.000Z",
		"2024-02-30":                     "2024-03-01T00:00:00.000Z",
		"2024-03-01T10:20":               "2024-03-01T10:20:00.000Z",
		"2024-03-01T10:20:30":            "2024-03-01T10:20:30.000Z",
		"2024-03-01T10:20:30Z":           "2024-03-01T10:20:30.000Z",
		"2024-03-01T10:20:30.1Z":         "2024-03-01T10:20:30.100Z",
		"2024-03-01T10:20:30.123456789Z": "2024-03-01T10:20:30.123Z",
		"2024-03-01T10:20:30+01:30":      "2024-03-01T08:50:30.000Z",
		"2024-03-01T10:20:30-0130":       "2024-03-01T11:50:30.000Z",
		"2024-03-01T10:20:30+23:59":      "2024-02-29T10:21:30.000Z",
		"2024-03-01T24:00:00Z":           "2024-03-02T00:00:00.000Z",
		"2024-03-01t10:20z":              "2024-03-01T10:20:00.000Z",
		"+012024-03-01":                  "12024-03-01T00:00:00.000Z",
		"+275760-09-13T00:00:00.000Z":    "275760-09-13T00:00:00.000Z",
		"1710000000":                     "2024-03-09T16:00:00.000Z",
		"1710000000.5":                   "2024-03-09T16:00:00.500Z",
		"275761":                         "1970-01-04T04:36:01.000Z",
		"1":                              "2001-01-01T00:00:00.000Z",
		"12":                             "2001-12-01T00:00:00.000Z",
		"13":                             "1970-01-01T00:00:13.000Z", // no month
		"31":                             "1970-01-01T00:00:31.000Z",
		"0":                              "2000-01-01T00:00:00.000Z",
		"32":                             "2032-01-01T00:00:00.000Z",
		"50":                             "1950-01-01T00:00:00.000Z",
		"100":                            "0100-01-01T00:00:00.000Z",
		"99999":                          "99999-01-01T00:00:00.000Z",
		"275760":                         "275760-01-01T00:00:00.000Z",
		"":                               "1970-01-01T00:00:00.000Z",
		"+275760-09-13T00:00:00.001Z":    "",
		"99999999999999":                 "",
		"x":                              "",
		"null":                           "",
		"Invalid Date":                   "",
		"2024-13":                        "",
		"2024-13-01":                     "",
		"2024-01-32":                     "",
		"2024-00-01":                     "",
		"2024-03-01T25:00":               "",
		"2024-03-01T24:00:01Z":           "",
		"2024-03-01T10:60Z":              "",
		"2024-03-01T10:20:60Z":           "",
		"2024-03-01T10:20+24:00":         "",
		"2024-03-01T10:20+01:60":         "",
		"2024-03-01T10:20:30 01:00":      "", // the + of a zone that was not escaped
		"2024-03-01T":                    "",
		"2024-03-01Tx":                   "",
	} {
		got := ""
		d, ok, err := Time(text)
		if ok {
			got = d.Format(TimeFormat)
		}
		if got != want || err != nil {
			t.Errorf("%q is %q, %v, want %q", text, got, err, want)
		}
	}
	// V8 reads these in other ways than ISO 8601.
	for _, text := range []string{
		" 2024-03-01", "2024-03-01 10:20:30", "2024-3-1", "3/1/2024", "Mar 1 2024", "Fri, 01 Mar 2024 10:20:30 GMT", "1.5", "13.5", "-1", "1e9",
		"0x10", "2024-W10", "-000000-01-01", " ", "\u00a0", "+1710000000", "2024-03-01x",
	} {
		if d, ok, err := Time(text); ok || !isNotEmulated(err) {
			t.Errorf("%q is %v, %v, %v", text, d, ok, err)
		}
	}
}

func isNotEmulated(err error) bool {
	_, ok := errors.AsType[NotEmulatedError](err)
	return ok
}

func TestTimesOfGo(t *testing.T) {
	for _, want := range []time.Time{
		time.Date(2024, 3, 1, 10, 20, 30, 0, time.UTC), time.Date(2024, 3, 1, 10, 20, 30, 123456789, time.FixedZone("", -5400)),
		time.Unix(0, 0).UTC(), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC),
	} {
		got, ok, err := Time(want.Format(time.RFC3339Nano))
		if !ok || err != nil || !got.Equal(want.Truncate(time.Millisecond)) {
			t.Errorf("%v is %v, %v, %v", want, got, ok, err)
		}
	}
}

func TestNumber(t *testing.T) {
	nan := math.NaN()
	for text, want := range map[string]float64{
		"": 0, " 12\n": 12, "+3": 3, "-0.5": -0.5, ".5": 0.5, "5.": 5, "1e3": 1000, "Infinity": nan, "1e400": nan,
		"x": nan, "1_0": nan, "-0x1": nan, "inf": nan, "NaN": nan, "1 2": nan, ".": nan, "1e": nan, "null": nan, "undefined": nan,
	} {
		got, err := Number(text)
		if err != nil || got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"0x1F", "0b11", "0O17", "\u00a05", "٣"} {
		if got, err := Number(text); !isNotEmulated(err) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
}
