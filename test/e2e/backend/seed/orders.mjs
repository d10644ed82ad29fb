// Places the orders of all customers.
import { Order } from "./aftersales.mjs";
import { ADDRESS } from "./addresses.mjs";
import { Checkout } from "./checkout.mjs";
import { stories } from "./stories.mjs";

const LOGIN_ORDERS = 60;
const TIES = { same: 14, sameMillisecond: 6, neighbours: 8 };

// Returns the order ids by story. It runs all stories and then fails if some failed, so that one run shows all failures.
export async function seedStories(context) {
  const { customers } = context;
  const ids = {};
  const failures = [];
  const checkout = new Checkout(customers.orders.api, context.shop);
  for (const { name, place, then } of stories({ ...context, customer: customers.orders })) {
    try {
      const { id } = await place(checkout);
      ids[name] = id;
      await then?.(new Order({ ...context, store: customers.orders.api }, id));
    } catch (error) {
      failures.push(`the order "${name}": ${error.message}`);
    }
  }
  if (failures.length) throw new Error(failures.join("\n"));
  return ids;
}

export async function seedManyOrders({ customers, shop }) {
  const { shirt, mug } = shop.products;
  const checkout = new Checkout(customers.login.api, shop);
  for (let i = 0; i < LOGIN_ORDERS; i++) {
    await checkout.place({ region: i % 4 ? "us" : "dk", address: i % 2 ? ADDRESS.full : ADDRESS.plain, lines: [[shirt.variants[i % 3], 1], [mug.variants[0], 2]] });
  }
}

// Returns the ids of each group of orders that will share a time.
export async function seedTies({ customers, shop }) {
  const checkout = new Checkout(customers.ties.api, shop);
  const groups = {};
  for (const [group, count] of Object.entries(TIES)) {
    groups[group] = [];
    for (let i = 0; i < count; i++) {
      const { id } = await checkout.place({ lines: [[shop.products.mug.variants[0], 1]], address: ADDRESS.plain });
      groups[group].push(id);
    }
  }
  return groups;
}

// The others buy a little, so that more than one customer has orders.
export async function seedOtherOrders({ customers, shop, store }) {
  const { shirt, trousers, mug } = shop.products;
  const by = (api) => new Checkout(api, shop);
  await by(customers.groups.api).place({ lines: [[shirt.variants[0], 2], [trousers.variants[0], 1]], discounts: ["FRIENDS"] });
  await by(customers.groups.api).place({ lines: [[trousers.variants[0], 6]] });
  await by(customers.payments.api).place({ lines: [[mug.variants[0], 1]], provider: "saved-methods", paymentData: { method: "pm_2" } });
  await by(customers.nameless.api).place({ lines: [[mug.variants[0], 1]], address: ADDRESS.plain });
  await by(store).place({ email: "guest@example.com", lines: [[mug.variants[0], 1]] });
  // This guest has the email of a customer; the order belongs to a guest account.
  await by(store).place({ email: customers.groups.email, lines: [[mug.variants[0], 1]] });
}
