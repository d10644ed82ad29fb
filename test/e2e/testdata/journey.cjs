// The way of a customer through a shop, by the JS client as it comes, in what it takes for a browser: it prints what each
// call gave, with ids and times made equal, so that two backends can be compared.
//
//   node journey.cjs URL ORIGIN NEW_EMAIL ORDERS_EMAIL PAYMENTS_EMAIL PASSWORD
//
// When it needs the token that the shop would mail, it prints TOKEN? and reads a line.

const { createInterface } = require("node:readline/promises");
const [url, origin, email, ordersEmail, paymentsEmail, password] = process.argv.slice(2);

globalThis.window = {}; // without one the client forgets its tokens
const axios = require("axios");
const Medusa = require("@medusajs/medusa-js").default;

// The headers that a browser adds to a request, and the cookies that it stores.
const cookies = new Map();
const corsSeen = new Set();
async function browser(config) {
  config.headers.Origin = origin;
  if (cookies.size > 0) {
    config.headers.Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
  const keep = (response) => {
    const allowed = response.headers["access-control-allow-origin"];
    corsSeen.add(`${allowed} ${response.headers["access-control-allow-credentials"]}`);
    for (const line of response.headers["set-cookie"] ?? []) {
      const [pair, ...attributes] = line.split("; ");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      const expires = attributes.find((a) => a.startsWith("Expires="));
      if (expires && new Date(expires.slice(8)) < new Date()) cookies.delete(name);
      else cookies.set(name, value);
    }
  };
  try {
    const response = await axios.defaults.adapter(config);
    keep(response);
    return response;
  } catch (error) {
    if (error.response) keep(error.response);
    throw error;
  }
}

const medusa = new Medusa({ baseUrl: url, maxRetries: 0, publishableApiKey: "pk_journey", axiosAdapter: browser });

const started = Date.now() - 60_000;
function equal(key, value) {
  if (typeof value !== "string") return value;
  if (/^[a-z]+_[0-9A-Z]{26}$/.test(value)) return value.replace(/_.*/, "_…");
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return new Date(value) > started ? "now" : value;
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return "a token";
  return value;
}

// Objects are printed with their names sorted.
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

async function step(name, call, pick = (result) => result) {
  let line;
  try {
    const { response, ...result } = await call();
    line = `${response.status} ${JSON.stringify(sorted(pick(result)), equal)}`;
  } catch (error) {
    if (!error.response) throw error;
    line = `${error.response.status} ${JSON.stringify(sorted(error.response.data), equal)}`;
  }
  console.log(`${name}: ${line}`);
}

const brief = ({ orders, ...rest }) => ({
  ...rest,
  orders: orders.map((o) => ({
    display_id: o.display_id, created_at: o.created_at, status: o.status, payment_status: o.payment_status,
    fulfillment_status: o.fulfillment_status, currency_code: o.currency_code, subtotal: o.subtotal, discount_total: o.discount_total,
    shipping_total: o.shipping_total, tax_total: o.tax_total, total: o.total, paid_total: o.paid_total, names: Object.keys(o).sort(),
    items: o.items?.map((i) => [i.title, i.description, i.quantity, i.unit_price, i.total, Object.keys(i).sort().join()]).sort(),
  })),
});

async function main() {
  const { customers, auth } = medusa;
  await step("retrieve without a login", () => customers.retrieve());
  await step("exists before", () => auth.exists(email));
  await step("create", () => customers.create({ first_name: "Jo", last_name: "Journey", email, password }));
  await step("create again", () => customers.create({ first_name: "Jo", last_name: "Journey", email, password }));
  await step("create in capitals", () => customers.create({ first_name: "Jo", last_name: "Journey", email: email.toUpperCase(), password }));
  await step("create badly", () => customers.create({ first_name: 1, email: "x", nickname: "Jo" }));
  await step("exists after", () => auth.exists(email));
  await step("retrieve", () => customers.retrieve());
  await step("session", () => auth.getSession());
  await step("update", () => customers.update({ last_name: "Joyce", phone: "+45", metadata: { a: 1, b: "x" } }));
  await step("update metadata", () => customers.update({ metadata: { a: "", c: [true, null] }, phone: null }));
  await step("update badly", () => customers.update({ shoe_size: 42 }));

  let address;
  const home = { first_name: "Jo", last_name: "Joyce", address_1: "Vestergade 1", city: "Aarhus", country_code: "DK", postal_code: "8000" };
  await step("add an address", () => customers.addresses.addAddress({ address: home }), (r) => {
    address = r.customer.shipping_addresses[0].id;
    return r;
  });
  await step("add one in an unknown country", () => customers.addresses.addAddress({ address: { ...home, country_code: "xx" } }));
  await step("add none", () => customers.addresses.addAddress({}));
  await step("update the address", () => customers.addresses.updateAddress(address, { address_1: "Vestergade 2", company: "Joyce Ltd" }));
  await step("update an unknown one", () => customers.addresses.updateAddress("addr_unknown", { city: "Odense" }));
  await step("bill to it", () => customers.update({ billing_address: address }));
  await step("delete it", () => customers.addresses.deleteAddress(address));
  await step("no orders", () => customers.listOrders(), brief);
  await step("no payment methods", () => customers.paymentMethods.list());

  await step("ask for a password token", () => customers.generatePasswordToken({ email }));
  console.log("TOKEN?");
  const input = createInterface({ input: process.stdin });
  const token = await new Promise((resolve) => input.once("line", resolve));
  input.close();
  await step("reset", () => customers.resetPassword({ email, token, password: "another secret" }));
  await step("reset again", () => customers.resetPassword({ email, token, password: "a third secret" }));
  await step("log out", () => auth.deleteSession());
  await step("retrieve after the logout", () => customers.retrieve());
  await step("log in with the old password", () => auth.authenticate({ email, password }));
  await step("log in with the new one", () => auth.authenticate({ email: email.toUpperCase(), password: "another secret" }));
  await step("retrieve with the new session", () => customers.retrieve());

  await step("log out again", () => auth.deleteSession());
  await step("log in as one with orders", () => auth.authenticate({ email: ordersEmail, password }), ({ customer }) => ({
    orders: customer.orders.map((o) => [o.display_id, o.status, Object.keys(o).sort().join(), o.items.map((i) => [i.title, i.quantity]).sort()])
      .sort((a, b) => a[0] - b[0]),
  }));
  for (const params of [
    undefined, { limit: 2 }, { limit: 2, offset: 1 }, { limit: 0, offset: 58 }, { limit: -1 },
    { status: ["pending"], limit: 1 }, { status: ["completed", "canceled"] }, { status: ["lost"] }, { payment_status: ["awaiting"], limit: 1 },
    { fulfillment_status: ["shipped"] }, { currency_code: "usd", limit: 1 }, { currency_code: "USD" }, { email: ordersEmail, limit: 1 },
    { created_at: { gt: "2024-01-20", lt: "2024-02-10T12:00:00.000Z" }, limit: 3 }, { created_at: { gt: new Date(0), lte: "1971-01-01" } },
    { created_at: { gt: "soon" } }, { q: "60", limit: 1 }, { q: "nothing of the kind" }, { q: "" }, { display_id: "x" }, { colour: "red" },
    { fields: "id,email", expand: "", limit: 1 }, { fields: "+metadata,-email", limit: 1 }, { fields: "total", expand: "", limit: 1 },
    { expand: "items.variant,customer", limit: 1 }, { expand: "elephants" }, { fields: "elephants" },
  ]) {
    await step(`orders ${JSON.stringify(params)}`, () => customers.listOrders(params), brief);
  }

  await step("log in as one with payment methods", () => auth.authenticate({ email: paymentsEmail, password }), ({ customer }) => customer.email);
  await step("payment methods", () => customers.paymentMethods.list());

  cookies.clear();
  await step("token, wrong password", () => auth.getToken({ email, password }));
  await step("token", () => auth.getToken({ email, password: "another secret" }));
  cookies.clear();
  await step("retrieve by token", () => customers.retrieve());
  await step("log out once more", () => auth.deleteSession());
  await step("the token stays good", () => customers.retrieve(), ({ customer }) => customer.email);
  console.log("CORS:", [...corsSeen].sort().join(", "));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
