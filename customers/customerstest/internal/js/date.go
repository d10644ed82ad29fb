package js

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

var (
	decimal     = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
	otherNumber = regexp.MustCompile(`^0[xXoObB]|[^\x00-\x7F]`) // another base, or space beyond ASCII
)

// Number returns Number(s): NaN if s is not a number or not a finite one, 0 if s is blank.
func Number(s string) (float64, error) {
	s = strings.Trim(s, " \t\n\v\f\r")
	switch {
	case s == "":
		return 0, nil
	case decimal.MatchString(s):
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			f = math.NaN()
		}
		return f, nil
	case otherNumber.MatchString(s):
		return 0, NotEmulatedError("a number such as " + strconv.Quote(s))
	}
	return math.NaN(), nil
}

var (
	isoDate = regexp.MustCompile(`^([0-9]{4}|[+-][0-9]{6})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?:[Tt](.*))?$`)
	isoTime = regexp.MustCompile(`^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?$`)
	seconds = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	digit   = regexp.MustCompile(`[0-9]`)
)

// lastYear is the last year of a JavaScript date.
const lastYear = 275760

// Time reads a time as the backend does: new Date(s), in UTC, or else seconds since 1970. It reads the dates of ISO
// 8601 that RFC 3339 and toISOString write, whole or without their end, digits, decimal numbers beyond lastYear, and
// the empty text, which is 0. Text without a digit is never a time. V8 reads more, about which the error is
// [NotEmulatedError].
func Time(s string) (t time.Time, ok bool, err error) {
	if date := isoDate.FindStringSubmatch(s); date != nil && date[1] != "-000000" {
		t, ok = readISO(date)
		return t, ok, nil
	}
	isSpace := strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' }) == ""
	n, _ := strconv.ParseFloat(s, 64)
	switch {
	case s == "", n > 12 && n <= 31 && strings.Trim(s, "0123456789") == "":
	case n <= lastYear && strings.Trim(s, "0123456789") == "":
		return smallNumber(int(n)), true, nil
	case seconds.MatchString(s) && n >= lastYear+1:
	case !isSpace && !digit.MatchString(s):
		return t, false, nil
	default:
		return t, false, NotEmulatedError("a date such as " + strconv.Quote(s))
	}
	t, ok = fromMilliseconds(n * 1000)
	return t, ok, nil
}

// smallNumber returns the date that V8 takes a number for: a month, or a year with or without its century.
func smallNumber(n int) time.Time {
	year, month := n, time.January
	switch {
	case 1 <= n && n <= 12:
		year, month = 2001, time.Month(n)
	case n < 50:
		year += 2000
	case n < 100:
		year += 1900
	}
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// fromMilliseconds returns the time after 1970; there is none beyond 100,000,000 days.
func fromMilliseconds(ms float64) (time.Time, bool) {
	if math.Abs(ms) > 8.64e15 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)).UTC(), true
}

func readISO(date []string) (time.Time, bool) {
	n := func(digits string, unset int) int {
		if digits == "" {
			return unset
		}
		v, _ := strconv.Atoi(digits)
		return v
	}
	year, month, day := n(date[1], 0), n(date[2], 1), n(date[3], 1)
	var hour, minute, second, ms, offset int
	if strings.ContainsAny(date[0], "Tt") {
		clock := isoTime.FindStringSubmatch(date[4])
		if clock == nil {
			return time.Time{}, false
		}
		hour, minute, second, ms = n(clock[1], 0), n(clock[2], 0), n(clock[3], 0), n((clock[4] + "000")[:3], 0)
		zoneHour, zoneMinute := n(clock[6], 0), n(clock[7], 0)
		if offset = zoneHour*60 + zoneMinute; clock[5] == "-" {
			offset = -offset
		}
		if zoneHour > 23 || zoneMinute > 59 {
			return time.Time{}, false
		}
	}
	midnight := hour == 24 && minute+second+ms == 0
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 && !midnight || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, ms*1e6, time.UTC).Add(-time.Duration(offset) * time.Minute)
	return fromMilliseconds(float64(t.UnixMilli()))
}
