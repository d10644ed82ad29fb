// A route that replaces Medusa's own, by the vendor's way: a file at the route's path. The header x-shape chooses what
// it responds with, so that one start of the backend serves every test.
const shapes = {
  stock: (customer) => ({ customer }),
  additional: (customer) => ({ customer: { ...customer, loyalty: { tier: "gold", points: 7 } }, wishlist: ["prod_1"] }),
  "no addresses": ({ shipping_addresses, billing_address, ...customer }) => ({ customer }),
  "no has_account": ({ has_account, ...customer }) => ({ customer }),
  "no email": ({ email, ...customer }) => ({ customer }),
  "has_account is text": (customer) => ({ customer: { ...customer, has_account: "yes" } }),
  "has_account is null": (customer) => ({ customer: { ...customer, has_account: null } }),
  "no envelope": (customer) => customer,
  "another envelope": (customer) => ({ data: customer }),
  "null customer": () => ({ customer: null }),
  "empty object": () => ({}),
  "list of customers": (customer) => ({ customer: [customer] }),
  list: (customer) => [customer],
};

async function respond(req, res) {
  const shape = req.get("x-shape") ?? "stock";
  if (shape === "no content") return res.sendStatus(204);
  if (shape === "page") return res.type("html").send("<html><title>Account</title></html>");
  if (shape === "not found") return res.status(404).json({ type: "not_found", message: "there is no such customer" });
  if (shape === "failure") throw new Error("the plugin failed");
  const customers = req.scope.resolve("customerService");
  const customer = await customers.retrieve(req.user.customer_id, { relations: ["shipping_addresses", "billing_address"] });
  res.json(shapes[shape](customer));
}

exports.GET = respond;
exports.POST = respond;
