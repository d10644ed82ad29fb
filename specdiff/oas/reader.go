package oas

import (
	"fmt"
)

// reader collects the comments of a package.
type reader struct {
	paths   map[string]map[string]any // by path and method
	schemas map[string]any
	notes   []string
	files   int
	bytes   int
}

func (r *reader) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}
