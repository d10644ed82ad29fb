package conform

import (
	"maps"
	"slices"
)

// Relation is a property of a response that contains objects.
type Relation struct {
	Name string
	To   *Node
}

// Node is an object of a response.
type Node struct{ shape *shape }

// Place returns the place of the object in the document.
func (n *Node) Place() string { return n.shape.objectLoc }

// Relations returns the properties of the object that contain objects, sorted by name.
func (n *Node) Relations() []Relation {
	var all []Relation
	for _, name := range slices.Sorted(maps.Keys(n.shape.props)) {
		to := n.shape.props[name].shape
		if to.isRelation() {
			if to.items != nil {
				to = to.items.shape
			}
			all = append(all, Relation{name, &Node{to}})
		}
	}
	return all
}

// Columns returns the names of the other properties of the object, sorted.
func (n *Node) Columns() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(n.shape.props)) {
		if !n.shape.props[name].shape.isRelation() {
			all = append(all, name)
		}
	}
	return all
}

// Response returns the object of an operation's JSON response, or nil if the document has none for the status.
func (c *Contract) Response(place, status string) *Node {
	if o := c.at(place); o != nil && o.responses[status] != nil && o.responses[status].contents["application/json"] != nil {
		return &Node{o.responses[status].contents["application/json"]}
	}
	return nil
}
