package conform

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// responseTime is how the backend writes all its times.
const responseTime = "2006-01-02T15:04:05.000Z"

// formats are those of texts that are checked.
var formats = map[string]func(string) bool{
	"date-time": func(v string) bool { _, err := time.Parse(time.RFC3339Nano, v); return err == nil },
	"date":      func(v string) bool { _, err := time.Parse(time.DateOnly, v); return err == nil },
	"email":     func(v string) bool { a, err := mail.ParseAddress(v); return err == nil && a.Address == v },
	"uuid":      regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString,
	"uri":       func(v string) bool { u, err := url.Parse(v); return err == nil && u.IsAbs() },
}

// knownFormat says whether a format is checked, or says nothing that could be.
func knownFormat(format string) bool {
	return formats[format] != nil || slices.Contains([]string{"int32", "int64", "float", "double", "password"}, format)
}
