package conform

import (
	"maps"
	"slices"
)

// Relation is a property that holds objects, in a document's responses.
type Relation struct {
	Name string
	To   *Node
}

// Node is an object of a document's responses.
type Node struct{ shape *shape }

// Place is where the object stands in the document.
func (n *Node) Place() string { return n.shape.objectLoc }

// Relations returns the object's properties that hold objects, in the order of their names.
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

// Columns returns the names of the object's other properties.
func (n *Node) Columns() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(n.shape.props)) {
		if !n.shape.props[name].shape.isRelation() {
			all = append(all, name)
		}
	}
	return all
}

// Response returns the object that an operation returns with a status, in JSON; nil if the document has none.
func (c *Contract) Response(place, status string) *Node {
	for _, o := range c.operations {
		if r := o.responses[status]; o.place == place && r != nil && r.contents["application/json"] != nil {
			return &Node{r.contents["application/json"]}
		}
	}
	return nil
}
