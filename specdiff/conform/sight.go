package conform

// Sight is something that a document declares and an exchange can show.
type Sight struct {
	What SightKind
	Loc  string // the place in the document; for a value, followed by "=value"
}

// SightKind is a kind of Sight.
type SightKind string

// The kinds of sights.
const (
	Property   SightKind = "property"     // a property was present
	Valued     SightKind = "value"        // a property was present and not null
	Null       SightKind = "null"         // a property was null, as its schema allows
	Enum       SightKind = "enum value"   // a property had this value
	Input      SightKind = "input"        // a request that succeeded had this parameter or property
	Responded  SightKind = "status"       // an operation responded with this status
	Called     SightKind = "operation"    // an operation was called
	Content    SightKind = "content type" // a response had this content type
	InResponse SightKind = "response"     // the response of an operation with a status had this property
	Absent     SightKind = "absent"       // an optional property was missing, not because of the request
	Time       SightKind = "time"         // a string without a format was a time
	Text       SightKind = "text"         // a string without a format was no time
	Fraction   SightKind = "fraction"     // a number was not an integer

	EachOperation SightKind = "each operation" // of the responses of each operation, the properties; only for a floor
)
