// Steps that follow the placing of an order. Each method is one thing that the shop or the customer does over Medusa's API.
export class Order {
  #admin;
  #store;
  #shop;
  id;

  // store acts for the customer of the order.
  constructor({ admin, store, shop }, id) {
    this.#admin = admin;
    this.#store = store;
    this.#shop = shop;
    this.id = id;
  }

  load = async () => (await this.#admin.get(`/admin/orders/${this.id}`)).order;
  #do = async (path, body) => (await this.#admin.post(`/admin/orders/${this.id}/${path}`, body)).order;

  // The lines of one request share their time, so they are sorted to be in the same order in every seed.
  async lines() {
    const { items } = await this.load();
    const name = ({ title, description }) => `${title} ${description}`;
    return items.sort((a, b) => b.quantity - a.quantity || name(a).localeCompare(name(b)));
  }

  async #shippingOption(kind) {
    const { region_id } = await this.load();
    const key = Object.keys(this.#shop.regions).find((name) => this.#shop.regions[name].id === region_id);
    return this.#shop.options[key][kind];
  }

  capture = () => this.#do("capture");
  complete = () => this.#do("complete");
  archive = () => this.#do("archive");
  cancel = () => this.#do("cancel");
  update = (body) => this.#admin.post(`/admin/orders/${this.id}`, body);
  refund = (amount, reason, note) => this.#do("refund", { amount, reason, note, no_notification: note ? undefined : true });
  note = (value) => this.#admin.post("/admin/notes", { resource_type: "order", resource_id: this.id, value });

  async refundAll() {
    const { refundable_amount } = await this.load();
    await this.refund(refundable_amount, "other", "All of it");
  }

  // count is how many lines, and quantity how many pieces of each, all by default.
  async fulfill({ count, quantity, metadata, noNotification } = {}) {
    const items = (await this.lines()).slice(0, count).map((line) => ({ item_id: line.id, quantity: quantity ?? line.quantity - (line.fulfilled_quantity ?? 0) }));
    const { fulfillments } = await this.#do("fulfillment", { items, metadata, no_notification: noNotification });
    return newest(fulfillments);
  }

  ship = (fulfillment, trackingNumbers) => this.#do("shipment", { fulfillment_id: fulfillment.id, tracking_numbers: trackingNumbers });
  cancelFulfillment = (fulfillment) => this.#do(`fulfillments/${fulfillment.id}/cancel`);

  async fulfillAndShip(trackingNumbers = []) {
    await this.ship(await this.fulfill(), trackingNumbers);
  }

  // Requests a return, with or without a reason and a shipping option.
  async requestReturn({ count = 1, quantity, reason, note, shipping, ...more } = {}) {
    const items = (await this.lines()).slice(0, count).map((line) => ({ item_id: line.id, quantity: quantity ?? line.quantity, reason_id: reason?.id, note }));
    const body = { items, ...more };
    if (shipping) body.return_shipping = { option_id: (await this.#shippingOption("back")).id, price: shipping.price };
    const { returns } = await this.#do("return", body);
    return newest(returns);
  }

  async customerRequestsReturn({ reason, note }) {
    const [line] = await this.lines();
    const body = { order_id: this.id, items: [{ item_id: line.id, quantity: 1, reason_id: reason?.id, note }], return_shipping: { option_id: (await this.#shippingOption("back")).id } };
    return (await this.#store.post("/store/returns", body)).return;
  }

  // quantity is how many pieces of each line came back, if they are not as many as announced.
  async receiveReturn({ id, items: announced }, { quantity, refund } = {}) {
    const items = announced.map((item) => ({ item_id: item.item_id, quantity: quantity ?? item.quantity }));
    await this.#admin.post(`/admin/returns/${id}/receive`, { items, refund });
  }

  cancelReturn = ({ id }) => this.#admin.post(`/admin/returns/${id}/cancel`);

  // Swaps some lines of the order for others.
  async swap({ quantity = 1, additional = [], reason, note, ...more }) {
    const [line] = await this.lines();
    const { swaps } = await this.#do("swaps", {
      return_items: [{ item_id: line.id, quantity, reason_id: reason?.id, note }],
      return_shipping: { option_id: (await this.#shippingOption("back")).id, price: 0 },
      additional_items: additional.map(([variant, pieces]) => ({ variant_id: variant.id, quantity: pieces })),
      ...more,
    });
    return newest(swaps);
  }

  // The customer chooses how the swap is sent and pays the difference, if there is one.
  async paySwap({ cart_id }, { provider = "manual", data } = {}) {
    const post = async (path, body) => (await this.#store.post(`/store/carts/${cart_id}/${path}`, body)).cart;
    await post("shipping-methods", { option_id: (await this.#shippingOption("standard")).id, data: {} });
    const cart = await post("payment-sessions");
    if (cart.payment_sessions?.length) {
      await post("payment-session", { provider_id: provider });
      if (data) await post(`payment-sessions/${provider}`, { data });
    }
    const { type } = await this.#store.post(`/store/carts/${cart_id}/complete`);
    if (type !== "swap") throw new Error(`the cart of a swap became ${type}`);
  }

  async swapDo({ id }, step, body) {
    return (await this.#do(`swaps/${id}/${step}`, body)).swaps?.find((swap) => swap.id === id);
  }

  async fulfillSwap(swap, metadata) {
    return newest((await this.swapDo(swap, "fulfillments", { metadata })).fulfillments);
  }

  async receiveSwap(swap) {
    const { return_order } = (await this.load()).swaps.find(({ id }) => id === swap.id);
    await this.receiveReturn(return_order);
  }

  // Claims that something was wrong with the order.
  async claim({ type, reason, note, images, tags, additional, shipping, returnShipping, ...more }) {
    const [line] = await this.lines();
    const body = { type, claim_items: [{ item_id: line.id, quantity: 1, reason, note, images, tags }], ...more };
    if (additional) body.additional_items = additional.map(([variant, quantity]) => ({ variant_id: variant.id, quantity }));
    if (shipping) body.shipping_methods = [{ option_id: (await this.#shippingOption("standard")).id, price: shipping.price }];
    if (returnShipping) body.return_shipping = { option_id: (await this.#shippingOption("back")).id, price: returnShipping.price };
    const { claims } = await this.#do("claims", body);
    return newest(claims);
  }

  async claimDo({ id }, step, body) {
    return (await this.#do(`claims/${id}/${step}`, body)).claims?.find((claim) => claim.id === id);
  }

  updateClaim = ({ id }, body) => this.#do(`claims/${id}`, body);

  async fulfillClaim(claim) {
    return newest((await this.claimDo(claim, "fulfillments", {})).fulfillments);
  }

  async receiveClaim(claim) {
    const { return_order } = (await this.load()).claims.find(({ id }) => id === claim.id);
    await this.receiveReturn(return_order);
  }

  // Edits the order. changes is called with the edit's own lines and a function that sends a change.
  async edit(note, changes) {
    const send = async (method, path, body) => (await this.#admin[method](`/admin/order-edits${path}`, body)).order_edit;
    const edit = await send("post", "", { order_id: this.id, internal_note: note });
    await changes({
      lines: edit.items,
      add: (variant, quantity, metadata) => send("post", `/${edit.id}/items`, { variant_id: variant.id, quantity, metadata }),
      setQuantity: (line, quantity) => send("post", `/${edit.id}/items/${line.id}`, { quantity }),
      remove: (line) => send("delete", `/${edit.id}/items/${line.id}`),
    });
    return edit;
  }

  requestEdit = async ({ id }) => (await this.#admin.post(`/admin/order-edits/${id}/request`)).order_edit;
  confirmEdit = ({ id }) => this.#admin.post(`/admin/order-edits/${id}/confirm`);
  cancelEdit = ({ id }) => this.#admin.post(`/admin/order-edits/${id}/cancel`);
  declineEdit = ({ id }, reason) => this.#store.post(`/store/order-edits/${id}/decline`, { declined_reason: reason });

  // The customer agrees to an edit that costs more, and pays the rest.
  async payEdit({ id, payment_collection_id }) {
    const { payment_collection } = await this.#store.post(`/store/payment-collections/${payment_collection_id}/sessions`, { provider_id: "manual" });
    const session = payment_collection.payment_sessions[0];
    await this.#store.post(`/store/payment-collections/${payment_collection_id}/sessions/${session.id}/authorize`);
    await this.#store.post(`/store/order-edits/${id}/complete`);
  }
}

function newest(list) {
  return [...list].sort((a, b) => a.created_at.localeCompare(b.created_at)).at(-1);
}
