// Who buys. The notes say what each one is for; a test finds its customer by email.
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
    // A cart that is not made by a logged-in customer becomes the order of a guest, whatever its email.
    const api = await store.login(person.email, PASSWORD);
    customers[key] = { id: customer.id, email: person.email, password: PASSWORD, note, api };
  }
  return customers;
}
