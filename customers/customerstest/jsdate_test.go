package customerstest

import (
	"math"
	"testing"
	"time"
)

// What is wanted came out of Date.parse in Node 20, in UTC.
func TestDatesAreReadAsJavaScriptReadsThem(t *testing.T) {
	for text, want := range map[string]string{
		"2024-03-01":                       "2024-03-01T00:00:00.000Z",
		"2024-03":                          "2024-03-01T00:00:00.000Z",
		"2024":                             "2024-01-01T00:00:00.000Z",
		"2024-02-30":                       "2024-03-01T00:00:00.000Z",
		"2024-03-01T10:20":                 "2024-03-01T10:20:00.000Z",
		"2024-03-01T10:20:30.123456Z":      "2024-03-01T10:20:30.123Z",
		"2024-03-01T10:20:30+01:30":        "2024-03-01T08:50:30.000Z",
		"2024-03-01T10:20:30-0130":         "2024-03-01T11:50:30.000Z",
		"2024-03-01T24:00:00Z":             "2024-03-02T00:00:00.000Z",
		"2024-03-01t10:20z":                "2024-03-01T10:20:00.000Z",
		"+012024-03-01":                    "12024-03-01T00:00:00.000Z",
		" 2024-03-01":                      "2024-03-01T00:00:00.000Z",
		"2024-03-01 10:20:30":              "2024-03-01T10:20:30.000Z",
		"2024-03-01 10:20:30 +0200":        "2024-03-01T08:20:30.000Z",
		"2024-3-1":                         "2024-03-01T00:00:00.000Z",
		"3/1/2024 1:05 PM":                 "2024-03-01T13:05:00.000Z",
		"Mar 1 2024":                       "2024-03-01T00:00:00.000Z",
		"1 March 2024, 10:20":              "2024-03-01T10:20:00.000Z",
		"Fri, 01 Mar 2024 10:20:30 GMT":    "2024-03-01T10:20:30.000Z",
		"Fri Mar 01 2024 10:20:30 EST (x)": "2024-03-01T15:20:30.000Z",
		"99999":                            "99999-01-01T00:00:00.000Z",
		"12":                               "2001-12-01T00:00:00.000Z",
		"50":                               "1950-01-01T00:00:00.000Z",
		"32":                               "2032-01-01T00:00:00.000Z",
		"13":                               "",
		"1710000000":                       "",
		"":                                 "",
		"x":                                "",
		"null":                             "",
		"2024-13-01":                       "",
		"2024-03-01T25:00":                 "",
		"2024-03-01T10:20:30 01:00":        "",
		"2024-03-01T":                      "",
		"1 Marchx 2024 foo":                "",
	} {
		got := ""
		if d, ok := jsDate(text); ok {
			got = d.Format(timeFormat)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestNumbersAreReadAsJavaScriptReadsThem(t *testing.T) {
	nan := math.NaN()
	for text, want := range map[string]float64{
		"": 0, " 12\n": 12, "+3": 3, "-0.5": -0.5, ".5": 0.5, "5.": 5, "1e3": 1000, "0x1F": 31, "0b11": 3, "0o17": 15,
		"Infinity": math.Inf(1), "-Infinity": math.Inf(-1), "1e400": math.Inf(1),
		"x": nan, "1_0": nan, "0x": nan, "-0x1": nan, "inf": nan, "NaN": nan, "1 2": nan, ".": nan, "1e": nan, "0b2": nan,
	} {
		got := jsNumber(text)
		if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestQueryTimesAreDatesOrSeconds(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2024-03-01":   time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		"1710000000":   time.Unix(1710000000, 0),
		"1710000000.5": time.UnixMilli(1710000000500),
		"":             time.Unix(0, 0),
		"13":           time.Unix(13, 0),
	} {
		if got, ok := queryTime(text); !ok || !got.Equal(want) {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"x", "null", "true", "99999999999999", "2024-03-01T00:00:00 01:00"} {
		if got, ok := queryTime(text); ok {
			t.Errorf("%q is %v, want none", text, got)
		}
	}
}
