// The customers. A note describes what tests use the customer for; a test finds its customer by key.
import { ADDRESS } from "./addresses.mjs";

const PASSWORD = "customer-password";

const PEOPLE = [
  { key: "orders", email: "orders@example.com", first_name: "Olivia", last_name: "Orders", phone: "+4512345678", note: "orders of every kind" },
  { key: "login", email: "login60@example.com", first_name: "Lars", last_name: "Login", note: "exactly 60 orders: the size of a login" },
  { key: "ties", email: "ties@example.com", first_name: "Tina", last_name: "Ties", note: "orders that share a created_at" },
  { key: "empty", email: "no-orders@example.com", first_name: "Nina", last_name: "None", note: "no orders, no address" },
  { key: "payments", email: "payments@example.com", first_name: "Paul", last_name: "Payment", note: "has saved payment methods" },
  { key: "groups", email: "groups@example.com", first_name: "Greta", last_name: "Group", note: "in two customer groups" },
  { key: "nameless", email: "nameless@example.com", note: "registered without a name" },
];

export async function seedCustomers(store) {
  const customers = {};
  for (const { key, note, ...person } of PEOPLE) {
    const { customer } = await store.post("/store/customers", { ...person, password: PASSWORD });
    // A cart that is not created by a logged-in customer becomes the order of a guest, also with a customer's email.
    const api = await store.login(person.email, PASSWORD);
    customers[key] = { id: customer.id, email: person.email, password: PASSWORD, note, api };
  }
  return customers;
}

export async function seedCustomerDetails(admin, customers) {
  await seedAddresses(customers);
  await admin.post(`/admin/customers/${customers.payments.id}`, { metadata: { saved_methods: SAVED_METHODS } });
  return { groups: await seedGroups(admin, customers) };
}

// These can be any JSON: the route returns what the payment provider returns.
const SAVED_METHODS = [
  { id: "pm_1", type: "card", card: { brand: "visa", last4: "4242", exp_month: 12, exp_year: 2040 } },
  { id: "pm_2", type: "sepa_debit", sepa_debit: { last4: "3000", country: "DE" } },
];

async function seedAddresses({ orders, login }) {
  const [everything, needed] = [ADDRESS.full, ADDRESS.plain];
  for (const { api } of [orders, login]) {
    await api.post("/store/customers/me/addresses", { address: { ...everything, country_code: "us" } });
    await api.post("/store/customers/me/addresses", { address: { ...needed, country_code: "de" } });
  }
  const { customer } = await orders.api.get("/store/customers/me");
  orders.addressId = customer.shipping_addresses.find(({ country_code }) => country_code === "us").id;
  await orders.api.post("/store/customers/me", { billing_address: { ...everything, address_1: "Billing Street 9", country_code: "dk" }, metadata: { loyalty: "gold" } });
}

async function seedGroups(admin, { groups }) {
  const created = [];
  for (const body of [{ name: "Wholesale", metadata: { terms: "30 days" } }, { name: "Friends" }]) {
    const { customer_group: group } = await admin.post("/admin/customer-groups", body);
    await admin.post(`/admin/customer-groups/${group.id}/customers/batch`, { customer_ids: [{ id: groups.id }] });
    created.push(group);
  }
  return created;
}
