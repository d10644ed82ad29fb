package main

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/medusa-storefront/customers-go/api"
	"github.com/medusa-storefront/customers-go/customers"
)

// ordersStep is how many orders the list begins with, and how many each "load more" adds.
const ordersStep = 10

// statuses are the choices of the filter.
var statuses = []customers.OrderStatus{
	customers.OrderStatusPending, customers.OrderStatusCompleted, customers.OrderStatusCanceled, customers.OrderStatusArchived,
	customers.OrderStatusRequiresAction,
}

// orderList is the data of the list.
type orderList struct {
	Orders     []*customers.Order
	Status     customers.OrderStatus // of the filter
	Statuses   []customers.OrderStatus
	Unreadable int // orders that the shop sent damaged
	More       int // how many to show next; 0 if that were all
}

// Last returns the id of the last order that is shown.
func (l orderList) Last() string { return l.Orders[len(l.Orders)-1].ID }

// orderDetails is the data of the page of one order.
type orderDetails struct {
	*customers.Order

	Parcels []api.TrackingLink
}

// orders lists the newest orders. "Load more" shows the list again with more of them, all from one iteration. So no
// order is doubled or missing, also if one is placed or canceled between two clicks.
func (s *site) orders(r *http.Request, c *customers.Client) (*view, error) {
	show, err := strconv.Atoi(r.FormValue("show"))
	if err != nil || show < ordersStep {
		show = ordersStep
	}
	list := orderList{Status: customers.OrderStatus(r.FormValue("status")), Statuses: statuses}
	params := customers.ListOrdersParams{Limit: new(ordersStep + 1)}
	if slices.Contains(statuses, list.Status) {
		params.Status = []customers.OrderStatus{list.Status}
	}
	for order, err := range c.Orders(r.Context(), &params) {
		if _, ok := errors.AsType[*customers.DecodeError](err); ok {
			list.Unreadable++
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(list.Orders) == show {
			list.More = show + ordersStep
			break
		}
		list.Orders = append(list.Orders, order)
	}
	return &view{template: "orders", Title: "Your orders", Data: list}, nil
}

// ownOrder returns the order that the path names.
func ownOrder(r *http.Request, c *customers.Client) (*customers.Order, error) {
	order, err := c.Order(r.Context(), r.PathValue("id"))
	if errors.Is(err, customers.ErrNotFound) {
		return nil, errNoPage
	}
	return order, err
}

// order shows one order.
func (s *site) order(r *http.Request, c *customers.Client) (*view, error) {
	order, err := ownOrder(r, c)
	if err != nil {
		return nil, err
	}
	details := orderDetails{Order: order}
	for _, f := range order.Fulfillments {
		details.Parcels = append(details.Parcels, f.TrackingLinks...)
	}
	return &view{template: "order", Title: "Order " + strconv.Itoa(order.DisplayID), Data: details}, nil
}
