package conform

// Sight is something that a document declares and an exchange can show.
type Sight struct {
	What SightKind
	Loc  string // the schema path, and for a value "=value"
}

// SightKind is the kind of a Sight.
type SightKind string

// What can be seen of a response's schema, and of a request's.
const (
	Property   SightKind = "property"     // it was there
	Valued     SightKind = "value"        // it was there and not null
	Null       SightKind = "null"         // it was null, as its schema allows
	Enum       SightKind = "enum value"   // it had this value
	Input      SightKind = "input"        // a request that succeeded had this parameter or property
	Responded  SightKind = "status"       // an operation responded with this status
	Called     SightKind = "operation"    // an operation was called
	Content    SightKind = "content type" // an operation's status came with this content type
	InResponse SightKind = "response"     // an operation's status came with this property
	Absent     SightKind = "absent"       // a property was not there, as it may, where the request did not leave it out
	Time       SightKind = "time"         // a text without a format was a time
	Text       SightKind = "text"         // a text without a format was none
	Fraction   SightKind = "fraction"     // a number was no integer
)
