package customers

// sentinel is what errors.Is finds an [Error] by.
type sentinel struct {
	kind   string // see Error.Kind
	status int    // see Error.HTTPStatus
	text   string
	parent []error // the sentinel that this one is a case of, if any
}

// newSentinel makes a sentinel, which may be a case of another.
func newSentinel(kind string, status int, text string, parent ...error) error {
	return &sentinel{kind, status, text, parent}
}

func (s *sentinel) Error() string   { return s.text }
func (s *sentinel) Unwrap() []error { return s.parent }
