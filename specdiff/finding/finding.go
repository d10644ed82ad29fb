package finding

// Relation is what an observation means for the document that it was made against.
type Relation string

// The relations.
const (
	Contradicts Relation = "contradicts" // the document says something else
	Supports    Relation = "supports"    // the document says so, and another one would be contradicted
	Fault       Relation = "fault"       // no backend should do this, such as a 500 for bad input
)

// Observation is what a running backend showed about one point of one document.
type Observation struct {
	Point
	Relation Relation
	Document string // what the document says, in a few words: "integer", "not null"; "" if it is silent
	Live     string // what the backend did, in a few words: "string", "null", "400"
	Example  string // the place in the body and the value: "orders[].email: null"
	Curl     string // a command that shows it again, secrets redacted
	Count    int    // how often it was seen
	// Within is the list that it was seen in and nowhere else; "" if it was seen elsewhere too. Only [LoginOrders] counts.
	Within string
	// Elsewhere reports whether it may have been seen at another place, because the documents do not have the same
	// places.
	Elsewhere bool
}

// Wrong is the verdict on a point: the source that is wrong.
type Wrong string

// The verdicts.
const (
	Contract  Wrong = "contract"
	Published Wrong = "published"
	Documents Wrong = "both documents"
	Backend   Wrong = "backend"   // the backend does what no document should describe
	Unseen    Wrong = "unseen"    // nothing is known of an operation, because too little of it was seen
	Undecided Wrong = "undecided" // the documents differ, and nothing that was seen decides
)

// Finding is a point on which the sources disagree.
type Finding struct {
	Point
	Operation string   `json:"operation,omitempty"` // the contract's name of the operation that the place is in
	Contract  string   `json:"contract,omitempty"`  // what the contract says; "" if it was not read or is silent
	Published string   `json:"published,omitempty"` // what the published document says; "" likewise
	Live      string   `json:"live,omitempty"`      // what the running backend does; "" if nothing was seen
	Wrong     Wrong    `json:"wrong"`
	Go        string   `json:"go,omitempty"`       // what it means for callers of the generated code
	Client    string   `json:"client,omitempty"`   // what it means for callers of package customers as it is
	Breaking  bool     `json:"breaking,omitempty"` // whether a call of package customers fails, loses data or misleads
	Change    string   `json:"change,omitempty"`   // how to change the contract; "" if it is right
	Example   string   `json:"example,omitempty"`  // what was seen live
	Curl      string   `json:"curl,omitempty"`     // how to see it again
	Count     int      `json:"count,omitempty"`    // how often it was seen
	Uses      []string `json:"uses,omitempty"`     // the names of the operations that use the component
	Accepted  string   `json:"accepted,omitempty"` // the reason, if it is an accepted deviation
	File      string   `json:"file,omitempty"`     // of the contract, where the place is
	Line      int      `json:"line,omitempty"`     // in File; 0 if it is not known
	YAML      string   `json:"yaml,omitempty"`     // the change as YAML
	Left      string   `json:"left,omitempty"`     // why a run with -fix leaves the change to a person
	New       bool     `json:"new,omitempty"`      // whether an earlier report, if one is given, does not have it
	Elsewhere []string `json:"-"`                  // its place in the published document, which may be several
	Within    string   `json:"-"`                  // the list that it was seen in and nowhere else; see [Observation]
}

// LoginOrders is the list of the orders in the response to a login.
const LoginOrders = "customer.orders"
